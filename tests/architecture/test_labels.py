from enum import StrEnum

import pytest
from flask import Flask
from flask_babel import force_locale

from helpdesk import labels
from helpdesk.queue.events import By
from helpdesk.rules import vocabulary
from helpdesk.rules.vocabulary import Language, State, StepRule

# People never see these as words: languages are shown by their own names, the steps of an
# explanation as sentences.
WORDLESS = {Language, StepRule}
VOCABULARIES = [
    member
    for member in vars(vocabulary).values()
    if isinstance(member, type)
    and issubclass(member, StrEnum)
    and member is not StrEnum
    and member not in WORDLESS
]


@pytest.mark.parametrize("enum", VOCABULARIES, ids=lambda enum: enum.__name__)
def test_every_member_has_words_in_every_language(app: Flask, enum: type[StrEnum]) -> None:
    with app.test_request_context("/"):
        for language in Language:
            with force_locale(language.value):
                words = {member: labels.word(member) for member in enum}
            assert all(words.values())
            assert len(set(words.values())) == len(words), language


def test_no_word_is_left_of_a_member_that_is_gone() -> None:
    known = {(type(member), member.value) for enum in VOCABULARIES for member in enum}
    known |= {(By, member.value) for member in By}

    assert set(labels.WORDS) - known == set()


def test_every_state_has_an_icon() -> None:
    assert set(labels.ICONS) == set(State)
