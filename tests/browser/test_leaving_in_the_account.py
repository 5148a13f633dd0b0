"""Ending a subscription in the account: by hover, by keyboard, by touch, without scripts."""

from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from helpdesk.database import db, transaction
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority, Channel, Country
from tests import builders
from tests.browser.conftest import Open, alive, follow, sign_in, tab_to, violations

INES, LUC = "ines@boulangerie.example", "luc@boulangerie.example"
PHONE = {"width": 390, "height": 844}
COMPANY = ".menus details:last-of-type"
BACK = ".top-inner > details"
NEXT = "main form button.btn-primary"


def a_bakery(app: Flask, country: str = "FR") -> None:
    with app.app_context(), transaction() as session:
        company = builders.a_company(session, name="Boulangerie Delorme", country=Country(country))
        builders.a_subscription(session, company, contract="SA-1", product="Comptabilité")
        builders.a_subscription(
            session, company, contract="SA-2", product="Facturation", anchor_on=date(2025, 3, 28)
        )
        builders.a_person(session, company, email=INES, name="Inès Delorme")
        builders.a_person(session, company, email=LUC, authority=Authority.NONE, name="Luc Petit")


def entered(browse: Open, who: str = INES, **options: object) -> Page:
    page = browse("/sign-in", **options)
    sign_in(page, who, builders.PASSWORD)
    alive(page)
    return page


def is_open(page: Page, menu: str) -> bool:
    return bool(page.locator(menu).evaluate("menu => menu.open"))


def test_the_nine_steps_by_keyboard_on_a_phone(app: Flask, browse: Open) -> None:
    a_bakery(app)
    page = entered(browse, viewport=PHONE)

    tab_to(page, f"{COMPANY} summary")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.innerText") == "Gestion du compte d’entreprise"
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")
    for address in ("/account/subscriptions", "/account/subscriptions/manage"):
        tab_to(page, f"main a[href='{address}']")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{address}")
    tab_to(page, "input[value='SA-1']")
    page.keyboard.press("Space")
    for heading, box in (
        ("Ce qu’entraîne la résiliation", "input[value=price]"),
        ("Récupérer vos données", "#collected"),
        ("Vérifiez, puis résiliez", None),
    ):
        tab_to(page, NEXT)
        page.keyboard.press("Enter")
        page.locator("h1", has_text=heading).wait_for()
        assert violations(page) == []
        if box:
            tab_to(page, box)
            page.keyboard.press("Space")
    assert page.locator(NEXT).inner_text() == "Annuler l’abonnement"
    tab_to(page, NEXT)
    page.keyboard.press("Enter")

    page.wait_for_url("**/account/requests/*")
    assert "Votre abonnement prend fin le" in page.locator("h1").inner_text()
    assert violations(page) == []
    with app.app_context():
        (request,) = db.session.scalars(select(Request)).all()
        assert request.channel is Channel.ACCOUNT


def test_a_menu_opens_when_pointed_at_and_stays_when_pressed(app: Flask, browse: Open) -> None:
    a_bakery(app)
    page = entered(browse)
    page.goto("/account/")
    alive(page)

    for menu in (COMPANY, BACK):
        page.hover(f"{menu} summary")
        page.wait_for_function("menu => document.querySelector(menu).open", arg=menu)
        page.click(f"{menu} summary")
        assert is_open(page, menu)
        page.keyboard.press("Escape")
        assert not is_open(page, menu)
        page.hover("h1")
    page.hover(f"{BACK} summary")
    page.click(f"{BACK} a >> text=Comptabilité")
    page.locator("h1", has_text="L’accès à Comptabilité est ouvert").wait_for()


def test_a_menu_that_was_only_pointed_at_closes_when_left(app: Flask, browse: Open) -> None:
    a_bakery(app)
    page = entered(browse)

    page.hover(f"{COMPANY} summary")
    page.wait_for_function("menu => document.querySelector(menu).open", arg=COMPANY)
    page.mouse.move(5, 500)

    page.wait_for_function("menu => !document.querySelector(menu).open", arg=COMPANY)


def test_a_menu_opens_and_closes_by_touch(app: Flask, browse: Open) -> None:
    a_bakery(app)
    page = entered(browse, viewport=PHONE, has_touch=True, is_mobile=True)

    page.tap(f"{COMPANY} summary")
    page.wait_for_function("menu => document.querySelector(menu).open", arg=COMPANY)
    page.tap(f"{COMPANY} summary")
    page.wait_for_function("menu => !document.querySelector(menu).open", arg=COMPANY)
    page.tap(f"{COMPANY} summary")
    page.tap(f"{COMPANY} a")
    page.wait_for_url("**/account/")


def test_it_works_without_scripts(app: Flask, browse: Open) -> None:
    a_bakery(app)
    page = browse("/account/cancellation?contract=SA-2", java_script_enabled=False)
    page.fill("#email", INES)
    page.fill("#password", builders.PASSWORD)
    follow(page, "main form button")

    expect(page.locator("main")).to_contain_text("SA-2")
    follow(page, NEXT)
    page.check("#collected")
    follow(page, NEXT)
    follow(page, NEXT)
    page.wait_for_url("**/account/requests/*")
    page.click(f"{COMPANY} summary")
    assert page.locator(f"{COMPANY} a").is_visible()


def test_going_back_and_pressing_twice_lose_and_double_nothing(app: Flask, browse: Open) -> None:
    a_bakery(app)
    page = entered(browse)
    page.goto("/account/subscriptions/manage")
    page.check("input[value='SA-1']")
    follow(page, NEXT)
    page.check("input[value=price]")
    follow(page, NEXT)
    page.go_back()
    assert page.is_checked("input[value=price]")
    follow(page, NEXT)
    page.check("#collected")
    follow(page, NEXT)
    page.reload()
    page.go_back()
    assert page.is_checked("#collected")
    follow(page, NEXT)
    follow(page, "text=Modifier >> nth=0")
    assert page.is_checked("input[value='SA-1']")
    assert not page.is_checked("input[value='SA-2']")
    page.check("input[value='SA-2']")
    follow(page, NEXT)
    follow(page, NEXT)
    page.check("#collected")
    follow(page, NEXT)
    page.dblclick(NEXT)

    page.wait_for_url("**/account/requests/*")
    with app.app_context():
        (request,) = db.session.scalars(select(Request)).all()
        assert len(request.endings) == 2
        assert request.reason == "price"


@pytest.mark.parametrize(("country", "locale"), [("FR", "fr-FR"), ("ES", "es-ES")])
def test_the_ways_out_and_the_question_to_a_colleague(
    app: Flask, browse: Open, country: str, locale: str
) -> None:
    a_bakery(app, country)
    page = entered(browse, LUC, locale=locale, viewport=PHONE)

    page.goto("/account/ways-out")
    assert violations(page) == []
    page.goto("/account/subscriptions/manage")
    page.click("main form button >> nth=0")
    page.locator(".callout-success").wait_for()
    assert violations(page) == []
