from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from helpdesk import passwords
from helpdesk.directory import people
from helpdesk.directory.models import Person
from helpdesk.directory.people import PersonRefused
from helpdesk.rules.vocabulary import Authority, Language, Role
from tests.builders import a_company, a_person, an_agent

LONG_ENOUGH = "twelve signs"


@pytest.fixture
def make(session: Session) -> Callable[..., Person]:
    def make(**given: object) -> Person:
        values: dict[str, object] = {
            "email": "marta@desk.example",
            "name": "Marta Gil",
            "role": Role.AGENT,
            "password": LONG_ENOUGH,
            "language": Language.SPANISH,
        }
        return people.create(session, **(values | given))  # type: ignore[arg-type]

    return make


def test_an_agent_belongs_to_no_company(make: Callable[..., Person]) -> None:
    marta = make(email=" Marta@Desk.Example ")

    assert (marta.email, marta.company, marta.role) == ("marta@desk.example", None, Role.AGENT)
    assert marta.authority is Authority.NONE
    assert passwords.fits(LONG_ENOUGH, marta.password_hash)
    assert not passwords.fits(LONG_ENOUGH + "!", marta.password_hash)


def test_a_customer_belongs_to_the_company_with_that_number(
    session: Session, make: Callable[..., Person]
) -> None:
    company = a_company(session)
    holder = Authority.ACCOUNT_HOLDER

    ines = make(role=Role.CUSTOMER, tax_number=company.tax_number, authority=holder)

    assert (ines.company, ines.authority) == (company, Authority.ACCOUNT_HOLDER)


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "eleven sign"},
        {"email": "marta"},
        {"email": "luc@people.example"},
        {"email": "LUC@people.example"},
        {"role": Role.CUSTOMER},
        {"role": Role.CUSTOMER, "tax_number": "000000000"},
    ],
)
def test_what_cannot_be_is_refused(
    session: Session, make: Callable[..., Person], wrong: dict[str, object]
) -> None:
    a_person(session, email="luc@people.example")

    with pytest.raises(PersonRefused):
        make(**wrong)


def test_staff_are_not_given_a_company(session: Session, make: Callable[..., Person]) -> None:
    company = a_company(session)

    with pytest.raises(PersonRefused):
        make(tax_number=company.tax_number)


def test_another_role_ends_the_sessions_of_the_one_before(session: Session) -> None:
    marta = an_agent(session)
    before = marta.session_key

    people.set_role(session, marta.email.upper(), Role.SUPERVISOR)

    assert marta.role is Role.SUPERVISOR
    assert marta.session_key != before


def test_nobody_gets_a_role_that_does_not_fit(session: Session) -> None:
    marta, ines = an_agent(session), a_person(session, a_company(session))

    with pytest.raises(PersonRefused):
        people.set_role(session, "nobody@desk.example", Role.AGENT)
    with pytest.raises(PersonRefused):
        people.set_role(session, marta.email, Role.CUSTOMER)
    with pytest.raises(PersonRefused):
        people.set_role(session, ines.email, Role.ADMIN)
