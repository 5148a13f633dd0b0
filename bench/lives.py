"""The life of one request, from its filing to today, by the product's own rules.

What people had a say in is drawn by lot; what follows from the dates is not.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from operator import itemgetter
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from bench import customers, written
from bench.chain import Chain
from bench.customers import Customer
from bench.papers import Papers, Rows
from bench.signs import signs
from helpdesk.demo.names import SPAIN
from helpdesk.queue.erasure import CONTRACTS_KEPT
from helpdesk.queue.events import By
from helpdesk.queue.references import RANDOM_SIGNS
from helpdesk.rules import lifecycle, reminders
from helpdesk.rules.notice import Notice, give_notice
from helpdesk.rules.reminders import Due
from helpdesk.rules.vocabulary import (
    Action,
    MessageKind,
    ReviewReason,
    State,
)

A_MOMENT = timedelta(seconds=40)
REVIEWED = timedelta(hours=5)
THOUGHT_OVER = timedelta(days=3)
CAME_BACK = timedelta(days=10)
REVIEW_REASONS = tuple(ReviewReason)
CALLED = 0.3
"""One Spanish request in three comes by phone."""


class Came(Enum):
    """What came of a request as far as people had a say in it."""

    CONFIRMED = auto()
    WITHDRAWN = auto()
    REJECTED = auto()
    RESTARTED = auto()
    IN_REVIEW = auto()
    RECEIVED = auto()


class Life:
    """What happened to one request, written down as rows."""

    def __init__(
        self, who: Customer, filed_at: datetime, now: datetime, came: Came, chance: Random
    ) -> None:
        self.who, self.filed_at, self.now, self.came = who, filed_at, now, came
        self.chance = chance
        zone = ZoneInfo(who.zone)
        self.notices = [give_notice(filed_at, zone, one.terms) for one in who.contracts]
        self.erased_at = _erased_at(self.notices, now) if came is Came.CONFIRMED else None
        key = str(UUID(int=chance.getrandbits(128)))
        reference = signs(who.id, RANDOM_SIGNS)
        self.chain = Chain(who.id, reference, key, erased=self.erased_at is not None)
        self.papers = Papers(who, reference, now, self.notices, erased_at=self.erased_at)
        self.due_at: datetime | None = None
        self.states = [State.RECEIVED for _ in self.notices]
        self.done_until = [filed_at for _ in self.notices]
        self.rows: Rows = []
        self.call_id: int | None = None

    def told(self, due_at: datetime | None = None) -> Rows:
        """Return all rows of the request and its customer; a received one waits for `due_at`."""
        self._file()
        if self.came is Came.RECEIVED:
            self.due_at = due_at or self.filed_at
        else:
            self._decide()
        self.rows += [("events", row) for row in self.chain.rows]
        places = range(len(self.notices))
        self.rows += [("endings", written.ending(self, place)) for place in places]
        self.rows += self.papers.rows
        self.rows.append(("requests", written.request(self)))
        if self.erased_at is None:
            over = self.states[0] is State.ENDED
            self.rows += customers.rows(self.who, self.notices[0].access_ends_at if over else None)
        return self.rows

    def _file(self) -> None:
        if self.who.country == SPAIN and self.chance.random() < CALLED:
            self.call_id = self.who.id
            self.rows.append(("calls", written.call(self)))
        by = By.AGENT if self.call_id else By.CUSTOMER
        self.chain.add(self.filed_at, Action.FILE, by, None, State.RECEIVED)
        self.papers.message(MessageKind.ACKNOWLEDGEMENT, self.filed_at)

    def _decide(self) -> None:
        at = self.filed_at + A_MOMENT
        doubted = self.came in {Came.IN_REVIEW, Came.REJECTED} or self.chance.random() < 0.05
        if doubted:
            at = self._review(at)
        if self.came is Came.IN_REVIEW:
            return None
        by = By.SUPERVISOR if doubted else By.PROCESSING
        if self.came is Came.REJECTED:
            return self._move(at, Action.REJECT, by)
        self._move(at, Action.CONFIRM, by)
        self.done_until = [at for _ in self.notices]
        if self.came is Came.WITHDRAWN:
            return self._move(at + THOUGHT_OVER, Action.WITHDRAW, By.CUSTOMER)
        return self._go_on()

    def _review(self, at: datetime) -> datetime:
        """Send the request to review; returns when it was decided."""
        reason = self.chance.choice(REVIEW_REASONS)
        waits = self.came is Came.IN_REVIEW
        self._move(at, Action.REVIEW, By.PROCESSING, why=reason.value)
        settled_at = None if waits else at + REVIEWED
        review = {"id": self.who.id, "request_id": self.who.id, "reason": reason}
        self.rows.append(("reviews", review | {"opened_at": at, "settled_at": settled_at}))
        return at + REVIEWED

    def _move(self, at: datetime, action: Action, by: By, why: str = "") -> None:
        """Do something to the request and all its endings, with its papers."""
        before = self.states[0]
        after = lifecycle.after(before, action)
        self.chain.add(at, action, by, before, after, why=why)
        self.states = [after for _ in self.states]
        self.papers.of_request(action, at)

    def _go_on(self) -> None:
        """Let the timetables of the endings run until now."""
        calendar = [
            (due.at, place, due)
            for place, notice in enumerate(self.notices)
            for due in reminders.timetable(notice)
        ]
        for at, place, due in sorted(calendar, key=itemgetter(0, 1)):
            if self.states[place] is State.RESTARTED:
                continue
            if due.action is Action.PURGE:
                self._purge(place)
            elif at <= self.now:
                self._happened(place, due)
            else:
                self.due_at = self.due_at or at

    def _happened(self, place: int, due: Due) -> None:
        at = due.at + A_MOMENT
        self._move_ending(place, due.action, at)
        self.done_until[place] = due.at
        self.papers.of_ending(place, due.action, at, due.message)
        back_at = at + CAME_BACK
        if self.came is Came.RESTARTED and due.action is Action.END and back_at <= self.now:
            self._move_ending(place, Action.RESTART, back_at)
            self.papers.of_ending(place, Action.RESTART, back_at, MessageKind.RESTART)

    def _purge(self, place: int) -> None:
        if self.erased_at is None:
            return
        at = self.erased_at
        self._move_ending(place, Action.PURGE, at)
        self.papers.of_ending(place, Action.PURGE, at, MessageKind.DELETION_DONE)
        number = self.papers.ending_id(place)
        done = {"id": number, "ending_id": number, "began_at": at, "due_at": at, "done_at": at}
        self.rows.append(("deletions", done | {"counts": {"messages": 6, "subscriptions": 1}}))
        forgets_at = at + CONTRACTS_KEPT
        self.due_at = forgets_at if forgets_at > self.now else None

    def _move_ending(self, place: int, action: Action, at: datetime) -> None:
        before = self.states[place]
        after = self.states[place] = lifecycle.after(before, action)
        by = By.CUSTOMER if action is Action.RESTART else By.PROCESSING
        number = self.papers.ending_id(place)
        self.chain.add(at, action, by, before, after, ending_id=number)


def _erased_at(notices: Sequence[Notice], now: datetime) -> datetime | None:
    """Return when the data went; None while it is still kept."""
    at = max(notice.deletes_at for notice in notices) + A_MOMENT
    return at if at < now else None
