from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.queue import phone, transitions
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Action, Authority, MessageState, State
from tests import builders
from tests.builders import A_MONDAY
from tests.console.conftest import Desk

AGENT = Actor(By.AGENT)
TEN_SECONDS = timedelta(seconds=10)


@pytest.mark.parametrize("person", ["owner", "colleague"])
def test_a_slip_is_undone_and_nobody_hears_of_it(desk: Desk, person: str) -> None:
    url = desk.file(person=getattr(desk.world, person)).location.removesuffix("/filed")

    desk.page.post(f"{url}/withdrawal")

    (request,) = desk.requests()
    assert request.state is State.WITHDRAWN
    assert {message.state for message in request.messages} == {MessageState.CANCELLED}
    assert request.events[-1].action is Action.WITHDRAW
    assert request.events[-1].person_id == desk.world.agent
    html = desk.page.get(f"{url}/filed").get_data(as_text=True)
    assert "La solicitud se ha deshecho. La llamada sigue en su lista." in html
    assert len(desk.calls()) == 1


def test_it_is_undone_once(desk: Desk) -> None:
    url = desk.file().location.removesuffix("/filed")
    desk.page.post(f"{url}/withdrawal")

    desk.page.post(f"{url}/withdrawal", status=409)


def test_too_late_is_said_and_changes_nothing(
    desk: Desk, travel: Callable[[datetime], None]
) -> None:
    url = desk.file().location.removesuffix("/filed")
    travel(clock.now() + TEN_SECONDS)

    desk.page.post(f"{url}/withdrawal", status=409)

    assert desk.requests()[0].state is State.RECEIVED
    assert "Deshacer" not in desk.page.get(f"{url}/filed").get_data(as_text=True)


def test_a_call_without_a_request_has_nothing_to_undo(desk: Desk) -> None:
    url = desk.ring()
    desk.page.post(url, {"disposition": "hung_up", "length": "0:05"})

    desk.page.post(f"{url}/withdrawal", status=404)


def held(session: Session, **given: object) -> Request:
    company = builders.a_company(session)
    builders.a_subscription(session, company)
    request = builders.a_request(session, company, held_until=A_MONDAY + TEN_SECONDS, **given)
    session.commit()
    return request


def test_a_request_is_held_until_its_first_message_may_go(session: Session) -> None:
    request = held(session)

    assert phone.held_for(request, A_MONDAY) == 10
    assert phone.held_for(request, A_MONDAY + timedelta(seconds=9.5)) == 1
    assert phone.held_for(request, A_MONDAY + TEN_SECONDS) == 0


def test_undoing_after_that_is_refused(session: Session) -> None:
    request = held(session, authority=Authority.NONE)

    with pytest.raises(phone.NotHeld):
        phone.undo(session, request, actor=AGENT, at=A_MONDAY + TEN_SECONDS)

    assert request.state is State.IN_REVIEW


def test_a_sent_message_cannot_be_undone(session: Session) -> None:
    request = held(session)
    request.messages[0].state = MessageState.SENT

    assert not transitions.is_held(request, A_MONDAY)


def test_the_earliest_end_of_a_subscription_is_the_one_that_stands(session: Session) -> None:
    company = builders.a_company(session)
    subscription = builders.a_subscription(session, company)
    first = builders.a_request(session, company)
    builders.a_request(session, company, filed_at=A_MONDAY + timedelta(days=40))

    found = phone.ending_already(session, [subscription.id])

    assert found == {subscription.id: first.endings[0]}
    assert phone.ending_already(session, []) == {}
