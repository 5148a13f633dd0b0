from collections.abc import Sequence

import pytest
from sqlalchemy.orm import Session

from helpdesk.directory import find
from helpdesk.directory.models import Company
from tests.builders import A_MONDAY, a_company, a_person, a_subscription
from tests.support.countries import SPAIN


@pytest.fixture
def companies(session: Session) -> Sequence[Company]:
    names = ("Panadería Núñez", "Panaderia del Sol", "Boulangerie Lefèvre", "100 % Œufs")
    made = [
        a_company(session, name=name, country=SPAIN, phone=f"+3491900000{number}")
        for number, name in enumerate(names)
    ]
    session.commit()
    return made


def names(found: Sequence[Company]) -> list[str]:
    return [company.name for company in found]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("panaderia", ["Panaderia del Sol", "Panadería Núñez"]),
        ("NUÑEZ panad", ["Panadería Núñez"]),
        ("lefevre", ["Boulangerie Lefèvre"]),
        ("+34919000001", ["Panaderia del Sol"]),
        ("100 %", ["100 % Œufs"]),
        ("panaderia lefevre", []),
        ("oeufs", ["100 % Œufs"]),
        ("panaderías", ["Panaderia del Sol", "Panadería Núñez"]),
        ("boulangeries", ["Boulangerie Lefèvre"]),
        ("boul", ["Boulangerie Lefèvre"]),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
        ("😀", []),
    ],
)
def test_companies_are_found_by_every_word_without_accents_or_case(
    session: Session, companies: Sequence[Company], words: str, found: list[str]
) -> None:
    assert names(find.companies_matching(session, words)) == found


def test_a_search_returns_no_more_than_asked_for(
    session: Session, companies: Sequence[Company]
) -> None:
    assert len(find.companies_matching(session, "", limit=2)) == 2


def test_ten_thousand_words_are_searched_like_eight(
    session: Session, companies: Sequence[Company]
) -> None:
    assert len(find.companies_matching(session, "panaderia " * 10_000)) == 2


def test_a_word_of_a_hundred_thousand_letters_is_looked_for_as_well(
    session: Session, companies: Sequence[Company]
) -> None:
    assert find.companies_matching(session, "p" * 100_000) == []


def test_a_company_is_found_by_its_tax_number(
    session: Session, companies: Sequence[Company]
) -> None:
    assert find.company_by_tax_number(session, companies[2].tax_number) is companies[2]
    assert find.company_by_tax_number(session, "") is None


def test_a_caller_is_matched_by_their_own_number_first_then_by_their_company(
    session: Session, companies: Sequence[Company]
) -> None:
    colleague = a_person(session, companies[0], name="Luc")
    caller = a_person(session, companies[1], name="Inès", phone=companies[0].phone)
    a_person(session, companies[2], name="Étienne")
    session.commit()

    found = find.people_at(session, str(companies[0].phone))

    assert list(found) == [caller, colleague]
    assert find.people_at(session, "") == []


def test_only_subscriptions_that_have_not_ended_are_active(
    session: Session, companies: Sequence[Company]
) -> None:
    one, other = (a_subscription(session, companies[0]) for _ in range(2))
    a_subscription(session, companies[0], ended_at=A_MONDAY)
    a_subscription(session, companies[1])
    session.commit()

    assert find.active_subscriptions(session, companies[0].id) == [one, other]
    assert find.active_subscriptions(session, companies[3].id) == []
