"""Send what waits in the outbox: at least once, retried with growing pauses for a day.

Each message is claimed in one short transaction, its document made and handed to the mail server
with no transaction open, and its attempt recorded in another one. The claim moves `due_at` ahead,
so that another worker leaves the message alone; a worker that dies with it loses nothing, since it
is due again then, under the same Message-ID.

A refusal for good (5xx) is retried as well: mailboxes come back, and servers misconfigured for an
hour say 550. What is still refused after a day is given up, and supervisors see it.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr
from time import monotonic

from sqlalchemy import select

from helpdesk.database import transaction
from helpdesk.documents import shelf as documents
from helpdesk.messages import faults
from helpdesk.messages.envelope import mail
from helpdesk.messages.mail_server import Connection, MailServer
from helpdesk.messages.models import Attempt, Message
from helpdesk.messages.shelf import AGAIN
from helpdesk.rules.vocabulary import MessageState
from helpdesk.settings import Settings

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
GIVEN_UP_AFTER = timedelta(days=1)
# A server that does not answer is left alone after so many tries in a row, until the next pass.
PATIENCE = 3
# A pass ends after so long: the next tick has more to do than mail.
LONGEST_PASS_SECONDS = 45
SHORTEST_LEASE = timedelta(minutes=5)
# A conversation waits for the server this many times at most.
WAITS = 12


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A message that this worker alone is sending, apart from the database."""

    id: int
    recipient: str
    document_id: int | None


class _TakenBack(Exception):
    """What was to be sent no longer holds: it was taken back while its document was made."""


def deliver_due(
    now: datetime, settings: Settings, *, advance: Callable[[int], None] = lambda _done: None
) -> Counter[str]:
    """Send the messages due by an instant; returns how many were sent, retried and given_up.

    `advance` is told of each.
    Without `SMTP_URL` they stay where they are, readable in the outbox.
    """
    done: Counter[str] = Counter()
    if settings.smtp_url is None:
        return done
    server = MailServer.from_url(settings.smtp_url, settings.smtp_timeout_seconds)
    lease = max(SHORTEST_LEASE, WAITS * timedelta(seconds=settings.smtp_timeout_seconds))
    began, in_a_row = monotonic(), 0
    with Connection(server, parseaddr(settings.mail_from)[1]) as connection:
        while in_a_row < PATIENCE and monotonic() - began < LONGEST_PASS_SECONDS:
            claimed = _claim(now, now + lease)
            if claimed is None:
                break
            try:
                error = _hand_in(connection, claimed, settings)
            except _TakenBack:
                continue
            fault = faults.told(error, server.password) if error else ""
            done[_record(claimed.id, fault, now)] += 1
            advance(1)
            in_a_row = in_a_row + 1 if error and faults.is_the_servers(error) else 0
    return done


def next_try(tries: Sequence[datetime]) -> datetime | None:
    """Return when to try again after failed tries, in order of time; None to give up.

    The pauses grow; the last try of all is a whole day after the first.
    """
    until = tries[0] + GIVEN_UP_AFTER
    if tries[-1] >= until:
        return None
    return min(tries[-1] + PAUSES[min(len(tries), len(PAUSES)) - 1], until)


def _claim(now: datetime, until: datetime) -> _Claimed | None:
    """Take the message that has been due longest, for this worker alone until an instant."""
    with transaction() as session:
        message = session.scalar(
            select(Message)
            .where(Message.state == MessageState.WAITING, Message.due_at <= now)
            .order_by(Message.due_at, Message.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if message is None:
            return None
        message.due_at = until
        return _Claimed(message.id, message.recipient, message.document_id)


def _hand_in(connection: Connection, claimed: _Claimed, settings: Settings) -> Exception | None:
    """Hand one mail in; returns what went wrong, or None once the server has taken it.

    Raises _TakenBack when it is not to be sent any more.
    """
    try:
        made = _mail(claimed, settings)
    except (ValueError, LookupError, MessageError) as error:
        log.warning("Message %d cannot be written: %s: %s", claimed.id, type(error).__name__, error)
        return ValueError(faults.NOT_MAIL)
    try:
        connection.send(made, claimed.recipient)
    except (OSError, ValueError) as error:
        return error
    return None


def _mail(claimed: _Claimed, settings: Settings) -> EmailMessage:
    """Return a message as mail: words and document are made now if nobody needed them yet."""
    pdf = documents.pdf_of(claimed.document_id) if claimed.document_id else None
    with transaction() as session:
        message = session.get_one(Message, claimed.id, with_for_update={"of": Message})
        if message.state is not MessageState.WAITING:
            raise _TakenBack
        message.keep_words()
        return mail(message, settings.mail_from, settings.service_name, pdf)


def _record(number: int, fault: str, now: datetime) -> str:
    """Keep what came of a try, and what follows from it; returns sent, retried or given_up."""
    with transaction() as session:
        # Nobody takes it back between the look at its state and the next one.
        message = session.get_one(Message, number, with_for_update={"of": Message})
        said = faults.ERASED if fault and message.erased_at else fault
        message.attempts.append(Attempt(at=now, error=said))
        if not fault:
            message.state, message.sent_at, outcome = MessageState.SENT, now, "sent"
        else:
            following = next_try(_tries(message.attempts))
            outcome = "retried" if following else "given_up"
            if message.state is MessageState.WAITING:
                message.due_at = following or now
                message.state = MessageState.WAITING if following else MessageState.FAILED
    log.log(logging.WARNING if fault else logging.INFO, "Message %d: %s", number, outcome)
    return outcome


def _tries(attempts: Sequence[Attempt]) -> list[datetime]:
    """Return the failed tries since the first, or since a supervisor put the message back."""
    tries: list[datetime] = []
    for attempt in attempts:
        tries = [] if attempt.error == AGAIN else [*tries, attempt.at]
    return tries
