import logging
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company, Subscription
from helpdesk.payments import ledger
from helpdesk.payments.models import Payment
from helpdesk.queue import deletion, holds
from helpdesk.queue.deletion import count_due, delete_due
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Deletion, Ending, Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.review import Decision, decide
from helpdesk.rules.vocabulary import Action, Authority, PaymentState, State
from tests.builders import A_MONDAY, a_hold, a_request, a_subscription, a_supervisor

A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def ended(session: Session, company: Company) -> Ending:
    """Return an ending whose data is to be deleted on 15 October 2026."""
    request = a_request(session, company)
    session.commit()
    process_due(A_MONDAY)
    process_due(request.endings[0].access_ends_at)
    session.rollback()
    return request.endings[0]


def reject(session: Session, request: Request) -> None:
    request = session.get_one(Request, request.id)
    no = Decision(action=Action.REJECT, version=request.version, text="Non.")
    decide(session, request, no, actor=Actor(By.SUPERVISOR), at=A_MONDAY + A_DAY)
    session.commit()


def test_a_legal_hold_stops_it_and_it_goes_on_by_itself_when_that_ends(
    session: Session, company: Company, ended: Ending
) -> None:
    until = ended.deletes_at + 10 * A_DAY
    a_hold(session, company, ends_at=until)
    session.commit()

    assert count_due(session, ended.deletes_at) == 0
    assert delete_due(ended.deletes_at) == delete_due(until - AN_HOUR) == {}
    assert ended.deletion is None

    assert count_due(session, until) == 1
    assert delete_due(until) == {Action.PURGE: 1}


def test_a_hold_set_after_it_has_begun_stops_the_batches_that_are_left(
    session: Session, company: Company, ended: Ending
) -> None:
    number, at = company.id, ended.deletes_at
    doubt = a_request(session, company, authority=Authority.NONE, filed_at=at - A_DAY)
    supervisor = Actor(By.SUPERVISOR, a_supervisor(session).id)
    session.commit()
    assert delete_due(at) == {}
    session.rollback()
    assert session.get(Subscription, 2) is None
    assert session.scalars(select(Deletion.counts)).one() != {}

    hold = holds.set_hold(
        session, number, holds.Wish(reason="Litige.", ends_at=None, seen=0), actor=supervisor, at=at
    )
    session.commit()
    reject(session, doubt)
    assert delete_due(at + A_DAY) == {}
    assert session.get(Company, number)

    holds.release(session, hold.id, actor=supervisor, at=at + A_DAY)
    session.commit()
    assert delete_due(at + A_DAY) == {Action.PURGE: 1}
    session.rollback()
    assert session.get(Company, number) is None


def test_a_subscription_that_an_open_request_names_waits_for_its_decision(
    session: Session, company: Company
) -> None:
    ending = a_request(session, company).endings[0]
    doubt = a_request(session, company, filed_at=A_MONDAY + AN_HOUR)
    session.commit()
    process_due(A_MONDAY)
    process_due(ending.access_ends_at)
    session.rollback()
    at, subscription_id = ending.deletes_at, ending.subscription_id
    assert doubt.endings[0].subscription_id == subscription_id

    assert delete_due(at) == {}
    assert ending.deletion is None
    assert session.get(Subscription, subscription_id)

    reject(session, doubt)
    assert delete_due(at) == {Action.PURGE: 1}


def test_a_subscription_whose_payment_is_not_settled_waits_for_the_provider(
    session: Session, company: Company, ended: Ending
) -> None:
    at = ended.deletes_at
    subscription = session.get_one(Subscription, ended.subscription_id)
    person = a_supervisor(session).id
    payment = ledger.begin(session, subscription, ended.id, person, at - AN_HOUR)
    session.commit()
    assert delete_due(at) == {}

    ledger.settle(session.get_one(Payment, payment.id), PaymentState.REFUSED, at)
    session.commit()

    assert delete_due(at) == {Action.PURGE: 1}


def test_what_is_in_force_again_is_not_deleted_by_an_old_date(
    session: Session, ended: Ending
) -> None:
    subscription = session.get_one(Subscription, ended.subscription_id)
    subscription.ended_at = None
    session.commit()

    assert count_due(session, ended.deletes_at) == 0
    assert delete_due(ended.deletes_at) == {}


def test_a_subscription_that_two_requests_have_ended_goes_with_the_last_of_them(
    session: Session, company: Company, ended: Ending
) -> None:
    at, subscription_id = ended.deletes_at, ended.subscription_id
    again = a_request(session, company)
    columns = {column.key for column in Ending.__table__.columns} - {"id", "request_id"}
    again.endings = other = [Ending(**{name: getattr(ended, name) for name in columns})]
    again.state = other[0].state = State.ENDED
    other[0].deletes_at = at + A_DAY
    again.due_at = None
    session.commit()

    assert delete_due(at) == {Action.PURGE: 1}
    assert session.get(Subscription, subscription_id)
    assert (ended.state, again.state) == (State.PURGED, State.ENDED)

    assert delete_due(at + A_DAY) == {Action.PURGE: 1}
    session.rollback()
    assert session.get(Subscription, subscription_id) is None
    assert again.erased_at
    assert ended.request.erased_at


def test_a_company_with_a_subscription_in_force_stays(
    session: Session, company: Company, ended: Ending
) -> None:
    a_subscription(session, company)
    session.commit()

    assert delete_due(ended.deletes_at) == {Action.PURGE: 1}

    session.rollback()
    assert session.get(Company, company.id)
    assert (ended.state, ended.request.erased_at) == (State.PURGED, None)
    assert ended.request.email


def test_one_that_fails_is_set_aside_for_an_hour_with_its_error_and_stops_nobody(
    session: Session, company: Company, ended: Ending, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    at, number, steps = (
        ended.deletes_at,
        ended.id,
        session.scalar(text("SELECT CAST(steps AS TEXT) FROM endings")),
    )
    session.execute(text("UPDATE endings SET steps = '[{}]'"))
    session.commit()

    assert delete_due(at) == {"failed": 1}
    session.rollback()
    failure, begun = ended.request.failure, session.scalars(select(Deletion.counts))
    assert failure
    assert failure.startswith(("KeyError", "ValueError"))
    assert begun.one() == {}
    assert delete_due(at + AN_HOUR / 2) == {}

    session.execute(text("UPDATE endings SET steps = :steps"), {"steps": steps})
    session.commit()
    assert delete_due(at + AN_HOUR) == {Action.PURGE: 1}
    session.rollback()
    assert (session.get_one(Ending, number).state, ended.request.failure) == (State.PURGED, None)


def test_a_pass_ends_when_it_has_taken_long_enough_and_the_next_goes_on(
    session: Session, ended: Ending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "LONGEST_PASS_SECONDS", 0)
    assert delete_due(ended.deletes_at) == {}
    monkeypatch.undo()

    told: list[int] = []
    assert delete_due(ended.deletes_at, advance=told.append) == {Action.PURGE: 1}
    assert told == [0, 1]  # After a batch, and when it was done.


def test_a_deletion_without_its_row_is_refused(session: Session, ended: Ending) -> None:
    with pytest.raises(LookupError):
        deletion._deletion(ended)
    assert session.get(Deletion, 1) is None
