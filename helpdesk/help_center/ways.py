"""The ways to cancel as the reader's legislation has them, and the phone lines to show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from helpdesk import access, languages, legislations
from helpdesk.desk import hours
from helpdesk.desk.hours import LineStatus
from helpdesk.languages import current, local_phone
from helpdesk.messages.hours import in_words
from helpdesk.rules.legislation import Legislation, PhoneWay
from helpdesk.rules.vocabulary import Country


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A phone line: where it is, its number as one writes it there, its state and its hours."""

    country: Country
    place: str
    phone: PhoneWay
    local: str
    status: LineStatus | None
    hours: tuple[str, ...]


def own() -> Legislation:
    """Return the legislation that the reader chose, is signed in under, or most likely lives under.

    A browser tells its country where the page's language does not.
    """
    chosen = legislations.known(request.args.get("country"))
    person = access.visitor()
    if chosen is None and person and person.company:
        chosen = person.company.country
    if chosen is None and not legislations.is_spoken(languages.current()):
        regions = (tag.partition("-")[2] for tag, _quality in request.accept_languages)
        chosen = next(filter(None, map(legislations.known, regions)), None)
    return legislations.of(chosen or legislations.for_reader(languages.current()))


def lines(session: Session, of: Legislation, at: datetime) -> Sequence[PhoneLine]:
    """Return a legislation's phone line; where it has none, those of the others."""
    answered = [of] if of.phone else legislations.with_phone()
    return [line(session, one, one.phone, at) for one in answered if one.phone]


def line(session: Session, of: Legislation, phone: PhoneWay, at: datetime) -> PhoneLine:
    """Return the phone line of a legislation as it is at an instant."""
    return PhoneLine(
        country=of.country,
        place=of.place[current()],
        phone=phone,
        local=local_phone(phone.number),
        status=hours.status_of(session, phone.desk, at),
        hours=tuple(in_words(season) for season in hours.seasons(session, phone.desk, at)),
    )
