"""Who enters where: every route and the whole cast, written down. A new route joins the table."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk import access, clock
from helpdesk.app import DOORS
from helpdesk.directory.models import Company, Person
from helpdesk.queue import proof, references
from helpdesk.rules.vocabulary import Authority
from tests.builders import (
    SECRET,
    a_company,
    a_person,
    a_request,
    a_subscription,
    a_supervisor,
    an_agent,
)
from tests.conftest import Page

GUARDS = {
    "sign_in": access.anybody,
    "help_center": access.anybody,
    "account": access.customer,
    "console": access.agent,
    "supervision": access.supervisor,
    "verification": access.anybody,
    "sandbox": access.anybody,
}
CAST = ("signed out", "stranger", "customer", "agent", "supervisor")

# What each of the cast is answered: to a POST or PUT with their token and nothing typed.
# `{request}` is one of the customer's company, `{call}` nobody's, `{message}` its first message.
TABLE: dict[str, tuple[int, int, int, int, int]] = {
    "GET /": (303, 303, 303, 303, 303),
    "GET /sign-in": (200, 303, 303, 303, 303),
    "POST /sign-in": (400, 400, 400, 400, 400),
    "POST /language": (400, 400, 400, 400, 400),
    "GET /help-center/": (200, 200, 200, 200, 200),
    "GET /help-center/cancel-subscription": (200, 200, 200, 200, 200),
    "GET /help-center/line": (200, 200, 200, 200, 200),
    "GET /help-center/request": (200, 200, 200, 200, 200),
    "POST /help-center/request": (400, 400, 400, 400, 400),
    "POST /help-center/request/dates": (200, 200, 200, 200, 200),
    "GET /help-center/track": (200, 200, 200, 200, 200),
    "POST /help-center/track": (400, 400, 400, 400, 400),
    "GET /help-center/requests/{request}": (303, 303, 200, 200, 200),
    "POST /help-center/requests/{request}/answer": (404, 404, 400, 400, 400),
    "GET /help-center/requests/{request}/withdrawal": (404, 404, 200, 403, 403),
    "POST /help-center/requests/{request}/withdrawal": (404, 404, 400, 403, 403),
    # The proof is one for verifying: it opens nothing else.
    "GET /help-center/withdrawals/{proof}": (404, 404, 404, 404, 404),
    "POST /help-center/withdrawals/{proof}": (404, 404, 404, 404, 404),
    # A request in review has no document yet.
    "GET /help-center/requests/{request}/documents/{message}": (404, 404, 404, 404, 404),
    "GET /verify": (200, 200, 200, 200, 200),
    "POST /verify": (400, 400, 400, 400, 400),
    "GET /help-center/verify/{proof}": (200, 200, 200, 200, 200),
    "GET /account/": (303, 200, 200, 403, 403),
    "GET /account/subscriptions": (303, 200, 200, 403, 403),
    "GET /account/subscriptions/manage": (303, 200, 200, 403, 403),
    "GET /account/cancellation": (303, 303, 303, 403, 403),
    "GET /account/cancellation/data": (303, 400, 400, 403, 403),
    "GET /account/cancellation/check": (303, 400, 400, 403, 403),
    "POST /account/cancellation": (303, 400, 400, 403, 403),
    "GET /account/requests/{request}": (303, 404, 200, 403, 403),
    "GET /account/requests/{request}/withdrawal": (303, 404, 200, 403, 403),
    "POST /account/requests/{request}/withdrawal": (303, 404, 400, 403, 403),
    "GET /account/applications/{contract}": (303, 404, 200, 403, 403),
    "GET /account/subscriptions/{contract}/restart": (303, 404, 200, 403, 403),
    "POST /account/subscriptions/{contract}/restart": (303, 404, 303, 403, 403),
    "GET /account/payments/{call}": (303, 404, 404, 403, 403),
    "GET /sandbox-bank/{call}": (404, 404, 404, 404, 404),
    "POST /sandbox-bank/{call}": (404, 404, 404, 404, 404),
    "GET /account/exports": (303, 200, 200, 403, 403),
    "POST /account/exports": (303, 303, 303, 403, 403),
    "GET /account/exports/{call}": (303, 404, 404, 403, 403),
    "GET /account/exports/{call}/progress": (303, 404, 404, 403, 403),
    "GET /account/exports/{call}/download": (303, 404, 404, 403, 403),
    "POST /account/asks": (303, 404, 404, 403, 403),
    "GET /account/ways-out": (303, 200, 200, 403, 403),
    # France has no phone line to ask about.
    "GET /account/line": (303, 404, 404, 403, 403),
    "POST /account/callbacks": (303, 404, 404, 403, 403),
    "GET /console/": (303, 403, 403, 200, 200),
    "GET /console/line-status": (303, 403, 403, 200, 200),
    "POST /console/calls": (303, 403, 403, 303, 303),
    "POST /console/callbacks/{message}/call": (303, 403, 403, 404, 404),
    "GET /console/calls/{call}": (303, 403, 403, 404, 404),
    "POST /console/calls/{call}": (303, 403, 403, 404, 404),
    "PUT /console/calls/{call}/draft": (303, 403, 403, 404, 404),
    "POST /console/calls/{call}/draft": (303, 403, 403, 404, 404),
    "GET /console/calls/{call}/filed": (303, 403, 403, 404, 404),
    "POST /console/calls/{call}/withdrawal": (303, 403, 403, 404, 404),
    "GET /queue/": (303, 403, 403, 403, 200),
    "GET /queue/overview": (303, 403, 403, 403, 200),
    "GET /queue/outbox": (303, 403, 403, 403, 200),
    "GET /queue/outbox/{message}": (303, 403, 403, 403, 200),
    "GET /queue/outbox/{message}/html": (303, 403, 403, 403, 200),
    "GET /queue/outbox/{message}/calendar": (303, 403, 403, 403, 404),
    "GET /queue/outbox/{message}/document": (303, 403, 403, 403, 404),
    "POST /queue/outbox/{message}/attempt": (303, 403, 403, 403, 409),
    "GET /queue/requests/{request}": (303, 403, 403, 403, 200),
    "POST /queue/requests/{request}/decision": (303, 403, 403, 403, 400),
    "POST /queue/requests/{request}/withdrawal": (303, 403, 403, 403, 400),
    "GET /queue/holds": (303, 403, 403, 403, 200),
    "POST /queue/holds/{message}/release": (303, 403, 403, 403, 404),
    "POST /queue/requests/{request}/hold": (303, 403, 403, 403, 400),
    "GET /queue/requests/{request}/decision/preview": (303, 403, 403, 403, 400),
    "GET /queue/requests/{request}/subscriptions": (303, 403, 403, 403, 200),
    "POST /queue/requests/{request}/subscriptions": (303, 403, 403, 403, 400),
    # These end the session or change the request, so they come last.
    "POST /help-center/verify/{proof}": (303, 303, 303, 303, 303),
    "POST /sign-out": (303, 303, 303, 303, 303),
}


@dataclass(frozen=True)
class World:
    """A company with one request in review, and everybody who might look at it."""

    parts: dict[str, object]
    people: dict[str, Person | None]


@pytest.fixture
def world(session: Session, company: Company) -> World:
    elsewhere = a_company(session)
    a_subscription(session, elsewhere)
    request = a_request(session, company, authority=Authority.NONE)
    people = {
        "signed out": None,
        "stranger": a_person(session, elsewhere),
        "customer": a_person(session, company),
        "agent": an_agent(session),
        "supervisor": a_supervisor(session),
    }
    session.commit()
    parts = {
        "request": references.written(request.reference),
        "message": request.messages[0].id,
        "contract": company.subscriptions[0].contract,
        "call": "6f1c3d1e-0000-4000-8000-000000000000",
        "proof": proof.sign(request.reference, SECRET, clock.now()),
    }
    return World(parts, people)


def routes(app: Flask) -> set[str]:
    """Return every route as the table writes it."""
    names = {
        "<reference>": "{request}",
        "<token>": "{proof}",
        "<key>": "{call}",
        "<contract>": "{contract}",
    }
    found = set()
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for theirs, ours in names.items():
            path = path.replace(theirs, ours)
        path = path.replace("<int(max=2147483647):number>", "{message}")
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        found |= {f"{method} {path}" for method in methods if rule.endpoint != "static"}
    return found


def test_every_door_has_the_guard_that_is_written_here(app: Flask) -> None:
    assert {door.name: guard for door, guard in DOORS} == GUARDS
    assert set(app.blueprints) == set(GUARDS)
    for name, guard in GUARDS.items():
        assert app.before_request_funcs[name][0] is guard


def test_every_route_stands_in_the_table_and_nothing_else_does(app: Flask) -> None:
    assert routes(app) == set(TABLE)


def test_everything_but_static_files_is_behind_a_door(app: Flask) -> None:
    outside = {rule.endpoint for rule in app.url_map.iter_rules() if "." not in rule.endpoint}

    assert outside == {"static"}


@pytest.mark.parametrize("who", CAST)
def test_each_of_the_cast_is_answered_as_the_table_says(page: Page, world: World, who: str) -> None:
    person = world.people[who]
    if person is None:
        page.get("/sign-in")
    else:
        page.sign_in(person)

    answered = {}
    for route in TABLE:
        method, path = route.split()
        answer = page.client.open(
            path.format(**world.parts), method=method, data={"csrf_token": page.token}
        )
        answered[route] = answer.status_code

    column = CAST.index(who)
    assert answered == {route: statuses[column] for route, statuses in TABLE.items()}


def test_nothing_is_changed_without_the_page_s_token(page: Page, world: World) -> None:
    supervisor = world.people["supervisor"]
    assert supervisor
    page.sign_in(supervisor)

    answered = {
        route: page.client.open(
            route.split()[1].format(**world.parts), method=route.split()[0]
        ).status_code
        for route in TABLE
        if not route.startswith("GET ")
    }

    assert set(answered.values()) == {400}


def test_who_must_sign_in_first_comes_back_to_where_they_were_going(
    page: Page, world: World
) -> None:
    agent = world.people["agent"]
    assert agent

    answer = page.get("/console/?day=today", 303)
    asked = page.get(str(answer.location))
    page.post(
        "/sign-in",
        {"email": agent.email, "password": "demo-password-1", "next": "/console/?day=today"},
    )

    assert 'value="/console/?day=today"' in asked.get_data(as_text=True)
    page.get("/console/?day=today")


def test_who_sent_a_form_signed_out_comes_back_to_a_page(page: Page, world: World) -> None:
    page.get("/sign-in")

    for route in (one for one in TABLE if not one.startswith("GET ")):
        method, path = route.split()
        sent = page.client.open(
            path.format(**world.parts), method=method, data={"csrf_token": page.token}
        )
        back = parse_qs(urlsplit(sent.location or "").query).get("next", ["/"])[0]
        then = page.client.get(back, follow_redirects=True)
        assert then.status_code != HTTPStatus.METHOD_NOT_ALLOWED, route


def test_another_role_ends_the_session(session: Session, page: Page, world: World) -> None:
    agent = world.people["agent"]
    assert agent
    page.sign_in(agent)
    page.get("/console/")

    agent.session_key = "changed"
    session.commit()

    page.get("/console/", 303)
