"""Who enters the supervisors' rooms: each of their routes, with the whole cast."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.messages.models import Message
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Role
from tests.builders import a_person, a_supervisor
from tests.conftest import Page
from tests.support import addresses

GET = [
    "/queue/",
    "/queue/overview",
    "/queue/outbox",
    "/queue/holds",
    "/queue/outbox/{number}",
    "/queue/outbox/{number}/html",
    "{request}",
    "{request}/decision/preview?action=reject",
    "{request}/subscriptions",
]
# The first message of this request has neither.
FILES = ["/queue/outbox/{number}/calendar", "/queue/outbox/{number}/document"]
POST = [
    "{request}/decision",
    "{request}/hold",
    "{request}/withdrawal",
    "{request}/subscriptions",
    "/queue/holds/{number}/release",
    "/queue/outbox/{number}/attempt",
]


def at(template: str, session: Session, waiting: Request) -> str:
    number = session.scalars(select(Message.id).where(Message.request_id == waiting.id)).first()
    return template.format(request=addresses.of_request(waiting), number=number)


def test_every_route_of_the_door_is_in_the_cast(app: Flask) -> None:
    routes = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("supervision.")]

    assert len(routes) == len([*GET, *FILES, *POST])


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.ADMIN])
def test_supervisors_and_administrators_enter(
    session: Session, page: Page, waiting: Request, role: Role
) -> None:
    person = a_supervisor(session, role=role)
    session.commit()
    page.sign_in(person)

    # Not by `get`: a message in a frame is no page of ours.
    answers = {path: page.client.get(at(path, session, waiting)).status_code for path in GET}

    assert answers == dict.fromkeys(GET, 200)


@pytest.mark.parametrize("role", [Role.AGENT, Role.CUSTOMER])
def test_agents_and_customers_do_not_enter_and_change_nothing(
    session: Session, page: Page, waiting: Request, role: Role
) -> None:
    company = waiting.company if role is Role.CUSTOMER else None
    person = a_person(session, company, role=role)
    session.commit()
    page.sign_in(person)

    for template in (*GET, *FILES):
        page.get(at(template, session, waiting), status=403)
    for template in POST:
        given = {"action": "confirm", "version": waiting.version}
        page.post(at(template, session, waiting), given, status=403)

    session.expire_all()
    assert [event.number for event in waiting.events] == [1, 2]


def test_the_signed_out_are_led_to_sign_in_and_change_nothing(
    session: Session, page: Page, waiting: Request
) -> None:
    for template in (*GET, *FILES, "/queue/?state=in_review&search=martin"):
        answer = page.get(at(template, session, waiting), status=303)
        assert answer.location.startswith("/sign-in?next=/queue/")
    page.get("/sign-in")
    for template in POST:
        page.post(at(template, session, waiting), {"action": "confirm"}, status=303)

    session.expire_all()
    assert len(waiting.events) == 2


def test_what_does_not_exist_is_not_found(desk: Page) -> None:
    for path in (
        "/queue/requests/P7K4-93QD-M",
        "/queue/requests/nonsense",
        "/queue/requests/P7K4-93QD-M/subscriptions",
        "/queue/requests/P7K4-93QD-M/decision/preview?action=confirm",
        "/queue/outbox/999999",
        "/queue/outbox/999999/html",
        "/queue/outbox/99999999999999999999",
        "/queue/outbox/x",
    ):
        desk.get(path, status=404)


def test_nothing_is_done_to_what_does_not_exist(desk: Page) -> None:
    desk.get("/queue/")

    given = {"action": "reject", "text": "No."}
    desk.post("/queue/requests/P7K4-93QD-M/decision", given, status=404)
    desk.post("/queue/requests/P7K4-93QD-M/subscriptions", given, status=404)
    desk.post("/queue/outbox/999999/attempt", status=404)


def test_without_the_token_nothing_is_done(session: Session, desk: Page, waiting: Request) -> None:
    desk.token = ""

    given = {"action": "confirm", "version": waiting.version}
    desk.post(addresses.of_request(waiting, "/decision"), given, status=400)

    session.expire_all()
    assert len(waiting.events) == 2
