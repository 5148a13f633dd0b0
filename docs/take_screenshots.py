"""Take the README's screenshots of the real screens, from a demo of their own."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import typst
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "docs" / "screenshots"
PASSWORD = "demo-password-1"
WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b")
CONFIRMED_WITHIN = 90
"""Seconds: a pass of the processing comes every minute."""


@contextmanager
def demo() -> Iterator[str]:
    """Serve a fresh demo on a free port; yields its address."""
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen(
            [ROOT / ".venv" / "bin" / "helpdesk", "demo"],
            env={**os.environ, "HELPDESK_DATA": data, "PORT": "0", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield next(match[1] for line in process.stdout if (match := _address(line)))
        finally:
            process.terminate()
            process.wait()


def _address(line: str) -> re.Match[str] | None:
    return re.search(r"listens on (http\S+)", line)


def signed_in(browser: Browser, address: str, email: str, **options: object) -> Page:
    """Return a page on which somebody has signed in."""
    page = browser.new_context(base_url=address, viewport=WIDE, **options).new_page()
    page.goto("/sign-in")
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def shoot(page: Page, name: str) -> None:
    """Keep what the page shows now."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=SHOTS / f"{name}.png")


def first_page(document: bytes) -> bytes:
    """Return the picture of a PDF’s first page."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "document.pdf").write_bytes(document)
        layout = Path(folder) / "picture.typ"
        layout.write_text(
            "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
            '#image("document.pdf", page: 1)\n'
        )
        return bytes(typst.compile(layout, format="png", ppi=96))


def customers(browser: Browser, address: str) -> None:
    """Take the customers' screens, in French."""
    page = signed_in(browser, address, "titulaire@boulangerie.example", locale="fr-FR")
    page.goto("/help-center/")
    shoot(page, "help-centre")
    page.goto("/help-center/cancel-subscription")
    shoot(page, "article")
    page.goto("/help-center/request")
    page.locator("input[name=contracts]").first.check()
    page.locator("#dates .date-large").wait_for()
    page.locator("input[name=reason]").first.check()
    page.evaluate("scrollTo(0, 0)")
    shoot(page, "request")
    page.locator("button[name=step][value=check]").click()
    shoot(page, "check")
    page.locator("input[name=collected]").check()
    page.locator("button[name=step][value=send]").click()
    shoot(page, "receipt")
    page.goto("/help-center/track")
    shoot(page, "track")
    phone = browser.new_context(
        base_url=address, viewport=PHONE, locale="fr-FR", color_scheme="dark"
    ).new_page()
    phone.goto("/help-center/cancel-subscription")
    shoot(phone, "phone")
    fresh = browser.new_context(base_url=address, viewport=WIDE, locale="fr-FR").new_page()
    fresh.goto("/sign-in")
    shoot(fresh, "sign-in")


def account(browser: Browser, address: str) -> None:
    """Take the account and what follows a cancellation in it, in French."""
    page = signed_in(browser, address, "titulaire@boulangerie.example", locale="fr-FR")
    page.goto("/account/subscriptions/manage")
    page.locator("input[name=contract]").first.check()
    page.locator("section.outlook:has(input)").evaluate("card => card.scrollIntoView()")
    shoot(page, "account")
    for box in (None, None, "#collected", None):
        if box:
            page.locator(box).check()
        page.locator("main form button.btn-primary").click()
        page.wait_for_load_state()
    page.wait_for_url("**/account/requests/*")
    contract = str(page.locator("main section.outlook .hint").inner_text()).rsplit(" ", 1)[-1]
    reference = page.url.rsplit("/", 1)[-1]
    paper = page.locator("main a[href*='/documents/']").first
    for _ in range(CONFIRMED_WITHIN):
        if paper.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    shoot(page, "done")
    data = page.request.get(str(paper.get_attribute("href"))).body()
    (SHOTS / "document.png").write_bytes(first_page(data))
    text = PdfReader(BytesIO(data)).pages[0].extract_text()
    page.goto("/verify")
    page.fill("input[name=reference]", reference)
    page.fill("input[name=code]", next(iter(CODE.findall(text))))
    page.locator("main form button[type=submit]").click()
    page.locator("main dl").wait_for()
    shoot(page, "verify")
    page.goto(f"/account/subscriptions/{contract}/restart")
    shoot(page, "restart")


def agents(browser: Browser, address: str) -> None:
    """Take the agents' screens, in Spanish."""
    page = signed_in(browser, address, "agente@desk.example", locale="es-ES")
    page.locator("main .btn-primary").click()
    page.locator("input[name=number]").fill("915 31 88 42")
    page.locator("label", has_text="Panadería La Espiga").click()
    page.locator("label", has_text="Carmen Ortega").click()
    page.locator("input[name=said]").first.check()
    page.locator(".date-large").first.wait_for()
    page.locator("select[name=reason]").select_option("price")
    page.locator("textarea[name=notes]").fill("Llama desde el obrador; se le leen las fechas.")
    page.locator("input[name=disposition][value=cancellation]").check()
    page.set_viewport_size({"width": 1280, "height": 1240})
    page.evaluate("scrollTo(0, 0)")
    shoot(page, "call")
    page.set_viewport_size(WIDE)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/filed")
    shoot(page, "filed")
    page.goto("/console/")
    shoot(page, "line")


def supervisors(browser: Browser, address: str) -> None:
    """Take the supervisors' screens, in Spanish."""
    page = signed_in(browser, address, "supervisora@desk.example", locale="es-ES")
    page.goto("/queue/overview")
    shoot(page, "overview")
    page.goto("/queue/")
    shoot(page, "queue")
    page.goto("/queue/?state=in_review")
    page.locator("main table a").first.click()
    shoot(page, "review")
    page.goto("/queue/?state=ended")
    page.locator("main table a").first.click()
    page.locator("#hold summary").click()
    page.fill("#hold-reason", "Inspección de Hacienda en curso; oficio 2231/26.")
    page.locator("form[action$='/hold'] button").click()
    page.locator("#hold dl").wait_for()
    page.goto("/queue/holds")
    shoot(page, "holds")
    page.goto("/queue/outbox")
    shoot(page, "outbox")
    page.locator("main table a").first.click()
    shoot(page, "message")


def main() -> None:
    """Take them all."""
    SHOTS.mkdir(exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        customers(browser, address)
        account(browser, address)
        agents(browser, address)
        supervisors(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
