"""The life of one request, from its filing to today, by the product's own rules.

What people had a say in is drawn by lot; what follows from the dates is not.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum, auto
from operator import itemgetter
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bench import customers
from bench.chain import Chain
from bench.customers import Customer
from bench.papers import Papers, Rows
from bench.signs import signs
from helpdesk.queue.erasure import CONTRACTS_KEPT
from helpdesk.queue.events import By
from helpdesk.queue.references import RANDOM_SIGNS
from helpdesk.rules import lifecycle, reminders
from helpdesk.rules.notice import Notice, give_notice
from helpdesk.rules.reminders import Due
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    Disposition,
    Kind,
    MessageKind,
    Reason,
    ReviewReason,
    State,
)
from helpdesk.rules.words import plain

A_MOMENT = timedelta(seconds=40)
REVIEWED = timedelta(hours=5)
THOUGHT_OVER = timedelta(days=3)
CAME_BACK = timedelta(days=10)
REASONS, REVIEW_REASONS = tuple(Reason), tuple(ReviewReason)
WRITTEN = (Channel.HELP_CENTER, Channel.ACCOUNT)
AGENT_ID = 1
CALLED = 0.3
_NOBODY = dict.fromkeys(
    (
        "company_name",
        "tax_number",
        "requester_name",
        "email",
        "reason_text",
        "asked",
        "contracts",
        "search_words",
    ),
    "",
)
"""What stands in a request once what is personal in it was erased (erasure.py)."""


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
        self.rows += self._endings()
        self.rows += self.papers.rows
        self.rows.append(("requests", self._request()))
        if self.erased_at is None:
            over = self.states[0] is State.ENDED
            self.rows += customers.rows(self.who, self.notices[0].access_ends_at if over else None)
        return self.rows

    def _file(self) -> None:
        self.call_id = self._call() if self.who.country == "ES" else None
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

    def _call(self) -> int | None:
        """Write down the call that one Spanish request in three came by; returns its number."""
        if self.chance.random() >= CALLED:
            return None
        gone = self.erased_at is not None
        call = {
            "id": self.who.id,
            "key": f"call-{self.who.id}",
            "desk_id": 1,
            "hours_version_id": 1,
            "agent_id": AGENT_ID,
            "company_id": None if gone else self.who.id,
            "caller_number": None if gone else self.who.phone,
            "caller_name": "" if gone else self.who.holder,
            "started_at": self.filed_at,
            "seconds": self.chance.randint(60, 900),
            "out_of_hours": False,
            "disposition": Disposition.CANCELLATION,
            "notes": "",
        }
        self.rows.append(("calls", call))
        return self.who.id

    def _endings(self) -> Rows:
        gone = self.erased_at is not None
        return [
            (
                "endings",
                {
                    "id": one.id,
                    "request_id": self.who.id,
                    "subscription_id": None if gone else one.id,
                    "product": one.product,
                    "contract": "" if gone else one.number,
                    "term_months": one.term_months,
                    "price_cents": one.price_cents,
                    "terms_version_id": 1,
                    "state": self.states[place],
                    "zone": notice.zone,
                    "requested_on": notice.requested_on,
                    "notice_ends_on": notice.notice_ends_on,
                    "effective_on": notice.effective_on,
                    "last_access_on": notice.last_access_on,
                    "access_ends_at": notice.access_ends_at,
                    "deleted_on": notice.deleted_on,
                    "deletes_at": notice.deletes_at,
                    "steps": [step.as_json() for step in notice.steps],
                    "done_until": self.done_until[place],
                },
            )
            for place, (one, notice) in enumerate(
                zip(self.who.contracts, self.notices, strict=True)
            )
        ]

    def _request(self) -> dict[str, Any]:
        who = self.who
        kept = {
            "id": who.id,
            "version": len(self.chain.rows),
            "kind": Kind.CANCELLATION,
            "reference": self.chain.reference,
            "filing_key": self.chain.filing_key,
            "channel": Channel.PHONE if self.call_id else self.chance.choice(WRITTEN),
            "state": lifecycle.least_advanced(self.states),
            "filed_at": self.filed_at,
            "due_at": self.due_at,
            "seal": self.chain.seal,
            "country": who.country,
            "language": who.language,
            "authority": Authority.ACCOUNT_HOLDER,
            "reason": self.chance.choice(REASONS),
            "linked_to_id": None,
            "erased_at": self.erased_at,
        }
        return kept | (dict(_NOBODY) if self.erased_at else self._person())

    def _person(self) -> dict[str, Any]:
        who = self.who
        said = f"{who.name} {who.tax_number} {who.holder_email} {who.holder}"
        return {
            "company_id": who.id,
            "company_name": who.name,
            "tax_number": who.tax_number,
            "person_id": who.holder_id,
            "requester_name": who.holder,
            "email": who.holder_email,
            "reason_text": "",
            "asked": "",
            "contracts": "",
            "call_id": self.call_id,
            "search_words": plain(said),
        }


def _erased_at(notices: Sequence[Notice], now: datetime) -> datetime | None:
    """Return when the data went; None while it is still kept."""
    at = max(notice.deletes_at for notice in notices) + A_MOMENT
    return at if at < now else None
