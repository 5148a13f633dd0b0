"""What whoever files without signing in learns of a company: nothing that they did not know."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.help_center import standing
from helpdesk.messages.models import Message
from helpdesk.queue import intake, review, withdrawal
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.telling import named, tellable
from helpdesk.rules.vocabulary import Authority, MessageKind, State
from tests import builders

PRODUCT = "Comptabilité de Madame Durand"


def a_visitors_request(session: Session, contracts: str = "") -> Request:
    with transaction():
        company = builders.a_company(session)
        builders.a_subscription(session, company, contract="SA-4821", product=PRODUCT)
        return builders.a_request(
            session,
            None,
            company_name="Whatever",
            tax_number=company.tax_number,
            contracts=contracts,
        )


def acknowledgement(session: Session) -> str:
    kind = Message.kind == MessageKind.ACKNOWLEDGEMENT
    message = session.scalars(select(Message).where(kind)).one()
    return message.subject + message.text + message.html


def test_a_siren_alone_tells_nothing_of_the_company(session: Session) -> None:
    request = a_visitors_request(session)

    assert len(request.endings) == 1
    assert tellable(request) == []
    assert PRODUCT not in acknowledgement(session)
    assert request.company_name not in acknowledgement(session)
    assert request.tax_number in acknowledgement(session)


def test_a_contract_number_that_contains_the_right_one_tells_nothing(session: Session) -> None:
    request = a_visitors_request(session, contracts="SA-48210")

    assert tellable(request) == []


def test_who_knows_the_contract_number_is_told_its_dates(session: Session) -> None:
    request = a_visitors_request(session, contracts="sa-4821")

    assert tellable(request) == request.endings
    assert PRODUCT in acknowledgement(session)
    assert request.company_name in acknowledgement(session)


def test_once_the_business_has_given_its_word_the_dates_are_told(session: Session) -> None:
    request = a_visitors_request(session)
    with transaction():
        review.verify(session, request, at=builders.A_MONDAY)

    assert request.state is State.CONFIRMED
    assert tellable(request) == request.endings


def test_a_colleague_without_authority_is_told(session: Session) -> None:
    with transaction():
        company = builders.a_company(session)
        builders.a_subscription(session, company)
        request = builders.a_request(session, company, authority=Authority.NONE)

    assert tellable(request) == request.endings


def test_what_a_supervisor_found_is_not_told_by_withdrawing_a_part_of_it(session: Session) -> None:
    request = a_visitors_request(session)
    with transaction():
        for contract in ("SA-4822", "SA-4823"):
            other = builders.a_subscription(session, request.company, contract=contract)
            request.endings.append(intake.ending_of(other, builders.A_MONDAY))
            request.endings[-1].state = State.IN_REVIEW
        session.flush()
        one, customer = {request.endings[0].id}, Actor(By.CUSTOMER)
        withdrawal.withdraw(session, request, one, actor=customer, at=builders.A_MONDAY)

    message = request.messages[-1]
    assert message.kind is MessageKind.WITHDRAWAL
    assert [said for said in (PRODUCT, request.company_name) if said in message.html] == []
    assert [one for one in standing.happened(request) if PRODUCT in one.title] == []


@pytest.mark.parametrize(
    "typed", ["SA-1 SA-2", "sa-1,sa-2", "SA-1; SA-2.", "SA-1\nSA-2", "SA-1 et SA-2"]
)
def test_contract_numbers_are_read_however_they_are_set_apart(typed: str) -> None:
    assert named(typed) == {"SA-1", "SA-2"}
