from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import paging
from helpdesk.database import db
from helpdesk.messages import shelf
from helpdesk.messages.models import Attempt, Message
from helpdesk.rules.vocabulary import MessageKind, MessageState
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.queries import recorded


@pytest.fixture
def messages(session: Session) -> list[Message]:
    """Return three acknowledgements and a request to verify, oldest first."""
    company = a_company(session)
    a_subscription(session, company)
    for number in range(3):
        a_request(session, company, filed_at=A_MONDAY + timedelta(days=number))
    session.commit()
    return list(session.scalars(select(Message).order_by(Message.created_at, Message.id)))


def test_messages_stand_newest_first(session: Session, messages: list[Message]) -> None:
    assert list(shelf.page(session, shelf.Filters(), None).rows) == messages[::-1]


def test_they_are_filtered_by_state_and_kind(session: Session, messages: list[Message]) -> None:
    messages[0].state = MessageState.FAILED
    messages[1].kind = MessageKind.REJECTION
    failed = shelf.Filters(state=MessageState.FAILED)
    rejections = shelf.Filters.read({"kind": "rejection"})

    assert shelf.page(session, failed, None).rows == (messages[0],)
    assert shelf.page(session, rejections, None).rows == (messages[1],)
    assert shelf.counts(session)[MessageState.FAILED] == 1
    assert shelf.counts(session, MessageKind.REJECTION) == {
        MessageState.WAITING: 1,
        MessageState.SENT: 0,
        MessageState.FAILED: 0,
        MessageState.CANCELLED: 0,
    }


def test_filters_and_their_address_say_the_same() -> None:
    filters = shelf.Filters(state=MessageState.SENT, kind=MessageKind.REMINDER_7)

    assert shelf.Filters.read(filters.as_address()) == filters
    assert shelf.Filters.read({"state": "<b>", "kind": "x"}) == shelf.Filters()
    assert shelf.Filters().as_address() == {}


def test_more_than_fifty_take_pages(session: Session, messages: list[Message]) -> None:
    for number in range(50):
        a_request(session, filed_at=A_MONDAY + timedelta(minutes=number))
    session.commit()
    first = shelf.page(session, shelf.Filters(), None)

    rest = shelf.page(session, shelf.Filters(), paging.Place.read({"older": first.older or ""}))

    assert (len(first.rows), len(rest.rows)) == (50, 3)
    assert rest.newer
    back = shelf.page(session, shelf.Filters(), paging.Place.read({"newer": rest.newer}))
    assert back.rows == first.rows


@pytest.mark.parametrize("count", [1, 25])
def test_twenty_five_rows_cost_as_many_queries_as_one(session: Session, count: int) -> None:
    for _ in range(count):
        a_request(session)
    for message in session.scalars(select(Message)):
        message.attempts.append(Attempt(at=A_MONDAY, error="450 later"))
    session.commit()

    with recorded(db.engine) as statements:
        found = shelf.page(session, shelf.Filters(), None)
        tries = [len(message.attempts) for message in found.rows]

    assert tries == [1] * count
    assert len([one for one in statements if one.startswith("SELECT")]) == 2


def test_what_was_given_up_is_tried_again(session: Session, messages: list[Message]) -> None:
    message = messages[0]
    message.state = MessageState.FAILED
    message.attempts.append(Attempt(at=A_MONDAY, error="550 no such mailbox"))
    later = A_MONDAY + timedelta(days=5)

    shelf.try_again(message, later)

    assert (message.state, message.due_at) == (MessageState.WAITING, later)
    assert [one.error for one in message.attempts] == ["550 no such mailbox", shelf.AGAIN]


@pytest.mark.parametrize("state", [MessageState.WAITING, MessageState.SENT, MessageState.CANCELLED])
def test_nothing_else_is_tried_again(
    session: Session, messages: list[Message], state: MessageState
) -> None:
    messages[0].state = state

    with pytest.raises(shelf.NotGivenUp):
        shelf.try_again(messages[0], A_MONDAY)


def test_a_message_is_found_by_its_number(session: Session, messages: list[Message]) -> None:
    assert shelf.message(session, messages[0].id) is messages[0]
    assert shelf.message(session, 0) is None
