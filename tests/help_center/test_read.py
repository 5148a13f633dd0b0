"""The pages one reads: start, search, article."""

import pytest
from flask import Flask

from helpdesk.database import transaction
from helpdesk.rules.vocabulary import Language
from tests import builders
from tests.conftest import Page
from tests.support.countries import SPAIN

SPANISH = {"Accept-Language": "es-ES"}
ENGLISH = {"Accept-Language": "en-GB"}


@pytest.mark.parametrize("path", ["/help-center/", "/help-center/cancel-subscription"])
@pytest.mark.parametrize("language", ["fr", "es", "en"])
def test_it_reads_in_each_language(page: Page, path: str, language: str) -> None:
    html = page.get(path, headers={"Accept-Language": language}).text

    assert f'lang="{language}"' in html


def test_it_opens_in_french_when_the_browser_says_nothing(page: Page) -> None:
    assert "Résilier votre abonnement" in page.get("/help-center/").text


def test_both_ways_lead_to_the_request_and_every_page_to_the_end_of_the_contract(
    page: Page,
) -> None:
    for path in ("/help-center/", "/help-center/cancel-subscription"):
        html = page.get(path).text
        assert html.count('href="/help-center/request"') >= 2
        assert "Résilier votre contrat" in html


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("données", "Ce que deviennent vos données"),
        ("DONNEES", "Ce que deviennent vos données"),
        ("horaires", "Par téléphone depuis l’Espagne"),
        ("resil", "Résilier votre abonnement"),
        ("qui peut résilier", "Qui peut résilier"),
    ],
)
def test_search_finds_an_article_by_how_its_words_begin(page: Page, words: str, found: str) -> None:
    html = page.get("/help-center/", query_string={"search": words}).text

    assert found in html.split('id="found"')[1].split("</section>")[0]


@pytest.mark.parametrize("words", ["xyzzy", "%", "'; DROP TABLE requests --", "a" * 10_000, "🦊"])
def test_search_for_nonsense_says_what_to_do(page: Page, words: str) -> None:
    html = page.get("/help-center/", query_string={"search": words}).text

    assert "Aucun article ne correspond à ces mots" in html
    assert len(html) < 20_000


def test_the_article_says_all_facts(page: Page) -> None:
    html = page.get("/help-center/cancel-subscription", headers=ENGLISH).text

    for fact in ("at any time", "30 days", "next effective date", "6 months", "919 16 17 17"):
        assert fact in html


def test_what_applies_to_the_reader_comes_first(app: Flask, page: Page) -> None:
    def order(html: str) -> bool:
        return html.index('id="spain"') < html.index('id="france"')

    assert not order(page.get("/help-center/cancel-subscription").text)
    assert order(page.get("/help-center/cancel-subscription", headers=SPANISH).text)


def test_a_spanish_business_reads_about_spain_first_in_any_language(app: Flask, page: Page) -> None:
    with app.app_context(), transaction() as session:
        company = builders.a_company(
            session, country=SPAIN, tax_number="B12345674", zone="Europe/Madrid"
        )
        person = builders.a_person(session, company, language=Language.FRENCH)
        session.refresh(person)
        session.expunge_all()
    page.sign_in(person)

    html = page.get("/help-center/cancel-subscription").text

    assert html.index('id="spain"') < html.index('id="france"')


def test_the_phone_line_says_its_state_alone(page: Page) -> None:
    html = page.get("/help-center/line").text

    assert "data-changes-in" in html
    assert "<!DOCTYPE" not in html
