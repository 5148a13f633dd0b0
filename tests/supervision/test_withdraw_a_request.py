"""A supervisor withdraws a request, on the version that they saw."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company, Person
from helpdesk.queue import withdrawal
from helpdesk.queue.events import PROCESSING, Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.references import written
from helpdesk.queue.transitions import move
from helpdesk.rules.vocabulary import Action, MessageKind, State
from tests.builders import A_MONDAY, a_request, a_subscription
from tests.conftest import Page

LATER = A_MONDAY + timedelta(days=2)
Travel = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def _in_march(travel: Travel) -> None:
    travel(LATER)


@pytest.fixture
def confirmed(session: Session, company: Company) -> Request:
    other = a_subscription(session, company, product="Sage Active Paie")
    numbers = (company.subscriptions[0].id, other.id)
    request = a_request(session, company, subscription_ids=numbers)
    move(session, request, Action.CONFIRM, actor=PROCESSING, at=A_MONDAY)
    session.commit()
    return request


def seen(request: Request, *endings: int, **given: object) -> dict[str, object]:
    values = {"version": request.version, "seen": request.events[-1].number}
    return {**values, "ending": [request.endings[one].id for one in endings], **given}


def address(request: Request) -> str:
    return f"/queue/requests/{written(request.reference)}"


def test_it_is_withdrawn_with_a_note_that_the_customer_does_not_read(
    session: Session, desk: Page, pilar: Person, confirmed: Request
) -> None:
    where = address(confirmed)
    html = desk.get(where).text
    assert "Withdraw this cancellation" in html
    assert "Sage Active Paie" in html

    note = "Asked by Mrs Martin at the counter."
    answer = desk.post(f"{where}/withdrawal", seen(confirmed, 0, 1, note=note))

    session.rollback()
    assert answer.location == where
    assert confirmed.state is State.WITHDRAWN
    event = confirmed.events[-1]
    assert (event.action, event.person_id, event.why) == (Action.WITHDRAW, pilar.id, note)
    assert note not in confirmed.messages[-1].text
    html = desk.get(where).text
    assert note in html
    assert "Withdraw this cancellation" not in html


def test_one_of_several_is_chosen(session: Session, desk: Page, confirmed: Request) -> None:
    where = address(confirmed)
    desk.get(where)

    refused = desk.post(f"{where}/withdrawal", seen(confirmed), status=400).text
    desk.post(f"{where}/withdrawal", seen(confirmed, 1))

    session.rollback()
    assert "Choose at least one subscription" in refused
    assert [one.state for one in confirmed.endings] == [State.CONFIRMED, State.WITHDRAWN]


def test_what_somebody_did_in_the_meantime_is_shown_first(
    session: Session, desk: Page, confirmed: Request
) -> None:
    where = address(confirmed)
    desk.get(where)
    as_seen = seen(confirmed, 1, note="Keep this.")
    with transaction() as opened:
        request = opened.get_one(Request, confirmed.id)
        ending = {request.endings[0].id}
        withdrawal.withdraw(opened, request, ending, actor=Actor(By.CUSTOMER), at=LATER)

    html = desk.post(f"{where}/withdrawal", as_seen, status=409).text

    session.rollback()
    assert "This request changed in the meantime" in html
    assert "Cancellation withdrawn" in html
    assert "Keep this." in html
    assert confirmed.endings[1].state is State.CONFIRMED


def test_when_all_is_withdrawn_already_the_note_is_not_lost(
    session: Session, desk: Page, confirmed: Request
) -> None:
    where = address(confirmed)
    desk.get(where)
    as_seen = seen(confirmed, 0, 1, note="Keep this.")
    with transaction() as opened:
        request = opened.get_one(Request, confirmed.id)
        withdrawal.withdraw(opened, request, None, actor=Actor(By.CUSTOMER), at=LATER)

    html = desk.post(f"{where}/withdrawal", as_seen, status=409).text

    assert "What you had written" in html
    assert "Keep this." in html


def test_pressed_twice_it_is_done_once(session: Session, desk: Page, confirmed: Request) -> None:
    where = address(confirmed)
    desk.get(where)
    sent = seen(confirmed, 0, 1)
    desk.post(f"{where}/withdrawal", sent)

    html = desk.post(f"{where}/withdrawal", sent, status=409).text

    session.rollback()
    assert "You had already withdrawn this" in html
    assert [one.kind for one in confirmed.messages].count(MessageKind.WITHDRAWAL) == 1


def test_at_the_end_it_is_refused(
    session: Session, desk: Page, confirmed: Request, travel: Travel
) -> None:
    where = address(confirmed)
    desk.get(where)
    travel(confirmed.endings[0].access_ends_at)

    html = desk.post(f"{where}/withdrawal", seen(confirmed, 0, 1), status=409).text

    session.rollback()
    assert "there is nothing left to withdraw" in html
    assert confirmed.state is State.CONFIRMED
    assert "Withdraw this cancellation" not in desk.get(where).text


def test_too_long_a_note_is_kept_and_refused(desk: Page, confirmed: Request) -> None:
    where = address(confirmed)
    desk.get(where)

    html = desk.post(f"{where}/withdrawal", seen(confirmed, 0, note="x" * 501), status=400).text

    assert "1 characters too long" in html
    assert "x" * 501 in html
