import pytest
from sqlalchemy.orm import Session

from helpdesk.desk.models import CallDraft
from tests import builders
from tests.conftest import Page
from tests.console.conftest import Desk, World, draft_of_another, enter

PAGES = ["/console/", "/console/line-status", "/console/calls/x"]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_enters_without_signing_in(page: Page, path: str) -> None:
    answer = page.get(path, 303)

    assert answer.location.startswith("/sign-in?next=/console/")


@pytest.mark.parametrize("path", PAGES)
def test_a_customer_is_refused(page: Page, session: Session, world: World, path: str) -> None:
    enter(page, session.get_one(builders.Person, world.owner))

    page.get(path, 403)


def test_a_supervisor_may_take_calls_too(page: Page, session: Session) -> None:
    supervisor = builders.a_supervisor(session)
    session.commit()
    enter(page, supervisor)

    assert "Registrar llamada" in page.get("/console/").get_data(as_text=True)


@pytest.mark.parametrize("method", ["get", "put", "post"])
@pytest.mark.parametrize("end", ["", "/draft", "/filed", "/withdrawal"])
def test_another_agents_call_does_not_exist(desk: Desk, method: str, end: str) -> None:
    url = draft_of_another(desk.session) + end

    data = {"csrf_token": desk.page.token, "disposition": "hung_up"}
    answer = getattr(desk.page.client, method)(url, data=data)

    assert answer.status_code in {404, 405}
    assert "Secreto" not in answer.get_data(as_text=True)
    (draft,) = [one for one in desk.drafts() if one.agent_id != desk.world.agent]
    assert draft.fields == {"notes": ["Secreto"]}
    assert desk.calls() == []


def test_another_agents_logged_call_does_not_exist(desk: Desk) -> None:
    call = builders.a_call(desk.session, builders.an_agent(desk.session))
    desk.session.commit()

    desk.page.get(f"/console/calls/{call.key}", 404)
    desk.page.get(f"/console/calls/{call.key}/filed", 404)
    desk.page.post(f"/console/calls/{call.key}/withdrawal", status=404)


def test_each_agent_sees_their_own_calls_only(desk: Desk) -> None:
    other = builders.an_agent(desk.session, name="Nuria")
    now = desk.page.client.application.jinja_env.globals["now"]()
    builders.a_call(desk.session, other, caller_name="De Nuria", started_at=now)
    builders.a_call(
        desk.session,
        desk.session.get_one(builders.Person, desk.world.agent),
        caller_name="De Marta",
        started_at=now,
    )
    desk.session.add(
        CallDraft(
            key="k", agent_id=other.id, started_at=now, saved_at=now, fields={"notes": ["Mío"]}
        )
    )
    desk.session.commit()

    html = desk.page.get("/console/").get_data(as_text=True)

    assert "De Marta" in html
    assert "De Nuria" not in html
    assert "Retomar" not in html


def test_an_unknown_call_does_not_exist(desk: Desk) -> None:
    desk.page.get("/console/calls/00000000-0000-4000-8000-000000000000", 404)


def test_the_banner_is_given_alone_to_stay_true(desk: Desk) -> None:
    html = desk.page.get("/console/line-status").get_data(as_text=True)

    assert html.strip().startswith('<div class="line line-')
    assert "data-changes-in" in html
