"""Calls on a phone line: half-written ones that are kept, and those that have been logged.

An agent's drafts and calls are only theirs: everything here is found through the agent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from helpdesk.database import locked
from helpdesk.desk import hours
from helpdesk.desk.models import Call, CallDraft
from helpdesk.rules.instants import begins_at, local
from helpdesk.rules.vocabulary import Disposition

UNTOUCHED_FOR = timedelta(days=1)
"""A call that was begun and never written in is forgotten after this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What an agent took down of a call; checked text. `seconds` is how long it lasted."""

    company_id: int | None
    caller_number: str | None
    caller_name: str
    seconds: int
    disposition: Disposition
    notes: str


def begin(session: Session, agent_id: int, reference: str, at: datetime) -> CallDraft:
    """Begin a call: from now on it can be written in, and its clock runs."""
    _forget_untouched(session, agent_id, at - UNTOUCHED_FOR)
    draft = CallDraft(
        key=str(uuid4()),
        agent_id=agent_id,
        started_at=at,
        saved_at=at,
        reference=reference,
        fields={},
    )
    session.add(draft)
    return draft


def draft_of(session: Session, agent_id: int, key: str, *, lock: bool = False) -> CallDraft | None:
    """Return the agent's half-written call, for one writer only with `lock`."""
    query = select(CallDraft).where(CallDraft.key == key, CallDraft.agent_id == agent_id)
    return next(iter(locked(session, query)), None) if lock else session.scalar(query)


def save(draft: CallDraft, fields: Mapping[str, Sequence[str]], at: datetime) -> None:
    """Keep what has been typed so far."""
    draft.fields = {name: list(values) for name, values in fields.items()}
    draft.saved_at = at


def unfinished(session: Session, agent_id: int) -> Sequence[CallDraft]:
    """Return the agent's calls that were written in and not filed, the latest first."""
    query = select(CallDraft).where(CallDraft.agent_id == agent_id)
    drafts = session.scalars(query.order_by(CallDraft.started_at.desc()))
    return [draft for draft in drafts if any(any(typed) for typed in draft.fields.values())]


def log(session: Session, desk_code: str, draft: CallDraft, taken: Taken) -> Call:
    """Turn a draft into a logged call; whether it was out of hours is told by when it began."""
    desk = hours.desk(session, desk_code)
    on = local(draft.started_at, ZoneInfo(desk.zone)).date()
    call = Call(
        key=draft.key,
        desk_id=desk.id,
        hours_version_id=hours.version_on(desk, on).id,
        agent_id=draft.agent_id,
        company_id=taken.company_id,
        caller_number=taken.caller_number,
        caller_name=taken.caller_name,
        started_at=draft.started_at,
        seconds=taken.seconds,
        out_of_hours=not hours.is_open(session, desk_code, draft.started_at),
        disposition=taken.disposition,
        notes=taken.notes,
    )
    session.add(call)
    session.delete(draft)
    session.flush()  # The request that the call makes needs its number.
    return call


def filed(session: Session, agent_id: int, key: str) -> Call | None:
    """Return the call that the agent logged under this key."""
    return session.scalar(select(Call).where(Call.key == key, Call.agent_id == agent_id))


def today(session: Session, desk_code: str, agent_id: int, at: datetime) -> Sequence[Call]:
    """Return the agent's calls of the desk's present day, the latest first."""
    zone = ZoneInfo(hours.desk(session, desk_code).zone)
    midnight = begins_at(local(at, zone).date(), zone)
    query = select(Call).where(Call.agent_id == agent_id, Call.started_at >= midnight)
    eager = query.options(joinedload(Call.company))
    return session.scalars(eager.order_by(Call.started_at.desc(), Call.id.desc())).all()


def _forget_untouched(session: Session, agent_id: int, before: datetime) -> None:
    written = {draft.key for draft in unfinished(session, agent_id)}
    session.execute(
        delete(CallDraft).where(
            CallDraft.agent_id == agent_id,
            CallDraft.saved_at < before,
            CallDraft.key.not_in(written),
        )
    )
