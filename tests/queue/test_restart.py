from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company, Subscription
from helpdesk.messages.models import Message
from helpdesk.payments import ledger, sandbox
from helpdesk.payments.models import Payment
from helpdesk.payments.sandbox import Choice
from helpdesk.queue import gate, restart
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.records import OutgoingEvent
from helpdesk.queue.restart import TooLate, settle
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    MessageKind,
    MessageState,
    OutgoingKind,
    PaymentState,
    State,
)
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.restarts import (
    A_FRIDAY,
    BANK,
    DELETION_DAY,
    Ended,
    a_payment,
    an_end,
    ending_of,
    paid,
    payment_of,
    told,
)
from tests.support.workers import at_once

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)


@pytest.fixture
def ended(session: Session, company: Company) -> Ended:
    """Return a subscription that ended on 15 April 2026."""
    return an_end(session, company)


def test_an_accepted_payment_restarts_the_subscription_from_today(
    session: Session, ended: Ended
) -> None:
    key = paid(ended, Choice.ACCEPT)

    assert settle(BANK, key, A_FRIDAY) is PaymentState.ACCEPTED

    ending = ending_of(session, ended)
    subscription = ending.subscription
    assert subscription
    assert (ending.state, ending.request.state) == (State.RESTARTED, State.RESTARTED)
    assert (subscription.ended_at, subscription.anchor_on) == (None, date(2026, 5, 1))
    event = ending.request.events[-1]
    assert (event.action, event.actor, event.person_id) == (
        Action.RESTART,
        "customer",
        ended.person_id,
    )
    standing = gate.of_contract(session, ended.company_id, ended.contract, A_FRIDAY)
    assert standing
    assert standing.may_be_cancelled
    last = session.scalars(select(OutgoingEvent).order_by(OutgoingEvent.id.desc())).first()
    assert last
    assert last.kind is OutgoingKind.SUBSCRIPTION_RESTARTED
    payment = payment_of(session, key)
    assert (payment.settled_at, payment.ask_at) == (A_FRIDAY, None)


def test_the_anchor_is_the_day_that_it_is_where_the_company_is(
    session: Session, ended: Ended
) -> None:
    late = datetime(2026, 5, 31, 22, 30, tzinfo=UTC)

    settle(BANK, paid(ended, Choice.ACCEPT, late), late)

    subscription = ending_of(session, ended).subscription
    assert subscription
    assert subscription.anchor_on == date(2026, 6, 1)


def test_the_message_says_since_when_and_until_when(session: Session, ended: Ended) -> None:
    settle(BANK, paid(ended, Choice.ACCEPT), A_FRIDAY)

    (message,) = session.scalars(select(Message).where(Message.kind == MessageKind.RESTART))
    assert "vendredi 1er mai 2026" in message.text
    assert "lundi 1er juin 2026" in message.text


def test_nothing_of_the_old_end_is_done_or_said_any_more(session: Session, ended: Ended) -> None:
    announced = datetime(2026, 9, 16, 12, tzinfo=UTC)
    process_due(announced)
    settle(BANK, paid(ended, Choice.ACCEPT, announced), announced)

    for days in range(0, 60, 5):
        assert process_due(announced + days * A_DAY) == {}

    ending = ending_of(session, ended)
    assert (ending.state, ending.request.due_at) == (State.RESTARTED, None)
    kept_back = {
        message.kind
        for message in ending.request.messages
        if message.state is MessageState.CANCELLED
    }
    assert MessageKind.DELETION_NOTICE in kept_back
    assert MessageKind.RESTART not in kept_back


def test_a_new_request_starts_its_own_notice_from_the_new_anchor(
    session: Session, ended: Ended
) -> None:
    settle(BANK, paid(ended, Choice.ACCEPT), A_FRIDAY)
    company = session.get_one(Company, ended.company_id)

    again = a_request(session, company, filed_at=A_FRIDAY + 3 * A_DAY)
    session.commit()

    assert again.endings[0].effective_on == date(2026, 7, 1)
    assert process_due(A_FRIDAY + 3 * A_DAY) == {Action.CONFIRM: 1}


def test_what_had_been_asked_before_and_never_decided_goes_with_the_restart(
    session: Session, company: Company
) -> None:
    first = company.subscriptions[0].id
    other = a_subscription(session, company, anchor_on=date(2024, 6, 1), term_months=12).id
    ended = an_end(session, company, until=A_MONDAY)
    alone = a_request(session, company, subscription_ids=(first,), authority=Authority.NONE)
    both = a_request(session, company, subscription_ids=(first, other), authority=Authority.NONE)
    session.commit()
    process_due(A_FRIDAY)

    settle(BANK, paid(ended, Choice.ACCEPT), A_FRIDAY)

    session.rollback()
    assert alone.state is State.WITHDRAWN
    assert [one.state for one in both.endings] == [State.WITHDRAWN, State.IN_REVIEW]
    assert both.state is State.IN_REVIEW
    assert told(session, MessageKind.WITHDRAWAL) == 2


def test_a_second_click_finds_the_first_payment_and_a_refused_one_is_over(
    session: Session, ended: Ended
) -> None:
    first = a_payment(ended)
    assert a_payment(ended, A_FRIDAY + A_MINUTE) == first

    sandbox.choose(first, Choice.REFUSE)
    assert settle(BANK, first, A_FRIDAY) is PaymentState.REFUSED

    assert a_payment(ended, A_FRIDAY + A_MINUTE) != first
    assert ending_of(session, ended).state is State.ENDED


def test_two_clicks_at_once_are_one_payment(app: Flask, session: Session, ended: Ended) -> None:
    session.rollback()

    keys = at_once(app, *[lambda: a_payment(ended)] * 3)

    assert len(set(keys)) == 1


def test_before_its_end_and_from_its_deletion_date_on_nothing_restarts(
    session: Session, company: Company
) -> None:
    ended = an_end(session, company, until=A_MONDAY)
    end = ending_of(session, ended).access_ends_at

    for at in (A_MONDAY, end - A_MINUTE, DELETION_DAY):
        with pytest.raises(TooLate):
            a_payment(ended, at)


def test_the_contract_of_another_company_is_none_to_restart(session: Session, ended: Ended) -> None:
    stranger = a_company(session)
    session.commit()

    with pytest.raises(TooLate):
        a_payment(ended._replace(company_id=stranger.id))


def test_an_end_that_processing_has_not_told_yet_is_told_with_the_restart(
    session: Session, company: Company
) -> None:
    ended = an_end(session, company, until=A_MONDAY)
    end = ending_of(session, ended).access_ends_at

    settle(BANK, paid(ended, Choice.ACCEPT, end), end)

    happened = [event.action for event in ending_of(session, ended).request.events]
    assert happened[-2:] == [Action.END, Action.RESTART]
    assert process_due(end + A_MINUTE) == {}


def test_the_payment_of_another_company_does_not_exist(session: Session, ended: Ended) -> None:
    stranger = a_company(session)
    session.commit()
    key = a_payment(ended)

    assert restart.paid(session, stranger.id, key) is None
    assert restart.paid(session, ended.company_id, key) is not None


def test_what_is_left_of_a_restart_is_the_subscription_and_one_settled_payment(
    session: Session, ended: Ended
) -> None:
    settle(BANK, paid(ended, Choice.ACCEPT), A_FRIDAY)
    with transaction() as writing:
        open_ones = writing.scalars(select(Payment).where(ledger.unsettled())).all()

    assert open_ones == []
    assert session.scalar(select(Subscription).where(Subscription.contract == ended.contract))
    assert session.scalar(select(Request.state)) is State.RESTARTED
