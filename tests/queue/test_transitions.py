from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company
from helpdesk.queue import transitions
from helpdesk.queue.batch import Batch
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.transitions import AlreadyEnding, move
from helpdesk.rules import lifecycle
from helpdesk.rules.lifecycle import MoveRefused
from helpdesk.rules.reminders import timetable
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    MessageKind,
    ReviewReason,
    State,
)
from tests.builders import A_MONDAY, a_request, a_supervisor

PILAR = Actor(By.SUPERVISOR)
INES = Actor(By.CUSTOMER)
LATER = A_MONDAY + timedelta(hours=1)
# What happens to one ending at its time is processing's, by `move_ending`.
OF_ENDINGS = {Action.REMIND, Action.END, Action.ANNOUNCE_DELETION, Action.PURGE}
MOVES = [action for action in Action if action not in OF_ENDINGS]


@pytest.fixture
def brought_to(session: Session, company: Company) -> Callable[[State], Request]:
    """Return what files a request and gives it a state, as if its life had led there."""

    def brought_to(state: State) -> Request:
        request = a_request(session, company)
        request.state = request.endings[0].state = state
        request.due_at = transitions.due_at(request)
        session.commit()
        return request

    return brought_to


def kinds(request: Request, session: Session) -> list[MessageKind]:
    session.commit()
    return [message.kind for message in request.messages]


@pytest.mark.parametrize(
    ("state", "action"),
    [pair for pair in product(State, MOVES) if pair in lifecycle.MOVES],
    ids=str,
)
def test_what_the_table_allows_happens_with_its_event_and_its_message(
    session: Session,
    brought_to: Callable[[State], Request],
    state: State,
    action: Action,
) -> None:
    request = brought_to(state)
    before = request.version

    move(session, request, action, actor=PILAR, at=LATER, why="Parce que…")

    after = lifecycle.MOVES[state, action]
    event = request.events[-1]
    assert (request.state, request.endings[0].state) == (after, after)
    assert (event.from_state, event.to_state, event.action) == (state, after, action)
    assert (event.at, event.actor, event.why) == (LATER, By.SUPERVISOR, "Parce que…")
    sent = lifecycle.MESSAGE_OF.get(action)
    assert kinds(request, session) == [MessageKind.ACKNOWLEDGEMENT, *([sent] if sent else [])]
    assert request.version > before


@pytest.mark.parametrize("state", State)
def test_what_the_table_does_not_allow_is_refused_and_changes_nothing(
    session: Session, brought_to: Callable[[State], Request], state: State
) -> None:
    request = brought_to(state)

    for action in (one for one in MOVES if (state, one) not in lifecycle.MOVES):
        with pytest.raises(MoveRefused):
            move(session, request, action, actor=PILAR, at=LATER)

    assert list(session.dirty) == []
    assert [event.action for event in request.events] == [Action.FILE]


def test_a_confirmed_request_is_next_due_at_its_first_reminder(
    session: Session, brought_to: Callable[[State], Request]
) -> None:
    request = brought_to(State.RECEIVED)

    move(session, request, Action.CONFIRM, actor=PILAR, at=LATER)

    assert request.due_at == timetable(request.endings[0])[0].at
    assert request.endings[0].done_until == LATER


def test_a_confirmation_that_comes_late_sends_no_reminder_of_before(
    session: Session, brought_to: Callable[[State], Request]
) -> None:
    request = brought_to(State.IN_REVIEW)
    thirty, seven, one, end, *_ = timetable(request.endings[0])

    move(session, request, Action.CONFIRM, actor=PILAR, at=seven.at + timedelta(hours=3))

    assert thirty.at < seven.at < (request.due_at or A_MONDAY) == one.at < end.at


def test_a_confirmation_after_the_end_ends_it_at_the_next_pass(
    session: Session, brought_to: Callable[[State], Request]
) -> None:
    request = brought_to(State.IN_REVIEW)
    ending = request.endings[0]

    move(session, request, Action.CONFIRM, actor=PILAR, at=ending.access_ends_at)

    assert request.due_at is not None
    assert request.due_at <= ending.access_ends_at
    assert ending.effective_on == date(2026, 4, 15)


