from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.database import db
from helpdesk.desk.models import CallDraft
from helpdesk.directory.models import Person
from tests import builders
from tests.console.conftest import Desk
from tests.support.queries import recorded


def begun(desk: Desk, key: str, **typed: str) -> CallDraft:
    now = desk.page.client.application.jinja_env.globals["now"]()
    fields = {name: [value] for name, value in typed.items()}
    draft = CallDraft(
        key=key, agent_id=desk.world.agent, started_at=now, saved_at=now, fields=fields
    )
    desk.session.add(draft)
    desk.session.commit()
    return draft


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ({"company_name": "Bar Manolo", "company": "unknown"}, "Bar Manolo"),
        ({"caller_name": "Eva", "number": "91"}, "Eva"),
        ({"number": "91 53"}, "91 53"),
        ({"search": "panad"}, "panad"),
        ({"notes": "Solo notas"}, "No se sabe"),
        ({"company": "9" * 40}, "No se sabe"),
    ],
)
def test_an_unfinished_call_is_known_by_what_there_is(
    desk: Desk, typed: dict[str, str], name: str
) -> None:
    begun(desk, "k", **typed)

    html = desk.page.get("/console/").get_data(as_text=True)

    assert f"<span data-typed>{name}</span>" in html


def test_an_unfinished_call_of_a_company_has_its_name(desk: Desk) -> None:
    begun(desk, "k", company=str(desk.world.company), caller_name="Carmen")

    assert "<span data-typed>Panadería La Espiga</span>" in desk.page.get("/console/").get_data(
        as_text=True
    )


def test_todays_calls_show_their_state(desk: Desk) -> None:
    desk.page.post("/console/calls")
    key = desk.drafts()[0].key
    desk.page.post(f"/console/calls/{key}", desk.cancellation(length="", number="600112233"))

    html = desk.page.get("/console/").get_data(as_text=True)

    (request,) = desk.requests()
    assert f"state-{request.state.value}" in html
    assert f"{request.reference[:4]}-{request.reference[4:8]}-{request.reference[8:]}" in html
    assert "+34 600 11 22 33" in html


def statements(desk: Desk, session: Session) -> int:
    with recorded(db.engine) as sent:
        desk.page.get("/console/")
    return len(sent)


def test_a_long_day_asks_the_database_no_more_than_a_short_one(
    desk: Desk, session: Session
) -> None:
    def add(number: int) -> None:
        now = desk.page.client.application.jinja_env.globals["now"]()
        agent = session.get_one(Person, desk.world.agent)
        company = builders.a_company(session)
        at = now - timedelta(seconds=number)
        call = builders.a_call(session, agent, company_id=company.id, started_at=at)
        builders.a_request(session, company, call_id=call.id, held_until=now)
        begun(desk, f"k{number}", company=str(company.id))

    add(0)
    one = statements(desk, session)
    for number in range(1, 25):
        add(number)

    assert statements(desk, session) == one
