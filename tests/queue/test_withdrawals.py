from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company
from helpdesk.queue import transitions
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.transitions import is_held, move
from helpdesk.rules.lifecycle import MoveRefused
from helpdesk.rules.reminders import timetable
from helpdesk.rules.vocabulary import (
    Action,
    Channel,
    MessageKind,
    MessageState,
    State,
)
from tests.builders import A_MONDAY, a_request, a_subscription

PILAR = Actor(By.SUPERVISOR)
INES = Actor(By.CUSTOMER)
LATER = A_MONDAY + timedelta(hours=1)
# What happens to one ending at its time is processing's, by `move_ending`.
OF_ENDINGS = {Action.REMIND, Action.END, Action.ANNOUNCE_DELETION, Action.PURGE}
MOVES = [action for action in Action if action not in OF_ENDINGS]


def kinds(request: Request, session: Session) -> list[MessageKind]:
    session.commit()
    return [message.kind for message in request.messages]


def test_a_withdrawal_holds_back_what_has_not_gone_out(session: Session, company: Company) -> None:
    request = a_request(session, company)
    move(session, request, Action.CONFIRM, actor=PILAR, at=LATER)
    session.commit()
    request.messages[0].state = MessageState.SENT

    move(session, request, Action.WITHDRAW, actor=INES, at=LATER)
    session.commit()

    assert [(message.kind, message.state) for message in request.messages] == [
        (MessageKind.ACKNOWLEDGEMENT, MessageState.SENT),
        (MessageKind.CONFIRMATION, MessageState.CANCELLED),
        (MessageKind.WITHDRAWAL, MessageState.WAITING),
    ]
    assert request.due_at is None
    assert request.endings[0].subscription.ended_at is None


def test_undoing_while_it_is_held_sends_nothing_at_all(session: Session, company: Company) -> None:
    held_until = A_MONDAY + timedelta(seconds=10)
    request = a_request(session, company, channel=Channel.PHONE, held_until=held_until)

    assert is_held(request, held_until - timedelta(seconds=1))
    move(session, request, Action.WITHDRAW, actor=Actor(By.AGENT), at=A_MONDAY)
    session.commit()

    assert request.state is State.WITHDRAWN
    assert [message.state for message in request.messages] == [MessageState.CANCELLED]
    assert request.due_at is None


def test_ten_seconds_later_it_is_a_withdrawal_like_any_other(
    session: Session, company: Company
) -> None:
    held_until = A_MONDAY + timedelta(seconds=10)
    request = a_request(session, company, channel=Channel.PHONE, held_until=held_until)

    assert not is_held(request, held_until)
    move(session, request, Action.WITHDRAW, actor=INES, at=held_until)

    assert kinds(request, session)[-1] is MessageKind.WITHDRAWAL


def test_a_request_set_aside_is_not_taken_for_one_that_is_held(
    session: Session, company: Company
) -> None:
    request = a_request(session, company)
    request.failure, request.due_at = "ValueError: …", A_MONDAY + timedelta(hours=1)
    session.commit()

    assert not is_held(request, A_MONDAY)
    move(session, request, Action.WITHDRAW, actor=INES, at=A_MONDAY)

    assert kinds(request, session)[-1] is MessageKind.WITHDRAWAL
    assert request.failure is None


def test_nothing_is_withdrawn_once_access_has_ended_even_before_processing_says_so(
    session: Session, company: Company
) -> None:
    request = a_request(session, company)
    move(session, request, Action.CONFIRM, actor=PILAR, at=LATER)
    ends_at = request.endings[0].access_ends_at

    with pytest.raises(MoveRefused):
        move(session, request, Action.WITHDRAW, actor=INES, at=ends_at)
    move(session, request, Action.WITHDRAW, actor=INES, at=ends_at - timedelta(seconds=1))

    assert request.state is State.WITHDRAWN


def test_a_withdrawal_leaves_the_subscription_that_ended_before_ended(
    session: Session, company: Company
) -> None:
    first = company.subscriptions[0]
    first.product = "Sage Active Facturation"
    other = a_subscription(session, company, term_months=12, product="Sage Active Comptabilité")
    request = a_request(session, company, subscription_ids=(first.id, other.id))
    move(session, request, Action.CONFIRM, actor=PILAR, at=LATER)
    monthly, yearly = request.endings
    end = next(due for due in timetable(monthly) if due.action is Action.END)
    transitions.move_ending(session, monthly, Action.END, actor=PILAR, at=end.at)

    move(session, request, Action.WITHDRAW, actor=INES, at=end.at + timedelta(days=1))
    session.commit()

    assert (monthly.state, yearly.state) == (State.ENDED, State.WITHDRAWN)
    assert request.state is State.ENDED
    assert request.due_at is not None
    assert monthly.subscription.ended_at == monthly.access_ends_at
    assert "Comptabilité" in request.messages[-1].text
    assert "Facturation" not in request.messages[-1].text


def test_a_restart_gives_the_subscription_back(session: Session, company: Company) -> None:
    request = a_request(session, company)
    move(session, request, Action.CONFIRM, actor=PILAR, at=LATER)
    ending = request.endings[0]
    end = next(due for due in timetable(ending) if due.action is Action.END)
    transitions.move_ending(session, ending, Action.END, actor=PILAR, at=end.at)
    assert ending.subscription.ended_at is not None

    move(session, request, Action.RESTART, actor=INES, at=end.at + timedelta(days=1))

    assert (request.state, request.due_at) == (State.RESTARTED, None)
    assert ending.subscription.ended_at is None
    assert kinds(request, session)[-1] is MessageKind.RESTART
