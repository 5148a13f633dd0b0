"""Where a request stands, in the words of a customer: one sentence, what is next, what happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext
from sqlalchemy.orm import Session

from helpdesk import legislations
from helpdesk.directory import holds
from helpdesk.help_center import words
from helpdesk.labels import ACTION_ICONS, word
from helpdesk.languages import clock_time, long_date
from helpdesk.queue.models import Ending, Event, Request
from helpdesk.queue.review import is_asked
from helpdesk.queue.telling import is_trusted, tellable
from helpdesk.rules import lifecycle, reminders
from helpdesk.rules.vocabulary import Action, ReviewReason, State


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as a customer reads it."""

    title: str
    when: str
    iso: str
    by: str
    text: str
    icon: str


@dataclass(frozen=True, slots=True)
class Next:
    """One thing that will happen on a day; `about` names the subscription where there are more."""

    day: date
    text: str
    about: str


def zone(request: Request) -> ZoneInfo:
    """Return the zone in which a request's days are told."""
    known = request.endings[0].zone if request.endings else legislations.of(request.country).zone
    return ZoneInfo(known)


def requested_on(request: Request) -> date:
    """Return the request date, which no delay of ours ever moves."""
    return request.filed_at.astimezone(zone(request)).date()


def sentence(request: Request, today: date) -> str:
    """Say in one sentence where a request stands."""
    if request.state is State.CONFIRMED:
        return _days_left(request, today)
    if is_asked(request):
        return gettext("We have a question about your request.")
    if request.state is State.REJECTED and request.linked_to_id:
        return gettext("An earlier request stands: its dates count.")
    return str(words.WHERE[request.state])


def _days_left(request: Request, today: date) -> str:
    """Say how much access is left; at midnight it is over, whatever processing has said."""
    ends = [one.effective_on for one in request.endings if one.state is State.CONFIRMED]
    left = min(((end - today).days for end in ends if end > today), default=0)
    if left == 0:
        return str(words.WHERE[State.ENDED])
    if left == 1:
        return gettext("Confirmed: today is your last day of access.")
    return ngettext(
        "Confirmed: you have %(num)s day of access left.",
        "Confirmed: you have %(num)s days of access left.",
        left,
    )


def reasons(request: Request) -> list[str]:
    """Say why a person looks at a request, one sentence for each reason still open."""
    open_reviews = [one.reason for one in request.reviews if one.settled_at is None]
    if open_reviews and not is_trusted(request):
        return [str(words.WHY_A_VISITOR)]
    return [str(words.WHY_IN_REVIEW[one]) for one in dict.fromkeys(open_reviews)]


def waits_for_word(request: Request) -> bool:
    """Tell whether the business has still to say that this request is its own."""
    wanted = ReviewReason.AUTHORITY_NOT_SHOWN
    unsettled = any(one.reason is wanted and one.settled_at is None for one in request.reviews)
    return request.state is State.IN_REVIEW and unsettled


def under_way(requests: Iterable[Request]) -> dict[str, str]:
    """Return the contracts that are already being ended, each with its request's reference."""
    return {
        ending.contract: request.reference
        for request in requests
        for ending in request.endings
        if lifecycle.is_open(ending.state)
    }


def next_steps(request: Request, at: datetime, *, is_on_hold: bool) -> list[Next]:
    """Return what will happen from now on, day by day, as far as the dates can be told.

    Nobody knows the day of a deletion that a legal hold stops.
    """
    alive = [one for one in tellable(request) if one.state in lifecycle.ALIVE]
    several = len(request.endings) > 1
    steps = [
        Next(_day(one, due, zone(request)), _doing(due.action), _name(one) if several else "")
        for one in alive
        for due in reminders.timetable(one)
        if due.at > at and not (is_on_hold and due.action in _DELETING)
    ]
    return sorted(steps, key=lambda step: step.day)


_DELETING = frozenset({Action.ANNOUNCE_DELETION, Action.PURGE})
_HOLDING = frozenset({Action.HOLD, Action.RELEASE})


def is_on_hold(session: Session, request: Request, at: datetime) -> bool:
    """Tell whether the data of the business is kept by law, if that may be told."""
    return is_trusted(request) and holds.is_held(session, request.company_id, at)


def _day(ending: Ending, due: reminders.Due, at_zone: ZoneInfo) -> date:
    """Return the day as people count it: access ends with its last day, not at midnight after."""
    return ending.last_access_on if due.action is Action.END else due.at.astimezone(at_zone).date()


def _name(ending: Ending) -> str:
    return f"{ending.product} · {ending.contract}" if ending.contract else ending.product


def _doing(action: Action) -> str:
    match action:
        case Action.REMIND:
            return gettext("We remind you by e-mail to download your data.")
        case Action.END:
            return gettext("Last day of your subscription: access closes at midnight.")
        case Action.ANNOUNCE_DELETION:
            return gettext("We tell you by e-mail that your data will soon be deleted.")
        case _:
            return gettext("Your data is deleted.")


def last_said(request: Request, action: Action) -> str:
    """Return what was last written to the customer by an action; nothing when it never happened."""
    said = [event.why for event in request.events if event.action is action]
    return said[-1] if said else ""


def happened(request: Request) -> list[Happened]:
    """Return what happened to a request, newest first, with roles and never names."""
    names = {one.id: _name(one) for one in tellable(request)} if len(request.endings) > 1 else {}
    untold = frozenset() if is_trusted(request) else _HOLDING
    told = [event for event in reversed(request.events) if event.action not in untold]
    return [_happened(event, names, zone(request)) for event in told]


def _happened(event: Event, names: Mapping[int, str], at_zone: ZoneInfo) -> Happened:
    about = names.get(event.ending_id or 0, "")
    title = word(event.action)
    return Happened(
        title=f"{title} ({about})" if about else title,
        when=gettext(
            "%(day)s at %(time)s",
            day=long_date(event.at.astimezone(at_zone).date()),
            time=clock_time(event.at, at_zone.key),
        ),
        iso=event.at.isoformat(),
        by=str(words.WHO.get(event.actor, "")),
        text=event.why if event.action in words.SAID_TO_CUSTOMERS else "",
        icon=ACTION_ICONS[event.action],
    )
