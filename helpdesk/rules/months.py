"""Month arithmetic on calendar dates (rules §1).

Two roundings live here on purpose: a renewal falls back to the last day of a short month, a
retention rounds up to the next month's first day, so that it is never shorter than promised.
"""

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta


class OutOfCalendar(ValueError):
    """A date or an instant lies outside the years 1 to 9999."""


def month_day(anchor: date, months: int) -> date:
    """Return `anchor` plus `months`; a day that the month lacks becomes its last day (rules §1).

    Raises `OutOfCalendar` outside the years 1 to 9999.
    """
    year, month = _month(anchor, months)
    return date(year, month, min(anchor.day, monthrange(year, month)[1]))


def months_later(day: date, months: int) -> date:
    """Return the day by which `months` whole months have passed since `day` (rules §1, deletion).

    A day that the month lacks becomes the first day of the next month: never earlier than the
    whole months. Raises `OutOfCalendar` outside the years 1 to 9999.
    """
    year, month = _month(day, months)
    if day.day <= monthrange(year, month)[1]:
        return date(year, month, day.day)
    return month_day(date(year, month, 1), 1)


def renewal_date(anchor: date, term_months: int, n: int) -> date:
    """Return the `n`-th renewal date, counted from `anchor` each time (rules §1).

    A 31st therefore comes back after a short month. Raises `OutOfCalendar`.
    """
    return month_day(anchor, term_months * n)


def days_later(day: date, days: int) -> date:
    """Return `day` plus whole calendar `days`; raises `OutOfCalendar` outside years 1 to 9999."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise OutOfCalendar(f"{days} days from {day} lie outside the years 1 to 9999.") from None


def _month(day: date, months: int) -> tuple[int, int]:
    """Return the year and month that lie `months` after those of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise OutOfCalendar(f"{months} months from {day} lie outside the years 1 to 9999.")
    return year, month + 1
