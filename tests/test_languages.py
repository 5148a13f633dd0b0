from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale
from sqlalchemy.orm import Session

from helpdesk import languages
from helpdesk.rules.vocabulary import Language
from tests.builders import a_company, a_person, an_agent
from tests.conftest import Page

A_WEDNESDAY = date(2026, 4, 15)
MARCH_FIRST = date(2026, 3, 1)


@pytest.fixture
def speaking(app: Flask) -> Iterator[Callable[[str], AbstractContextManager[None]]]:
    """Return what makes a page speak a language."""
    with app.test_request_context("/"):
        yield force_locale


def shown(page: Page, path: str = "/help-center/", **options: object) -> str:
    html = page.client.get(path, **options).get_data(as_text=True)
    return html.split('lang="', 1)[1][:2]


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "fr"),
        ("de", "fr"),
        ("es-ES,es;q=0.9,fr;q=0.1", "es"),
        ("en-GB", "en"),
        ("fr-CA,en;q=0.5", "fr"),
        ("de,en;q=0,es-MX;q=0.2", "es"),
        ("*", "fr"),
        ("nonsense;;q=x", "fr"),
    ],
)
def test_a_visitor_is_shown_what_their_browser_prefers_or_french(
    page: Page, asked: str, language: str
) -> None:
    assert shown(page, headers={"Accept-Language": asked}) == language


def test_a_choice_is_remembered_before_all_else(page: Page) -> None:
    page.get("/help-center/")

    answer = page.post("/language", {"language": "en", "next": "/help-center/track"})

    assert answer.location == "/help-center/track"
    assert shown(page, headers={"Accept-Language": "es"}) == "en"


def test_a_nonsense_cookie_chooses_nothing(page: Page) -> None:
    page.client.set_cookie("language", "klingon")

    assert shown(page) == "fr"


@pytest.mark.parametrize("language", ["", "de", "fr-FR", "😀", "x" * 10_000])
def test_only_our_languages_can_be_chosen(page: Page, language: str) -> None:
    page.get("/help-center/")

    page.post("/language", {"language": language}, 400)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_choice_leads_nowhere_else(page: Page, target: str) -> None:
    page.get("/help-center/")

    assert page.post("/language", {"language": "es", "next": target}).location == "/"


def test_who_is_signed_in_is_shown_their_own_language_everywhere(
    session: Session, page: Page, another_page: Page
) -> None:
    ines = a_person(session, a_company(session), language=Language.SPANISH)
    session.commit()
    page.sign_in(ines)
    another_page.sign_in(ines)

    assert shown(page, headers={"Accept-Language": "en"}) == "es"
    page.post("/language", {"language": "en"})
    assert shown(another_page) == "en"


def test_the_console_opens_in_spanish_whatever_the_browser_asks(
    session: Session, page: Page
) -> None:
    marta = an_agent(session)
    session.commit()
    page.sign_in(marta)

    assert shown(page, "/console/", headers={"Accept-Language": "fr"}) == "es"


@pytest.mark.parametrize(
    ("write", "day", "fr", "es", "en"),
    [
        (
            languages.long_date,
            A_WEDNESDAY,
            "mercredi 15 avril 2026",
            "miércoles 15 de abril de 2026",
            "Wednesday 15 April 2026",
        ),
        (
            languages.long_date,
            MARCH_FIRST,
            "dimanche 1er mars 2026",
            "domingo 1 de marzo de 2026",
            "Sunday 1 March 2026",
        ),
        (
            languages.day_date,
            A_WEDNESDAY,
            "mercredi 15 avril",
            "miércoles 15 de abril",
            "Wednesday 15 April",
        ),
        (languages.short_date, MARCH_FIRST, "1er mars 2026", "1 de marzo de 2026", "1 March 2026"),
        (languages.brief_date, A_WEDNESDAY, "15 avr. 2026", "15 abr 2026", "15 Apr 2026"),
        (languages.weekday, A_WEDNESDAY, "mercredi", "miércoles", "Wednesday"),
        (languages.month_day, (9, 1), "1er septembre", "1 de septiembre", "1 September"),
        (languages.month_day, (2, 29), "29 février", "29 de febrero", "29 February"),
        (languages.day_number, 1, "1er", "1", "1"),
        (languages.day_number, 15, "15", "15", "15"),
        (languages.numeric_date, A_WEDNESDAY, "15/04/2026", "15/04/2026", "15/04/2026"),
    ],
)
def test_each_language_writes_days_its_own_way(
    speaking: Callable[[str], AbstractContextManager[None]],
    write: Callable[[object], str],
    day: object,
    fr: str,
    es: str,
    en: str,
) -> None:
    for language, text in {"fr": fr, "es": es, "en": en}.items():
        with speaking(language):
            assert write(day) == text


def test_an_instant_is_written_as_clocks_there_showed_it(
    speaking: Callable[[str], AbstractContextManager[None]],
) -> None:
    at = datetime(2026, 3, 1, 23, 5, tzinfo=UTC)

    assert languages.instant(at, "Europe/Madrid") == "02/03/2026 00:05"
    assert languages.instant(at, "Atlantic/Canary") == "01/03/2026 23:05"
    with speaking("fr"):
        assert languages.clock_time(at, "Europe/Paris") == "0\u00a0h\u00a005"
    with speaking("es"):
        assert languages.clock_time(at, "Europe/Madrid") == "0:05"


def test_amounts_lists_and_numbers_follow_the_language(
    speaking: Callable[[str], AbstractContextManager[None]],
) -> None:
    with speaking("fr"):
        assert languages.money(123_456) == "1\u202f234,56\u00a0€"
        assert languages.listed(["a", "b", "c"]) == "a, b et c"
    with speaking("es"):
        assert languages.listed(["a", "b", "c"]) == "a, b y c"
    with speaking("en"):
        assert languages.money(2900) == "€29.00"


def test_how_many_there_are_is_written_as_each_language_groups_it(
    speaking: Callable[[str], AbstractContextManager[None]],
) -> None:
    written = {"fr": "12\u202f040", "es": "12.040", "en": "12,040"}

    for language, count in written.items():
        with speaking(language):
            assert languages.quantity(12_040) == count
            assert languages.quantity(12_040, is_least=True) == f"{count}+"


def test_a_phone_number_is_written_to_be_read() -> None:
    assert languages.phone("+34919161717") == "+34 919 16 17 17"
    assert languages.phone(None) == ""


def test_how_far_a_day_is_stands_in_days(
    speaking: Callable[[str], AbstractContextManager[None]],
) -> None:
    far = (0, 1, 12, -1, -3)

    with speaking("en"):
        told = [
            languages.days_from(date.fromordinal(A_WEDNESDAY.toordinal() + days), A_WEDNESDAY)
            for days in far
        ]

    assert told == ["today", "in 1 day", "in 12 days", "1 day ago", "3 days ago"]


def test_typed_text_keeps_its_lines_and_nothing_else(app: Flask) -> None:
    with app.test_request_context("/"):
        html = render_template_string("{{ text|paragraphs }}", text="<b>one</b>\ntwo & three")

    assert html == "&lt;b&gt;one&lt;/b&gt;<br>two &amp; three"


def test_without_a_page_french_is_spoken(app: Flask) -> None:
    with app.app_context():
        assert languages.current() is Language.FRENCH
