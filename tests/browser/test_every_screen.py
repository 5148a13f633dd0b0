"""Every screen: no violation of WCAG 2.2 AA, nothing cut off, light enough, no other host."""

from dataclasses import asdict, dataclass

import pytest
from flask import Flask
from playwright.sync_api import Page

from helpdesk.database import transaction
from helpdesk.desk import calls
from helpdesk.queue import references, transitions
from helpdesk.queue.events import Actor, By
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Action, Authority, Channel, Disposition
from tests import builders
from tests.browser.conftest import Open, sign_in, violations

LONG_NAME = "Menuiserie Delacroix-Beauregard & Fils, successeurs associés depuis 1924, S.A.R.L."
CUSTOMER, AGENT, SUPERVISOR = "ines@people.example", "marta@people.example", "pilar@people.example"
WIDTHS = (360, 768, 1280, 1920)

SCREENS = {
    None: (
        "/help-center/",
        "/help-center/?q=rien-de-tel",
        "/help-center/cancel-subscription",
        "/help-center/request",
        "/help-center/track",
        "/sign-in",
        "/nowhere",
    ),
    CUSTOMER: (
        "/help-center/request",
        "/help-center/track",
        "/help-center/requests/{confirmed}",
        "/account/",
        "/account/subscriptions",
        "/account/subscriptions/manage",
        "/account/requests/{reviewed}",
        "/account/ways-out",
    ),
    AGENT: ("/console/", "/console/calls/{call}"),
    SUPERVISOR: (
        "/queue/",
        "/queue/?state=in_review",
        "/queue/overview",
        "/queue/requests/{confirmed}",
        "/queue/requests/{reviewed}",
        "/queue/outbox",
        "/queue/outbox/1",
    ),
}
LARGEST_KB = {None: 120, CUSTOMER: 120, AGENT: 150, SUPERVISOR: 150}


@dataclass(frozen=True)
class Cast:
    call: str
    confirmed: str
    reviewed: str


def a_world(app: Flask) -> Cast:
    """Make one request of each look, a call, and the people who see them."""
    with app.app_context():
        with transaction() as session:
            company = builders.a_company(session, name=LONG_NAME)
            for number in range(2):
                builders.a_subscription(session, company, product=f"Comptabilité {number}")
            builders.a_person(session, company, email=CUSTOMER)
            agent = builders.an_agent(session, email=AGENT)
            builders.a_supervisor(session, email=SUPERVISOR)
            first, second = (one.id for one in company.subscriptions)
            confirmed = builders.a_request(session, company, subscription_ids=(first,))
            call = builders.a_call(
                session, agent, disposition=Disposition.CANCELLATION, out_of_hours=True
            )
            reviewed = builders.a_request(
                session,
                company,
                subscription_ids=(second,),
                channel=Channel.PHONE,
                authority=Authority.NONE,
                out_of_hours=True,
                call_id=call.id,
                by_person_id=agent.id,
            )
            supervisor = Actor(By.SUPERVISOR)
            transitions.move(
                session,
                reviewed,
                Action.ASK,
                actor=supervisor,
                at=builders.A_MONDAY,
                why="¿Qué suscripción desea cancelar?",
            )
            begun = calls.begin(session, agent.id, references.new(), builders.A_MONDAY)
            found = Cast(
                begun.key,
                references.written(confirmed.reference),
                references.written(reviewed.reference),
            )
        process_due(builders.A_MONDAY)
        return found


def opened(browse: Open, email: str | None, **options: object) -> Page:
    page = browse("/sign-in", **options)
    if email:
        sign_in(page, email, builders.PASSWORD)
    return page


@pytest.mark.parametrize("email", SCREENS, ids=["anybody", "customer", "agent", "supervisor"])
@pytest.mark.parametrize(("language", "scheme"), [("fr", "light"), ("es", "dark")])
def test_no_screen_violates_wcag(
    app: Flask, browse: Open, email: str | None, language: str, scheme: str
) -> None:
    cast = a_world(app)
    page = opened(browse, email, color_scheme=scheme)
    everywhere = {"domain": "127.0.0.1", "path": "/"}
    page.context.add_cookies([{"name": "language", "value": language, **everywhere}])
    found = {}

    for path in SCREENS[email]:
        page.goto(path.format(**asdict(cast)))
        assert page.get_attribute("html", "lang") == language
        found[path] = violations(page)

    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("email", SCREENS, ids=["anybody", "customer", "agent", "supervisor"])
def test_nothing_is_cut_off_at_any_width(app: Flask, browse: Open, email: str | None) -> None:
    cast = a_world(app)
    page = opened(browse, email)
    cut = []

    for path in SCREENS[email]:
        page.goto(path.format(**asdict(cast)))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                cut.append((path, width, wide))

    assert cut == []


@pytest.mark.parametrize("email", SCREENS, ids=["anybody", "customer", "agent", "supervisor"])
def test_the_first_view_is_light(app: Flask, browse: Open, email: str | None) -> None:
    cast = a_world(app)
    page = opened(browse, email)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[int] = []
    session.on("Network.loadingFinished", lambda done: received.append(done["encodedDataLength"]))
    heavy = {}

    for path in SCREENS[email]:
        session.send("Network.clearBrowserCache")
        received.clear()
        page.goto(path.format(**asdict(cast)))
        page.wait_for_load_state("networkidle")
        kilobytes = sum(received) / 1000
        assert kilobytes > 1
        if kilobytes >= LARGEST_KB[email]:
            heavy[path] = kilobytes

    assert heavy == {}
