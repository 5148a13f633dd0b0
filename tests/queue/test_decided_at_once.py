"""Decided at the same instant, by two people or by one and the clock: one of both holds."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.directory import holds as held
from helpdesk.directory.models import Company, Hold
from helpdesk.messages.models import Message
from helpdesk.payments import sandbox
from helpdesk.payments.models import Payment
from helpdesk.payments.port import Bill
from helpdesk.queue import events, holds, restart, review, withdrawal
from helpdesk.queue.deletion import delete_due
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Event, Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.records import OutgoingEvent
from helpdesk.queue.review import Decision, Stale
from helpdesk.rules.lifecycle import MoveRefused
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    MessageKind,
    OutgoingKind,
    PaymentState,
    State,
)
from tests.builders import (
    A_MONDAY,
    a_company,
    a_person,
    a_request,
    a_subscription,
    a_supervisor,
)
from tests.support.at_once import ROUNDS, count, found, use
from tests.support.workers import at_once

A_SECOND, A_MINUTE, A_DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
BANK = sandbox.Sandbox()


def a_new_request(session: Session, **given: object) -> Request:
    company = a_company(session)
    a_subscription(session, company)
    request = a_request(session, company, **given)
    session.commit()
    return request


def decided(session: Session, reference: str, decision: Decision, by: int) -> Action:
    actor, at = Actor(By.SUPERVISOR, by), A_MONDAY + A_DAY
    review.decide(session, found(session, reference), decision, actor=actor, at=at)
    return decision.action


def withdrawn(session: Session, reference: str, at: datetime) -> Action:
    request = found(session, reference)
    withdrawal.withdraw(session, request, None, actor=Actor(By.CUSTOMER), at=at)
    return Action.WITHDRAW


def test_of_two_supervisors_and_the_customer_at_once_nobody_overwrites_another(
    app: Flask, session: Session
) -> None:
    people = a_supervisor(session).id, a_supervisor(session).id
    for _ in ROUNDS:
        request = a_new_request(session, authority=Authority.NONE)
        reference, version = request.reference, request.version
        session.rollback()
        uses = [
            partial(
                decided,
                reference=reference,
                decision=Decision(action=action, version=version, text="Voilà."),
                by=by,
            )
            for action, by in zip((Action.CONFIRM, Action.REJECT), people, strict=True)
        ]
        uses.append(partial(withdrawn, reference=reference, at=A_MONDAY + A_DAY))

        done = at_once(app, *map(use, uses))

        came = {one for one in done if isinstance(one, Action)}
        assert set(done) - came <= {Stale, MoveRefused, withdrawal.TooLate}
        assert not came >= {Action.CONFIRM, Action.REJECT}
        session.rollback()
        assert {one.action for one in request.events} >= came
    assert list(events.broken(session)) == []


def test_what_is_withdrawn_while_it_is_confirmed_and_ends_is_one_of_both(
    app: Flask, session: Session
) -> None:
    for _ in ROUNDS:
        request = a_new_request(session)
        ends_at, reference = request.endings[0].access_ends_at, request.reference
        session.rollback()
        withdraw = partial(withdrawn, reference=reference, at=ends_at - A_SECOND)

        at_once(app, partial(process_due, ends_at), use(withdraw))

        session.rollback()
        happened = [one.action for one in request.events]
        assert request.state in {State.ENDED, State.WITHDRAWN}
        assert (Action.WITHDRAW in happened) is (request.state is State.WITHDRAWN)
        process_due(ends_at)
    assert list(events.broken(session)) == []


def begun(company_id: int, contract: str, by: int, at: datetime) -> str:
    key = use(lambda session: restart.begin(session, company_id, contract, by, at).key)()
    BANK.begin(Bill(key, 2900, "/back"))
    return str(key)


def test_a_payment_begun_and_settled_by_browsers_and_ticks_at_once_restarts_once(
    app: Flask, session: Session, company: Company
) -> None:
    holder, request = a_person(session, company), a_request(session, company)
    session.commit()
    at = request.endings[0].access_ends_at + A_DAY
    process_due(A_MONDAY)
    process_due(at)
    session.rollback()
    begin = partial(begun, company.id, company.subscriptions[0].contract, holder.id, at)
    session.rollback()

    keys = at_once(app, *[begin] * 3)
    assert len(set(keys)) == 1
    sandbox.choose(keys[0], sandbox.Choice.ACCEPT)
    later = at + 2 * A_MINUTE
    browser = partial(restart.settle, BANK, keys[0], later)
    tick = partial(restart.settle_due, BANK, later)
    at_once(app, browser, browser, tick, tick)

    assert count(session, Event, Event.action == Action.RESTART) == 1
    assert count(session, Message, Message.kind == MessageKind.RESTART) == 1
    kind = OutgoingKind.SUBSCRIPTION_RESTARTED
    assert count(session, OutgoingEvent, OutgoingEvent.kind == kind) == 1
    assert session.scalars(select(Payment.state)).all() == [PaymentState.ACCEPTED]
    assert list(events.broken(session)) == []


def held_by(session: Session, company_id: int, by: Actor, at: datetime) -> int:
    wish = holds.Wish(reason="Contrôle.", ends_at=None, seen=0)
    return holds.set_hold(session, company_id, wish, actor=by, at=at).company_id


def test_supervisors_who_set_a_hold_at_once_set_one_and_every_request_tells_it_once(
    app: Flask, session: Session, company: Company
) -> None:
    by = Actor(By.SUPERVISOR, a_supervisor(session).id)
    for turn in range(3):
        a_request(session, company, filed_at=A_MONDAY + turn * A_SECOND)
    session.commit()
    hold = use(partial(held_by, company_id=company.id, by=by, at=A_MONDAY))
    session.rollback()

    done = at_once(app, hold, hold, hold, lambda: process_due(A_MONDAY))

    assert Counter(done[:3])[holds.Changed] == 2
    assert count(session, Hold) == 1
    assert count(session, Event, Event.action == Action.HOLD) == 3
    assert list(events.broken(session)) == []


def test_a_hold_set_while_data_is_deleted_stops_it_where_it_is_or_comes_too_late(
    app: Flask, session: Session
) -> None:
    by = Actor(By.SUPERVISOR, a_supervisor(session).id)
    for _ in ROUNDS:
        request = a_new_request(session)
        company_id, at = request.company_id, request.endings[0].deletes_at
        process_due(A_MONDAY)
        process_due(at)
        session.rollback()
        delete = partial(delete_due, at, batch=2)

        *_, came = at_once(
            app, delete, delete, use(partial(held_by, company_id=company_id, by=by, at=at))
        )
        delete()

        session.rollback()
        is_gone = session.get(Company, company_id) is None
        assert is_gone is (came is holds.Changed)
        assert is_gone is not held.is_held(session, company_id, at)
        assert request.failure is None
    assert list(events.broken(session)) == []
