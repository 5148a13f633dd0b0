from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from helpdesk.queue import events
from helpdesk.queue.models import Request
from helpdesk.queue.transitions import move
from helpdesk.rules.vocabulary import Action, Authority, State
from tests.builders import A_MONDAY, a_company, a_person, a_request, a_subscription


@pytest.fixture
def request_with_a_past(session: Session) -> Request:
    """Return a request with four events; another has as many."""
    a_person(session)
    for _ in range(2):
        company = a_company(session)
        a_subscription(session, company)
        request = a_request(session, company, authority=Authority.NONE)
        for action in (Action.ASK, Action.REJECT):
            at = A_MONDAY + timedelta(hours=1)
            move(session, request, action, actor=events.PROCESSING, at=at, why="Étienne ?")
    session.commit()
    return request


def broken(session: Session) -> list[tuple[str, int]]:
    session.rollback()
    return list(events.broken(session))


def test_each_event_has_the_hash_of_the_one_before(request_with_a_past: Request) -> None:
    chain = request_with_a_past.events

    assert [event.number for event in chain] == [1, 2, 3, 4]
    assert [event.previous_hash for event in chain] == ["", *(event.hash for event in chain[:-1])]
    assert request_with_a_past.seal == chain[-1].hash
    assert len({event.hash for event in chain}) == 4


def test_an_untouched_past_holds(session: Session, request_with_a_past: Request) -> None:
    assert broken(session) == []


def test_the_same_instant_in_another_zone_has_the_same_hash(
    session: Session, request_with_a_past: Request
) -> None:
    event = request_with_a_past.events[0]
    there = event.at.astimezone(ZoneInfo("Europe/Madrid"))
    company = a_company(session)
    a_subscription(session, company)

    a_request(session, company, filed_at=there)
    session.commit()

    assert there.isoformat() != event.at.isoformat()
    assert broken(session) == []


@pytest.mark.parametrize(
    "change",
    [
        "why = 'Étienne !'",
        "at = '2026-03-02 11:00:01.000000'",
        "action = 'confirm'",
        "actor = 'customer'",
        "person_id = 1",
        "from_state = NULL",
        "to_state = 'confirmed'",
        "ending_id = 1",
        "number = 9",
        "previous_hash = ''",
    ],
)
def test_a_changed_event_shows(session: Session, request_with_a_past: Request, change: str) -> None:
    third = request_with_a_past.events[2].id
    session.execute(text(f"UPDATE events SET {change} WHERE id = :id"), {"id": third})  # noqa: S608
    session.commit()

    assert request_with_a_past.reference in {reference for reference, _number in broken(session)}


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_missing_event_shows_even_the_last(
    session: Session, request_with_a_past: Request, number: int
) -> None:
    session.execute(
        text("DELETE FROM events WHERE request_id = :id AND number = :number"),
        {"id": request_with_a_past.id, "number": number},
    )
    session.commit()

    assert (request_with_a_past.reference, min(number + 1, 4)) in broken(session)


def test_a_past_wiped_out_shows(session: Session, request_with_a_past: Request) -> None:
    reference = request_with_a_past.reference
    session.execute(text("DELETE FROM events WHERE request_id = :id"), {"id": 2})
    session.commit()

    assert broken(session) == [(reference, 1)]


def test_a_last_event_written_anew_with_its_own_hash_shows(
    session: Session, request_with_a_past: Request
) -> None:
    last = request_with_a_past.events[-1]
    last.to_state = State.CONFIRMED
    last.hash = events.hash_of(last, request_with_a_past.reference)
    session.commit()

    assert broken(session) == [(request_with_a_past.reference, 5)]
