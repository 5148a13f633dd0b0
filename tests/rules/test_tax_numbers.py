from pathlib import Path

import pytest

from helpdesk import legislations
from helpdesk.rules import tax_numbers
from helpdesk.rules.legislation import Legislation
from helpdesk.rules.tax_numbers import Ambiguous, Incorrect, Unreadable, WrongLength
from helpdesk.rules.vocabulary import Country, Language
from tests.support.countries import FRANCE, PORTUGAL, SPAIN, portugal

BOTH = "501442669"
"""A French SIREN and a Portuguese NIF at once."""


@pytest.fixture
def three(tmp_path: Path) -> list[Legislation]:
    portugal(tmp_path)
    return [*legislations.read(tmp_path).values()]


@pytest.fixture
def two() -> list[Legislation]:
    return [*legislations.read(None).values()]


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("404833048", FRANCE, "404833048"),
        ("40483304800022", FRANCE, "404833048"),
        ("FR 83 404 833 048", FRANCE, "404833048"),
        ("83 404 833 048", FRANCE, "404833048"),
        ("B-58378431", SPAIN, "B58378431"),
        ("PT 501 442 600", PORTUGAL, "501442600"),
        ("501442600", PORTUGAL, "501442600"),
    ],
)
def test_a_number_says_of_which_country_it_is(
    three: list[Legislation], typed: str, country: Country, number: str
) -> None:
    assert tax_numbers.read(typed, three) == (country, number)


def test_one_that_is_right_in_two_countries_asks_which(three: list[Legislation]) -> None:
    with pytest.raises(Ambiguous) as asked:
        tax_numbers.read(BOTH, three)

    assert list(asked.value.countries) == [FRANCE, PORTUGAL]
    assert tax_numbers.read(f"PT{BOTH}", three) == (PORTUGAL, BOTH)
    assert tax_numbers.read(f"FR{BOTH}", three) == (FRANCE, BOTH)


@pytest.mark.parametrize(
    ("typed", "how"),
    [
        ("404833049", "This SIREN is not correct: compare each digit."),
        ("40483304800023", "This SIRET is not correct: compare each digit."),
        ("54362315Z", "This NIF is not correct: check its last character."),
    ],
)
def test_a_slip_is_told_as_the_number_that_was_meant(
    two: list[Legislation], typed: str, how: str
) -> None:
    with pytest.raises(Incorrect) as wrong:
        tax_numbers.read(typed, two)

    assert wrong.value.how is not None
    assert wrong.value.how[Language.ENGLISH] == how


def test_a_slip_in_what_may_be_either_names_neither(three: list[Legislation]) -> None:
    with pytest.raises(Incorrect) as wrong:
        tax_numbers.read("404833049", three)

    assert wrong.value.how is None


@pytest.mark.parametrize(
    ("typed", "excess"),
    [
        ("4048330", -2),
        ("4048330481", 1),
        ("FR40483304", -1),
        ("ESB5837843", -1),
        ("ESB58378431999", 3),
    ],
)
def test_one_too_short_or_too_long_says_by_how_much(
    two: list[Legislation], typed: str, excess: int
) -> None:
    with pytest.raises(WrongLength) as wrong:
        tax_numbers.read(typed, two)

    assert wrong.value.excess == excess


@pytest.mark.parametrize(
    "typed",
    ["", "FR", "' OR 1=1 --", "😀" * 9, "40483304", "ABCDEFGHI", "Boulangerie", "ES404833048"],
)
def test_what_is_made_like_none_of_them_is_not_guessed(two: list[Legislation], typed: str) -> None:
    with pytest.raises(Unreadable):
        tax_numbers.read(typed, two)
