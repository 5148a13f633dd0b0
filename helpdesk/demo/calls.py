"""Six months of calls on the Spanish line, most of them within its hours."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.demo.names import NOTES, SPAIN
from helpdesk.desk.models import Call
from helpdesk.desk.standard import hours_of
from helpdesk.directory.models import Company, Person
from helpdesk.rules.vocabulary import Disposition, Role

DAYS = 183
OTHERS = (
    Disposition.INFORMATION,
    Disposition.INFORMATION,
    Disposition.INFORMATION,
    Disposition.CALLBACK,
    Disposition.WRONG_NUMBER,
    Disposition.HUNG_UP,
)


def call_for(
    session: Session, chance: Random, company: Company, person: Person, at: datetime
) -> Call:
    """Make the call by which a cancellation was asked for."""
    call = _call(session, chance, at - timedelta(minutes=4), Disposition.CANCELLATION)
    call.company_id, call.caller_name, call.caller_number = company.id, person.name, person.phone
    call.notes = "Solicita la cancelación; se le leen las fechas."
    session.flush()
    return call


def make(session: Session, chance: Random, now: datetime) -> None:
    """Make the calls of six months that were no cancellation, a handful each working day."""
    people = session.scalars(
        select(Person).join(Company).where(Company.country == SPAIN).order_by(Person.id)
    ).all()
    hours = hours_of("es")
    for day in range(DAYS, -1, -1):
        for _ in range(chance.randint(10, 22)):
            at = now - timedelta(days=day, minutes=chance.randint(0, 1439))
            if at < now - timedelta(minutes=10) and (hours.is_open(at) or chance.random() < 0.02):
                call = _call(session, chance, at, chance.choice(OTHERS))
                caller = chance.choice(people)
                call.caller_number = caller.phone
                if call.disposition in {Disposition.INFORMATION, Disposition.CALLBACK}:
                    call.company_id, call.caller_name = caller.company_id, caller.name


def _call(session: Session, chance: Random, at: datetime, disposition: Disposition) -> Call:
    notes = {Disposition.HUNG_UP: NOTES[6], Disposition.WRONG_NUMBER: NOTES[7]}
    call = Call(
        key=str(UUID(int=chance.getrandbits(128), version=4)),
        desk_id=1,
        hours_version_id=1,
        agent_id=chance.choice(_agents(session)),
        caller_name="",
        started_at=at,
        seconds=chance.randint(40, 620),
        out_of_hours=not hours_of("es").is_open(at),
        disposition=disposition,
        notes=notes.get(disposition) or chance.choice(NOTES[:6]),
    )
    session.add(call)
    return call


def _agents(session: Session) -> list[int]:
    query = select(Person.id).where(Person.role == Role.AGENT).order_by(Person.id)
    return list(session.scalars(query))
