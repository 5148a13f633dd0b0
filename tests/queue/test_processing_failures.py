import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company
from helpdesk.messages import outbox
from helpdesk.messages.outbox import Post
from helpdesk.queue.models import Event, Request
from helpdesk.queue.processing import count_due, failure_of, process_due
from helpdesk.rules.vocabulary import (
    Action,
    State,
)
from tests.builders import A_MONDAY, a_company, a_person, a_request, a_subscription

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)


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
        ("endings", "steps = '\"x\"'", "ValueError"),
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
    columns = select(Request.state, Request.failure, Request.due_at)
    kept = session.execute(columns.order_by(Request.id)).all()
    assert [row.state for row in kept] == [State.CONFIRMED, State.RECEIVED, State.CONFIRMED]
    assert kept[0].failure is None
    assert kept[1].failure.startswith(error)
    assert kept[1].due_at == A_MONDAY + timedelta(hours=1)
    counted = select(func.count()).select_from(Event).where(Event.request_id == 2)
    assert session.scalar(counted) == 1


def test_neither_the_log_nor_what_is_kept_of_a_failure_has_what_people_typed(
    session: Session, filed: Request, caplog: pytest.LogCaptureFixture
) -> None:
    known = a_person(session, email="ines@people.example")

    def twice() -> None:
        a_person(session, email=known.email)

    failure = failure_of(session, filed.id, twice) or ""

    assert failure.startswith("IntegrityError")
    assert "ines@people.example" not in failure + caplog.text


@pytest.mark.usefixtures("no_log")
def test_what_was_set_aside_is_tried_again_after_an_hour(session: Session, filed: Request) -> None:
    whole = session.scalar(text("SELECT CAST(steps AS TEXT) FROM endings"))
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
    many(session, 25)
    damage(session, "endings", 7, "steps = '[{}]'")
    tables = ("requests", "endings", "events", "messages", "reviews", "subscriptions")

    def kept() -> dict[str, list[object]]:
        session.rollback()
        return {
            table: [*session.execute(text(f"SELECT * FROM {table}"))]  # noqa: S608
            for table in tables
        }

    before, told = kept(), []
    dry = process_due(A_MONDAY, dry_run=True, advance=told.append, batch=20)

    assert kept() == before
    assert dry == {Action.CONFIRM: 24, "failed": 1}
    assert told == [20, 5]
    assert count_due(session, A_MONDAY) == 25
    session.rollback()
    assert process_due(A_MONDAY) == dry
    assert count_due(session, A_MONDAY) == 0


def test_what_cannot_be_written_is_found_among_many_and_stops_nobody(
    session: Session, monkeypatch: pytest.MonkeyPatch, no_log: None
) -> None:
    many(session, 8)
    whole = outbox.put_all

    def put_all(session: Session, posts: Sequence[Post]) -> None:
        if any(post.letter.request_id == 3 for post in posts):
            raise ValueError
        whole(session, posts)

    monkeypatch.setattr(outbox, "put_all", put_all)

    done = process_due(A_MONDAY)

    assert done == {Action.CONFIRM: 7, "failed": 1}
    failed = session.execute(
        select(Request.id, Request.failure).where(Request.failure.is_not(None))
    )
    assert failed.all() == [(3, "ValueError: ")]
