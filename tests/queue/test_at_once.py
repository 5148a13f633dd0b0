"""What people do at the same instant, by the same door or by two: each thing is done once."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from random import random
from time import sleep
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from helpdesk.account.filing import Changed, file
from helpdesk.database import db, transaction
from helpdesk.desk import callbacks
from helpdesk.desk.models import Callback
from helpdesk.directory import holds as held
from helpdesk.directory import locks, people
from helpdesk.directory.models import Company, Hold, Person
from helpdesk.messages.models import Message
from helpdesk.payments.models import Payment
from helpdesk.queue import (
    assign,
    events,
    export,
    gate,
    holds,
    intake,
    outgoing,
    permission,
    restart,
    review,
    withdrawal,
)
from helpdesk.queue.deletion import delete_due
from helpdesk.queue.events import Actor, By
from helpdesk.queue.filing import Filing
from helpdesk.queue.models import Event, Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.records import Export, OutgoingEvent
from helpdesk.queue.review import Decision, Stale
from helpdesk.rules.lifecycle import MoveRefused
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    Language,
    MessageKind,
    OutgoingKind,
    PaymentState,
    ReviewReason,
    Role,
    State,
)
from tests.builders import (
    A_MONDAY,
    PASSWORD,
    SECRET,
    a_company,
    a_filing,
    a_person,
    a_request,
    a_subscription,
    a_supervisor,
    an_agent,
)
from tests.support.workers import at_once

A_DAY = timedelta(days=1)
A_SECOND = timedelta(seconds=1)
A_MINUTE = timedelta(minutes=1)
ROUNDS = 8
DESK = "es"


def filed(filing: Filing) -> Callable[[], tuple[str, bool]]:
    """Return what files something and returns its reference, and whether it was new."""

    def run() -> tuple[str, bool]:
        with transaction() as session:
            accepted = intake.accept(session, filing, SECRET)
            return accepted.request.reference, accepted.is_new

    return run


def result(job: Callable[[Session], object]) -> Callable[[], object]:
    """Return what does something in a transaction of its own, and returns how it was refused."""

    def run() -> object:
        try:
            with transaction() as session:
                return job(session)
        except Exception as refused:
            return type(refused)

    return run


def count(session: Session, model: type, *which: object) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model).where(*which)) or 0


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
def test_the_same_form_sent_many_times_at_once_is_one_request(
    app: Flask, session: Session, company: Company, is_known: bool
) -> None:
    known = company if is_known else None
    for turn in range(1, ROUNDS + 1):
        filing = a_filing(known, filed_at=A_MONDAY + turn * A_SECOND)

        done = at_once(app, *[filed(filing)] * 4)

        assert len({reference for reference, _new in done}) == 1
        assert [new for _reference, new in done].count(True) == 1
        assert count(session, Request) == turn
    assert count(session, Event, Event.action == Action.FILE) == ROUNDS


def test_two_requests_for_one_subscription_at_once_one_stands_and_one_is_linked(
    app: Flask, session: Session
) -> None:
    agent = an_agent(session)
    session.commit()
    for turn in range(ROUNDS):
        company = a_company(session)
        a_subscription(session, company)
        by_phone, by_form = (
            a_filing(
                company,
                channel=channel,
                filed_at=A_MONDAY + at * A_SECOND,
                by_person_id=agent.id if channel is Channel.PHONE else None,
            )
            # The call began before the form was sent, or after.
            for channel, at in ((Channel.PHONE, turn % 2), (Channel.HELP_CENTER, 1 - turn % 2))
        )
        session.commit()

        at_once(app, filed(by_phone), filed(by_form))
        at_once(app, *[lambda: process_due(A_MONDAY + A_DAY)] * 2)
        process_due(A_MONDAY + A_DAY)  # What was somebody’s just then.

        session.rollback()
        first, second = sorted(
            session.scalars(select(Request).where(Request.company_id == company.id)),
            key=lambda one: one.filed_at,
        )
        stands, waits = (first, second) if first.state is State.CONFIRMED else (second, first)
        assert (stands.state, waits.state) == (State.CONFIRMED, State.IN_REVIEW)
        assert waits.linked_to is stands
        assert {one.reason for one in waits.reviews} == {ReviewReason.DUPLICATE}
        assert stands is first
    assert list(events.broken(session)) == []


def test_an_earlier_request_filed_while_a_later_one_is_confirmed_never_stands_beside_it(
    app: Flask, session: Session
) -> None:
    contested = a_company(session)
    a_subscription(session, contested)
    a_request(session, contested)
    for turn in range(30):
        company = a_company(session)
        a_subscription(session, company)
        a_request(session, company, filed_at=A_MONDAY + turn * A_SECOND)
    earlier = a_filing(contested, filed_at=A_MONDAY - A_MINUTE)
    session.commit()

    def file_and_process() -> None:
        sleep(0.05)
        filed(earlier)()
        process_due(A_MONDAY + A_MINUTE)

    at_once(app, lambda: process_due(A_MONDAY + A_MINUTE), file_and_process)
    process_due(A_MONDAY + A_MINUTE)

    theirs = Request.company_id == contested.id
    session.rollback()
    states = session.scalars(select(Request.state).where(theirs).order_by(Request.id)).all()
    assert states == [State.CONFIRMED, State.IN_REVIEW]


def test_two_colleagues_who_cancel_in_the_account_at_once_file_one_request(
    app: Flask, session: Session, company: Company
) -> None:
    ids = tuple(one.id for one in company.subscriptions)
    given = [
        a_filing(company, channel=Channel.ACCOUNT, subscription_ids=ids, key=str(uuid4()))
        for _ in range(3)
    ]

    done = at_once(app, *[result(lambda on, one=one: file(on, one, SECRET).id) for one in given])

    assert done.count(Changed) == 2
    assert count(session, Request) == 1


def in_review(session: Session, company: Company) -> Request:
    request = a_request(session, company, authority=Authority.NONE)
    session.commit()
    return request


def test_of_supervisors_and_the_customer_at_once_one_decides_and_the_chain_holds(
    app: Flask, session: Session
) -> None:
    pilar, other = a_supervisor(session), a_supervisor(session)
    for _ in range(ROUNDS):
        company = a_company(session)
        a_subscription(session, company)
        request = in_review(session, company)
        reference, version = request.reference, request.version

        def decided(on: Session, action: Action, by: int) -> object:
            found = review.locked(on, reference)
            assert found
            decision = Decision(action=action, version=version, text="Voilà.")
            review.decide(on, found, decision, actor=Actor(By.SUPERVISOR, by), at=A_MONDAY + A_DAY)
            return action

        def withdrawn(on: Session) -> object:
            found = review.locked(on, reference)
            assert found
            withdrawal.withdraw(on, found, None, actor=Actor(By.CUSTOMER), at=A_MONDAY + A_DAY)
            return Action.WITHDRAW

        confirms, rejects = pilar.id, other.id
        done = at_once(
            app,
            result(lambda on: decided(on, Action.CONFIRM, confirms)),
            result(lambda on: decided(on, Action.REJECT, rejects)),
            result(withdrawn),
        )

        refused = {Stale, MoveRefused, withdrawal.TooLate}
        assert [one for one in done if not isinstance(one, Action)] == [
            one for one in done if one in refused
        ]
        happened = [one.action for one in session.get_one(Request, request.id).events]
        session.rollback()
        assert Counter(happened)[Action.CONFIRM] + Counter(happened)[Action.REJECT] <= 1
    assert list(events.broken(session)) == []


def test_what_is_withdrawn_while_it_is_confirmed_or_ends_is_one_of_both(
    app: Flask, session: Session
) -> None:
    for _ in range(ROUNDS):
        company = a_company(session)
        a_subscription(session, company)
        request = a_request(session, company)
        session.commit()
        reference, number = request.reference, request.id
        ends_at = request.endings[0].access_ends_at

        def withdrawn(on: Session) -> object:
            found = review.locked(on, reference)
            assert found
            at = ends_at - A_SECOND
            return withdrawal.withdraw(on, found, None, actor=Actor(By.CUSTOMER), at=at)

        at_once(app, lambda: process_due(ends_at), result(withdrawn))

        session.rollback()
        found = session.get_one(Request, number)
        happened = [one.action for one in found.events]
        assert found.state in {State.ENDED, State.WITHDRAWN}
        assert (Action.WITHDRAW in happened) is (found.state is State.WITHDRAWN)
    assert list(events.broken(session)) == []


def test_a_request_given_its_company_while_another_is_filed_is_linked_or_stands(
    app: Flask, session: Session
) -> None:
    pilar = a_supervisor(session)
    for _ in range(ROUNDS):
        unknown = a_request(session)
        company = a_company(session)
        found = a_subscription(session, company)
        session.commit()
        given = assign.Assignment(
            company_id=company.id, subscription_ids=(found.id,), version=unknown.version
        )
        actor, stored = Actor(By.SUPERVISOR, pilar.id), unknown.reference

        def assigned(on: Session) -> object:
            request = review.locked(on, stored, given.company_id)
            assert request
            at = A_MONDAY + A_DAY
            return assign.assign(on, request, given, actor=actor, at=at, secret=SECRET)

        later = a_filing(company, filed_at=A_MONDAY + A_SECOND)
        assert at_once(app, result(assigned), filed(later))[0] is None
        process_due(A_MONDAY + A_DAY)

        session.rollback()
        second = session.scalars(select(Request).where(Request.filing_key == later.key)).one()
        first = session.scalars(select(Request).where(Request.reference == stored)).one()
        assert first.endings
        assert second.linked_to is first
        assert second.state is State.IN_REVIEW
    assert list(events.broken(session)) == []


def test_a_payment_settled_by_browser_and_ticks_at_once_restarts_once(
    app: Flask, session: Session, company: Company
) -> None:
    from helpdesk.payments import sandbox
    from helpdesk.payments.port import Bill

    bank = sandbox.Sandbox()
    holder = a_person(session, company)
    request = a_request(session, company)
    session.commit()
    process_due(A_MONDAY)
    session.rollback()
    at = request.endings[0].access_ends_at + A_DAY
    process_due(at)
    number, contract, person = company.id, company.subscriptions[0].contract, holder.id
    session.rollback()

    def begun() -> str:
        with transaction() as on:
            key = restart.begin(on, number, contract, person, at).key
        bank.begin(Bill(key, 2900, "/back"))
        return key

    keys = at_once(app, *[begun] * 3)
    assert len(set(keys)) == 1
    sandbox.choose(keys[0], sandbox.Choice.ACCEPT)

    later = at + timedelta(minutes=2)
    at_once(
        app,
        *[lambda: restart.settle(bank, keys[0], later)] * 2,
        *[lambda: restart.settle_due(bank, later)] * 2,
    )

    assert count(session, Event, Event.action == Action.RESTART) == 1
    assert count(session, Message, Message.kind == MessageKind.RESTART) == 1
    kind = OutgoingKind.SUBSCRIPTION_RESTARTED
    assert count(session, OutgoingEvent, OutgoingEvent.kind == kind) == 1
    assert session.scalars(select(Payment.state)).all() == [PaymentState.ACCEPTED]
    assert list(events.broken(session)) == []


def test_two_supervisors_who_set_a_hold_at_once_set_one_and_every_request_tells_it_once(
    app: Flask, session: Session, company: Company
) -> None:
    pilar = a_supervisor(session)
    requests = [a_request(session, company, filed_at=A_MONDAY + n * A_SECOND) for n in range(3)]
    session.commit()
    number, actor = company.id, Actor(By.SUPERVISOR, pilar.id)

    def hold(on: Session) -> object:
        wish = holds.Wish(reason="Contrôle.", ends_at=None, seen=0)
        return holds.set_hold(on, number, wish, actor=actor, at=A_MONDAY).company_id

    done = at_once(app, *[result(hold)] * 3, lambda: process_due(A_MONDAY))

    assert done[:3].count(holds.Changed) == 2
    assert count(session, Hold) == 1
    assert count(session, Event, Event.action == Action.HOLD) == len(requests)
    assert list(events.broken(session)) == []


def test_a_hold_set_while_data_is_deleted_stops_it_where_it_is_or_comes_too_late(
    app: Flask, session: Session
) -> None:
    pilar = a_supervisor(session)
    for _ in range(ROUNDS):
        company = a_company(session)
        a_subscription(session, company)
        request = a_request(session, company)
        session.commit()
        number, actor = company.id, Actor(By.SUPERVISOR, pilar.id)
        process_due(A_MONDAY)
        session.rollback()
        at = request.endings[0].deletes_at
        process_due(at)

        def hold(on: Session) -> object:
            wish = holds.Wish(reason="Contrôle.", ends_at=None, seen=0)
            return holds.set_hold(on, number, wish, actor=actor, at=at).company_id

        *_, was_set = at_once(app, *[lambda: delete_due(at, batch=2)] * 2, result(hold))
        delete_due(at, batch=2)

        session.rollback()
        is_gone = session.get(Company, number) is None
        assert is_gone is (was_set is holds.Changed)
        assert is_gone is not held.is_held(session, number, at)
        assert session.get_one(Request, request.id).failure is None
    assert list(events.broken(session)) == []


def test_what_is_filed_while_the_data_of_its_company_is_deleted_is_filed_or_told_so(
    app: Flask, session: Session
) -> None:
    for _ in range(ROUNDS):
        company = a_company(session)
        a_subscription(session, company)
        person = a_person(session, company)
        request = a_request(session, company)
        session.commit()
        process_due(A_MONDAY)
        session.rollback()
        at = request.endings[0].deletes_at
        process_due(at)
        filing = a_filing(company, filed_at=at, person_id=person.id)

        def accepted(on: Session) -> object:
            return intake.accept(on, filing, SECRET).is_new

        _, _, came = at_once(app, *[lambda: delete_due(at, batch=3)] * 2, result(accepted))

        session.rollback()
        assert came is True or came.__name__ == "NoResultFound"
        assert session.get_one(Request, request.id).failure is None
    assert list(events.broken(session)) == []


def test_an_export_asked_for_by_two_at_once_is_one(
    app: Flask, session: Session, company: Company
) -> None:
    person = a_person(session, company)
    session.commit()
    number, by = company.id, person.id

    keys = at_once(app, *[result(lambda on: export.ask(on, number, by, A_MONDAY).key)] * 4)

    assert len(set(keys)) == 1
    assert count(session, Export) == 1


def test_a_callback_asked_for_twice_at_once_is_one_and_one_of_two_agents_takes_it(
    app: Flask, session: Session, company: Company
) -> None:
    person, marta, other = a_person(session, company), an_agent(session), an_agent(session)
    session.commit()
    wanted = callbacks.Wanted(
        company_id=company.id, person_id=person.id, phone="+33142000001", language=Language.FRENCH
    )
    ask = result(lambda on: bool(callbacks.ask(on, DESK, wanted, A_MONDAY)))
    assert at_once(app, *[ask] * 3) == [True] * 3
    assert count(session, Callback) == 1
    number = session.scalars(select(Callback.id)).one()
    agents = (marta.id, other.id)
    session.rollback()

    done = at_once(
        app,
        *[
            result(lambda on, by=by: bool(callbacks.take(on, number, by, A_MONDAY)))
            for by in agents * 2
        ],
    )

    assert Counter(done) == {True: 1, callbacks.AlreadyDone: 3}


def test_colleagues_who_ask_for_permission_at_once_write_to_each_once(
    app: Flask, session: Session, company: Company
) -> None:
    a_person(session, company)
    askers = [a_person(session, company, authority=Authority.NONE).id for _ in range(3)]
    session.commit()
    number, contract = company.id, company.subscriptions[0].contract
    session.rollback()

    def asked(on: Session, by: int) -> int:
        standing = gate.of_contract(on, number, contract, A_MONDAY)
        assert standing
        person = on.get_one(Person, by)
        return len(permission.ask(on, person, standing.subscription, A_MONDAY))

    done = at_once(app, *[result(lambda on, by=by: asked(on, by)) for by in askers])

    assert done == [1, 1, 1]
    assert count(session, Message, Message.kind == MessageKind.PERMISSION_ASKED) == 1


def test_the_same_person_made_by_two_at_once_is_made_once(app: Flask, session: Session) -> None:
    def made(on: Session) -> object:
        return people.create(
            on,
            email="marta@desk.example",
            name="Marta",
            role=Role.AGENT,
            password=PASSWORD,
            language=Language.SPANISH,
        ).email

    done = at_once(app, *[result(made)] * 3)

    assert Counter(done) == {"marta@desk.example": 1, people.PersonRefused: 2}


def test_a_request_given_another_company_than_the_one_seen_is_not_taken_for_it(
    app: Flask, session: Session, company: Company
) -> None:
    request = a_request(session)
    session.commit()
    reference, number = request.reference, company.id

    with transaction() as first:
        locks.company(first, number)
        locked = review.locked(first, reference, number)
        assert locked
        locked.company_id = number
    with transaction() as second:
        assert review.locked(second, reference)

    assert issubclass(StaleDataError, Exception)
    assert db.session().get_one(Request, request.id).company_id == number


def test_whoever_reads_on_from_the_last_number_misses_no_event(
    app: Flask, session: Session
) -> None:
    def written() -> None:
        for _ in range(40):
            with transaction() as on:
                on.add_all(
                    OutgoingEvent(
                        at=A_MONDAY,
                        kind=OutgoingKind.SUBSCRIPTION_ENDED,
                        reference="X",
                        payload={},
                    )
                    for _ in range(3)
                )
                on.flush()
                sleep(random() / 100)  # Others come and go between the number and the commit.

    def read() -> list[int]:
        seen: list[int] = []
        while len(seen) < 3 * 3 * 40:
            last = seen[-1] if seen else 0
            seen += [one.id for one in outgoing.after(db.session(), last, 50)]
            db.session().rollback()
        return seen

    *_, seen = at_once(app, *[written] * 3, read)

    session.rollback()
    assert seen == session.scalars(select(OutgoingEvent.id).order_by(OutgoingEvent.id)).all()
