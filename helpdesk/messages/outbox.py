"""Put messages into the outbox, in the transaction of what causes them."""

from collections.abc import Collection
from email.utils import make_msgid

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.documents.models import Document
from helpdesk.messages import calendar
from helpdesk.messages.compose import compose
from helpdesk.messages.letter import Letter
from helpdesk.messages.models import Message
from helpdesk.rules.vocabulary import MessageKind, MessageState


def put(session: Session, letter: Letter, document: Document | None = None) -> None:
    """Write a message to be sent from `due_at` on, with its dates and document if it has any.

    The same key a second time changes nothing.
    """
    if session.scalar(select(Message.id).where(Message.key == letter.key)) is not None:
        return
    words = compose(letter)
    session.add(
        Message(
            key=letter.key,
            request_id=letter.request_id,
            ending_id=letter.ending_id,
            company_id=letter.company_id,
            kind=letter.kind,
            language=letter.language,
            recipient=letter.recipient,
            subject=words.subject,
            text=words.text,
            html=words.html,
            calendar=_calendar(session, letter),
            document=document,
            message_id=make_msgid(domain="preavis"),
            state=MessageState.WAITING,
            created_at=letter.at,
            due_at=letter.due_at,
            sent_at=None,
        )
    )


def _calendar(session: Session, letter: Letter) -> str | None:
    """Return the dates that go with a letter; there is nothing to take back of what none told."""
    if calendar.takes_back(letter.kind):
        told = select(Message.id).where(
            Message.request_id == letter.request_id, Message.calendar.is_not(None)
        )
        if session.scalar(told.limit(1)) is None:
            return None
    return calendar.dates(letter)


def hold_back(
    session: Session,
    request_id: int,
    ending_id: int | None = None,
    *,
    but: Collection[int] = (),
) -> None:
    """Take back every message of a request, or of one of its endings, that has not gone out.

    What tells of the endings in `but` stays, as does what tells of a withdrawal: it still holds.
    """
    query = update(Message).where(
        Message.request_id == request_id,
        Message.state == MessageState.WAITING,
        Message.kind != MessageKind.WITHDRAWAL,
    )
    if ending_id is not None:
        query = query.where(Message.ending_id == ending_id)
    if but:
        query = query.where(Message.ending_id.is_(None) | Message.ending_id.not_in(but))
    session.execute(query.values(state=MessageState.CANCELLED))
