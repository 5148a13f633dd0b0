from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.messages import outbox
from helpdesk.messages.models import Message
from helpdesk.queue.letters import letter
from helpdesk.rules.vocabulary import MessageKind, MessageState
from tests.builders import A_MONDAY, a_company, a_request, a_subscription


def count(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(Message))


def test_the_same_cause_twice_puts_one_message(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company)
    request = a_request(session, company)
    before = count(session)

    for _ in range(2):
        outbox.put(session, letter(request, MessageKind.CONFIRMATION, A_MONDAY))

    assert count(session) == (before or 0) + 1


def test_only_what_has_not_gone_out_is_taken_back(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company)
    gone, waiting = a_request(session, company), a_request(session, company)
    session.flush()
    for message in gone.messages:
        message.state = MessageState.SENT
    session.flush()

    outbox.hold_back(session, gone.id)
    outbox.hold_back(session, waiting.id)
    session.commit()

    assert {one.state for one in gone.messages} == {MessageState.SENT}
    assert {one.state for one in waiting.messages} == {MessageState.CANCELLED}


@pytest.mark.parametrize(
    ("email", "told"), [("INES@boulangerie.example", True), ("other@people.example", False)]
)
def test_the_dates_of_the_first_request_are_told_only_to_who_knows_them(
    session: Session, email: str, told: bool
) -> None:
    company = a_company(session)
    a_subscription(session, company)
    first = a_request(session, company, email="ines@boulangerie.example")
    second = a_request(session, company, email=email, filed_at=A_MONDAY + timedelta(days=60))
    second.linked_to = first

    written = letter(second, MessageKind.LINKED, A_MONDAY)

    dates = [one.effective_on for one in first.endings] if told else []
    assert [one.effective_on for one in written.endings] == dates
