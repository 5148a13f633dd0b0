import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from subprocess import TimeoutExpired

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.database import transaction
from helpdesk.directory.models import Company
from helpdesk.messages.models import Message
from helpdesk.queue.events import By
from helpdesk.queue.models import Ending, Event, Request
from helpdesk.queue.processing import BATCH, Counts, count_due, process_due
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    MessageKind,
    ReviewReason,
    State,
)
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.workers import at_once, environment, helpdesk, kill, started

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)


@pytest.fixture
def company(session: Session) -> Company:
    """Return a company with one subscription, monthly from a 15th."""
    made = a_company(session)
    a_subscription(session, made)
    session.commit()
    return made


@pytest.fixture
def filed(session: Session, company: Company) -> Request:
    """Return a request filed on Monday 2 March 2026: it ends on 15 April."""
    request = a_request(session, company)
    session.commit()
    return request


@pytest.fixture
def no_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Keep quiet about the failures that a test makes on purpose."""
    with caplog.at_level(logging.CRITICAL):
        yield


def many(session: Session, count: int, filed_at: datetime = A_MONDAY) -> None:
    """File a request for each of so many companies."""
    for _ in range(count):
        company = a_company(session)
        a_subscription(session, company)
        a_request(session, company, filed_at=filed_at)
    session.commit()


def days(start: datetime, count: int) -> Iterator[datetime]:
    return (start + number * A_DAY for number in range(count))


def story(request: Request) -> list[tuple[Action, date]]:
    """Return what happened to a request, and on which UTC day."""
    return [(event.action, event.at.date()) for event in request.events]


def kinds(request: Request) -> list[MessageKind]:
    return [message.kind for message in request.messages]


def test_what_is_due_is_confirmed_with_its_event_and_its_message(filed: Request) -> None:
    done = process_due(A_MONDAY + A_MINUTE)

    assert done == {Action.CONFIRM: 1}
    assert (filed.state, filed.endings[0].state) == (State.CONFIRMED, State.CONFIRMED)
    event = filed.events[-1]
    assert (event.actor, event.person_id, event.at) == (By.PROCESSING, None, A_MONDAY + A_MINUTE)
    assert kinds(filed) == [MessageKind.ACKNOWLEDGEMENT, MessageKind.CONFIRMATION]


def test_nothing_is_confirmed_before_it_can_no_longer_be_undone(
    session: Session, company: Company
) -> None:
    held_until = A_MONDAY + timedelta(seconds=10)
    request = a_request(session, company, held_until=held_until)
    session.commit()

    assert process_due(held_until - timedelta(seconds=1)) == {}
    assert request.state is State.RECEIVED
    assert process_due(held_until) == {Action.CONFIRM: 1}


def test_what_is_in_review_waits_for_a_person(session: Session, company: Company) -> None:
    request = a_request(session, company, authority=Authority.NONE)
    session.commit()

    assert process_due(A_MONDAY + 400 * A_DAY) == {}
    assert request.state is State.IN_REVIEW


def test_a_year_goes_by_with_each_thing_once_on_its_day(filed: Request) -> None:
    done: Counts = Counter()
    for now in days(datetime(2026, 3, 2, 12, tzinfo=UTC), 366):
        done += process_due(now)
        done += process_due(now)

    assert story(filed) == [
        (Action.FILE, date(2026, 3, 2)),
        (Action.CONFIRM, date(2026, 3, 2)),
        (Action.REMIND, date(2026, 3, 16)),
        (Action.REMIND, date(2026, 4, 8)),
        (Action.REMIND, date(2026, 4, 14)),
        (Action.END, date(2026, 4, 15)),
        (Action.ANNOUNCE_DELETION, date(2026, 9, 15)),
        (Action.PURGE, date(2026, 10, 15)),
    ]
    assert kinds(filed) == [
        MessageKind.ACKNOWLEDGEMENT,
        MessageKind.CONFIRMATION,
        MessageKind.REMINDER_30,
        MessageKind.REMINDER_7,
        MessageKind.REMINDER_1,
        MessageKind.ACCESS_ENDED,
        MessageKind.DELETION_NOTICE,
        MessageKind.DELETION_DONE,
    ]
    assert (filed.state, filed.due_at) == (State.PURGED, None)
    assert filed.endings[0].subscription.ended_at == datetime(2026, 4, 14, 22, tzinfo=UTC)
    assert sum(done.values()) == 7


def test_access_ends_at_midnight_there_and_not_a_second_before(
    session: Session, filed: Request
) -> None:
    ends_at = filed.endings[0].access_ends_at
    process_due(A_MONDAY)

    process_due(ends_at - timedelta(seconds=1))
    assert filed.endings[0].subscription.ended_at is None

    process_due(ends_at)
    assert filed.state is State.ENDED


def test_after_a_year_of_outage_only_what_still_makes_sense_is_said(filed: Request) -> None:
    done = process_due(A_MONDAY + 365 * A_DAY)

    assert done == {Action.CONFIRM: 1, Action.END: 1, Action.PURGE: 1}
    assert kinds(filed)[1:] == [
        MessageKind.CONFIRMATION,
        MessageKind.ACCESS_ENDED,
        MessageKind.DELETION_DONE,
    ]
    assert process_due(A_MONDAY + 366 * A_DAY) == {}


def test_no_delay_on_our_side_ever_moves_a_date(session: Session, filed: Request) -> None:
    ending = filed.endings[0]
    names = [column.key for column in Ending.__table__.columns if column.key.endswith("_on")]
    names += ["access_ends_at", "deletes_at", "steps"]
    before = {name: getattr(ending, name) for name in names}

    for late in (3, 40, 41, 300, 301):
        process_due(A_MONDAY + late * A_DAY)
        assert {name: getattr(ending, name) for name in names} == before

    assert before["effective_on"] == date(2026, 4, 15)
    assert ending.subscription.ended_at == ending.access_ends_at


def test_several_endings_live_their_own_lives_and_the_request_shows_the_least_advanced(
    session: Session, company: Company
) -> None:
    april = company.subscriptions[0]
    june = a_subscription(session, company, anchor_on=date(2024, 6, 1), term_months=12)
    request = a_request(session, company, subscription_ids=(april.id, june.id))
    session.commit()
    shown = {}
    for now in days(A_MONDAY, 300):
        process_due(now)
        shown[now.date()] = (request.state, *[ending.state for ending in request.endings])

    assert shown[date(2026, 4, 14)] == (State.CONFIRMED, State.CONFIRMED, State.CONFIRMED)
    assert shown[date(2026, 4, 15)] == (State.CONFIRMED, State.ENDED, State.CONFIRMED)
    assert shown[date(2026, 6, 1)] == (State.ENDED, State.ENDED, State.ENDED)
    assert shown[date(2026, 10, 15)] == (State.ENDED, State.PURGED, State.ENDED)
    assert shown[date(2026, 12, 1)] == (State.PURGED, State.PURGED, State.PURGED)
    assert kinds(request).count(MessageKind.CONFIRMATION) == 1
    for kind in (MessageKind.REMINDER_7, MessageKind.ACCESS_ENDED, MessageKind.DELETION_DONE):
        assert kinds(request).count(kind) == 2


def test_a_legal_hold_stops_the_deletion_until_it_is_lifted(
    session: Session, company: Company, filed: Request
) -> None:
    deletes_at = filed.endings[0].deletes_at
    for now in days(A_MONDAY, 100):
        process_due(now)
    company.on_hold = True
    session.commit()

    process_due(deletes_at - A_DAY)
    assert process_due(deletes_at) == {}
    assert (filed.state, filed.due_at) == (State.ENDED, deletes_at + A_DAY)
    assert process_due(deletes_at + A_MINUTE) == {}
    assert process_due(deletes_at + 2 * A_DAY) == {}

    company.on_hold = False
    session.commit()
    assert process_due(deletes_at + 3 * A_DAY) == {Action.PURGE: 1}
    assert MessageKind.DELETION_DONE in kinds(filed)


def test_one_that_came_to_stand_second_while_it_was_held_goes_to_review(
    session: Session, company: Company
) -> None:
    held_until = A_MONDAY + timedelta(seconds=10)
    online = a_request(session, company, held_until=held_until)
    call = a_request(session, company, filed_at=A_MONDAY - timedelta(hours=1))
    session.commit()

    done = process_due(held_until)

    assert done == {Action.CONFIRM: 1, Action.REVIEW: 1}
    assert (call.state, online.state) == (State.CONFIRMED, State.IN_REVIEW)
    assert online.linked_to is call
    assert [review.reason for review in online.reviews] == [ReviewReason.DUPLICATE]


def damage(session: Session, table: str, number: int, change: str) -> None:
    """Damage a row as a bad disk or a bad hand would."""
    session.execute(
        text(f"UPDATE {table} SET {change} WHERE id = :id"),  # noqa: S608 (words of this file)
        {"id": number},
    )
    session.commit()


@pytest.mark.usefixtures("no_log")
@pytest.mark.parametrize(
    ("table", "change", "error"),
    [
        ("endings", "steps = '[{}]'", "ValueError"),
        ("endings", "steps = 'not json'", "JSONDecodeError"),
        ("endings", "zone = 'Europe/Nowhere'", "ZoneInfoNotFoundError"),
        ("endings", "state = 'nonsense'", "ValueError"),
        ("requests", "authority = 'nonsense'", "ValueError"),
    ],
)
def test_a_request_that_fails_is_set_aside_with_its_error_and_stops_nobody(
    session: Session, table: str, change: str, error: str
) -> None:
    many(session, 3)
    damage(session, table, 2, change)

    done = process_due(A_MONDAY)

    assert done == {Action.CONFIRM: 2, "failed": 1}
    kept = session.execute(text("SELECT state, failure, due_at FROM requests ORDER BY id")).all()
    assert [row.state for row in kept] == ["confirmed", "received", "confirmed"]
    assert kept[0].failure is None
    assert kept[1].failure.startswith(error)
    assert kept[1].due_at.startswith("2026-03-02 11:00")
    counted = select(func.count()).select_from(Event).where(Event.request_id == 2)
    assert session.scalar(counted) == 1


@pytest.mark.usefixtures("no_log")
def test_what_was_set_aside_is_tried_again_after_an_hour(session: Session, filed: Request) -> None:
    whole = session.scalar(text("SELECT steps FROM endings"))
    damage(session, "endings", 1, "steps = '[{}]'")
    assert process_due(A_MONDAY) == {"failed": 1}
    assert process_due(A_MONDAY + timedelta(minutes=59)) == {}
    assert process_due(A_MONDAY + timedelta(hours=1)) == {"failed": 1}
    session.execute(text("UPDATE endings SET steps = :whole"), {"whole": whole})
    session.commit()

    assert process_due(A_MONDAY + timedelta(hours=2)) == {Action.CONFIRM: 1}
    assert (filed.state, filed.failure) == (State.CONFIRMED, None)
    assert filed.endings[0].requested_on == date(2026, 3, 2)


@pytest.mark.usefixtures("no_log")
def test_a_failure_in_one_ending_undoes_what_the_same_pass_did_for_the_other(
    session: Session, company: Company
) -> None:
    other = a_subscription(session, company)
    ids = (company.subscriptions[0].id, other.id)
    request = a_request(session, company, subscription_ids=ids)
    session.commit()
    process_due(A_MONDAY)
    damage(session, "endings", request.endings[1].id, "steps = '[{}]'")

    assert process_due(request.endings[0].access_ends_at) == {"failed": 1}

    session.rollback()
    assert [ending.state for ending in request.endings] == [State.CONFIRMED, State.CONFIRMED]
    assert [event.action for event in request.events] == [Action.FILE, Action.CONFIRM]


@pytest.mark.usefixtures("no_log")
def test_a_dry_run_counts_the_same_and_keeps_nothing(session: Session) -> None:
    many(session, BATCH + 5)
    damage(session, "endings", 7, "steps = '[{}]'")
    tables = ("requests", "endings", "events", "messages", "reviews", "subscriptions")

    def kept() -> dict[str, list[object]]:
        session.rollback()
        return {
            table: [*session.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608
            for table in tables
        }

    before, told = kept(), []
    dry = process_due(A_MONDAY, dry_run=True, advance=told.append)

    assert kept() == before
    assert dry == {Action.CONFIRM: BATCH + 4, "failed": 1}
    assert told == [BATCH, 5]
    assert count_due(session, A_MONDAY) == BATCH + 5
    session.rollback()
    assert process_due(A_MONDAY) == dry
    assert count_due(session, A_MONDAY) == 0


def test_the_longest_due_come_first(session: Session) -> None:
    for hours in (3, 1, 2):
        company = a_company(session)
        a_subscription(session, company)
        a_request(session, company, filed_at=A_MONDAY - timedelta(hours=hours))
    session.commit()

    process_due(A_MONDAY)

    confirmed = select(Event.request_id).where(Event.action == Action.CONFIRM).order_by(Event.id)
    assert session.scalars(confirmed).all() == [1, 3, 2]


def counted(session: Session) -> tuple[int, int, int]:
    """Return how many requests are confirmed, and with how many events and messages of it."""
    session.rollback()
    queries = (
        select(func.count()).select_from(Request).where(Request.state == State.CONFIRMED),
        select(func.count()).select_from(Event).where(Event.action == Action.CONFIRM),
        select(func.count()).select_from(Message).where(Message.kind == MessageKind.CONFIRMATION),
    )
    confirmed, happened, told = (session.scalar(query) or 0 for query in queries)
    return confirmed, happened, told


def test_two_workers_at_once_confirm_each_request_once(app: Flask, session: Session) -> None:
    many(session, 120)

    done = at_once(app, *[lambda: process_due(A_MONDAY)] * 3)

    assert sum(done, Counter()) == {Action.CONFIRM: 120}
    assert counted(session) == (120, 120, 120)


def test_processing_killed_midway_goes_on_where_it_was(
    session: Session, settings: Settings
) -> None:
    many(session, 210, clock.now() - A_MINUTE)
    env = environment(settings)

    process = started("process", env=env)
    while counted(session) == (0, 0, 0) and process.poll() is None:
        with suppress(TimeoutExpired):
            process.wait(0.01)
    kill(process)

    midway = counted(session)
    assert 0 < midway[0] < 210
    assert midway == (midway[0],) * 3

    again = helpdesk("process", env=env)
    assert again.returncode == 0, again.stderr
    assert counted(session) == (210, 210, 210)
    assert count_due(session, clock.now()) == 0
    assert helpdesk("audit", "verify", env=env).returncode == 0


def test_a_request_confirmed_while_the_line_of_due_ones_was_read_is_not_confirmed_again(
    session: Session, filed: Request
) -> None:
    number = filed.id
    process_due(A_MONDAY)
    with transaction() as writing:
        writing.get_one(Request, number).due_at = A_MONDAY

    assert process_due(A_MONDAY) == {}
    assert counted(session) == (1, 1, 1)
