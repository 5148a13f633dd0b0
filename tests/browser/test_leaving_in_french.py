"""A French customer leaves, by keyboard alone, with and without an account."""

from datetime import date

from flask import Flask
from sqlalchemy import func, select

from helpdesk.database import db, transaction
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Channel, State
from tests import builders
from tests.browser.conftest import Open, follow, sign_in, tab_to, violations

INES = "ines@boulangerie.example"


def a_bakery(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        company = builders.a_company(session, name="Boulangerie Delorme", tax_number="400170312")
        builders.a_subscription(session, company, contract="SA-1", product="Comptabilité")
        builders.a_subscription(
            session, company, contract="SA-2", product="Facturation", anchor_on=date(2025, 3, 28)
        )
        builders.a_person(session, company, email=INES, name="Inès Delorme")


def test_from_the_help_menu_to_the_receipt_by_keyboard(app: Flask, browse: Open) -> None:
    a_bakery(app)
    page = browse("/sign-in")
    sign_in(page, INES, builders.PASSWORD)
    page.goto("/help-center/")

    tab_to(page, "header summary")
    page.keyboard.press("Enter")
    tab_to(page, "header a[href$='/help-center/request']")
    assert page.evaluate("document.activeElement.innerText").strip() == (
        "Demandez de l’aide personnalisée"
    )
    page.keyboard.press("Enter")
    page.wait_for_url("**/help-center/request")
    tab_to(page, "input[name=contracts][value='SA-1']")
    page.keyboard.press("Space")
    first = page.locator("#dates .date-large").first
    first.wait_for()
    one = first.inner_text()
    assert " 15 " in one
    page.keyboard.press("Space")
    tab_to(page, "input[name=contracts][value='SA-2']")
    page.keyboard.press("Space")
    page.wait_for_function(
        "one => { const end = document.querySelector('#dates .date-large');"
        " return end && end.innerText !== one; }",
        arg=one,
    )
    assert " 28 " in first.inner_text()
    tab_to(page, "input[name=reason]")
    page.keyboard.press("Space")
    tab_to(page, "textarea[name=reason_text]")
    page.keyboard.type("Trop cher pour notre activité.")
    tab_to(page, "button[value=check]")
    page.keyboard.press("Enter")

    page.locator("button[value=send]").wait_for()
    assert page.locator("button[value=send]").inner_text() == "Notifier la résiliation"
    assert "Trop cher pour notre activité." in page.locator("main").inner_text()
    assert violations(page) == []
    tab_to(page, "input[name=collected]")
    page.keyboard.press("Space")
    tab_to(page, "button[value=send]")
    page.keyboard.press("Enter")

    page.wait_for_url("**/help-center/requests/*")
    reference = page.locator(".reference").inner_text()
    assert len(reference) == len("P7K4-93QD-M")
    page.reload()
    with app.app_context():
        (request,) = db.session.scalars(select(Request)).all()
        assert request.channel is Channel.HELP_CENTER
        assert request.state is State.RECEIVED
        process_due(request.filed_at)
        db.session.refresh(request)
        assert request.state is State.CONFIRMED
    page.reload()
    assert "Confirmée" in page.locator("main").inner_text()


def test_a_visitor_files_and_tracks_on_a_phone(app: Flask, browse: Open) -> None:
    a_bakery(app)
    page = browse("/help-center/request", viewport={"width": 390, "height": 844})

    page.fill("input[name=company_name]", "Boulangerie Delorme")
    page.fill("input[name=tax_number]", "400 170 31")
    page.fill("input[name=requester_name]", "Inès Delorme")
    page.fill("input[name=email]", INES)
    page.click("button[value=check]")
    page.locator(".error-summary").wait_for()
    assert "il manque un caractère" in page.locator(".error-summary").inner_text()
    assert page.input_value("input[name=requester_name]") == "Inès Delorme"
    page.fill("input[name=tax_number]", "400 170 312")
    page.click("button[value=check]")
    page.check("input[name=collected]")
    page.dblclick("button[value=send]")
    page.wait_for_url("**/help-center/requests/*")
    reference = page.locator(".reference").inner_text()

    other = browse("/help-center/track")
    other.fill("input[name=reference]", reference.lower().replace("-", " "))
    other.fill("input[name=email]", INES.upper())
    other.click("main button[type=submit]")
    other.wait_for_url("**/help-center/requests/*")
    assert reference in other.locator("main").inner_text()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Request)) == 1


def test_back_and_a_lost_session_lose_nothing(app: Flask, browse: Open) -> None:
    a_bakery(app)
    page = browse("/help-center/request")
    page.fill("input[name=company_name]", "Boulangerie Delorme")
    page.fill("input[name=tax_number]", "400170312")
    page.fill("input[name=requester_name]", "Inès Delorme")
    page.fill("input[name=email]", INES)
    page.fill("textarea[name=asked]", "Une copie de mes factures.")
    page.context.clear_cookies()
    follow(page, "button[value=check]")

    follow(page, "main button[type=submit]")  # « Envoyer à nouveau »
    page.locator("button[value=send]").wait_for()
    assert "Une copie de mes factures." in page.locator("main").inner_text()
    page.click("button[value=edit]")
    assert page.input_value("textarea[name=asked]") == "Une copie de mes factures."


def test_it_works_without_scripts(app: Flask, browse: Open) -> None:
    a_bakery(app)
    page = browse("/help-center/request", java_script_enabled=False)
    page.fill("input[name=company_name]", "Boulangerie Delorme")
    page.fill("input[name=tax_number]", "400170312")
    page.fill("input[name=contracts]", "SA-1")
    page.fill("input[name=requester_name]", "Inès Delorme")
    page.fill("input[name=email]", INES)
    page.click("button[value=check]")
    page.locator(".date-large").first.wait_for()
    page.check("input[name=collected]")
    page.click("button[value=send]")
    page.wait_for_url("**/help-center/requests/*")
    assert page.locator(".reference").is_visible()
