"""Filed at the same instant, by the same door or by two: once, and the earliest stands."""

from datetime import timedelta
from functools import partial
from time import sleep
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from helpdesk.account.filing import Changed, file
from helpdesk.directory.models import Company
from helpdesk.queue import assign, events, intake
from helpdesk.queue.deletion import delete_due
from helpdesk.queue.events import Actor, By
from helpdesk.queue.filing import Filing
from helpdesk.queue.models import Event, Request
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Action, Channel, ReviewReason, State
from tests.builders import (
    A_MONDAY,
    SECRET,
    a_company,
    a_filing,
    a_person,
    a_request,
    a_subscription,
    a_supervisor,
    an_agent,
)
from tests.support.at_once import ROUNDS, count, filed, found, use
from tests.support.workers import at_once

A_SECOND, A_MINUTE, A_DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "unknown"])
def test_the_same_form_sent_many_times_at_once_is_one_request(
    app: Flask, session: Session, company: Company, is_known: bool
) -> None:
    for turn in ROUNDS:
        filing = a_filing(company if is_known else None, filed_at=A_MONDAY + turn * A_SECOND)

        done = at_once(app, *[filed(filing)] * 4)

        assert len({reference for reference, _new in done}) == 1
        assert [new for _reference, new in done].count(True) == 1
    assert count(session, Event, Event.action == Action.FILE) == len(ROUNDS)


def test_two_requests_for_one_subscription_at_once_one_stands_and_one_is_linked(
    app: Flask, session: Session
) -> None:
    agent = an_agent(session)
    for turn in ROUNDS:
        company = a_company(session)
        a_subscription(session, company)
        phone = {"channel": Channel.PHONE, "by_person_id": agent.id}
        # The call began before the form was sent, or after.
        by_phone = a_filing(company, filed_at=A_MONDAY + turn % 2 * A_SECOND, **phone)
        by_form = a_filing(company, filed_at=A_MONDAY + (1 - turn % 2) * A_SECOND)
        session.commit()

        at_once(app, filed(by_phone), filed(by_form))
        at_once(app, *[lambda: process_due(A_MONDAY + A_DAY)] * 2)
        process_due(A_MONDAY + A_DAY)  # What was somebody’s just then.

        session.rollback()
        theirs = select(Request).where(Request.company_id == company.id)
        first, second = session.scalars(theirs.order_by(Request.filed_at)).all()
        assert (first.state, second.state) == (State.CONFIRMED, State.IN_REVIEW)
        assert second.linked_to is first
        assert {one.reason for one in second.reviews} == {ReviewReason.DUPLICATE}
    assert list(events.broken(session)) == []


def test_an_earlier_request_filed_while_a_later_one_is_confirmed_never_stands_beside_it(
    app: Flask, session: Session
) -> None:
    contested = a_company(session)
    a_subscription(session, contested)
    a_request(session, contested)
    for turn in range(60):
        company = a_company(session)
        a_subscription(session, company)
        a_request(session, company, filed_at=A_MONDAY + turn * A_SECOND)
    earlier = filed(a_filing(contested, filed_at=A_MONDAY - A_MINUTE))
    session.commit()

    def file_and_process() -> None:
        sleep(0.05)
        earlier()
        process_due(A_MONDAY + A_MINUTE)

    at_once(app, lambda: process_due(A_MONDAY + A_MINUTE), file_and_process)
    process_due(A_MONDAY + A_MINUTE)

    session.rollback()
    theirs = select(Request.state).where(Request.company_id == contested.id)
    assert sorted(session.scalars(theirs)) == [State.CONFIRMED, State.IN_REVIEW]


def test_colleagues_who_cancel_in_the_account_at_once_file_one_request(
    app: Flask, session: Session, company: Company
) -> None:
    ids = tuple(one.id for one in company.subscriptions)
    forms = [
        a_filing(company, channel=Channel.ACCOUNT, subscription_ids=ids, key=str(uuid4()))
        for _ in range(3)
    ]

    done = at_once(app, *[use(partial(file, given=one, secret=SECRET)) for one in forms])

    assert done.count(Changed) == 2
    assert count(session, Request) == 1


def assigned(session: Session, reference: str, given: assign.Assignment, by: Actor) -> None:
    request = found(session, reference, given.company_id)
    assign.assign(session, request, given, actor=by, at=A_MONDAY + A_DAY, secret=SECRET)


def test_a_request_given_its_company_while_another_is_filed_is_the_one_that_stands(
    app: Flask, session: Session
) -> None:
    by = Actor(By.SUPERVISOR, a_supervisor(session).id)
    for _ in ROUNDS:
        unknown, company = a_request(session), a_company(session)
        ids = (a_subscription(session, company).id,)
        session.commit()
        given = assign.Assignment(
            company_id=company.id, subscription_ids=ids, version=unknown.version
        )
        later = a_filing(company, filed_at=A_MONDAY + A_SECOND)
        give = partial(assigned, reference=unknown.reference, given=given, by=by)

        assert at_once(app, use(give), filed(later))[0] is None
        process_due(A_MONDAY + A_DAY)

        session.rollback()
        second = session.scalars(select(Request).where(Request.filing_key == later.key)).one()
        assert second.state is State.IN_REVIEW
        assert second.linked_to is unknown
    assert list(events.broken(session)) == []


def is_accepted(session: Session, filing: Filing) -> bool:
    return intake.accept(session, filing, SECRET).is_new


def test_what_is_filed_while_the_data_of_its_company_is_deleted_is_filed_or_told_so(
    app: Flask, session: Session
) -> None:
    for _ in ROUNDS:
        company = a_company(session)
        a_subscription(session, company)
        person, request = a_person(session, company), a_request(session, company)
        session.commit()
        at = request.endings[0].deletes_at
        process_due(A_MONDAY)
        process_due(at)
        session.rollback()
        filing = a_filing(company, filed_at=at, person_id=person.id)
        delete = partial(delete_due, at, batch=3)

        *_, came = at_once(app, delete, delete, use(partial(is_accepted, filing=filing)))

        session.rollback()
        assert came in {True, NoResultFound}
        assert session.get_one(Request, request.id).failure is None
    assert list(events.broken(session)) == []
