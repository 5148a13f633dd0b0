"""Enter goes on, Esc goes back, Ctrl+Enter files: a whole call without anything else."""

from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.test_logging_a_call_in_spanish import a_call, a_desk


def press(page: Page, key: str, name: str) -> None:
    """Press a key, and wait until the field of this name has the focus."""
    page.keyboard.press(key)
    expect(page.locator(f"[name={name}]:focus")).to_have_count(1)


def test_enter_alone_leads_from_the_number_to_the_reference(app: Flask, browse: Open) -> None:
    a_desk(app)
    page = a_call(browse)

    page.keyboard.type("915 31 88 42")
    for name in (
        "company", "person", "subscriptions", "reason", "email", "notes", "disposition", "length",
    ):  # fmt: skip
        press(page, "Enter", name)
    expect(page.locator("[name=person]:checked")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("button.btn-primary:focus")).to_have_count(1)
    page.keyboard.press("Enter")

    page.wait_for_url("**/filed")
    expect(page.locator("button.btn-primary:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/filed"))
    expect(page.locator("[name=number]:focus")).to_have_value("")


def test_searching_leads_to_what_was_found_and_esc_back(app: Flask, browse: Open) -> None:
    a_desk(app)
    page = a_call(browse)

    press(page, "Enter", "search")
    page.keyboard.type("espiga")
    press(page, "Enter", "company")
    press(page, "Enter", "person")
    press(page, "Escape", "company")
    press(page, "Escape", "search")
    press(page, "Escape", "number")
    # The business is known by now: searching for it again is passed over.
    press(page, "Enter", "company")


def test_a_slip_is_undone_within_ten_seconds(app: Flask, browse: Open) -> None:
    a_desk(app)
    page = a_call(browse)
    page.keyboard.type("915318842")
    for name in ("company", "person", "subscriptions", "reason", "email"):
        press(page, "Enter", name)
    page.locator("[name=disposition]").first.check()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/filed")
    expect(page.locator("button.btn-primary:focus")).to_have_count(1)

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("La solicitud se ha deshecho.")).to_be_visible()
