"""Which language a page is in, and how that language writes dates, instants and amounts.

Flask-Babel asks here for its locale. What a person chose wins, then what we know of them, then
what their browser prefers, then the door's own: French for customers, Spanish for the console.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from babel import dates, lists, numbers
from flask import has_request_context, request
from flask import session as browser
from flask_babel import get_locale, gettext, lazy_gettext, ngettext
from flask_login import current_user
from markupsafe import Markup

from helpdesk.rules.vocabulary import Language

COOKIE = "language"
LEAP_YEAR = 2000
STAFF_DOORS = frozenset({"console", "supervision"})
NAMES = {Language.FRENCH: "Français", Language.SPANISH: "Español", Language.ENGLISH: "English"}
# Each way of writing a number people read: the same zone for the whole of one company.
_LONG = {"fr": "EEEE d MMMM y", "es": "EEEE d 'de' MMMM 'de' y", "en": "EEEE d MMMM y"}
_DAY = {"fr": "EEEE d MMMM", "es": "EEEE d 'de' MMMM", "en": "EEEE d MMMM"}
_SHORT = {"fr": "d MMMM y", "es": "d 'de' MMMM 'de' y", "en": "d MMMM y"}
_BRIEF = {"fr": "d MMM y", "es": "d MMM y", "en": "d MMM y"}
_MONTH_DAY = {"fr": "d MMMM", "es": "d 'de' MMMM", "en": "d MMMM"}
_TIME = {"fr": "H:mm", "es": "H:mm", "en": "H:mm"}


def _l(text: str, **given: object) -> str:
    """Mark a text for translation where it is declared, and translate it where it is shown."""
    return lazy_gettext(text, **given)


def choose() -> str:
    """Return the language of the page being made (Flask-Babel's locale selector)."""
    if not has_request_context():
        return Language.FRENCH.value
    chosen = request.cookies.get(COOKIE)
    if chosen in set(Language):
        return str(chosen)
    if current_user and current_user.is_authenticated:
        return str(current_user.language.value)
    if (known := browser.get(COOKIE)) in set(Language):  # Of whoever cannot be looked up just now.
        return str(known)
    is_staff = request.blueprint in STAFF_DOORS
    door = Language.SPANISH if is_staff else Language.FRENCH
    return str(door) if is_staff else str(_preferred() or door)


def _preferred() -> str | None:
    """Return the first language of ours that the browser asks for, in whatever country."""
    for tag, quality in request.accept_languages:
        language = tag.split("-")[0].lower()
        if quality > 0 and language in set(Language):
            return language
    return None


def current() -> Language:
    """Return the language of the page or message being made."""
    locale = get_locale()
    return Language(locale.language) if locale else Language.FRENCH


def _write(day: date, patterns: dict[str, str], language: Language | None) -> str:
    code = (language or current()).value
    return _written(day, patterns[code], code)


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, code: str) -> str:
    """Write a day, once for all the places that show the same one."""
    text = dates.format_date(day, pattern, locale=code)
    if code == "fr" and day.day == 1:
        text = text.replace(" 1 ", " 1er ", 1) if " 1 " in text else text.replace("1 ", "1er ", 1)
    return text


def long_date(day: date, language: Language | None = None) -> str:
    """Write a day with weekday and year: « mercredi 15 avril 2026 »."""
    return _write(day, _LONG, language)


def day_date(day: date, language: Language | None = None) -> str:
    """Write a day with its weekday, without the year: « mardi 14 avril »."""
    return _write(day, _DAY, language)


def short_date(day: date, language: Language | None = None) -> str:
    """Write a day without its weekday: « 15 avril 2026 »."""
    return _write(day, _SHORT, language)


def brief_date(day: date, language: Language | None = None) -> str:
    """Write a day with its month cut short, where there is little room: « 15 avr. 2026 »."""
    return _write(day, _BRIEF, language)


def weekday(day: date) -> str:
    """Write the day of the week alone: « mardi »."""
    return _write(day, dict.fromkeys(_DAY, "EEEE"), None)


def month_day(day: tuple[int, int]) -> str:
    """Write a month and a day of any year: « 1er septembre »."""
    month, number = day
    return _write(date(LEAP_YEAR, month, number), _MONTH_DAY, None)


def day_number(number: int) -> str:
    """Write the number of a day in its month: « 1er » in French, figures elsewhere."""
    return "1er" if number == 1 and current() is Language.FRENCH else str(number)


def numeric_date(day: date) -> str:
    """Write a day in figures, for tables: 15/04/2026."""
    return day.strftime("%d/%m/%Y")


def day_in(at: datetime, zone: str) -> date:
    """Return the day that an instant is in a zone, for one of the ways above to write it."""
    return at.astimezone(ZoneInfo(zone)).date()


def instant(at: datetime, zone: str) -> str:
    """Write an instant in a zone, for tables: 15/04/2026 09:05."""
    return at.astimezone(ZoneInfo(zone)).strftime("%d/%m/%Y %H:%M")


def clock_time(at: datetime, zone: str) -> str:
    """Write the time of an instant in a zone as prose does: 9 h 00 in French, 9:00 elsewhere."""
    local = at.astimezone(ZoneInfo(zone))
    if current() is Language.FRENCH:
        return f"{local.hour}\u00a0h\u00a0{local.minute:02}"
    return f"{local.hour}:{local.minute:02}"


def quantity(count: int, *, is_least: bool = False) -> str:
    """Write how many there are: 1 204, or 1 000+ when they were only counted so far."""
    written = numbers.format_decimal(count, locale=current().value)
    return gettext("%(count)s+", count=written) if is_least else written


def money(cents: int) -> str:
    """Write an amount in euros."""
    return numbers.format_currency(cents / 100, "EUR", locale=current().value)


def listed(items: Iterable[str]) -> str:
    """Write several things as the language lists them: a, b et c."""
    return lists.format_list([str(item) for item in items], locale=current().value)


def either(items: Iterable[str]) -> str:
    """Write several things of which one is meant, each once: a, b ou c."""
    named = [*dict.fromkeys(str(item) for item in items)]
    return lists.format_list(named, style="or", locale=current().value)


def phone(number: str | None) -> str:
    """Write an E.164 number as people read it: +34 919 16 17 17."""
    if not number:
        return ""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def local_phone(number: str) -> str:
    """Write an E.164 number as people of its own country do: 919 16 17 17."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def days_from(day: date, today: date) -> str:
    """Say how far a day is from today: « dans 12 jours », « il y a 3 jours », « aujourd’hui »."""
    count = (day - today).days
    if count == 0:
        return gettext("today")
    if count > 0:
        return ngettext("in %(num)s day", "in %(num)s days", count)
    return ngettext("%(num)s day ago", "%(num)s days ago", -count)


def paragraphs(text: str) -> Markup:
    """Write typed text with its line breaks, escaped."""
    return Markup("<br>").join(text.splitlines())


FILTERS = {
    "long_date": long_date,
    "day_date": day_date,
    "short_date": short_date,
    "brief_date": brief_date,
    "weekday": weekday,
    "month_day": month_day,
    "numeric_date": numeric_date,
    "day_in": day_in,
    "instant": instant,
    "clock_time": clock_time,
    "money": money,
    "quantity": quantity,
    "listed": listed,
    "phone": phone,
    "days_from": days_from,
    "paragraphs": paragraphs,
}
