"""Lines that never open or never close, and the ends of the calendar."""

from datetime import date, datetime, time, timedelta

import pytest

from helpdesk.rules.opening_hours import (
    Closure,
    Interval,
    NeverCloses,
    NeverOpens,
    OpeningHours,
    OutOfCalendar,
    Season,
)
from tests.support.desk import ALL_DAY, MADRID, SPAIN, DaysOff, at, hours, utc


def test_a_line_that_never_opens_says_so() -> None:
    shut = hours()

    assert not shut.is_open(at("2026-09-01T10:00"))
    for ask in (
        lambda: shut.next_opening(at("2026-09-01T10:00")),
        lambda: shut.next_closing(at("2026-09-01T10:00")),
        lambda: shut.next_opening(at("9998-09-01T10:00")),
        lambda: shut.add(at("2026-09-01T10:00"), timedelta(seconds=1)),
    ):
        with pytest.raises(NeverOpens):
            ask()


def test_a_line_that_never_closes_says_so() -> None:
    always = hours(ALL_DAY)

    assert always.next_opening(at("2026-09-01T10:00")) == at("2026-09-01T10:00")
    with pytest.raises(NeverCloses):
        always.next_closing(at("2026-09-01T10:00"))
    with pytest.raises(NeverCloses):
        always.interval(at("2026-09-01T10:00"))


def test_a_line_that_opened_once_and_for_all_has_no_closing() -> None:
    off = DaysOff({date(2026, 12, 25): (Closure("Christmas"),)})
    always = hours(ALL_DAY, off=off)

    assert always.next_closing(at("2026-01-01T00:00")) == at("2026-12-25T00:00")
    with pytest.raises(NeverCloses, match="not closed"):
        always.interval(at("2026-01-01T00:00"))


def test_the_beginning_and_the_end_of_the_calendar() -> None:
    always = hours(ALL_DAY, zone="UTC")

    with pytest.raises(OutOfCalendar):
        always.add(utc("9999-12-31T23:00"), timedelta(hours=2))
    with pytest.raises(OutOfCalendar):
        always.next_closing(utc("9999-12-31T23:00"))
    assert always.open_between(utc("0001-01-01"), utc("0001-01-02")) == timedelta(days=1)
    assert hours(Interval(time(9), time(10))).next_closing(utc("9999-12-30T12:00")) == utc(
        "9999-12-31T09:00"
    )


def test_more_open_time_than_any_calendar_has_is_never_reached() -> None:
    for already_open in (at("2026-09-01T10:00"), at("2026-09-01T20:00")):
        with pytest.raises(OutOfCalendar):
            SPAIN.add(already_open, timedelta.max)


def test_the_first_hours_of_all_have_a_beginning() -> None:
    off = DaysOff({date(1, 1, 2): (Closure("The second day"),)})

    assert hours(ALL_DAY, zone="UTC", off=off).interval(utc("0001-01-01T12:00")) == (
        utc("0001-01-01"),
        utc("0001-01-02"),
    )


def test_a_line_open_on_one_day_in_forty_years_is_found() -> None:
    saturdays = ((), (), (), (), (), (ALL_DAY,), ())
    seasons = (
        Season("leap_day", (2, 29), (2, 29), saturdays),
        Season("the_rest", (3, 1), (2, 28), ((),) * 7),
    )
    desk = OpeningHours(MADRID, seasons, DaysOff())

    assert desk.next_opening(at("2076-03-01")) == at("2116-02-29")


def test_negative_time_and_naive_instants_are_refused() -> None:
    naive = datetime(2026, 9, 1, 10)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="never taken away"):
        SPAIN.add(at("2026-09-01T10:00"), timedelta(microseconds=-1))
    with pytest.raises(ValueError, match="earlier"):
        SPAIN.open_between(at("2026-09-01T10:00"), at("2026-09-01T09:59"))
    for ask in (
        SPAIN.is_open,
        SPAIN.season,
        SPAIN.interval,
        SPAIN.next_opening,
        SPAIN.next_closing,
        SPAIN.closed_for,
    ):
        with pytest.raises(ValueError, match="time zone"):
            ask(naive)
