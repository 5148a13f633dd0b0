"""Withdrawing what is chosen, by whoever may, once; and asking the business otherwise."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company
from helpdesk.queue import events, review, withdrawal
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Event, Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.records import OutgoingEvent
from helpdesk.queue.withdrawal import TooLate, withdraw
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    DocumentKind,
    MessageKind,
    MessageState,
    OutgoingKind,
    State,
)
from tests.builders import (
    A_MONDAY,
    a_call,
    a_company,
    a_request,
    a_subscription,
    an_agent,
)

INES = Actor(By.CUSTOMER)
LATER = A_MONDAY + timedelta(hours=1)
A_DAY = timedelta(days=1)


def kinds(request: Request) -> list[MessageKind]:
    return [one.kind for one in request.messages if one.state is not MessageState.CANCELLED]


def test_one_of_several_goes_on_and_the_other_ends(session: Session, both: Request) -> None:
    monthly, yearly = both.endings

    withdraw(session, both, {monthly.id}, actor=INES, at=LATER)
    session.commit()

    assert (monthly.state, yearly.state) == (State.WITHDRAWN, State.CONFIRMED)
    assert (both.state, both.due_at is not None) == (State.CONFIRMED, True)
    message = both.messages[-1]
    assert (message.kind, message.ending_id) == (MessageKind.WITHDRAWAL, monthly.id)
    assert yearly.product not in message.text
    assert message.document
    assert (message.document.kind, message.document.ending_id) == (
        DocumentKind.WITHDRAWAL,
        monthly.id,
    )
    kept = session.scalars(select(OutgoingEvent)).all()[-1]
    assert kept.kind is OutgoingKind.SUBSCRIPTION_KEPT
    assert kept.payload["contract"] == monthly.contract
    assert list(events.broken(session)) == []


@pytest.mark.parametrize("named", [False, True])
def test_all_of_them_are_one_withdrawal(session: Session, both: Request, *, named: bool) -> None:
    chosen = {one.id for one in both.endings} if named else None

    withdraw(session, both, chosen, actor=INES, at=LATER)
    session.commit()

    assert both.state is State.WITHDRAWN
    assert kinds(both).count(MessageKind.WITHDRAWAL) == 1
    kept = session.scalars(select(OutgoingEvent)).all()[-2:]
    assert {one.payload["contract"] for one in kept} == {one.contract for one in both.endings}


def test_a_second_time_changes_nothing(session: Session, both: Request) -> None:
    monthly, yearly = both.endings
    for _ in range(2):
        withdraw(session, both, {monthly.id}, actor=INES, at=LATER)
    session.commit()
    assert kinds(both).count(MessageKind.WITHDRAWAL) == 1

    for chosen in (None, {yearly.id}, {monthly.id, yearly.id}):
        withdraw(session, both, chosen, actor=INES, at=LATER)
    session.commit()

    assert both.state is State.WITHDRAWN
    assert kinds(both).count(MessageKind.WITHDRAWAL) == 2
    actions = [event.action for event in both.events]
    assert actions == [Action.FILE, Action.CONFIRM, Action.WITHDRAW, Action.WITHDRAW]


def test_at_the_very_instant_of_the_end_it_is_too_late(session: Session, both: Request) -> None:
    monthly, yearly = both.endings
    ends_at = monthly.access_ends_at

    with pytest.raises(TooLate):
        withdraw(session, both, {monthly.id}, actor=INES, at=ends_at)
    with pytest.raises(TooLate):
        withdraw(session, both, {monthly.id, yearly.id}, actor=INES, at=ends_at)
    assert (monthly.state, yearly.state) == (State.CONFIRMED, State.CONFIRMED)

    withdraw(session, both, {monthly.id}, actor=INES, at=ends_at - timedelta(microseconds=1))
    assert monthly.state is State.WITHDRAWN


def test_what_is_left_can_be_withdrawn_when_another_has_ended(
    session: Session, both: Request
) -> None:
    process_due(both.endings[0].access_ends_at)
    session.rollback()

    withdraw(session, both, None, actor=INES, at=both.endings[0].access_ends_at + A_DAY)
    session.commit()

    assert [one.state for one in both.endings] == [State.ENDED, State.WITHDRAWN]
    assert both.state is State.ENDED
    with pytest.raises(TooLate):
        withdraw(session, both, {both.endings[0].id}, actor=INES, at=LATER + 400 * A_DAY)


def test_what_is_only_examined_can_be_withdrawn_however_long_that_takes(
    session: Session, company: Company
) -> None:
    request = a_request(session, company, authority=Authority.NONE)
    session.commit()

    withdraw(session, request, None, actor=INES, at=A_MONDAY + 300 * A_DAY)

    assert (request.state, request.endings[0].state) == (State.WITHDRAWN, State.WITHDRAWN)


def test_a_request_that_names_no_subscription_goes_whole(session: Session) -> None:
    request = a_request(session)
    session.commit()
    assert request.endings == []

    withdraw(session, request, None, actor=INES, at=LATER)

    assert request.state is State.WITHDRAWN


def test_the_number_of_somebody_else_s_end_withdraws_nothing(
    session: Session, both: Request
) -> None:
    elsewhere = a_company(session)
    a_subscription(session, elsewhere)
    other = a_request(session, elsewhere)
    session.commit()

    withdraw(session, both, {other.endings[0].id}, actor=INES, at=LATER)

    assert both.state is State.CONFIRMED
    assert other.state is State.RECEIVED


def test_a_new_request_starts_a_notice_of_its_own(
    session: Session, company: Company, both: Request
) -> None:
    withdraw(session, both, None, actor=INES, at=LATER)
    session.commit()

    number = (company.subscriptions[0].id,)
    again = a_request(session, company, filed_at=A_MONDAY + 20 * A_DAY, subscription_ids=number)
    session.commit()

    assert again.state is State.RECEIVED
    assert again.linked_to is None
    assert again.endings[0].effective_on > both.endings[0].effective_on


def test_two_at_once_withdraw_once(app: Flask, session: Session, both: Request) -> None:
    number, at_once = both.id, threading.Barrier(2)
    failures: list[BaseException] = []

    def press() -> None:
        try:
            with app.app_context():
                at_once.wait()
                with transaction() as opened:
                    request = review.locked(opened, opened.get_one(Request, number).reference)
                    assert request
                    withdraw(opened, request, None, actor=INES, at=LATER)
        except BaseException as error:
            failures.append(error)
            raise

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    session.rollback()

    assert failures == []
    done = session.scalars(select(Event).where(Event.action == Action.WITHDRAW)).all()
    assert len(done) == 1
    assert kinds(both).count(MessageKind.WITHDRAWAL) == 1


def test_what_was_withdrawn_in_a_call_is_known_by_the_call(session: Session, both: Request) -> None:
    agent = an_agent(session)
    call = a_call(session, agent, company_id=both.company_id)
    by_phone = Actor(By.AGENT, agent.id, call.id)

    withdraw(session, both, {both.endings[0].id}, actor=by_phone, at=LATER)
    session.commit()

    assert withdrawal.in_call(session, call.id) == [both.endings[0]]
    assert withdrawal.in_call(session, call.id + 1) == []


def test_what_tells_of_the_other_s_end_still_goes_out(session: Session, both: Request) -> None:
    monthly, yearly = both.endings
    process_due(monthly.access_ends_at)
    session.rollback()

    withdraw(session, both, {yearly.id}, actor=INES, at=monthly.access_ends_at + A_DAY)
    session.commit()

    assert kinds(both)[-2:] == [MessageKind.ACCESS_ENDED, MessageKind.WITHDRAWAL]


def test_who_withdraws_while_the_acknowledgement_is_on_its_way_is_told(
    session: Session, company: Company
) -> None:
    request = a_request(session, company, authority=Authority.NONE)
    (acknowledgement,) = request.messages
    acknowledgement.due_at = LATER + timedelta(minutes=5)  # As who hands it in now has it.
    session.commit()

    withdraw(session, request, None, actor=INES, at=LATER)
    session.commit()

    session.refresh(request)
    assert request.state is State.WITHDRAWN
    assert kinds(request) == [MessageKind.WITHDRAWAL]
