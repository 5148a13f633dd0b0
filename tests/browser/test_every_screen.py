"""Every screen: no violation of WCAG 2.2 AA, nothing cut off, light enough, no other host."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from helpdesk import schema
from helpdesk.app import create_app
from helpdesk.database import db
from helpdesk.settings import Settings
from tests import builders
from tests.browser.conftest import Open, sign_in, violations
from tests.browser.world import (
    AGENT,
    COLLEAGUE,
    NOWHERE,
    OWNER,
    SPANIARD,
    SUPERVISOR,
    TODAY,
    Cast,
    Screen,
    a_world,
    checked_document,
    shown,
)
from tests.support.databases import Databases

WIDTHS = (360, 768, 1280, 1920)
STEP = "/account/cancellation{step}?contract={{open}}&collected=y"

# Each group is looked at in one browser, by one person after the other.
SCREENS: dict[str, dict[str | None, tuple[Screen, ...]]] = {
    "anybody": {
        None: (
            "/help-center/",
            "/help-center/?search=rien-de-tel",
            "/help-center/cancel-subscription",
            "/help-center/request",
            "/help-center/track",
            "/help-center/withdrawals/{word}",
            "/sign-in",
            NOWHERE,
            "/verify",
            checked_document,
            "/sandbox-bank/{payment}",
        )
    },
    "customer": {
        OWNER: (
            "/help-center/request",
            "/help-center/track",
            "/help-center/requests/{confirmed}",
            "/help-center/requests/{over}",
            "/help-center/requests/{confirmed}/withdrawal",
            "/account/",
            "/account/subscriptions",
            "/account/subscriptions/manage",
            STEP.format(step=""),
            STEP.format(step="/data"),
            STEP.format(step="/check"),
        )
    },
    "account": {
        OWNER: (
            "/account/requests/{confirmed}",
            "/account/requests/{reviewed}",
            "/account/requests/{confirmed}/withdrawal",
            "/account/applications/{ending}",
            "/account/applications/{ended}",
            "/account/subscriptions/{ended}/restart",
            "/account/subscriptions/{ending}/restart",
            "/account/payments/{payment}",
            "/account/ways-out",
            "/account/exports",
            "/account/exports/{ready}",
            "/account/exports/{waiting}",
        ),
        COLLEAGUE: (
            "/account/subscriptions/manage",
            STEP.format(step=""),
            "/account/subscriptions/{ended}/restart",
            "/account/exports",
        ),
        SPANIARD: ("/account/ways-out",),
    },
    "agent": {AGENT: ("/console/", "/console/calls/{call}")},
    "supervisor": {
        SUPERVISOR: (
            "/queue/",
            "/queue/?state=in_review",
            "/queue/overview",
            "/queue/requests/{confirmed}",
            "/queue/requests/{reviewed}",
            "/queue/requests/{over}",
            "/queue/holds",
            "/queue/holds?state=past",
            "/queue/outbox",
            "/queue/outbox/{letter}",
        )
    },
}
PATIENCE = 1000
LARGEST_KB = {AGENT: 150, SUPERVISOR: 150}
LARGEST_KB_OF_OTHERS = 120


@pytest.fixture
def cast(settings: Settings, databases: Databases, travel: Callable[[datetime], None]) -> Cast:
    """Return what there is to see, on the day on which it is looked at."""
    travel(TODAY)

    def make(url: str) -> Cast:
        schema.upgrade(url)
        app = create_app(replace(settings, database_url=url))
        made = a_world(app)
        with app.app_context():
            db.engine.dispose()
        return made

    url, made = databases.kept("screens", make)
    databases.replace(settings.database_url, url)
    return made


def looked_at(page: Page, cast: Cast, group: str, language: str) -> Iterator[tuple[str, Screen]]:
    """Go to each screen of a group, as each person who sees it; yields who and where."""
    origin = page.url.removesuffix("/sign-in")
    for email, screens in SCREENS[group].items():
        page.context.clear_cookies()
        page.goto("/sign-in")
        if email:
            sign_in(page, email, builders.PASSWORD)
        page.context.add_cookies([{"name": "language", "value": language, "url": origin}])
        for screen in screens:
            shown(page, cast, screen)
            yield email or "", screen


@pytest.mark.parametrize("group", SCREENS)
@pytest.mark.parametrize(("language", "scheme"), [("fr", "light"), ("es", "dark")])
def test_no_screen_violates_wcag(
    cast: Cast, browse: Open, group: str, language: str, scheme: str
) -> None:
    page = browse("/sign-in", color_scheme=scheme)
    found = {}

    for place in looked_at(page, cast, group, language):
        assert page.get_attribute("html", "lang") == language
        found[place] = violations(page)

    assert {place: wrong for place, wrong in found.items() if wrong} == {}


class Weight:
    """How much the page that is shown has brought over the line, with nothing kept from before."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bytes = 0.0
        self.shown = ""
        self.open: dict[str, str] = {}
        line = page.context.new_cdp_session(page)
        self.frame = line.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        line.send("Network.enable")
        line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        line.on("Network.requestWillBeSent", self._asked)
        line.on("Network.loadingFailed", lambda one: self.open.pop(one["requestId"], None))
        line.on("Network.loadingFinished", self._finished)

    def kilobytes(self) -> float:
        """Return the weight of the page, once nothing of it is on its way any more."""
        self.page.wait_for_load_state()
        for _ in range(PATIENCE):
            if not self.open:
                return self.bytes / 1000
            self.page.wait_for_timeout(10)
        pytest.fail(f"{self.page.url} still waits for {[*self.open.values()]}")

    def _asked(self, one: dict[str, Any]) -> None:
        if one["type"] == "Document" and one.get("frameId") == self.frame:
            self.shown, self.bytes = one["loaderId"], 0.0
            self.open.clear()
        if one["loaderId"] == self.shown:  # Not what the page before still asked for.
            self.open[one["requestId"]] = one["request"]["url"]

    def _finished(self, one: dict[str, Any]) -> None:
        if self.open.pop(one["requestId"], None):
            self.bytes += one["encodedDataLength"]


STICKS_OUT = """
    [...document.querySelectorAll("nav.views")].some(views =>
        [...views.querySelectorAll("a")].some(one =>
            one.getBoundingClientRect().right > views.getBoundingClientRect().right + 1))
"""
"""Whether a view of a list reaches over what stands beside it."""


@pytest.mark.parametrize("group", SCREENS)
def test_every_screen_fits_each_width_and_comes_light(cast: Cast, browse: Open, group: str) -> None:
    page = browse("/sign-in")
    weight = Weight(page)
    heavy, cut = {}, []

    for email, screen in looked_at(page, cast, group, "fr"):
        kilobytes = weight.kilobytes()
        assert kilobytes > 1
        if kilobytes >= LARGEST_KB.get(email, LARGEST_KB_OF_OTHERS):
            heavy[email, screen] = kilobytes
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width or page.evaluate(STICKS_OUT):
                cut.append((email, screen, width, wide))

    assert heavy == {}
    assert cut == []
