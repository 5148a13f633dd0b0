"""Collect all that this system holds on a company: asked for, made in the background, kept a week.

Whoever makes an export has it until `claimed_until`, and moves that instant ahead with each step.
A worker that dies leaves it to the next one, which begins again; one that comes back too late finds
that the export is no longer its own, and lets go. So each is made once, with one message.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from time import monotonic
from typing import IO, Self
from uuid import uuid4

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from helpdesk.database import db, one_moment, transaction
from helpdesk.directory import locks
from helpdesk.directory.models import Company, Person
from helpdesk.messages import outbox
from helpdesk.messages.letter import Letter
from helpdesk.queue import export_content
from helpdesk.queue.export_build import Asked, Builder
from helpdesk.queue.records import Export
from helpdesk.rules.authority import may_cancel
from helpdesk.rules.vocabulary import ExportState, MessageKind

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
VALID = timedelta(days=7)
A_DAY = timedelta(days=1)
MOST_A_DAY = 5
_UNFINISHED = (ExportState.WAITING, ExportState.MAKING)


class Enough(Exception):
    """A company has collected its data often enough for one day; what it has is still there."""


class _Lost(Exception):
    """Somebody else makes this export now, or it is gone with its company."""


def ask(session: Session, company_id: int, person_id: int, at: datetime) -> Export:
    """Ask for the export of a company, or return the one that is already being made.

    Raises Enough when it was asked for too often within a day.
    """
    locks.company(session, company_id)  # One who asks at a time.
    theirs = select(Export).where(Export.company_id == company_id)
    unfinished = session.scalar(theirs.where(Export.state.in_(_UNFINISHED)))
    if unfinished is not None:
        return unfinished
    lately = theirs.where(Export.asked_at > at - A_DAY, Export.asked_at <= at)
    if len(session.scalars(lately).all()) >= MOST_A_DAY:
        raise Enough
    export = Export(
        key=str(uuid4()),
        company_id=company_id,
        person_id=person_id,
        state=ExportState.WAITING,
        asked_at=at,
    )
    session.add(export)
    session.flush()
    return export


def of_company(session: Session, company_id: int) -> Sequence[Export]:
    """Return the exports of a company, the newest first."""
    query = select(Export).where(Export.company_id == company_id)
    return session.scalars(query.order_by(Export.id.desc()).limit(20)).all()


def find(session: Session, company_id: int, key: str) -> Export | None:
    """Return an export of a company by its key; another company's does not exist."""
    query = select(Export).where(Export.key == key, Export.company_id == company_id)
    return session.scalar(query)


def state_at(export: Export, at: datetime) -> ExportState:
    """Return where an export stands: it expires at its instant, whatever processing has done."""
    if export.state is ExportState.READY and export.expires_at and export.expires_at <= at:
        return ExportState.EXPIRED
    return export.state


def expire_due(now: datetime) -> Counter[str]:
    """Remove the content of the exports whose time has passed."""
    due = (Export.state == ExportState.READY, Export.expires_at <= now)
    if db.session().scalar(select(Export.id).where(*due).limit(1)) is None:
        return Counter()
    with transaction() as session:
        expired = session.execute(update(Export).where(*due).values(state=ExportState.EXPIRED))
        export_content.remove_expired(session)
    return +Counter(export_expired=expired.rowcount)  # type: ignore[attr-defined]


def make_due(now: datetime) -> Counter[str]:
    """Make every export that waits, or that was left by whoever began it; return how many.

    Time goes on from `now` while it works.
    """
    began, done = monotonic(), Counter[str]()

    def time() -> datetime:
        return now + timedelta(seconds=monotonic() - began)

    while (claim := _Claim.take(time)) is not None:
        try:
            claim.make()
        except _Lost:
            log.warning("Export %d: it is not this worker’s any more", claim.number)
        else:
            done["export"] += 1
    return done


