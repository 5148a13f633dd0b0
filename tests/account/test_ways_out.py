"""Which way out there is depends on the legislation; what is not there is explained."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.desk import callbacks
from helpdesk.desk.callbacks import AlreadyDone, Wanted
from helpdesk.desk.models import Callback
from helpdesk.directory.models import Company, Person
from helpdesk.rules.vocabulary import Language
from tests import builders
from tests.account.conftest import Account
from tests.conftest import Page

WAYS, CALLBACKS = "/account/ways-out", "/account/callbacks"
OPEN, SHUT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC), datetime(2026, 3, 2, 20, 0, tzinfo=UTC)


@pytest.fixture
def spanish(account: Account) -> Account:
    account.company.country = "ES"
    account.company.zone = "Europe/Madrid"
    account.session.commit()
    return account


def waiting(account: Account) -> list[Callback]:
    account.session.rollback()
    return list(account.session.scalars(select(Callback)))


def wanted(person: Person, phone: str = "+34600112233") -> Wanted:
    assert person.company_id
    return Wanted(
        company_id=person.company_id, person_id=person.id, phone=phone, language=Language.SPANISH
    )


def test_in_france_it_is_oneself_or_the_form_and_why_not_by_phone(account: Account) -> None:
    html = account.enter(account.holder).page.get(WAYS).text

    assert html.index("Par vous-même") < html.index("Par une demande") < html.index("Par téléphone")
    assert "En France, la résiliation ne se fait pas par téléphone" in html
    assert "Rappelez-moi" not in html


def test_in_spain_it_is_oneself_or_the_phone_with_its_state_today(spanish: Account) -> None:
    html = spanish.enter(spanish.holder).page.get(WAYS).text

    assert html.index("Par vous-même") < html.index("Par téléphone") < html.index("Par une demande")
    assert "+34 919 16 17 17" in html
    assert 'class="line line-' in html
    assert "En Espagne, on résilie" in html
    assert "/help-center/request" in html


def test_the_banner_can_be_asked_for_again_where_there_is_a_line(spanish: Account) -> None:
    assert 'class="line line-' in spanish.enter(spanish.colleague).page.get("/account/line").text


def test_in_france_there_is_no_line_to_ask_about(account: Account) -> None:
    page = account.enter(account.holder).page

    page.get("/account/line", 404)
    page.post(CALLBACKS, {"phone": "+33142000000"}, 404)


def test_a_callback_is_kept_with_its_number_and_told(spanish: Account) -> None:
    page = spanish.enter(spanish.colleague).page

    html = page.get(page.post(CALLBACKS, {"phone": "600 112 233"}).location).text

    (one,) = waiting(spanish)
    assert (one.phone, one.language) == ("+34600112233", Language.FRENCH)
    assert (one.company_id, one.person_id) == (spanish.company.id, spanish.colleague.id)
    assert one.due_at >= one.asked_at
    assert "Nous vous appelons au +34 600 11 22 33" in html


def test_asking_twice_is_asking_once_with_the_last_number(spanish: Account) -> None:
    page = spanish.enter(spanish.holder).page

    page.post(CALLBACKS, {"phone": "600 112 233"})
    page.post(CALLBACKS, {"phone": "600 112 244"})

    assert [one.phone for one in waiting(spanish)] == ["+34600112244"]


@pytest.mark.parametrize("phone", ["", "12", "🦊", "call me", "9" * 500])
def test_what_is_no_number_is_said_and_kept(spanish: Account, phone: str) -> None:
    page = spanish.enter(spanish.holder).page

    assert "field-error" in page.post(CALLBACKS, {"phone": phone}, 400).text
    assert waiting(spanish) == []


def test_it_is_due_at_once_while_the_line_is_open(account: Account, session: Session) -> None:
    assert callbacks.ask(session, "es", wanted(account.holder), OPEN).due_at == OPEN


def test_it_is_due_at_the_next_opening_otherwise(account: Account, session: Session) -> None:
    due_at = callbacks.ask(session, "es", wanted(account.holder), SHUT).due_at

    assert due_at == datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


def test_it_is_taken_once(account: Account, session: Session) -> None:
    agent = builders.an_agent(session)
    one = callbacks.ask(session, "es", wanted(account.holder), OPEN)
    session.flush()

    callbacks.take(session, one.id, agent.id, SHUT)

    assert (one.done_at, one.done_by_id) == (SHUT, agent.id)
    assert callbacks.waiting(session, "es") == []
    with pytest.raises(AlreadyDone):
        callbacks.take(session, one.id, agent.id, SHUT)
    assert callbacks.take(session, one.id + 1, agent.id, SHUT) is None


def test_an_agent_sees_who_waits_and_begins_the_call(
    page: Page, account: Account, session: Session
) -> None:
    agent, company_id = builders.an_agent(session), account.company.id
    one = callbacks.ask(session, "es", wanted(account.holder), OPEN)
    session.commit()
    number = one.id
    account.enter(agent)
    assert "Boulangerie Delorme" in page.get("/console/").text

    call = page.post(f"/console/callbacks/{number}/call").location

    html = page.get(call).text
    assert "+34600112233" in html
    assert session.get_one(Company, company_id).name in html
    assert "Nadie espera una llamada" in page.get("/console/").text
    page.post(f"/console/callbacks/{number}/call", status=409)
    page.post("/console/callbacks/4711/call", status=404)
