from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company
from helpdesk.queue.events import By
from helpdesk.queue.models import Ending, Event, Request
from helpdesk.queue.processing import Counts, process_due
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    MessageKind,
    ReviewReason,
    State,
)
from tests.builders import A_MONDAY, a_company, a_request, a_subscription

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)


@pytest.fixture
def filed(session: Session, company: Company) -> Request:
    """Return a request filed on Monday 2 March 2026: it ends on 15 April."""
    request = a_request(session, company)
    session.commit()
    return request


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
    ]
    assert kinds(filed) == [
        MessageKind.ACKNOWLEDGEMENT,
        MessageKind.CONFIRMATION,
        MessageKind.REMINDER_30,
        MessageKind.REMINDER_7,
        MessageKind.REMINDER_1,
        MessageKind.ACCESS_ENDED,
        MessageKind.DELETION_NOTICE,
    ]
    assert (filed.state, filed.due_at) == (State.ENDED, None)
    assert filed.endings[0].subscription.ended_at == datetime(2026, 4, 14, 22, tzinfo=UTC)
    assert sum(done.values()) == 6


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

    assert done == {Action.CONFIRM: 1, Action.END: 1}
    assert kinds(filed)[1:] == [MessageKind.CONFIRMATION, MessageKind.ACCESS_ENDED]
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
    assert kinds(request).count(MessageKind.CONFIRMATION) == 1
    for kind in (MessageKind.REMINDER_7, MessageKind.ACCESS_ENDED, MessageKind.DELETION_NOTICE):
        assert kinds(request).count(kind) == 2


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


def test_the_longest_due_come_first(session: Session) -> None:
    for hours in (3, 1, 2):
        company = a_company(session)
        a_subscription(session, company)
        a_request(session, company, filed_at=A_MONDAY - timedelta(hours=hours))
    session.commit()

    process_due(A_MONDAY)

    confirmed = select(Event.request_id).where(Event.action == Action.CONFIRM).order_by(Event.id)
    assert session.scalars(confirmed).all() == [1, 3, 2]
