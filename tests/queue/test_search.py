import pytest
from sqlalchemy.orm import Session

from helpdesk.queue import references, search
from helpdesk.queue.models import Request
from tests.builders import (
    A_MONDAY,
    a_company,
    a_person,
    a_request,
    a_subscription,
    a_supervisor,
    an_agent,
)


@pytest.fixture
def filed(session: Session) -> Request:
    company = a_company(session)
    a_subscription(session, company)
    request = a_request(session, company, email="Inès@Martin.example")
    session.commit()
    return request


def test_people_of_the_company_see_its_requests_in_any_spelling(
    session: Session, filed: Request
) -> None:
    luc = a_person(session, filed.company)

    for spelling in (filed.reference, references.written(filed.reference).lower()):
        assert search.visible_to(session, luc, spelling) is filed


def test_staff_see_every_request(session: Session, filed: Request) -> None:
    assert search.visible_to(session, an_agent(session), filed.reference) is filed
    assert search.visible_to(session, a_supervisor(session), filed.reference) is filed


def test_for_a_stranger_it_does_not_exist(session: Session, filed: Request) -> None:
    etienne = a_person(session, a_company(session))

    assert search.visible_to(session, etienne, filed.reference) is None


def test_a_request_of_no_company_belongs_to_no_customer(session: Session, filed: Request) -> None:
    unknown = a_request(session)
    luc = a_person(session, filed.company)

    assert search.visible_to(session, luc, unknown.reference) is None
    assert search.visible_to(session, a_supervisor(session), unknown.reference) is unknown


@pytest.mark.parametrize("reference", ["", "P7K4-93QD-M", "' OR 1=1 --", "😀" * 9])
def test_what_is_no_reference_of_ours_finds_nothing(
    session: Session, filed: Request, reference: str
) -> None:
    assert search.visible_to(session, an_agent(session), reference) is None
    assert search.by_reference(session, reference) is None
    assert search.tracked(session, reference, filed.email) is None


@pytest.mark.parametrize(
    "email", ["Inès@Martin.example", " inès@martin.example ", "INÈS@MARTIN.EXAMPLE"]
)
def test_reference_and_address_together_show_a_request(
    session: Session, filed: Request, email: str
) -> None:
    assert search.tracked(session, references.written(filed.reference), email) is filed


@pytest.mark.parametrize("email", ["", "luc@martin.example", "%", "ines"])
def test_a_wrong_pair_shows_nothing(session: Session, filed: Request, email: str) -> None:
    assert search.tracked(session, filed.reference, email) is None


def test_all_requests_of_a_company_come_newest_first(session: Session, filed: Request) -> None:
    assert filed.company is not None
    newer = a_request(session, filed.company)
    older = a_request(session, filed.company, filed_at=A_MONDAY.replace(year=2025))
    a_request(session)

    assert search.of_company(session, filed.company.id) == [newer, filed, older]
