"""The file of a letter's dates: each mark of each ending as an event, with words and an alarm."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, timedelta
from email.utils import parseaddr

from flask_babel import gettext
from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from helpdesk.languages import day_date, long_date
from helpdesk.messages.calendar import Mark, takes_back
from helpdesk.messages.letter import Letter, LetterEnding
from helpdesk.settings import Settings

DOMAIN = "preavis"
# Nine in the morning of the day before, told from the midnight at which the day begins.
MORNING_BEFORE = timedelta(hours=-15)


def written(letter: Letter, marks: Collection[Mark], method: str, settings: Settings) -> str:
    """Return the file that tells these marks of a letter's endings, in the language of the hour."""
    made = Calendar()
    made.add("prodid", f"-//Préavis//Préavis//{letter.language.value.upper()}")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", method)
    for ending in letter.endings:
        for mark in marks:
            made.add_component(_event(letter, ending, mark, settings))
    return made.to_ical().decode()


def _event(letter: Letter, ending: LetterEnding, mark: Mark, settings: Settings) -> Event:
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
    if mark is Mark.LAST_DAY and not is_over:
        event.add_component(_alarm(summary))
    return event


def _named(ending: LetterEnding, mark: Mark) -> tuple[date, str]:
    match mark:
        case Mark.LAST_DAY:
            return ending.last_access_on, gettext("Last day of access")
        case Mark.END:
            return ending.effective_on, gettext("Subscription ends")
        case Mark.DELETION:
            return ending.deleted_on, gettext("Deletion of data")


def _described(letter: Letter, ending: LetterEnding, mark: Mark) -> Iterator[str]:
    if takes_back(letter.kind):
        yield gettext("This date no longer holds: your subscription goes on.")
    elif mark is Mark.LAST_DAY:
        last = long_date(ending.last_access_on)
        yield gettext(
            "Everything you have entered can be downloaded up to and including %(day)s;"
            " after that day access is closed.",
            day=last,
        )
        yield letter.books
    elif mark is Mark.END:
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
