import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from justhtml import Element, JustHTML

from helpdesk.messages.compose import Words, compose
from helpdesk.messages.letter import Letter
from helpdesk.rules.vocabulary import Language, MessageKind
from tests.support.letters import REFERENCE, SPANISH_LINE, a_letter, a_letter_ending
from tests.support.page import FRENCH_SPACE

ABOUT_ONE_ENDING = (
    MessageKind.REMINDER_30,
    MessageKind.REMINDER_7,
    MessageKind.REMINDER_1,
    MessageKind.ACCESS_ENDED,
    MessageKind.DELETION_NOTICE,
    MessageKind.DELETION_DONE,
)
DATED = {
    MessageKind.ACKNOWLEDGEMENT,
    MessageKind.VERIFICATION,
    MessageKind.INFORMATION_ASKED,
    MessageKind.CONFIRMATION,
    MessageKind.LINKED,
    MessageKind.WITHDRAWAL_ASKED,
    *ABOUT_ONE_ENDING,
}
END = {
    Language.FRENCH: "mercredi 15 avril 2026",
    Language.SPANISH: "miércoles 15 de abril de 2026",
    Language.ENGLISH: "Wednesday 15 April 2026",
}
# The first words of our English sentences: none of them may stand in another language's message.
ENGLISH = re.compile(
    r"\b(your|you|the|request|subscription|download|from|ends?|help)\b", re.IGNORECASE
)
# Product and service keep their names.
NAMES = re.compile(r"Sage Active( Essentials| Payroll)?|http\S+")


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    """Compose without a request, as the scheduler and the command line do."""
    with app.app_context():
        yield


def read(html: str) -> JustHTML:
    page = JustHTML(html, collect_errors=True, sanitize=False)
    assert page.errors == []
    return page


def shown(element: Element) -> str:
    """Return an element's words as a browser sets them: runs of plain white space are one space."""
    return re.sub(r"[ \n]+", " ", element.to_text("", strip=False)).strip()


def prose(words: Words) -> list[str]:
    """Return the lines people read, of both parts."""
    html = read(words.html)
    lines = [shown(one) for one in html.query("h1, h2, h3, p, th, td, li")]
    return [words.subject, *words.text.splitlines(), *lines]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", MessageKind)
def test_every_message_reads_well_in_every_language(kind: MessageKind, language: Language) -> None:
    words = compose(a_letter(kind, language, text="Écrivez-nous.", line=SPANISH_LINE))

    assert REFERENCE in words.subject
    assert f'<html lang="{language}">' in words.html
    for line in prose(words):
        assert "'" not in line
        assert '"' not in line
        assert "%(" not in line
        if language is Language.FRENCH:
            assert not FRENCH_SPACE.search(NAMES.sub("", line)), line
        if language is not Language.ENGLISH:
            assert not ENGLISH.search(NAMES.sub("", line)), line


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", MessageKind)
def test_both_parts_say_the_same(kind: MessageKind, language: Language) -> None:
    words = compose(a_letter(kind, language, text="Écrivez-nous.", line=SPANISH_LINE))
    text = " ".join(words.text.split())

    for element in read(words.html).query("h1, h2, li, td, h1 ~ p, .signature p + p"):
        assert " ".join(shown(element).split()) in text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", sorted(DATED))
def test_the_dates_stand_in_both_parts(kind: MessageKind, language: Language) -> None:
    words = compose(a_letter(kind, language))

    assert END[language] in words.text
    assert END[language] in words.html


@pytest.mark.parametrize("kind", sorted(set(MessageKind) - DATED))
def test_dates_that_do_not_hold_are_not_told(kind: MessageKind) -> None:
    words = compose(a_letter(kind))

    assert END[Language.FRENCH] not in words.text
    assert END[Language.FRENCH] not in words.html


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        (Language.FRENCH, "Résiliation confirmée\u202f: fin le 15 avril 2026 (P7K4-93QD-M)"),
        (Language.SPANISH, "Cancelación confirmada: termina el 15 de abril de 2026 (P7K4-93QD-M)"),
        (Language.ENGLISH, "Cancellation confirmed: ends 15 April 2026 (P7K4-93QD-M)"),
    ],
)
def test_the_subject_says_what_and_when_first(language: Language, subject: str) -> None:
    words = compose(a_letter(MessageKind.CONFIRMATION, language))

    assert words.subject == subject


def test_the_first_sentence_is_the_fact() -> None:
    words = compose(a_letter(MessageKind.CONFIRMATION))

    fact = (
        "Votre résiliation est confirmée\u202f: votre abonnement à Sage Active Essentials"
        " prend fin le mercredi 15 avril 2026."
    )
    assert words.text.splitlines()[0] == fact
    assert shown(read(words.html).query("h1")[0]) == fact


def test_a_confirmation_says_why_it_is_this_date() -> None:
    words = compose(a_letter(MessageKind.CONFIRMATION))

    reason = "3. Votre abonnement se renouvelle le 15 de chaque mois\u202f: la première échéance"
    assert reason in words.text
    assert len(read(words.html).query("ol li")) == 5


def test_a_subscription_anchored_on_the_first_renews_on_le_1er() -> None:
    words = compose(a_letter(endings=(a_letter_ending(anchor=date(2025, 5, 1)),)))

    assert words.subject == "Résiliation confirmée\u202f: fin le 1er avril 2026 (P7K4-93QD-M)"
    assert "se renouvelle le 1er de chaque mois" in words.text


