from datetime import date

import pytest

from helpdesk.rules.months import (
    OutOfCalendar,
    days_later,
    month_day,
    months_later,
    renewal_date,
)


@pytest.mark.parametrize(
    ("anchor", "months", "day"),
    [
        ("2024-01-31", 0, "2024-01-31"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2025-01-31", 3, "2025-04-30"),
        ("2025-11-15", 2, "2026-01-15"),
        ("2025-01-15", -1, "2024-12-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
    ],
)
def test_a_day_that_the_month_lacks_becomes_its_last(anchor: str, months: int, day: str) -> None:
    assert month_day(date.fromisoformat(anchor), months) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-08-28", 6, "2027-02-28"),
        ("2026-08-29", 6, "2027-03-01"),
        ("2026-08-31", 6, "2027-03-01"),
        ("2026-03-31", 6, "2026-10-01"),
        ("2027-08-29", 6, "2028-02-29"),
        ("2026-10-31", 1, "2026-12-01"),
    ],
)
def test_a_retention_is_never_shorter_than_its_whole_months(
    day: str, months: int, later: str
) -> None:
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(later)


def test_a_31st_comes_back_after_a_short_month() -> None:
    anchor = date(2026, 1, 31)

    days = [renewal_date(anchor, 1, n).isoformat() for n in range(4)]

    assert days == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_the_29_february_comes_back_in_leap_years_only() -> None:
    days = [renewal_date(date(2024, 2, 29), 12, n).day for n in range(5)]

    assert days == [29, 28, 28, 28, 29]


def test_the_calendar_ends_with_the_year_9999() -> None:
    assert month_day(date(9999, 11, 30), 1) == date(9999, 12, 30)
    with pytest.raises(OutOfCalendar, match="9999"):
        month_day(date(9999, 12, 1), 1)
    with pytest.raises(OutOfCalendar):
        month_day(date(1, 1, 1), -1)
    with pytest.raises(OutOfCalendar):
        renewal_date(date(2026, 1, 1), 12, 10**30)
    with pytest.raises(OutOfCalendar):
        days_later(date(9999, 12, 31), 1)
    with pytest.raises(OutOfCalendar):
        days_later(date(2026, 1, 1), 10**30)
