"""Clocks that are wrong or set back, and the nights on which an hour is missing or twice."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk import clock, jobs
from helpdesk.directory.models import Company
from helpdesk.messages.models import Message
from helpdesk.queue import events
from helpdesk.queue.models import Ending, Event, Request
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Action, MessageKind, State
from helpdesk.settings import Settings
from tests.builders import a_company, a_request, a_subscription
from tests.support.databases import POSTGRESQL
from tests.support.workers import PATIENCE_SECONDS, environment

PutOff = Callable[..., None]
A_MINUTE = timedelta(minutes=1)
TEN_MINUTES = timedelta(minutes=10)
AN_HOUR = timedelta(hours=1)
# On SQLite there is one machine, and one clock.
ON_POSTGRESQL = pytest.mark.parametrize("databases", [POSTGRESQL], indirect=True)
WITH_ANOTHER_CLOCK = """
import datetime, sys
from helpdesk import cli, clock
class Wrong(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.now(tz) + OFF
OFF = datetime.timedelta(minutes=int(sys.argv.pop()))
clock.datetime = Wrong
cli.main()
"""


@pytest.fixture
def due_in_five_minutes(session: Session, company: Company) -> Request:
    """Return a confirmed request whose access ends five minutes from now."""
    now = clock.now()
    request = a_request(session, company, filed_at=now - 40 * timedelta(days=1))
    session.commit()
    process_due(now - 39 * timedelta(days=1))
    ends_at = now + 5 * A_MINUTE
    # Nothing else is due between.
    soon = {"access_ends_at": ends_at, "done_until": ends_at - timedelta(seconds=1)}
    session.execute(update(Ending).values(soon))
    session.execute(update(Request).values(due_at=ends_at))
    session.commit()
    return request


def told(session: Session) -> Counter[MessageKind]:
    session.rollback()
    return Counter(session.scalars(select(Message.kind)))


def happened(session: Session) -> Counter[Action]:
    session.rollback()
    return Counter(session.scalars(select(Event.action)))


@ON_POSTGRESQL
def test_a_worker_ten_minutes_ahead_ends_nothing_early(
    app: Flask,
    settings: Settings,
    session: Session,
    due_in_five_minutes: Request,
    machine_off: PutOff,
) -> None:
    machine_off(TEN_MINUTES)

    done = jobs.tick(app, settings)

    assert done["end"] == 0
    assert happened(session)[Action.END] == 0


@ON_POSTGRESQL
def test_a_worker_ten_minutes_behind_is_not_late(
    app: Flask, settings: Settings, session: Session, company: Company, machine_off: PutOff
) -> None:
    a_request(session, company, filed_at=clock.now() - A_MINUTE)
    session.commit()
    machine_off(-TEN_MINUTES)

    assert jobs.tick(app, settings)["confirm"] == 1


@ON_POSTGRESQL
@pytest.mark.parametrize("minutes", [10, -10])
def test_a_machine_s_clock_that_is_moved_while_it_runs_moves_nothing(
    app: Flask,
    settings: Settings,
    session: Session,
    due_in_five_minutes: Request,
    machine_off: PutOff,
    minutes: int,
) -> None:
    right = clock.now()
    machine_off(minutes * A_MINUTE, while_running=True)

    done = jobs.errands(app)

    assert done == {}
    assert abs(clock.now() - right) < A_MINUTE
    assert abs(clock.machine() - right) > 9 * A_MINUTE
    assert happened(session)[Action.END] == 0


@ON_POSTGRESQL
def test_a_process_that_only_answers_asks_for_the_time_now_and_then(
    settings: Settings, session: Session, machine_off: PutOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = clock.now()
    machine_off(TEN_MINUTES)
    assert clock.now() - right > 9 * A_MINUTE

    session.rollback()
    session.connection()
    assert abs(clock.now() - right) < A_MINUTE
    at, then = clock._Clock.told or (right, 0.0)
    monkeypatch.setattr(clock._Clock, "told", (at + AN_HOUR, then - clock.BELIEVED_SECONDS))
    session.rollback()
    session.connection()

    assert abs(clock.now() - right) < A_MINUTE


@ON_POSTGRESQL
@pytest.mark.parametrize("minutes", [10, -10])
def test_a_process_with_a_wrong_clock_beside_right_ones_does_nothing_twice_or_early(
    app: Flask, settings: Settings, session: Session, due_in_five_minutes: Request, minutes: int
) -> None:
    for _ in range(20):
        company = a_company(session)
        a_subscription(session, company)
        a_request(session, company, filed_at=clock.now() - A_MINUTE)
    session.commit()

    with subprocess.Popen(
        [sys.executable, "-c", WITH_ANOTHER_CLOCK, "process", str(minutes)],
        env=environment(settings),
        stderr=subprocess.PIPE,
        text=True,
    ) as wrong:
        jobs.tick(app, settings)
        said = wrong.communicate(timeout=PATIENCE_SECONDS)[1]

    assert wrong.returncode == 0, said
    which = "behind" if minutes < 0 else "ahead of"
    assert f"{abs(minutes) * 60} s {which} the database" in said
    assert happened(session)[Action.CONFIRM] == 21
    assert happened(session)[Action.END] == 0
    assert max(session.scalars(select(Event.at))) < clock.now() + A_MINUTE
    assert set(told(session).values()) == {21}


def test_a_clock_set_back_an_hour_between_two_passes_does_nothing_twice(
    app: Flask, settings: Settings, session: Session, company: Company, machine_off: PutOff
) -> None:
    a_request(session, company, filed_at=clock.now() - A_MINUTE)
    session.commit()
    first = jobs.tick(app, settings)
    once = told(session), happened(session)

    machine_off(-AN_HOUR)
    second = jobs.tick(app, settings)

    assert first["confirm"] == 1
    assert second == {}
    assert (told(session), happened(session)) == once
    assert list(events.broken(session)) == []


@pytest.mark.parametrize("zone", ["Europe/Paris", "Europe/Madrid"])
@pytest.mark.parametrize(
    ("ends_on", "ends_at"),
    [
        (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
    ids=str,
)
def test_on_the_nights_of_march_and_october_access_ends_once_and_at_midnight(
    session: Session, zone: str, ends_on: date, ends_at: datetime
) -> None:
    company = a_company(session, zone=zone)
    a_subscription(session, company, anchor_on=ends_on.replace(year=2025, month=1))
    a_request(session, company, filed_at=ends_at - timedelta(days=40))
    session.commit()
    passes = [ends_at + n * TEN_MINUTES for n in range(-36, 36)]

    ended = [at for at in (*passes, *reversed(passes)) if process_due(at)[Action.END]]

    assert session.scalars(select(Ending.effective_on)).one() == ends_on
    assert session.scalars(select(Ending.access_ends_at)).one() == ends_at
    assert ended == [ends_at]
    assert session.scalars(select(Request.state)).one() is State.ENDED
    assert told(session)[MessageKind.ACCESS_ENDED] == 1


@pytest.mark.parametrize("zone", ["Europe/Paris", "Europe/Madrid"])
def test_both_hours_of_the_october_night_are_of_the_same_day(session: Session, zone: str) -> None:
    for hour in (0, 1):  # It is 02:30 there, twice.
        company = a_company(session, zone=zone)
        a_subscription(session, company)
        a_request(session, company, filed_at=datetime(2026, 10, 25, hour, 30, tzinfo=UTC))
    session.commit()

    assert session.scalars(select(Ending.requested_on)).all() == [date(2026, 10, 25)] * 2


def test_time_travel_goes_from_the_time_that_counts(
    machine_off: PutOff, travel: Callable[[datetime], None]
) -> None:
    right = clock.now()
    machine_off(TEN_MINUTES)
    clock.correct(right)

    travel(right + timedelta(days=30))

    assert abs(clock.now() - right - timedelta(days=30)) < A_MINUTE
    clock.come_back()
    assert abs(clock.now() - right) < A_MINUTE
