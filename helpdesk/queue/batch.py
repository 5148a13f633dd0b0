"""Requests that are moved together, be it one alone: all is read and written at once.

So a thousand due requests take as many statements as one.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_dict

from helpdesk import bulk
from helpdesk.messages import outbox
from helpdesk.messages.outbox import Post
from helpdesk.queue import events, outgoing, papers, rivals
from helpdesk.queue.events import Actor
from helpdesk.queue.letters import Writer
from helpdesk.queue.models import Ending, Event, Request
from helpdesk.queue.records import OutgoingEvent
from helpdesk.rules.vocabulary import Action, MessageKind, State


class Batch:
    """Some requests, what their moves at one instant must know, and what is written of them."""

    def __init__(self, session: Session, requests: Sequence[Request], at: datetime) -> None:
        self.session, self.requests, self.at = session, requests, at
        self._letters = Writer(session, requests, at)
        self._events: list[events.Row] = []
        self._outgoing: list[outgoing.Row] = []
        self._posts: list[Post] = []

    def already_ending(self, request: Request) -> Request | None:
        """Return the first other request that ends a subscription of this one already."""
        return rivals.first(request, self._rivals.get(request.id, ()))

    def happen(  # noqa: PLR0913 (an event is who, what, why, from, to)
        self,
        request: Request,
        action: Action,
        *,
        actor: Actor,
        from_state: State,
        to_state: State,
        why: str,
        ending: Ending | None = None,
    ) -> None:
        """Append the next event to the chain of a request."""
        number = self._numbers[request.id] = self._numbers.get(request.id, 0) + 1
        row = events.following(
            request,
            number,
            action,
            actor=actor,
            at=self.at,
            from_state=from_state,
            to_state=to_state,
            why=why,
            ending=ending,
        )
        self._events.append(row)

    def go_out(self, endings: Sequence[Ending], action: Action) -> None:
        """Have the service told what an action means for these subscriptions."""
        self._outgoing += outgoing.rows(endings, action, self.at)

    def tell(
        self,
        request: Request,
        kind: MessageKind,
        action: Action,
        moved: Sequence[Ending],
        *,
        alone: Ending | None,
        text: str,
    ) -> None:
        """Have the customer told what happened, with its document where it has one."""
        cause = self._numbers[request.id]
        letter = self._letters.letter(request, kind, cause=cause, ending=alone, text=text)
        document = papers.issued(request, action, moved, self.at, alone=alone)
        self._posts.append(Post(letter, document))

    def write(self) -> None:
        """Write all of it, each table by one statement."""
        bulk.flush_changes(self.session)  # First: what somebody else has changed is refused here.
        bulk.add(self.session, Event, self._events)
        bulk.add(self.session, OutgoingEvent, self._outgoing)
        outbox.put_all(self.session, self._posts)
        for request in self.requests:
            if "events" in instance_dict(request):
                self.session.expire(request, ["events"])

    @cached_property
    def _numbers(self) -> dict[int, int]:
        """The number of the latest event of each request."""
        return events.last_numbers(self.session, self.requests)

    @cached_property
    def _rivals(self) -> dict[int, list[Request]]:
        """The other requests that name a subscription of these."""
        return rivals.of(self.session, self.requests)
