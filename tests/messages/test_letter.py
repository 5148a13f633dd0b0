import json
from datetime import date

import pytest
from flask import Flask

from helpdesk.messages import calendar
from helpdesk.messages.compose import compose
from helpdesk.messages.letter import Letter
from helpdesk.rules.vocabulary import Language, MessageKind
from tests.support.letters import FILED_AT, SPANISH_LINE, a_letter, a_letter_ending


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", MessageKind)
def test_what_is_kept_of_a_letter_gives_the_same_letter_and_words(
    app: Flask, kind: MessageKind, language: Language
) -> None:
    two = (a_letter_ending(), a_letter_ending("Paie", date(2025, 1, 3), number=2))
    letter = a_letter(
        kind, language, endings=two, line=SPANISH_LINE, text="Ça va ?", was_announced=True
    )

    again = Letter.from_json(json.loads(json.dumps(letter.as_json())))

    assert again == letter
    with app.app_context():
        assert compose(again) == compose(letter)
        assert calendar.dates(again) == calendar.dates(letter)


def test_what_is_empty_takes_no_room() -> None:
    letter = a_letter(endings=(), company_name="", requester_name="", token="", until=None)

    kept = letter.as_json()

    assert not {"company_name", "requester_name", "token", "until", "line", "text"} & set(kept)
    assert Letter.from_json(kept) == letter


@pytest.mark.parametrize("kept", [{}, {"kind": "nothing"}, {"key": 1, "endings": [{}]}])
def test_what_is_no_letter_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each says in its own words what is wrong)
        Letter.from_json(kept)


def test_a_letter_keeps_the_instant_of_its_cause() -> None:
    assert Letter.from_json(a_letter().as_json()).at == FILED_AT
