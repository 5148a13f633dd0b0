from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

from apscheduler.events import EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.schedulers.base import BaseScheduler
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk import clock, jobs
from helpdesk.directory.models import Company
from helpdesk.queue import passes
from helpdesk.rules.vocabulary import Action, State
from helpdesk.settings import Settings
from tests.builders import a_person, a_request
from tests.support.exports import asked, told

PATIENCE_SECONDS = 30


def ran(scheduler: BaseScheduler, job: str) -> bool:
    """Wait until a job has run."""
    done = Event()

    def note(event: JobExecutionEvent) -> None:
        if event.job_id == job:
            done.set()

    scheduler.add_listener(note, EVENT_JOB_EXECUTED)
    return done.wait(PATIENCE_SECONDS)


def test_a_tick_confirms_what_is_due_and_leaves_its_trace(
    app: Flask, settings: Settings, session: Session, company: Company
) -> None:
    request = a_request(session, company, filed_at=clock.now() - timedelta(minutes=1))
    session.commit()
    seen: list[int] = []

    done = jobs.tick(app, settings, seen.append)

    session.expire_all()
    assert request.state is State.CONFIRMED
    last = passes.last(session)
    assert last is not None
    assert last.done == dict(done) == {Action.CONFIRM: 1}
    assert last.began_at <= last.ended_at
    assert seen == [1]


def test_a_tick_with_nothing_to_do_still_says_that_it_ran(
    app: Flask, settings: Settings, session: Session
) -> None:
    assert jobs.tick(app, settings) == {}
    assert not passes.is_silent(session, clock.now())


def test_the_timetable_goes_by_real_time_and_the_work_by_the_time_that_it_is(
    app: Flask, settings: Settings, travel: Callable[[datetime], None]
) -> None:
    real = clock.now()
    travel(real + timedelta(days=100))
    scheduler = jobs.in_background(app, settings)

    came = ran(scheduler, "tick")
    job = scheduler.get_job("tick")
    scheduler.shutdown()

    assert came
    assert job.next_run_time < real + timedelta(minutes=5)
    with app.app_context():
        assert not passes.is_silent(app.extensions["sqlalchemy"].session(), clock.now())


def test_beside_the_web_server_the_first_tick_comes_at_once_and_others_follow(
    app: Flask, settings: Settings
) -> None:
    scheduler = jobs.in_background(app, replace(settings, tick_seconds=1))

    came = ran(scheduler, "tick")
    job = scheduler.get_job("tick")
    scheduler.shutdown()

    assert came
    assert job.max_instances == 1
    assert job.misfire_grace_time is None
    with app.app_context():
        assert not passes.is_silent(app.extensions["sqlalchemy"].session(), clock.now())


def test_an_export_that_somebody_waits_for_is_made_without_waiting_for_a_tick(
    app: Flask, settings: Settings, session: Session, company: Company
) -> None:
    holder = a_person(session, company)
    session.commit()
    asked(company, holder, clock.now())
    scheduler = jobs.in_background(app, settings)

    came = ran(scheduler, "errands")
    scheduler.shutdown()

    assert came
    assert len(told(session)) == 1
