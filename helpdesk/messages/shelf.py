"""Read the outbox: its list, one message, and another try for one that was given up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session, selectinload

from helpdesk import paging, tallies
from helpdesk.messages.models import Attempt, Message
from helpdesk.rules.vocabulary import MessageKind, MessageState
from helpdesk.tallies import Tally

# What an attempt says that is none: a supervisor put the message back among those that wait.
AGAIN = "again"


class NotGivenUp(Exception):
    """Only a message that was given up can be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which messages a supervisor looks for; an empty one leaves everything in."""

    state: MessageState | None = None
    kind: MessageKind | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Filters":
        """Return the filters that an address names; what makes no sense filters nothing."""
        states = {one.value: one for one in MessageState}
        kinds = {one.value: one for one in MessageKind}
        return cls(state=states.get(given.get("state", "")), kind=kinds.get(given.get("kind", "")))

    def as_address(self) -> dict[str, str]:
        """Return the filters as the parts of an address that `read` reads."""
        given = {"state": self.state, "kind": self.kind}
        return {name: member.value for name, member in given.items() if member}


def page(session: Session, filters: Filters, place: paging.Place | None) -> paging.Page[Message]:
    """Return the messages of one page, newest first, each with its attempts."""
    query = select(Message).options(selectinload(Message.attempts))
    if filters.state:
        # Written out, so that the index of those given up is known to have them.
        state: BindParameter[MessageState] = bindparam("state", filters.state, literal_execute=True)
        query = query.where(Message.state == state)
    if filters.kind:
        query = query.where(Message.kind == filters.kind)
    return paging.page(session, query, (Message.created_at, Message.id), place)


def counts(session: Session, kind: MessageKind | None = None) -> dict[MessageState, int]:
    """Return how many messages, of one kind or of all, are in each state."""
    found = dict.fromkeys(MessageState, 0)
    for (state, one), number in tallies.read(session, Tally.MESSAGES).items():
        if kind in {None, one}:
            found[MessageState(state)] += number
    return found


def message(session: Session, number: int) -> Message | None:
    """Return one message."""
    return session.get(Message, number)


def try_again(message: Message, at: datetime) -> None:
    """Put a message that was given up back among those that are due.

    Raises NotGivenUp for any other, and for one whose data was deleted since. It shows among its
    attempts, between the tries.
    """
    if message.state is not MessageState.FAILED or message.erased_at:
        raise NotGivenUp
    message.state = MessageState.WAITING
    message.due_at = at
    message.attempts.append(Attempt(at=at, error=AGAIN))