@pytest.mark.parametrize("language", Language)
def test_several_subscriptions_are_told_each_with_its_own_dates(language: Language) -> None:
    payroll = a_letter_ending("Sage Active Payroll", date(2025, 2, 3))
    words = compose(
        a_letter(MessageKind.CONFIRMATION, language, endings=(payroll, a_letter_ending()))
    )

    tables = read(words.html).query("table")
    assert len(tables) == 2
    assert END[language] in tables[1].to_text()
    assert "2" in words.subject
    assert words.text.count("Sage Active Payroll") >= 2


def test_two_subscriptions_that_end_together_have_one_date_in_the_subject() -> None:
    both = (a_letter_ending(), a_letter_ending("Sage Active Payroll"))
    words = compose(a_letter(MessageKind.CONFIRMATION, endings=both))

    assert words.subject == "Résiliation confirmée\u202f: fin le 15 avril 2026 (P7K4-93QD-M)"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", sorted(set(MessageKind) - set(ABOUT_ONE_ENDING)))
def test_a_request_without_a_subscription_reads_well_too(
    kind: MessageKind, language: Language
) -> None:
    words = compose(a_letter(kind, language, endings=(), text="?", company_name="Atelier Inconnu"))

    assert read(words.html).query("table") == []
    for line in prose(words):
        assert "None" not in line
        assert not re.search(r"[:,] *\.|  ", line), line


def test_an_acknowledgement_without_a_subscription_keeps_the_instant_of_the_request() -> None:
    words = compose(a_letter(MessageKind.ACKNOWLEDGEMENT, endings=()))

    assert "garde sa date, le dimanche 1er mars 2026 à 10\u00a0h\u00a000\u202f:" in words.text


def test_french_customers_are_told_of_the_fec_and_spanish_ones_of_the_phone_line() -> None:
    french = compose(a_letter())
    spanish = compose(a_letter(language=Language.SPANISH, country="ES", line=SPANISH_LINE))

    assert "(FEC)" in french.text
    assert "+34" not in french.text
    assert "FEC" not in spanish.text
    assert "+34 919 16 17 17" in spanish.text
    assert "+34 919 16 17 17" in shown(read(spanish.html).query("body")[0])
    hours = "de lunes a jueves de 9:00 a 14:00 y de 15:00 a 18:00, viernes de 9:00 a 15:00."
    assert f"Del 1 de septiembre al 30 de junio: {hours}" in spanish.text


def test_links_lead_to_the_service_itself(app: Flask) -> None:
    words = compose(a_letter(MessageKind.VERIFICATION))

    address = "http://127.0.0.1:8000/help-center/verify/a-signed.token"
    assert address in words.text.splitlines()
    assert [one.attrs["href"] for one in read(words.html).query(".button")] == [address]


@pytest.mark.parametrize("kind", MessageKind)
def test_nothing_in_a_message_is_fetched_or_hidden(kind: MessageKind) -> None:
    page = read(compose(a_letter(kind, text="?")).html)

    assert page.query("img, script, link, iframe, [style], [src], [onload], [background]") == []
    assert len(page.query("style")) == 1
    assert len(page.query(".button")) <= 1
    assert "url(" not in page.query("style")[0].to_html()


def test_the_styles_are_the_same_in_every_message() -> None:
    styles = {
        re.findall(r"<style>.*?</style>", compose(a_letter(kind, language)).html, re.DOTALL)[0]
        for kind in MessageKind
        for language in Language
    }

    assert len(styles) == 1


HOSTILE = '<script>alert("1")</script>\r\nBcc: everybody@example.com\x00\u202e & Söhne'


def hostile(kind: MessageKind) -> Letter:
    return a_letter(kind, company_name=HOSTILE, requester_name=HOSTILE, text=f"{HOSTILE}\n.\nFin")


@pytest.mark.parametrize("kind", MessageKind)
def test_what_people_type_stays_text(kind: MessageKind) -> None:
    words = compose(hostile(kind))

    assert "Bcc" not in words.subject
    assert words.subject.isprintable() or "\u202f" in words.subject
    assert read(words.html).query("script") == []
    assert not {"\x00", "\u202e", "\r"} & set(words.text + words.html)
    assert "\nBcc:" not in words.text


def test_typed_text_is_escaped_once_in_html_and_never_in_text() -> None:
    words = compose(hostile(MessageKind.REJECTION))

    typed = '<script>alert("1")</script>'
    assert typed in words.text
    assert f"> {typed}" in words.text.splitlines()
    assert typed in read(words.html).query("blockquote")[0].to_text()
    assert "&amp;amp;" not in words.html
    assert "&#39;" not in words.text
    assert "& Söhne" in words.text


def test_a_reference_is_never_broken_over_two_lines() -> None:
    page = read(compose(a_letter(MessageKind.REJECTION, company_name="A & B")).html)

    assert [one.to_text() for one in page.query("h1 .whole")] == [REFERENCE]
    assert shown(page.query(".signature p + p")[0]).endswith("pour A & B.")


def test_a_very_long_name_is_cut_short() -> None:
    words = compose(a_letter(company_name="é" * 200))

    assert f"{'é' * 99}…" in words.text
    assert "é" * 100 not in words.text


def test_the_language_of_the_letter_wins_over_the_one_of_the_page(app: Flask) -> None:
    with app.test_request_context("/help-center/", headers={"Accept-Language": "es"}):
        words = compose(a_letter(language=Language.ENGLISH))

    assert words.subject.startswith("Cancellation confirmed")
