from collections.abc import Iterator
from datetime import time

import pytest
from flask import Flask
from flask_babel import force_locale

from helpdesk.messages.hours import in_words
from helpdesk.rules.seasons import Interval, Season
from helpdesk.rules.vocabulary import Language

MORNING = Interval(time(9), time(14))
AFTERNOON = Interval(time(15), time(18))


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def season(*week: tuple[Interval, ...]) -> Season:
    return Season("a season", (9, 1), (6, 30), week)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.FRENCH,
            (
                "Du 1er septembre au 30 juin\u202f: du lundi au jeudi de 9\u00a0h\u00a000 à"
                " 14\u00a0h\u00a000 et de 15\u00a0h\u00a000 à 18\u00a0h\u00a000, le vendredi de"
                " 9\u00a0h\u00a000 à 14\u00a0h\u00a000."
            ),
        ),
        (
            Language.SPANISH,
            (
                "Del 1 de septiembre al 30 de junio: de lunes a jueves de 9:00 a 14:00 y de 15:00 a"
                " 18:00, viernes de 9:00 a 14:00."
            ),
        ),
        (
            Language.ENGLISH,
            (
                "From 1 September to 30 June: Monday to Thursday from 9:00 to 14:00 and from"
                " 15:00 to 18:00, Friday from 9:00 to 14:00."
            ),
        ),
    ],
)
def test_days_alike_are_told_together(language: Language, words: str) -> None:
    both = (MORNING, AFTERNOON)

    with force_locale(language):
        assert in_words(season(both, both, both, both, (MORNING,), (), ())) == words


def test_a_day_off_in_the_week_parts_it() -> None:
    with force_locale(Language.ENGLISH):
        told = in_words(season((MORNING,), (MORNING,), (), (MORNING,), (MORNING,), (), ()))

    expected = "Monday to Tuesday from 9:00 to 14:00, Thursday to Friday from 9:00 to 14:00."
    assert told == f"From 1 September to 30 June: {expected}"


def test_a_season_without_a_single_open_hour_is_closed() -> None:
    with force_locale(Language.ENGLISH):
        assert in_words(season(*((),) * 7)) == "From 1 September to 30 June: closed."


def test_an_evening_until_midnight_ends_at_24() -> None:
    late = Interval(time(20), None)

    with force_locale(Language.SPANISH):
        assert in_words(season(*((late,),) * 7)).endswith("de lunes a domingo de 20:00 a 24:00.")
