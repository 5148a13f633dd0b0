from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company
from helpdesk.messages.models import Message
from helpdesk.queue import assign, events, listing, review
from helpdesk.queue.assign import Assignment
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.review import Decision
from helpdesk.rules.lifecycle import MoveRefused
from helpdesk.rules.vocabulary import Action, Authority, Channel, MessageKind, ReviewReason, State
from tests.builders import (
    A_MONDAY,
    SECRET,
    a_company,
    a_hold,
    a_request,
    a_subscription,
    a_supervisor,
)

LATER = datetime(2026, 5, 20, 8, tzinfo=UTC)
PILAR = Actor(By.SUPERVISOR, 7)


@pytest.fixture(autouse=True)
def pilar(session: Session) -> None:
    a_supervisor(session, id=PILAR.person_id)


@pytest.fixture
def company(session: Session) -> Company:
    company = a_company(session, name="Atelier Connu")
    a_subscription(session, company)
    a_subscription(session, company, product="Payroll", anchor_on=date(2025, 1, 20))
    return company


@pytest.fixture
def unknown(session: Session) -> Request:
    """Return what a visitor filed for a company that nobody knows under that number."""
    return a_request(session)


def give(session: Session, request: Request, company: Company, *which: int) -> None:
    chosen = tuple(company.subscriptions[number].id for number in which)
    given = Assignment(company_id=company.id, subscription_ids=chosen, version=request.version)
    assign.assign(session, request, given, actor=PILAR, at=LATER, secret=SECRET)
    session.flush()


def open_reasons(request: Request) -> list[ReviewReason]:
    return [one.reason for one in request.reviews if one.settled_at is None]


def test_the_dates_are_those_of_the_day_it_was_filed(
    session: Session, company: Company, unknown: Request
) -> None:
    give(session, unknown, company, 0, 1)

    assert [(one.requested_on, one.effective_on) for one in unknown.endings] == [
        (date(2026, 3, 2), date(2026, 4, 15)),
        (date(2026, 3, 2), date(2026, 4, 20)),
    ]
    assert {one.state for one in unknown.endings} == {State.IN_REVIEW}
    assert unknown.state is State.IN_REVIEW


def test_the_request_bears_the_name_of_the_business_and_is_found_under_both(
    session: Session, company: Company, unknown: Request
) -> None:
    give(session, unknown, company, 0)

    assert (unknown.company, unknown.company_name) == (company, "Atelier Connu")
    assert unknown.tax_number == company.tax_number
    for typed in ("Atelier Inconnu", "atelier connu", company.tax_number, "552100554"):
        page = listing.page(session, listing.Filters(search=typed), None, LATER.date())
        assert [row.request for row in page.rows] == [unknown]


def test_what_was_found_is_kept_beside_what_had_been_typed(
    session: Session, company: Company, unknown: Request
) -> None:
    give(session, unknown, company, 0)

    last = unknown.events[-1]
    contract = company.subscriptions[0].contract
    assert (last.action, last.actor, last.person_id) == (Action.ASSIGN, "supervisor", 7)
    assert last.why == (
        f"Atelier Inconnu (552100554) → Atelier Connu ({company.tax_number}): {contract}"
    )
    assert list(events.broken(session)) == []


def test_what_only_now_can_be_judged_is_reviewed(
    session: Session, company: Company, unknown: Request
) -> None:
    a_hold(session, company)
    assert open_reasons(unknown) == [ReviewReason.COMPANY_NOT_FOUND]

    give(session, unknown, company, 0)

    assert open_reasons(unknown) == [ReviewReason.AUTHORITY_NOT_SHOWN, ReviewReason.LEGAL_HOLD]


def test_the_business_is_asked_at_its_address_on_record(
    session: Session, company: Company, unknown: Request
) -> None:
    give(session, unknown, company, 0)

    asked = session.scalars(
        select(Message).where(
            Message.request_id == unknown.id, Message.kind == MessageKind.VERIFICATION
        )
    ).one()
    assert asked.recipient == company.email

    review.verify(session, unknown, at=LATER)
    assert unknown.state is State.CONFIRMED


def test_a_call_is_not_asked_by_mail_and_stays_out_of_hours(
    session: Session, company: Company
) -> None:
    called = a_request(
        session, channel=Channel.PHONE, out_of_hours=True, authority=Authority.UNKNOWN
    )

    give(session, called, company, 0)

    assert open_reasons(called) == [ReviewReason.OUT_OF_HOURS, ReviewReason.AUTHORITY_NOT_SHOWN]
    kinds = session.scalars(select(Message.kind).where(Message.request_id == called.id)).all()
    assert MessageKind.VERIFICATION not in kinds


def test_an_unclear_subscription_is_cleared_up(session: Session, company: Company) -> None:
    unclear = a_request(session, company)
    assert open_reasons(unclear) == [ReviewReason.SUBSCRIPTION_UNCLEAR]

    give(session, unclear, company, 1)

    assert open_reasons(unclear) == []
    decision = Decision(action=Action.CONFIRM, version=unclear.version)
    review.decide(session, unclear, decision, actor=PILAR, at=LATER)
    assert unclear.state is State.CONFIRMED


def test_an_earlier_request_for_the_same_subscription_is_found(
    session: Session, company: Company, unknown: Request
) -> None:
    subscription = company.subscriptions[0]
    first = a_request(
        session,
        company,
        subscription_ids=(subscription.id,),
        filed_at=A_MONDAY - timedelta(days=1),
    )

    give(session, unknown, company, 0)

    assert unknown.linked_to is first
    assert ReviewReason.DUPLICATE in open_reasons(unknown)


def test_the_second_of_two_supervisors_gives_nothing(
    session: Session, company: Company, unknown: Request
) -> None:
    seen = unknown.version
    give(session, unknown, company, 0)
    again = Assignment(
        company_id=company.id, subscription_ids=(company.subscriptions[1].id,), version=seen
    )

    with pytest.raises(review.Stale):
        assign.assign(session, unknown, again, actor=PILAR, at=LATER, secret=SECRET)

    assert len(unknown.endings) == 1


def test_only_active_subscriptions_of_one_known_company_can_be_given(
    session: Session, company: Company, unknown: Request
) -> None:
    stranger = a_company(session)
    foreign = a_subscription(session, stranger)
    company.subscriptions[0].ended_at = A_MONDAY
    session.flush()

    for company_id, subscription_id in [
        (company.id, company.subscriptions[0].id),
        (company.id, foreign.id),
        (-1, foreign.id),
        (10**8, foreign.id),
    ]:
        given = Assignment(
            company_id=company_id, subscription_ids=(subscription_id,), version=unknown.version
        )
        with pytest.raises(assign.NotAssignable):
            assign.assign(session, unknown, given, actor=PILAR, at=LATER, secret=SECRET)

    assert unknown.endings == []


def test_what_has_its_subscriptions_gets_no_others(
    session: Session, company: Company, unknown: Request
) -> None:
    give(session, unknown, company, 0)

    with pytest.raises(assign.NotAssignable):
        give(session, unknown, company, 1)


def test_outside_review_nothing_is_given(
    session: Session, company: Company, unknown: Request
) -> None:
    decision = Decision(action=Action.REJECT, version=unknown.version, text="No.")
    review.decide(session, unknown, decision, actor=PILAR, at=LATER)
    session.flush()

    with pytest.raises(MoveRefused):
        give(session, unknown, company, 0)
