"""A Spanish agent logs a call, by keyboard alone, while it goes on."""

import re
from datetime import date

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from helpdesk.database import db, transaction
from helpdesk.desk.models import Call, CallDraft
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority, Channel, Disposition, Language
from tests import builders
from tests.browser.conftest import Open, alive, sign_in, tab_to, violations
from tests.support.countries import SPAIN

MARTA = "marta@people.example"


def a_desk(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        company = builders.a_company(
            session,
            name="Panadería La Espiga",
            country=SPAIN,
            tax_number="B58378431",
            zone="Europe/Madrid",
            language=Language.SPANISH,
            phone="+34915318842",
            search_words="panaderia la espiga b58378431 +34915318842",
        )
        builders.a_subscription(
            session, company, product="Contabilidad", anchor_on=date(2025, 1, 15)
        )
        builders.a_person(session, company, name="Carmen Ortega", language=Language.SPANISH)
        builders.a_person(session, company, name="Luis Ortega", authority=Authority.NONE)
        builders.an_agent(session, email=MARTA)


def a_call(browse: Open, **options: object) -> Page:
    page = browse("/sign-in", locale="es-ES", **options)
    sign_in(page, MARTA, builders.PASSWORD)
    page.locator("button:focus", has_text="Registrar llamada").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/calls/*")
    expect(page.locator("[name=number]:focus")).to_have_count(1)
    alive(page)
    return page


def test_a_cancellation_from_the_number_to_the_reference(app: Flask, browse: Open) -> None:
    a_desk(app)
    page = a_call(browse)

    page.keyboard.type("915 31 88 42")
    page.locator("label", has_text="Panadería La Espiga").wait_for()
    tab_to(page, "input[name=company]:first-of-type")
    page.keyboard.press("Space")
    carmen = page.locator("label", has_text="Carmen Ortega")
    carmen.wait_for()
    carmen.click()
    page.get_by_text("Puede cancelar").wait_for()
    page.locator(".date-large").first.wait_for()
    spoken = page.locator(".script").inner_text()
    assert "número" in spoken
    tab_to(page, "input[name=disposition]")
    page.keyboard.press("Space")
    assert violations(page) == []
    page.keyboard.press("Control+Enter")

    page.wait_for_url("**/filed")
    reference = page.locator(".reference").inner_text()
    assert violations(page) == []
    with app.app_context():
        (request,) = db.session.scalars(select(Request)).all()
        assert request.channel is Channel.PHONE
        assert request.authority is Authority.ACCOUNT_HOLDER
        assert request.reference == reference.replace("-", "")
        assert request.call is not None
        assert request.call.disposition is Disposition.CANCELLATION
        assert request.call.caller_number == "+34915318842"


def test_a_half_written_call_survives_a_closed_tab(app: Flask, browse: Open) -> None:
    a_desk(app)
    page = a_call(browse)
    page.keyboard.type("915318842")
    page.locator("label", has_text="Panadería La Espiga").wait_for()
    page.locator("[data-saved]").wait_for()
    with page.expect_request_finished(lambda sent: "horno" in (sent.post_data or "")):
        page.locator("textarea[name=notes]").fill("Llama desde el horno.")
        page.locator("input[name=email]").focus()
    address = page.url
    context = page.context
    page.close()

    again = context.new_page()
    again.goto(address)

    # What this computer still keeps is sent once more, and the page then loaded again.
    expect(again.locator("textarea[name=notes]")).to_have_value("Llama desde el horno.")
    expect(again.locator("input[name=number]")).to_have_value(re.compile(r"^(\+34)?915318842$"))


def test_what_is_typed_without_connection_is_sent_when_it_is_back(app: Flask, browse: Open) -> None:
    a_desk(app)
    page = a_call(browse)
    page.context.set_offline(offline=True)
    page.locator("textarea[name=notes]").fill("Se ha cortado la línea.")
    page.locator("input[name=email]").focus()
    page.locator("[data-lost]").wait_for()

    page.context.set_offline(offline=False)
    page.locator("[data-lost]").wait_for(state="hidden")

    with app.app_context():
        (draft,) = db.session.scalars(select(CallDraft)).all()
        assert "Se ha cortado la línea." in str(draft.fields)


def test_a_call_that_is_no_cancellation_is_logged_just_the_same(app: Flask, browse: Open) -> None:
    a_desk(app)
    page = a_call(browse, viewport={"width": 390, "height": 844})
    page.locator("input[name=disposition][value=hung_up]").check()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/filed")

    with app.app_context():
        (call,) = db.session.scalars(select(Call)).all()
        assert call.disposition is Disposition.HUNG_UP
        assert db.session.scalar(select(func.count()).select_from(Request)) == 0
