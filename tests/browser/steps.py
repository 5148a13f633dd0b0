"""A business whose owner cancels its subscription in the account, by keyboard."""

from flask import Flask
from playwright.sync_api import Page

from helpdesk.database import transaction
from helpdesk.queue import references
from helpdesk.rules.vocabulary import Country, Language
from tests import builders
from tests.browser.conftest import alive, tab_to
from tests.support.lives import PRODUCT, Life
from tests.support.post import plainly

LOCALES = {Language.FRENCH: "fr-FR", Language.SPANISH: "es-ES", Language.ENGLISH: "en-GB"}
OWNER, CONTRACT = "ines@boulangerie.example", "SA-48210"
COMPANY = ".menus details:last-of-type"
NEXT = "main form button.btn-primary"


def a_business(app: Flask, life: Life) -> None:
    with app.app_context(), transaction() as session:
        company = builders.a_company(
            session,
            name="Boulangerie Delorme",
            country=Country(life.country),
            zone=life.zone,
            language=life.language,
        )
        builders.a_subscription(session, company, contract=CONTRACT, product=PRODUCT)
        builders.a_person(
            session, company, email=OWNER, name="Inès Delorme", language=life.language
        )


def heading(page: Page) -> str:
    return plainly(page.locator("h1").inner_text())


def cancelled(page: Page, life: Life) -> str:
    """Take the nine steps by keyboard; return the reference of the request."""
    alive(page)
    tab_to(page, f"{COMPANY} summary")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.innerText") == life.menu
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/")
    for address in ("/account/subscriptions", "/account/subscriptions/manage"):
        tab_to(page, f"main a[href='{address}']")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{address}")
    boxes = (f"input[value='{CONTRACT}']", "input[value=price]", "#collected", None)
    for title, box in zip(life.steps, boxes, strict=True):
        page.locator("h1", has_text=title).wait_for()
        if box:
            tab_to(page, box)
            page.keyboard.press("Space")
        tab_to(page, NEXT)
        if not box:
            assert page.locator(NEXT).inner_text() == life.cancel
        page.keyboard.press("Enter")
    page.wait_for_url("**/account/requests/*")
    assert heading(page) == life.done
    return references.written(page.url.rsplit("/", 1)[-1])
