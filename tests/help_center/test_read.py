"""The pages one reads: start, search, article."""

import re

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
        ("horaires", "Par téléphone"),
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


def ways(html: str) -> list[str]:
    """Return the ways that have their part of the article, in the order of the page."""
    return re.findall(r'<h2 id="(account|help_center|phone)"', html)


def test_the_ways_stand_in_the_order_of_the_reader_s_legislation(page: Page) -> None:
    path = "/help-center/cancel-subscription"

    assert ways(page.get(path).text) == ["account", "help_center"]
    assert ways(page.get(path, headers=SPANISH).text) == ["account", "phone"]


@pytest.mark.parametrize("path", ["/help-center/", "/help-center/cancel-subscription"])
def test_a_way_that_is_not_there_is_explained(page: Page, path: str) -> None:
    assert "In France you cannot cancel by phone." in page.get(path, headers=ENGLISH).text
    in_spain = page.get(f"{path}?country=ES", headers=ENGLISH).text
    assert "In Spain you cancel in account management or by phone." in in_spain


def test_a_spanish_business_reads_about_spain_in_any_language(app: Flask, page: Page) -> None:
    with app.app_context(), transaction() as session:
        company = builders.a_company(
            session, country=SPAIN, tax_number="B12345674", zone="Europe/Madrid"
        )
        person = builders.a_person(session, company, language=Language.FRENCH)
        session.refresh(person)
        session.expunge_all()
    page.sign_in(person)

    assert ways(page.get("/help-center/cancel-subscription").text) == ["account", "phone"]
    chosen = page.get("/help-center/cancel-subscription?country=FR").text
    assert ways(chosen) == ["account", "help_center"]


def test_a_browser_tells_its_country_where_the_language_does_not(page: Page) -> None:
    html = page.get("/help-center/", headers={"Accept-Language": "en-ES, es;q=0.5"}).text

    assert "How to cancel in Spain" in html


@pytest.mark.parametrize("country", ["XX", "", "es", "ES'--", "FR" * 1000])
def test_a_country_that_nobody_knows_changes_nothing(page: Page, country: str) -> None:
    html = page.get("/help-center/", query_string={"country": country}).text

    assert "Comment résilier en France" in html


def test_the_hours_of_the_line_are_those_of_its_desk(page: Page) -> None:
    html = page.get("/help-center/cancel-subscription?country=ES", headers=ENGLISH).text

    assert "Monday to Thursday from 9:00 to 14:00 and from 15:00 to 18:00" in html


def test_the_phone_line_says_its_state_alone(page: Page) -> None:
    html = page.get("/help-center/line").text

    assert "data-changes-in" in html
    assert "<!DOCTYPE" not in html
