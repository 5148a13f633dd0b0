"""Who may withdraw at once, and how the business is asked for its word otherwise."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.queue import withdrawal
from helpdesk.queue.events import PROCESSING, Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.transitions import move
from helpdesk.queue.withdrawal import TooLate, withdraw
from helpdesk.rules.vocabulary import Action, Authority, MessageKind
from tests.builders import (
    A_MONDAY,
    SECRET,
    a_company,
    a_person,
    a_request,
    a_subscription,
    an_agent,
)

INES = Actor(By.CUSTOMER)
LATER = A_MONDAY + timedelta(hours=1)
A_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("filed", "email", "is_known", "expected"),
    [
        (Authority.ACCOUNT_HOLDER, "any@where.example", True, True),
        (Authority.NONE, "any@where.example", True, False),
        (Authority.NONE, "CONTACT@bakery.example", True, True),
        (Authority.UNKNOWN, "manager@bakery.example", True, True),
        (Authority.UNKNOWN, "colleague@bakery.example", True, False),
        (Authority.ACCOUNT_HOLDER, "any@where.example", False, False),
    ],
)
def test_who_knows_reference_and_email_may_when_the_company_is_behind_them(
    session: Session,
    filed: Authority,
    email: str,
    *,
    is_known: bool,
    expected: bool,
) -> None:
    company = a_company(session, email="contact@bakery.example")
    a_subscription(session, company)
    manager = Authority.SUBSCRIPTION_MANAGER
    a_person(session, company, email="manager@bakery.example", authority=manager)
    a_person(session, company, email="colleague@bakery.example", authority=Authority.NONE)
    request = a_request(session, company, authority=filed, email=email)
    # Of what nobody has confirmed the word of who asked is enough.
    assert withdrawal.may(session, request, None, is_known=is_known) is is_known

    move(session, request, Action.CONFIRM, actor=PROCESSING, at=LATER)
    session.commit()

    assert withdrawal.may(session, request, None, is_known=is_known) is expected


def test_who_is_signed_in_may_by_their_own_authority(session: Session, both: Request) -> None:
    assert both.company
    elsewhere = a_company(session)
    people = [
        a_person(session, both.company),
        a_person(session, both.company, authority=Authority.NONE),
        a_person(session, elsewhere),
        an_agent(session),
    ]
    session.commit()

    may = [withdrawal.may(session, both, person, is_known=False) for person in people]

    assert may == [True, False, False, False]


def test_the_business_is_asked_once_at_its_address_on_record(
    session: Session, both: Request
) -> None:
    for _ in range(3):
        withdrawal.ask(session, both, LATER, SECRET)
        session.commit()

    asked = [one for one in both.messages if one.kind is MessageKind.WITHDRAWAL_ASKED]
    assert len(asked) == 1
    assert both.company
    assert asked[0].recipient == both.company.email
    assert "/help-center/withdrawals/" in asked[0].text
    assert withdrawal.is_asked(session, both)
    assert withdrawal.asked_of(session, both.company.id, LATER) == [both]
    withdraw(session, both, None, actor=INES, at=LATER + A_DAY)
    assert withdrawal.asked_of(session, both.company.id, LATER + A_DAY) == []


def test_what_is_over_or_of_nobody_is_not_asked_about(session: Session, both: Request) -> None:
    with pytest.raises(TooLate):
        withdrawal.ask(session, both, A_MONDAY + 2_000 * A_DAY, SECRET)
    with pytest.raises(TooLate):
        withdrawal.ask(session, a_request(session), LATER, SECRET)
