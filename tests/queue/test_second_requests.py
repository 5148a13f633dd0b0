from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company, Subscription
from helpdesk.messages.models import Message
from helpdesk.queue import events, intake, review
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Action, Authority, Channel, ReviewReason, State
from tests.builders import (
    A_MONDAY,
    SECRET,
    a_filing,
    a_request,
    a_subscription,
)
from tests.support.workers import at_once


def reasons(request: Request) -> list[ReviewReason]:
    return [review.reason for review in request.reviews]


def test_a_second_request_for_a_subscription_is_linked_to_the_first_whose_date_stands(
    session: Session, company: Company
) -> None:
    first = a_request(session, company)

    second = a_request(session, company, filed_at=A_MONDAY + timedelta(days=20))

    assert reasons(second) == [ReviewReason.DUPLICATE]
    assert (second.state, second.linked_to) == (State.IN_REVIEW, first)
    assert (first.state, first.linked_to) == (State.RECEIVED, None)
    assert first.endings[0].effective_on < second.endings[0].effective_on


def test_one_subscription_in_common_is_enough_for_a_second_request(
    session: Session, company: Company
) -> None:
    one, other = company.subscriptions[0], a_subscription(session, company)
    first = a_request(session, company, subscription_ids=(one.id,))

    apart = a_request(session, company, subscription_ids=(other.id,))
    both = a_request(session, company, subscription_ids=(one.id, other.id))

    assert (apart.state, apart.linked_to) == (State.RECEIVED, None)
    assert both.linked_to is first


@pytest.mark.parametrize("state", [State.REJECTED, State.WITHDRAWN, State.RESTARTED])
def test_what_is_no_longer_open_does_not_stand_in_the_way(
    session: Session, company: Company, state: State
) -> None:
    first = a_request(session, company)
    first.state = first.endings[0].state = state

    assert a_request(session, company).state is State.RECEIVED


def test_one_that_was_filed_earlier_but_came_in_later_stands_before_one_not_yet_confirmed(
    session: Session, company: Company
) -> None:
    online = a_request(session, company, filed_at=A_MONDAY)

    call = a_request(session, company, filed_at=A_MONDAY - timedelta(hours=1))

    assert (call.state, call.linked_to) == (State.RECEIVED, None)
    assert online.state is State.RECEIVED


def test_one_that_was_filed_earlier_but_came_in_after_the_confirmation_is_reviewed(
    session: Session, company: Company
) -> None:
    online = a_request(session, company)
    online.state = online.endings[0].state = State.CONFIRMED

    call = a_request(session, company, filed_at=A_MONDAY - timedelta(hours=1))

    assert (call.state, call.linked_to) == (State.IN_REVIEW, online)
    assert reasons(call) == [ReviewReason.DUPLICATE]


def test_two_who_file_for_one_subscription_at_once_one_stands_and_one_is_linked(
    app: Flask, session: Session, company: Company
) -> None:
    number = company.id

    def file() -> None:
        with transaction() as writing:
            a_request(writing, writing.get_one(Company, number))

    at_once(app, *[file] * 6)

    session.rollback()  # What was read before the others wrote is let go.
    first, *others = session.scalars(select(Request).order_by(Request.id)).all()
    assert (first.state, first.linked_to) == (State.RECEIVED, None)
    assert [(one.state, one.linked_to) for one in others] == [(State.IN_REVIEW, first)] * 5


def test_one_who_presses_the_button_in_two_windows_files_once(
    app: Flask, session: Session, company: Company
) -> None:
    filing = a_filing(company, key=str(uuid4()))

    def file() -> tuple[str, bool]:
        with transaction() as writing:
            accepted = intake.accept(writing, filing, SECRET)
            return accepted.request.reference, accepted.is_new

    answers = at_once(app, *[file] * 6)

    session.rollback()
    assert len({reference for reference, _is_new in answers}) == 1
    assert sorted(is_new for _reference, is_new in answers) == [False] * 5 + [True]
    assert session.scalar(select(func.count()).select_from(Message)) == 1
    assert session.scalar(select(func.count()).select_from(Subscription)) == 2


def test_the_business_gives_its_word_on_what_another_request_has_come_to_end(
    session: Session, company: Company
) -> None:
    by_form = a_request(session, company, authority=Authority.UNKNOWN, channel=Channel.HELP_CENTER)
    # A call that had begun before is filed only now, and stands.
    by_phone = a_request(session, company, filed_at=A_MONDAY - timedelta(minutes=2))
    session.commit()
    process_due(A_MONDAY)

    review.verify(session, by_form, at=A_MONDAY + timedelta(days=2))
    session.commit()

    assert by_phone.state is State.CONFIRMED
    assert (by_form.state, by_form.linked_to) == (State.IN_REVIEW, by_phone)
    left = [one.reason for one in by_form.reviews if one.settled_at is None]
    assert left == [ReviewReason.DUPLICATE]
    assert by_form.events[-1].action is Action.VERIFY
    assert list(events.broken(session)) == []
