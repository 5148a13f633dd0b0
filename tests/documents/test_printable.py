import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from helpdesk.documents.printable import latin, printable
from helpdesk.documents.render import pdf
from tests.support.documents import facts

NO_LIMIT = settings(max_examples=25, deadline=None)


@pytest.mark.parametrize(
    "text",
    ["Boulangerie Martin", "Peluquería Núñez, S. L.", "Łódź", "Εστία", "Дом", "שלום", "مرحبا"],
)
def test_letters_of_our_fonts_stand_as_they_are(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("日本", "[U+65E5][U+672C]"),
        ("Café 😀", "Café [U+1F600]"),
        ("ＡＢ", "AB"),
        ("a\u202eb\u0000c\u200bd\ud800", "abcd"),
        ("one\ntwo\u2028three", "one two three"),
        ("e\u0301", "é"),
        ("\ue000", "[U+E000]"),
    ],
)
def test_other_signs_stand_as_their_numbers_and_hidden_ones_go(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_accents_do_not_pile_up() -> None:
    shown = printable("x" + "\u0301" * 200)

    assert sum(unicodedata.combining(sign) > 0 for sign in shown) <= 3


def test_our_own_spaces_stay() -> None:
    assert printable("Fin\u202f: 10\u00a0h\u00a000") == "Fin\u202f: 10\u00a0h\u00a000"


@pytest.mark.parametrize("name", ["\u06ea\u0628\u06f6", "\u05dd\u05aa\u0357\u0340\u05df" * 40])
def test_signs_that_cannot_stand_together_stand_as_their_numbers(name: str) -> None:
    assert pdf(facts(company_name=name)).startswith(b"%PDF")


def test_numbers_are_the_last_resort() -> None:
    assert latin("Café ש\u202e") == "Café [U+05E9]"


@given(some.text(max_size=12))
@NO_LIMIT
def test_any_name_can_be_printed(text: str) -> None:
    assert pdf(facts(company_name=text, requester_name=text)).startswith(b"%PDF")
