"""Signing in and out, the demo's people, and the choice of a language."""

from dataclasses import replace

import pytest
from flask import Flask

from helpdesk.app import create_app
from helpdesk.database import transaction
from helpdesk.directory.models import Person
from helpdesk.rules.vocabulary import Role
from helpdesk.settings import Mode, Settings
from tests import builders
from tests.conftest import Page

PATH = "/sign-in"


def somebody(app: Flask, **given: object) -> Person:
    """Make somebody who may sign in."""
    with app.app_context(), transaction() as session:
        company = None if "role" in given else builders.a_company(session)
        person = builders.a_person(session, company, **given)
        session.refresh(person)
        session.expunge_all()
        return person


def credentials(person: Person, **given: str) -> dict[str, object]:
    return {"email": person.email, "password": builders.PASSWORD} | given


@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPERVISOR, Role.ADMIN])
def test_staff_land_at_their_work(app: Flask, page: Page, role: Role) -> None:
    person = somebody(app, role=role)
    page.get(PATH)

    assert page.post(PATH, credentials(person)).location == "/"
    assert "help-center" not in page.get("/", 303).location


def test_customers_land_at_the_help_centre(app: Flask, page: Page) -> None:
    page.sign_in(somebody(app))

    assert page.get("/", 303).location == "/help-center/"
    assert page.get(PATH, 303).location == "/"


def test_the_address_is_read_in_any_case_and_spacing(app: Flask, page: Page) -> None:
    person = somebody(app)
    page.get(PATH)

    page.post(PATH, credentials(person, email=f"  {person.email.upper()} "))


@pytest.mark.parametrize(
    "given",
    [
        {"password": "wrong"},
        {"email": "nobody@people.example"},
        {"email": "' OR 1=1 --"},
        {"email": "a" * 250},
        {"email": "🦊"},
    ],
)
def test_a_wrong_pair_says_the_same_for_everybody(
    app: Flask, page: Page, given: dict[str, str]
) -> None:
    person = somebody(app)
    page.get(PATH)

    html = page.post(PATH, credentials(person, **given), status=400).text

    assert "ne correspondent pas" in html
    assert builders.PASSWORD not in html.split("Connexions de démonstration")[0]


def test_nothing_typed_says_what_is_missing(page: Page) -> None:
    page.get(PATH)

    html = page.post(PATH, {"email": "", "password": ""}, status=400).text

    assert "Saisissez votre adresse e-mail" in html
    assert "Saisissez votre mot de passe" in html


def test_one_goes_on_where_one_was(app: Flask, page: Page) -> None:
    person = somebody(app)
    page.get(f"{PATH}?next=/help-center/track")

    location = page.post(PATH, credentials(person, next="/help-center/track")).location

    assert location == "/help-center/track"


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "http://[",
    "",
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_another_site_is_nowhere_to_go(app: Flask, page: Page, target: str) -> None:
    person = somebody(app)
    page.get(PATH)

    assert page.post(PATH, credentials(person, next=target)).location == "/"


def test_tries_are_limited(app: Flask, page: Page) -> None:
    page.get(PATH)
    for _ in range(10):
        page.post(PATH, {"email": "x@y.example", "password": "x"}, status=400)

    page.post(PATH, {"email": "x@y.example", "password": "x"}, status=429)


def test_signing_out_forgets_everything(app: Flask, page: Page) -> None:
    page.sign_in(somebody(app))

    page.post("/sign-out")

    assert "Se connecter" in page.get("/help-center/track").text


def test_the_demo_shows_its_people_and_lets_them_in(app: Flask, page: Page) -> None:
    person = somebody(app, is_demo=True)

    assert "titulaire@boulangerie.example" in page.get(PATH).text
    page.post(PATH, credentials(person))


def test_outside_the_demo_its_people_are_neither_shown_nor_let_in(settings: Settings) -> None:
    app = create_app(replace(settings, mode=Mode.PRODUCTION))
    page = Page(app.test_client())
    person = somebody(app, is_demo=True)

    html = page.get(PATH, base_url="https://localhost").text
    answer = page.post(
        PATH,
        credentials(person),
        status=400,
        base_url="https://localhost",
        headers={"Referer": "https://localhost/sign-in"},
    )

    assert "titulaire@boulangerie.example" not in html
    assert "ne correspondent pas" in answer.text


@pytest.mark.parametrize("language", ["es", "en", "fr"])
def test_a_chosen_language_is_remembered(page: Page, language: str) -> None:
    page.get("/help-center/track")
    location = page.post("/language", {"language": language, "next": "/help-center/track"}).location

    html = page.get(location, headers={"Accept-Language": "de"}).text

    assert location == "/help-center/track"
    assert f'lang="{language}"' in html


@pytest.mark.parametrize("target", ELSEWHERE)
def test_choosing_a_language_leads_to_no_other_site(page: Page, target: str) -> None:
    page.get("/help-center/track")

    assert page.post("/language", {"language": "fr", "next": target}).location == "/"


def test_it_is_remembered_for_the_person_too(app: Flask, page: Page, another_page: Page) -> None:
    person = somebody(app)
    page.sign_in(person)
    page.post("/language", {"language": "es"})

    another_page.sign_in(person)

    assert '<html lang="es"' in another_page.get("/help-center/").text


@pytest.mark.parametrize("language", ["", "de", "🦊", "fr' --"])
def test_a_language_we_do_not_have_is_refused(page: Page, language: str) -> None:
    page.get("/help-center/track")

    page.post("/language", {"language": language}, status=400)
