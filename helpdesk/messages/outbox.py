"""Put messages into the outbox, in the transaction of what causes them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from email.utils import make_msgid
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk import bulk
from helpdesk.documents.models import Document
from helpdesk.messages import calendar
from helpdesk.messages.letter import Letter
from helpdesk.messages.models import Message
from helpdesk.rules.vocabulary import MessageKind, MessageState


@dataclass(frozen=True, slots=True)
class Post:
    """A letter to be sent, and the row of the document that goes with it, if there is one."""

    letter: Letter
    document: dict[str, Any] | None = None


def put(session: Session, letter: Letter) -> None:
    """Write a message to be sent from `due_at` on.

    The same key a second time changes nothing.
    """
    put_all(session, [Post(letter)])


def put_all(session: Session, posts: Sequence[Post]) -> None:
    """Write messages with their documents, however many, by one statement each."""
    if not posts:
        return
    known = _known(session, [post.letter.key for post in posts if post.document])
    new = {post.letter.key: post for post in posts if post.letter.key not in known}
    papers = [post.document for post in new.values() if post.document]
    numbers = bulk.add_numbered(session, Document, papers, by="code")
    rows = [
        _row(session, post.letter, numbers[post.document["code"]] if post.document else None)
        for post in new.values()
    ]
    bulk.add(session, Message, rows, once=True)


def first_rows(session: Session, letters: Sequence[Letter]) -> list[dict[str, Any]]:
    """Return the rows of the first messages of a cause that is written together with them."""
    return [_row(session, one, None) for one in letters]


def _known(session: Session, keys: Collection[str]) -> Collection[str]:
    """Return the keys that are taken: where nothing but the message comes, they need no look."""
    if not keys:
        return ()
    query = select(Message.key).where(bulk.among(session, Message.key, keys))
    return frozenset(session.scalars(query))


def _row(session: Session, letter: Letter, document_id: int | None) -> dict[str, Any]:
    if calendar.takes_back(letter.kind):
        letter = replace(letter, was_announced=_was_announced(session, letter))
    return {
        "key": letter.key,
        "request_id": letter.request_id,
        "ending_id": letter.ending_id,
        "company_id": letter.company_id,
        "kind": letter.kind,
        "language": letter.language,
        "recipient": letter.recipient,
        "letter": letter.as_json(),
        "document_id": document_id,
        "message_id": make_msgid(domain="preavis"),
        "state": MessageState.WAITING,
        "created_at": letter.at,
        "due_at": letter.due_at,
    }


def _was_announced(session: Session, letter: Letter) -> bool:
    """Tell whether calendars were told the dates of the request of a letter."""
    told = select(Message.id).where(
        Message.request_id == letter.request_id, Message.kind.in_(calendar.ANNOUNCED)
    )
    return session.scalar(told.limit(1)) is not None


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
