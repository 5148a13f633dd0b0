"""Asked for at the same instant, by two people or by two clicks: once."""

from collections import Counter
from datetime import timedelta
from functools import partial
from random import random
from time import monotonic, sleep

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import db, transaction
from helpdesk.desk import callbacks
from helpdesk.desk.models import Callback
from helpdesk.directory import people
from helpdesk.directory.models import Company, Person
from helpdesk.messages.models import Message
from helpdesk.queue import export, gate, outgoing, permission
from helpdesk.queue.records import Export, OutgoingEvent
from helpdesk.rules.vocabulary import Authority, Language, MessageKind, OutgoingKind, Role
from tests.builders import A_MONDAY, PASSWORD, a_person, an_agent
from tests.support.at_once import count, use
from tests.support.workers import at_once

DESK = "es"
A_DAY = timedelta(days=1)
TIMES, ROWS, WRITERS = 25, 3, 3
LONGEST_SECONDS = 40


def test_an_export_asked_for_by_several_at_once_is_one(
    app: Flask, session: Session, company: Company
) -> None:
    number, by = company.id, a_person(session, company).id
    session.commit()

    keys = at_once(app, *[use(lambda on: export.ask(on, number, by, A_MONDAY).key)] * 4)

    assert len(set(keys)) == 1
    assert count(session, Export) == 1


def test_an_export_that_expires_is_expired_once(
    app: Flask, session: Session, company: Company
) -> None:
    export_id = use(lambda on: export.ask(on, company.id, a_person(on, company).id, A_MONDAY).id)()
    assert export_id
    assert export.make_due(A_MONDAY) == {"export": 1}

    done = at_once(app, *[lambda: export.expire_due(A_MONDAY + 8 * A_DAY)] * 3)

    assert sum(done, Counter()) == {"export_expired": 1}


def taken(session: Session, number: int, by: int) -> bool:
    return bool(callbacks.take(session, number, by, A_MONDAY))


def test_a_callback_asked_for_twice_at_once_is_one_and_one_of_two_agents_takes_it(
    app: Flask, session: Session, company: Company
) -> None:
    person, agents = a_person(session, company), (an_agent(session).id, an_agent(session).id)
    session.commit()
    wanted = callbacks.Wanted(
        company_id=company.id, person_id=person.id, phone="+33142000001", language=Language.FRENCH
    )
    session.rollback()

    at_once(app, *[use(lambda on: callbacks.ask(on, DESK, wanted, A_MONDAY))] * 3)
    number = session.scalars(select(Callback.id)).one()
    session.rollback()
    done = at_once(app, *[use(partial(taken, number=number, by=by)) for by in agents * 2])

    assert Counter(done) == {True: 1, callbacks.AlreadyDone: 3}


def asked(session: Session, company_id: int, contract: str, by: int) -> int:
    standing = gate.of_contract(session, company_id, contract, A_MONDAY)
    assert standing
    person = session.get_one(Person, by)
    return len(permission.ask(session, person, standing.subscription, A_MONDAY))


def test_colleagues_who_ask_for_permission_at_once_write_to_each_once(
    app: Flask, session: Session, company: Company
) -> None:
    a_person(session, company)
    askers = [a_person(session, company, authority=Authority.NONE).id for _ in range(3)]
    session.commit()
    ask = partial(asked, company_id=company.id, contract=company.subscriptions[0].contract)
    session.rollback()

    done = at_once(app, *[use(partial(ask, by=by)) for by in askers])

    assert done == [1, 1, 1]
    assert count(session, Message, Message.kind == MessageKind.PERMISSION_ASKED) == 1


def test_the_same_person_made_by_several_at_once_is_made_once(app: Flask, session: Session) -> None:
    def made(on: Session) -> str:
        return people.create(
            on,
            email="marta@desk.example",
            name="Marta",
            role=Role.AGENT,
            password=PASSWORD,
            language=Language.SPANISH,
        ).email

    done = at_once(app, *[use(made)] * 3)

    assert Counter(done) == {"marta@desk.example": 1, people.PersonRefused: 2}


def written() -> None:
    """Write outgoing events, a few at a time, in transactions that end when they will."""
    kind = OutgoingKind.SUBSCRIPTION_ENDED
    for _ in range(TIMES):
        with transaction() as session:
            session.add_all(
                OutgoingEvent(at=A_MONDAY, kind=kind, reference="X", payload={})
                for _ in range(ROWS)
            )
            session.flush()
            sleep(random() / 100)


def read_on() -> list[int]:
    """Return the numbers of all events, each time from the last one on; None may be missed."""
    seen: list[int] = []
    until = monotonic() + LONGEST_SECONDS
    while len(seen) < TIMES * ROWS * WRITERS and monotonic() < until:
        last = seen[-1] if seen else 0
        seen += [one.id for one in outgoing.after(db.session(), last, 50)]
        db.session().rollback()
    return seen


def test_whoever_reads_on_from_the_last_number_misses_no_event(
    app: Flask, session: Session
) -> None:
    *_, seen = at_once(app, *[written] * WRITERS, read_on)

    every = select(OutgoingEvent.id).order_by(OutgoingEvent.id)
    assert seen == session.scalars(every).all()
