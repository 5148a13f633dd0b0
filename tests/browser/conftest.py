"""A real server and a real browser: the app on loopback, Debian's Chromium at work."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from waitress import wasyncore
from waitress.server import create_server

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = Path(__file__).parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js"
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Serve the app on a free port of loopback."""
    sockets: dict[int, object] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=4)
    stopped = threading.Event()

    def serve() -> None:
        """Serve until stopped, and close in the same thread: nobody selects a closed socket."""
        while not stopped.is_set():
            wasyncore.loop(timeout=0.1, map=sockets, count=1)
        server.task_dispatcher.shutdown()
        wasyncore.close_all(map=sockets)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    stopped.set()
    thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium once."""
    if CHROMIUM is None:
        pytest.fail("The browser tests need chromium; `make test` installs it on Debian.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        yield browser
        browser.close()


Open = Callable[..., Page]
# Where axe is at work: it tries inline styles to measure contrast, which the policy refuses.
measured: set[Page | None] = set()


@pytest.fixture
def browse(chromium: Browser, address: str) -> Iterator[Open]:
    """Return a function that opens a page of the app in a browser of its own.

    Whatever the page asks of another host, or the policy refuses, fails the test.
    """
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def browse_page(path: str, locale: str = "fr-FR", **options: object) -> Page:
        context = chromium.new_context(base_url=address, locale=locale, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: wrong.append(said.text) if _is_wrong(said) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        ours = address, "data:"
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(ours) else wrong.append(asked.url),
        )
        page.goto(path)
        return page

    yield browse_page
    for context in contexts:
        context.close()
    assert wrong == []


def _is_wrong(said: ConsoleMessage) -> bool:
    # The browser notes a refused form (400) as a failed load: that is the answer we meant.
    expected = said.text.startswith("Failed to load resource")
    return said.type == "error" and not expected and said.page not in measured


def violations(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA on the page as it stands."""
    measured.add(page)
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        """async tags => {
            const only = {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]};
            return (await axe.run(document, only)).violations;
        }""",
        WCAG,
    )
    page.wait_for_timeout(50)  # What axe made the browser say has arrived by then.
    measured.remove(page)
    return [
        f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes']]}"
        for one in found
    ]


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in through the form, by keyboard."""
    page.goto("/sign-in")
    page.locator("#email").fill(email)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def alive(page: Page) -> None:
    """Wait until each element behaves as it should: `app.js` imports that after the page itself."""
    page.evaluate(
        """async () => {
            const app = document.querySelector("script[src$='/js/app.js']").src;
            for (const element of document.querySelectorAll("[data-behaviour]"))
                for (const name of element.dataset.behaviour.split(" "))
                    await import(new URL(`behaviours/${name}.js`, app));
        }"""
    )


def follow(page: Page, selector: str) -> None:
    """Press what leads to another page, and wait until that is here: going back comes after it."""
    with page.expect_navigation():
        page.click(selector)


def tab_to(page: Page, selector: str) -> None:
    """Reach a control by the Tab key alone."""
    for _ in range(120):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} cannot be reached by keyboard on {page.url}")
