"""The worker beside the web server: its timetable, and the bell that it hears."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from time import monotonic, sleep

import pytest
from apscheduler.events import EVENT_JOB_EXECUTED
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.database import db
from helpdesk.directory.models import Company
from helpdesk.queue import passes
from helpdesk.rules.vocabulary import State
from helpdesk.settings import Settings
from helpdesk.worker import Worker
from tests.builders import a_person, a_request
from tests.support.exports import asked, told

PATIENCE_SECONDS = 30


class Watched(Worker):
    """A worker whose first tick can be waited for."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        super().__init__(app, settings)
        self._tick_done = Event()
        self.scheduler.add_listener(lambda _event: self._tick_done.set(), EVENT_JOB_EXECUTED)

    def has_ticked(self) -> bool:
        """Wait until a tick has come."""
        return self._tick_done.wait(PATIENCE_SECONDS)


@pytest.fixture
def started(app: Flask, settings: Settings) -> Iterator[Callable[..., Watched]]:
    """Return what starts a worker in this process; each leaves with the test."""
    workers: list[Watched] = []

    def start(**given: object) -> Watched:
        worker = Watched(app, replace(settings, **given))
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        worker.leave()


def becomes(question: Callable[[], bool]) -> bool:
    """Wait until something holds."""
    until = monotonic() + PATIENCE_SECONDS
    while not question() and monotonic() < until:
        sleep(0.02)
    return question()


def test_the_timetable_goes_by_real_time_and_the_work_by_the_time_that_it_is(
    app: Flask, started: Callable[..., Watched], travel: Callable[[datetime], None]
) -> None:
    real = clock.now()
    travel(real + timedelta(days=100))
    worker = started()

    came = worker.has_ticked()
    job = worker.scheduler.get_job("tick")

    assert came
    assert job.next_run_time < real + timedelta(minutes=5)
    with app.app_context():
        assert not passes.is_silent(passes.last(db.session()), clock.now())


def test_the_first_tick_comes_at_once_and_others_follow(
    app: Flask, started: Callable[..., Watched]
) -> None:
    worker = started(tick_seconds=1)

    came = worker.has_ticked()
    job = worker.scheduler.get_job("tick")

    assert came
    assert job.max_instances == 1
    assert job.misfire_grace_time is None
    with app.app_context():
        assert not passes.is_silent(passes.last(db.session()), clock.now())


def test_a_clock_that_is_set_back_holds_no_tick_up(
    session: Session, started: Callable[..., Watched]
) -> None:
    worker = started()
    assert worker.has_ticked()
    first = passes.last(session)
    # So far ahead is the next tick by a clock that was just set back an hour.
    worker.scheduler.modify_job("tick", next_run_time=clock.machine() + timedelta(hours=1))

    def has_ticked_again() -> bool:
        session.rollback()
        return passes.last(session) != first

    assert becomes(has_ticked_again)


def test_an_export_that_somebody_waits_for_is_made_without_waiting_for_a_tick(
    session: Session, company: Company, started: Callable[..., Watched]
) -> None:
    holder = a_person(session, company)
    session.commit()
    asked(company, holder, clock.now())

    started()

    def is_there() -> bool:
        session.rollback()
        return len(told(session)) == 1

    assert becomes(is_there)


def test_what_is_filed_is_confirmed_before_the_next_tick(
    session: Session, company: Company, started: Callable[..., Watched]
) -> None:
    assert started().has_ticked()
    request = a_request(session, company, filed_at=clock.now() - timedelta(seconds=1))
    session.commit()

    def is_confirmed() -> bool:
        session.rollback()
        return request.state is State.CONFIRMED

    assert becomes(is_confirmed)
