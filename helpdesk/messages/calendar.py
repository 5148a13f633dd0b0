"""The dates of a letter for the reader's calendar (RFC 5545), in the letter's language.

Each date of an ending has its own name for ever, made of the request's reference and the ending's
number: a reminder that brings it again changes nothing, and a withdrawal takes back by the same
name what the confirmation announced.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from flask import current_app
from flask_babel import force_locale

from helpdesk.messages.letter import Letter
from helpdesk.rules.vocabulary import Language, MessageKind

NAMES: Mapping[Language, str] = {
    Language.FRENCH: "echeances.ics",
    Language.SPANISH: "fechas.ics",
    Language.ENGLISH: "dates.ics",
}
"""What the file is called, in each language."""
_ANNOUNCES, _CANCELS = "PUBLISH", "CANCEL"


class Mark(StrEnum):
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
_TAKEN_BACK: Mapping[MessageKind, Collection[Mark]] = {
    MessageKind.WITHDRAWAL: tuple(Mark),
    MessageKind.RESTART: (Mark.DELETION,),
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
    from helpdesk.messages import calendar_file  # noqa: PLC0415 (no page waits for its library)

    settings = current_app.config["SETTINGS"]
    marks = _TAKEN_BACK.get(letter.kind, tuple(Mark))
    method = _CANCELS if is_over else _ANNOUNCES
    with force_locale(letter.language.value):
        return calendar_file.written(letter, marks, method, settings)


def method_of(written: str) -> str:
    """Return what a calendar asks of those who read it, as its mail must say too."""
    return _CANCELS if f"METHOD:{_CANCELS}" in written else _ANNOUNCES