def test_what_is_decided_settles_every_review(session: Session, company: Company) -> None:
    request = a_request(session, company, authority=Authority.NONE, out_of_hours=True)

    move(session, request, Action.ASK, actor=PILAR, at=LATER, why="Qui êtes-vous ?")
    assert [review.settled_at for review in request.reviews] == [None, None]

    move(session, request, Action.CONFIRM, actor=PILAR, at=LATER)
    assert [review.settled_at for review in request.reviews] == [LATER, LATER]


def test_each_question_is_a_message_of_its_own(session: Session, company: Company) -> None:
    request = a_request(session, company, authority=Authority.NONE)

    for question in ("Qui êtes-vous ?", "Et pour qui ?"):
        move(session, request, Action.ASK, actor=PILAR, at=LATER, why=question)

    assert kinds(request, session)[1:] == [MessageKind.INFORMATION_ASKED] * 2
    assert "Et pour qui" in request.messages[-1].text


def test_nothing_is_confirmed_that_would_end_nothing(session: Session) -> None:
    request = a_request(session)

    with pytest.raises(MoveRefused):
        move(session, request, Action.CONFIRM, actor=PILAR, at=LATER)

    assert request.state is State.IN_REVIEW


def test_a_request_that_names_nothing_can_still_be_rejected(session: Session) -> None:
    request = a_request(session)

    move(session, request, Action.REJECT, actor=PILAR, at=LATER, why="Pas trouvée")

    assert request.state is State.REJECTED
    assert kinds(request, session)[-1] is MessageKind.REJECTION


def test_an_earlier_open_request_stands_before_the_confirmation_of_a_later_one(
    session: Session, company: Company
) -> None:
    first = a_request(session, company, authority=Authority.NONE)
    second = a_request(session, company, filed_at=LATER)

    with pytest.raises(AlreadyEnding) as refused:
        move(session, second, Action.CONFIRM, actor=PILAR, at=LATER)
    move(session, first, Action.REJECT, actor=PILAR, at=LATER, why="Non")
    move(session, second, Action.CONFIRM, actor=PILAR, at=LATER)

    assert (refused.value.request, refused.value.reference) == (first, first.reference)
    assert second.state is State.CONFIRMED
    assert second.endings[0].requested_on == date(2026, 3, 2)


def test_a_confirmed_request_stands_before_any_other(session: Session, company: Company) -> None:
    first = a_request(session, company)
    move(session, first, Action.CONFIRM, actor=PILAR, at=LATER)
    earlier = a_request(session, company, filed_at=A_MONDAY - timedelta(days=3))

    with pytest.raises(AlreadyEnding):
        move(session, earlier, Action.CONFIRM, actor=PILAR, at=LATER)
    move(session, first, Action.WITHDRAW, actor=INES, at=LATER)
    move(session, earlier, Action.CONFIRM, actor=PILAR, at=LATER)

    assert earlier.state is State.CONFIRMED


def test_every_actor_is_kept_with_their_role_and_number(session: Session, company: Company) -> None:
    pilar = a_supervisor(session)
    request = a_request(session, company, authority=Authority.NONE)

    actor = Actor(By.SUPERVISOR, pilar.id)
    move(session, request, Action.REJECT, actor=actor, at=LATER, why="Non")

    assert (request.events[-1].actor, request.events[-1].person_id) == ("supervisor", pilar.id)


def test_sending_to_review_keeps_the_reasons_that_were_there(
    session: Session, company: Company
) -> None:
    request = a_request(session, company)

    reasons = [ReviewReason.DUPLICATE, ReviewReason.LEGAL_HOLD]
    batch = Batch(session, [request], LATER)
    transitions.review_in(batch, request, reasons)
    batch.write()

    assert [review.reason for review in request.reviews] == reasons
    assert request.events[-1].why == "duplicate, legal_hold"
