"""The dates of a letter for the reader's calendar (RFC 5545), in the letter's language.

Each date of an ending has its own name for ever, made of the request's reference and the ending's
number: a reminder that brings it again changes nothing, and a withdrawal takes back by the same
name what the confirmation announced.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, timedelta
from email.utils import parseaddr
from enum import StrEnum

from flask import current_app
from flask_babel import force_locale, gettext
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from helpdesk.languages import day_date, long_date
from helpdesk.messages.letter import Letter, LetterEnding
from helpdesk.rules.vocabulary import Language, MessageKind
from helpdesk.settings import Settings

NAMES: Mapping[Language, str] = {
    Language.FRENCH: "echeances.ics",
    Language.SPANISH: "fechas.ics",
    Language.ENGLISH: "dates.ics",
}
"""What the file is called, in each language."""
DOMAIN = "preavis"
_ANNOUNCES, _CANCELS = "PUBLISH", "CANCEL"
# Nine in the morning of the day before, told from the midnight at which the day begins.
MORNING_BEFORE = timedelta(hours=-15)


class _Mark(StrEnum):
    """The three days of an ending that a reader may want to see coming."""

    LAST_DAY = "last-day"
    END = "end"
    DELETION = "deletion"


ANNOUNCED = frozenset(
    {
        MessageKind.CONFIRMATION,
        MessageKind.REMINDER_30,
        MessageKind.REMINDER_7,
        MessageKind.REMINDER_1,
    }
)
"""What tells calendars the dates of its endings."""
_TAKEN_BACK: Mapping[MessageKind, Collection[_Mark]] = {
    MessageKind.WITHDRAWAL: tuple(_Mark),
    MessageKind.RESTART: (_Mark.DELETION,),
}


def takes_back(kind: MessageKind) -> bool:
    """Tell whether a message of this kind makes calendars forget what others announced."""
    return kind in _TAKEN_BACK


def dates(letter: Letter) -> str | None:
    """Return the dates of a letter as a calendar; None for one that has none to tell.

    There is nothing to take back of what none told. Needs an app context, but no request.
    """
    is_over = takes_back(letter.kind)
    if not letter.endings or not (letter.kind in ANNOUNCED or (is_over and letter.was_announced)):
        return None
    settings: Settings = current_app.config["SETTINGS"]
    with force_locale(letter.language.value):
        made = Calendar()
        made.add("prodid", f"-//Préavis//Préavis//{letter.language.value.upper()}")
        made.add("version", "2.0")
        made.add("calscale", "GREGORIAN")
        made.add("method", _CANCELS if is_over else _ANNOUNCES)
        for ending in letter.endings:
            for mark in _TAKEN_BACK.get(letter.kind, tuple(_Mark)):
                made.add_component(_event(letter, ending, mark, settings))
        return made.to_ical().decode()


def method_of(written: str) -> str:
    """Return what a calendar asks of those who read it, as its mail must say too."""
    return _CANCELS if f"METHOD:{_CANCELS}" in written else _ANNOUNCES


def _event(letter: Letter, ending: LetterEnding, mark: _Mark, settings: Settings) -> Event:
    is_over = takes_back(letter.kind)
    day, name = _named(ending, mark)
    event = Event()
    event.add("uid", f"{letter.reference}-{ending.number}-{mark.value}@{DOMAIN}")
    event.add("dtstamp", letter.at.astimezone(UTC))
    event.add("sequence", 1 if is_over else 0)
    event.add("status", "CANCELLED" if is_over else "CONFIRMED")
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    summary = gettext("%(name)s: %(value)s", name=name, value=ending.product)
    event.add("summary", summary, parameters={"language": letter.language.value})
    event.add("description", "\n".join(_described(letter, ending, mark)))
    event.add("url", f"{settings.public_url}/help-center/track")
    event.add("organizer", _organizer(settings))
    event.add("transp", "TRANSPARENT")
    if mark is _Mark.LAST_DAY and not is_over:
        event.add_component(_alarm(summary))
    return event


def _named(ending: LetterEnding, mark: _Mark) -> tuple[date, str]:
    match mark:
        case _Mark.LAST_DAY:
            return ending.last_access_on, gettext("Last day of access")
        case _Mark.END:
            return ending.effective_on, gettext("Subscription ends")
        case _Mark.DELETION:
            return ending.deleted_on, gettext("Deletion of data")


def _described(letter: Letter, ending: LetterEnding, mark: _Mark) -> Iterator[str]:
    if takes_back(letter.kind):
        yield gettext("This date no longer holds: your subscription goes on.")
    elif mark is _Mark.LAST_DAY:
        last = long_date(ending.last_access_on)
        yield gettext(
            "Everything you have entered can be downloaded up to and including %(day)s;"
            " after that day access is closed.",
            day=last,
        )
        yield letter.books
    elif mark is _Mark.END:
        yield gettext(
            "You have access up to and including %(day)s.", day=day_date(ending.last_access_on)
        )
    else:
        yield gettext("Your data will be deleted from %(day)s.", day=long_date(ending.deleted_on))
    yield gettext("%(name)s: %(value)s", name=gettext("Reference"), value=letter.reference)


def _organizer(settings: Settings) -> vCalAddress:
    name, address = parseaddr(settings.mail_from)
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["cn"] = vText(name or settings.service_name)
    return organizer


def _alarm(summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", MORNING_BEFORE)
    return alarm
