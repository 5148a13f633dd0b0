"""A caller wants to keep the subscription: at once with authority, else by the business’s word."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpdesk.directory.models import Company
from helpdesk.messages.models import Message
from helpdesk.queue.events import PROCESSING
from helpdesk.queue.models import Request
from helpdesk.queue.references import written
from helpdesk.queue.transitions import move
from helpdesk.rules.vocabulary import Action, Disposition, MessageKind, State
from tests import builders
from tests.builders import A_MONDAY
from tests.console.conftest import Desk

LATER = A_MONDAY + timedelta(days=2)
BEGAN = LATER - timedelta(minutes=9)


@pytest.fixture(autouse=True)
def _in_march(travel: object) -> None:
    assert callable(travel)
    travel(LATER)


@pytest.fixture
def ending(desk: Desk) -> int:
    """Return the number of the end of the bakery's subscription, confirmed on Monday."""
    company = desk.session.get_one(Company, desk.world.company)
    request = builders.a_request(desk.session, company)
    move(desk.session, request, Action.CONFIRM, actor=PROCESSING, at=A_MONDAY)
    desk.session.commit()
    return request.endings[0].id


def typed(desk: Desk, **given: object) -> dict[str, object]:
    values = {
        "company": desk.world.company,
        "offered": desk.world.company,
        "person": desk.world.owner,
        "disposition": "withdrawal",
        "length": "1:30",
    }
    return values | given


def last(desk: Desk) -> Request:
    return desk.requests()[-1]


def test_with_authority_it_is_withdrawn_at_once(desk: Desk, ending: int) -> None:
    url = desk.ring(BEGAN, **typed(desk))
    html = desk.page.get(url).text
    assert "Cancelaciones que se anulan" in html
    assert written(last(desk).reference) in html

    answer = desk.page.post(url, typed(desk, endings=[ending]))

    request, (call,) = last(desk), desk.calls()
    assert call.disposition is Disposition.WITHDRAWAL
    assert request.state is State.WITHDRAWN
    event = request.events[-1]
    assert (event.action, event.person_id, event.call_id) == (
        Action.WITHDRAW,
        desk.world.agent,
        call.id,
    )
    assert request.messages[-1].kind is MessageKind.WITHDRAWAL
    html = desk.page.get(answer.location).text
    assert "Sage Active Essentials continúa" in html
    assert "Deshacer" not in html


def test_without_authority_the_business_is_asked(desk: Desk, ending: int) -> None:
    url = desk.ring(BEGAN)
    answer = desk.page.post(url, typed(desk, person=desk.world.colleague, endings=[ending]))

    assert last(desk).state is State.CONFIRMED
    (asked,) = desk.session.scalars(
        select(Message).where(Message.kind == MessageKind.WITHDRAWAL_ASKED)
    )
    assert asked.recipient == "contacto@panaderia.example"
    html = desk.page.get(answer.location).text
    assert "Todavía no se ha anulado nada" in html
    assert written(last(desk).reference) in html


def test_a_name_that_was_only_typed_shows_no_authority(desk: Desk, ending: int) -> None:
    given = typed(desk, person="unknown", caller_name="Carmen Ortega", endings=[ending])
    desk.page.post(desk.ring(BEGAN), given)

    assert last(desk).state is State.CONFIRMED


def test_what_is_kept_must_be_chosen(desk: Desk, ending: int) -> None:
    html = desk.page.post(desk.ring(BEGAN), typed(desk), 400).text

    assert "Elija lo que quiere mantener quien llama" in html
    assert last(desk).state is State.CONFIRMED
    assert desk.calls() == []


def test_without_a_business_or_anything_under_way_another_result_is_asked_for(desk: Desk) -> None:
    alone = desk.page.post(desk.ring(BEGAN), {"disposition": "withdrawal"}, 400).text
    nothing = desk.page.post(desk.ring(BEGAN), typed(desk), 400).text

    assert "sin ella no se puede anular nada" in alone
    assert "ninguna cancelación en curso" in nothing


def test_the_end_of_another_business_cannot_be_chosen(desk: Desk, ending: int) -> None:
    elsewhere = builders.a_company(desk.session)
    builders.a_subscription(desk.session, elsewhere)
    other = builders.a_request(desk.session, elsewhere)
    desk.session.commit()
    number = other.endings[0].id

    desk.page.post(desk.ring(BEGAN), typed(desk, endings=[number]), 400)

    assert last(desk).state is State.RECEIVED


def test_of_several_each_request_is_withdrawn_as_chosen(desk: Desk, ending: int) -> None:
    company = desk.session.get_one(Company, desk.world.company)
    other = builders.a_subscription(desk.session, company, product="Sage Active Nóminas")
    builders.a_request(desk.session, company, subscription_ids=(other.id,))
    desk.session.commit()
    second = last(desk).endings[0].id

    answer = desk.page.post(desk.ring(BEGAN), typed(desk, endings=[ending, second]))

    assert [one.state for one in desk.requests()] == [State.WITHDRAWN, State.WITHDRAWN]
    html = desk.page.get(answer.location).text
    assert html.count("ya no es válido") == 2


def test_when_access_ends_during_the_call_it_is_refused_and_nothing_typed_is_lost(
    desk: Desk, ending: int, travel: object
) -> None:
    ends_at = last(desk).endings[0].access_ends_at
    url = desk.ring(ends_at - timedelta(minutes=2))
    assert callable(travel)
    travel(ends_at)

    html = desk.page.post(url, typed(desk, endings=[ending], notes="Quiere seguir."), 409).text

    assert "ya no se puede anular" in html
    assert "Quiere seguir." in html
    assert last(desk).state is State.CONFIRMED
    assert desk.calls() == []
    assert desk.drafts()[0].fields["notes"] == ["Quiere seguir."]


def test_filed_twice_it_is_withdrawn_once(desk: Desk, ending: int) -> None:
    url = desk.ring(BEGAN)
    for _ in range(2):
        desk.page.post(url, typed(desk, endings=[ending]))

    assert [one.action for one in last(desk).events].count(Action.WITHDRAW) == 1
    assert len(desk.calls()) == 1


@pytest.mark.parametrize("person", ["owner", "colleague"])
def test_what_was_just_filed_still_has_its_own_undo(desk: Desk, person: str) -> None:
    answer = desk.file(at=BEGAN, person=getattr(desk.world, person))

    html = desk.page.get(answer.location).text

    assert "Deshacer" in html


def test_what_to_say_follows_what_is_typed(desk: Desk, ending: int) -> None:
    def said(**given: object) -> str:
        url = desk.ring(BEGAN)
        values = {"length": "1:00", **typed(desk, **given)}
        return desk.page.client.put(
            f"{url}/draft", data={"csrf_token": desk.page.token, **values}
        ).text

    which = said()
    goes_on = said(endings=[ending])
    asks = said(endings=[ending], person=desk.world.colleague)

    assert "¿Qué suscripción desea mantener?" in which
    assert "ya no termina el miércoles 15 de abril de 2026" in goes_on
    assert "Enviamos ahora la confirmación" in goes_on
    assert "carmen@panaderia.example" not in goes_on.split("live-script")[1]
    assert "No consta a su nombre autorización" in asks
    assert "No consta autorización. Registre la llamada" in asks
    assert "contacto@panaderia.example" not in asks.split("live-script")[1]


def test_without_anything_under_way_the_agent_says_so(desk: Desk) -> None:
    url = desk.ring(BEGAN, **typed(desk))

    assert "No encuentro ninguna cancelación en curso" in desk.page.get(url).text
