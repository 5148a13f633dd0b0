"""What no database takes for a value, sent to every address: an answer, and never a fault of ours.

PostgreSQL refuses NUL among letters and numbers beyond a column's; SQLite takes both.
"""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company, Person
from helpdesk.limits import limiter
from tests.builders import a_call, a_person, a_request, a_supervisor, an_agent
from tests.conftest import Page

DOORS = ("", "/account", "/console", "/queue")
VALUES = ("a\x00b", "9" * 20, "99999999999999999-999999999999999")
FIELDS = (
    "q search older newer state kind reason from to channel contract contracts company person"
    " subscriptions endings text action version language reference email number key step note"
    " seen company_id phone caller_name notes tax_number company_name linked_reference until code"
)


def sent(app: Flask, door: str, reference: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield each method with each address of a door, the value wherever one can be."""
    others = tuple(one for one in DOORS if one)
    for rule in app.url_map.iter_rules():
        is_here = rule.rule.startswith(door) if door else not rule.rule.startswith(others)
        if not is_here or rule.endpoint in {"static", "sign_in.delete"}:
            continue
        path = rule.rule
        for name in rule.arguments:
            part = reference if name == "reference" else quote(value)
            before, _, rest = path.partition("<")
            path = f"{before}{part}{rest.partition('>')[2]}"
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            yield method, path


@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_value_is_never_a_fault_of_ours(
    app: Flask, session: Session, company: Company, page: Page, door: str
) -> None:
    agent = an_agent(session)
    people: dict[str, Person] = {
        "/account": a_person(session, company),
        "/console": agent,
        "/queue": a_supervisor(session),
    }
    a_call(session, agent)
    reference = a_request(session, company).reference
    session.commit()
    if door in people:
        page.sign_in(people[door])
    else:
        page.get("/help-center/request")

    for value in VALUES:
        typed = dict.fromkeys(FIELDS.split(), value)
        for method, path in sent(app, door, reference, value):
            limiter.reset()
            given = {"query_string": typed} if method == "GET" else {"data": typed}
            if method != "GET":
                typed["csrf_token"] = page.token
            answer = page.client.open(path, method=method, **given)
            assert answer.status_code < 500, (method, path)