def _free(now: datetime) -> ColumnElement[bool]:
    """Return the condition that nobody makes an export: none began, or whoever did is gone.

    Nobody has one for longer than the lease: what says so was written while the clock was ahead.
    """
    left = or_(
        Export.claimed_until.is_(None),
        Export.claimed_until <= now,
        Export.claimed_until > now + 2 * LEASE,
    )
    return Export.state.in_(_UNFINISHED) & left


@dataclass(slots=True)
class _Claim:
    """An export that this worker alone makes, as long as it moves on in time."""

    number: int
    until: datetime
    time: Callable[[], datetime]

    @classmethod
    def take(cls, time: Callable[[], datetime]) -> Self | None:
        """Take the export that has waited longest; None when none waits."""
        now = time()
        waiting = select(Export.id).where(_free(now)).order_by(Export.asked_at, Export.id).limit(1)
        if db.session().scalar(waiting) is None:  # The way out of most calls: nothing is locked.
            return None
        with transaction() as session:
            number = session.scalar(waiting.with_for_update(skip_locked=True))
            if number is None:
                return None
            claim = cls(number, now + LEASE, time)
            made = {"state": ExportState.MAKING, "claimed_until": claim.until, "done": 0}
            session.execute(update(Export).where(Export.id == number).values(made))
        return claim

    def make(self) -> None:
        """Make it from one moment’s state of the database, and tell that it is there."""
        with TemporaryFile() as file:
            with one_moment(db.engine) as moment, Session(moment) as reading:
                export = reading.get(Export, self.number)
                if export is None:
                    raise _Lost
                company = reading.get_one(Company, export.company_id)
                person = _reader(reading, export)
                language = person.language if person else company.language
                asked = Asked(company.id, language, export.asked_at, self.time())
                Builder(reading, asked, self.advance).write(file)
            self.finish(file)

    def advance(self, done: int, total: int) -> None:
        """Keep how far it is, and have it for longer."""
        until = self.time() + LEASE
        with transaction() as session:
            self._keep(session, done=done, total=total, claimed_until=until)
        self.until = until

    def finish(self, file: IO[bytes]) -> None:
        """Keep what was made, and write to whoever asked for it, both or neither."""
        size, at = file.tell(), self.time()
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        file.seek(0)
        with transaction() as session:
            locks.companies(session, [self._company_id(session)])
            self._keep(
                session,
                state=ExportState.READY,
                claimed_until=None,
                ready_at=at,
                expires_at=at + VALID,
                size=size,
                sha256=digest,
            )
            export_content.write(session, self.number, file)
            outbox.put(session, _letter(session, session.get_one(Export, self.number), at))

    def _company_id(self, session: Session) -> int | None:
        return session.scalar(select(Export.company_id).where(Export.id == self.number))

    def _keep(self, session: Session, **values: object) -> None:
        """Write on it, if it is still this worker’s; raises _Lost."""
        own = (
            Export.id == self.number,
            Export.state == ExportState.MAKING,
            Export.claimed_until == self.until,
        )
        kept = session.execute(update(Export).where(*own).values(values))
        if kept.rowcount != 1:  # type: ignore[attr-defined]
            raise _Lost


def _reader(session: Session, export: Export) -> Person | None:
    """Return who asked, if they may still have it."""
    person = session.get(Person, export.person_id) if export.person_id else None
    is_theirs = person is not None and person.company_id == export.company_id
    return person if person and is_theirs and may_cancel(person.authority) else None


def _letter(session: Session, export: Export, at: datetime) -> Letter:
    """Return what tells who asked, or else the business, that it can be downloaded."""
    company, person = session.get_one(Company, export.company_id), _reader(session, export)
    return Letter(
        key=f"export:{export.key}",
        request_id=None,
        company_id=company.id,
        kind=MessageKind.EXPORT_READY,
        language=person.language if person else company.language,
        recipient=person.email if person else company.email,
        reference=company.tax_number,
        company_name=company.name,
        requester_name=person.name if person else company.name,
        country=company.country,
        endings=(),
        at=at,
        due_at=at,
        until=export.expires_at,
        token=export.key,
    )
