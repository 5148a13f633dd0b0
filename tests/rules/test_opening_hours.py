from datetime import date, time, timedelta

import pytest

from helpdesk.rules.opening_hours import (
    Closure,
    Interval,
)
from tests.support.desk import ALL_DAY, SPAIN, DaysOff, at, hours, utc


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-09-01T08:59:59.999999", False),
        ("2026-09-01T09:00", True),
        ("2026-09-01T13:59:59.999999", True),
        ("2026-09-01T14:00", False),
        ("2026-09-01T14:59", False),
        ("2026-09-01T15:00", True),
        ("2026-09-01T17:59", True),
        ("2026-09-01T18:00", False),
        ("2026-09-04T14:30", True),
        ("2026-09-04T15:00", False),
        ("2026-09-05T10:00", False),
        ("2026-08-31T08:00", True),
        ("2026-08-31T14:59", True),
        ("2026-08-31T15:00", False),
        ("2026-09-01T08:30", False),
        ("2026-06-30T17:00", True),
        ("2026-07-01T17:00", False),
        ("2026-07-01T08:00", True),
        ("2026-12-08T10:00", False),
        ("2026-12-07T10:00", False),
        ("2026-04-02T10:00", False),
        ("2026-05-15T10:00", True),
    ],
)
def test_the_spanish_desk_is_open(when: str, is_open: bool) -> None:
    assert SPAIN.is_open(at(when)) is is_open


@pytest.mark.parametrize(
    ("when", "name"),
    [
        ("2026-06-30T23:59", "september_june"),
        ("2026-07-01T00:00", "july_august"),
        ("2026-08-31T23:59", "july_august"),
        ("2026-09-01T00:00", "september_june"),
        ("2026-01-01T00:00", "september_june"),
        ("2028-02-29T12:00", "september_june"),
    ],
)
def test_the_season_is_that_of_the_local_day(when: str, name: str) -> None:
    assert SPAIN.season(at(when)).name == name


@pytest.mark.parametrize(
    ("when", "opens", "closes"),
    [
        ("2026-08-31T14:59", "2026-08-31T14:59", "2026-08-31T15:00"),
        ("2026-08-31T15:00", "2026-09-01T09:00", "2026-09-01T14:00"),
        ("2026-09-01T14:00", "2026-09-01T15:00", "2026-09-01T18:00"),
        ("2026-09-04T15:00", "2026-09-07T09:00", "2026-09-07T14:00"),
        ("2026-12-24T18:00", "2026-12-28T09:00", "2026-12-28T14:00"),
        ("2026-12-31T18:00", "2027-01-04T09:00", "2027-01-04T14:00"),
        ("2026-04-01T18:00", "2026-04-06T09:00", "2026-04-06T14:00"),
        ("2026-06-30T18:00", "2026-07-01T08:00", "2026-07-01T15:00"),
    ],
)
def test_the_next_opening_and_closing(when: str, opens: str, closes: str) -> None:
    assert SPAIN.next_opening(at(when)) == at(opens)
    assert SPAIN.next_closing(at(when)) == at(closes)


def test_the_interval_is_the_one_under_way() -> None:
    assert SPAIN.interval(at("2026-09-01T12:00")) == (
        at("2026-09-01T09:00"),
        at("2026-09-01T14:00"),
    )
    assert SPAIN.interval(at("2026-09-01T14:00")) is None


@pytest.mark.parametrize(
    ("when", "amount", "reached"),
    [
        ("2026-09-01T09:00", timedelta(hours=5), "2026-09-01T14:00"),
        ("2026-09-01T09:00", timedelta(hours=5, microseconds=1), "2026-09-01T15:00:00.000001"),
        ("2026-09-01T09:00", timedelta(hours=8), "2026-09-01T18:00"),
        ("2026-09-01T20:00", timedelta(hours=1), "2026-09-02T10:00"),
        ("2026-08-31T14:59", timedelta(hours=8), "2026-09-01T17:59"),
        ("2026-09-04T14:00", timedelta(hours=2), "2026-09-07T10:00"),
        ("2026-12-24T17:30", timedelta(hours=1), "2026-12-28T09:30"),
        ("2026-09-05T10:00", timedelta(0), "2026-09-05T10:00"),
        ("2026-12-31T17:59", timedelta(minutes=2), "2027-01-04T09:01"),
    ],
)
def test_open_time_is_added(when: str, amount: timedelta, reached: str) -> None:
    assert SPAIN.add(at(when), amount) == at(reached)
    assert SPAIN.open_between(at(when), at(reached)) == amount


def test_open_time_is_counted_over_years() -> None:
    week = SPAIN.open_between(at("2026-09-07T00:00"), at("2026-09-14T00:00"))
    years = SPAIN.open_between(at("2020-01-01T00:00"), at("2030-01-01T00:00"))
    halves = SPAIN.open_between(at("2020-01-01T00:00"), at("2024-07-15T10:10")) + (
        SPAIN.open_between(at("2024-07-15T10:10"), at("2030-01-01T00:00"))
    )

    assert week == timedelta(hours=4 * 8 + 6)
    assert years == halves


def test_hours_that_end_at_24_join_the_next_day() -> None:
    desk = hours(Interval(time(22), None), Interval(time(0), time(2)))

    assert desk.interval(at("2026-05-05T23:30")) == (at("2026-05-05T22:00"), at("2026-05-06T02:00"))
    assert desk.is_open(at("2026-05-06T00:00"))
    assert desk.next_closing(at("2026-12-31T23:59")) == at("2027-01-01T02:00")


def test_hours_join_over_the_new_year_of_utc() -> None:
    desk = hours(Interval(time(0), time(3)), Interval(time(12), None), zone="Atlantic/Canary")
    joined = (at("2026-12-31T12:00", desk.zone), at("2027-01-01T03:00", desk.zone))

    assert desk.interval(at("2026-12-31T23:00", desk.zone)) == joined
    assert desk.interval(at("2027-01-01T01:00", desk.zone)) == joined
    assert desk.add(joined[0], timedelta(hours=15)) == joined[1]


def test_touching_intervals_are_one() -> None:
    desk = hours(Interval(time(14), time(18)), Interval(time(9), time(14)))

    assert desk.interval(at("2026-05-05T14:00")) == (at("2026-05-05T09:00"), at("2026-05-05T18:00"))


def test_open_time_is_elapsed_time_over_the_clocks() -> None:
    desk = hours(ALL_DAY)

    for day, length in (("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)):
        start = at(f"{day}T00:00")
        end = at((date.fromisoformat(day) + timedelta(days=1)).isoformat())
        assert desk.open_between(start, end) == timedelta(hours=length)
        assert desk.add(start, timedelta(hours=length)) == end


def test_an_opening_that_the_clocks_leap_over_happens_when_the_leap_ends() -> None:
    desk = hours(Interval(time(2, 30), time(4)), Interval(time(5), time(6)))

    assert desk.next_opening(at("2026-03-29T00:00")) == utc("2026-03-29T01:00")
    assert desk.open_between(at("2026-03-29"), at("2026-03-29T04:30")) == timedelta(hours=1)


def test_hours_within_the_leap_do_not_happen_that_day() -> None:
    desk = hours(Interval(time(2), time(3)))

    assert desk.open_between(at("2026-03-29"), at("2026-03-30")) == timedelta(0)
    assert desk.next_opening(at("2026-03-28T03:00")) == at("2026-03-30T02:00")


def test_hours_that_the_clocks_show_twice_are_open_twice() -> None:
    desk = hours(Interval(time(2, 30), time(4)))

    assert desk.interval(at("2026-10-25T02:45")) == (
        utc("2026-10-25T00:30"),
        utc("2026-10-25T01:00"),
    )
    assert not desk.is_open(at("2026-10-25T02:15", fold=1))
    assert desk.interval(at("2026-10-25T02:45", fold=1)) == (
        utc("2026-10-25T01:30"),
        utc("2026-10-25T03:00"),
    )


def test_a_part_of_a_day_off_splits_the_hours() -> None:
    off = DaysOff({date(2026, 9, 1): (Closure("Training", Interval(time(10), time(11))),)})
    desk = hours(Interval(time(9), time(14)), off=off)

    assert desk.next_closing(at("2026-09-01T09:30")) == at("2026-09-01T10:00")
    assert desk.next_opening(at("2026-09-01T10:00")) == at("2026-09-01T11:00")
    assert desk.add(at("2026-09-01T09:00"), timedelta(hours=3)) == at("2026-09-01T13:00")


def test_a_closure_says_its_name_when_it_shuts_the_line() -> None:
    morning = Closure("Training", Interval(time(8), time(11)))
    evening = Closure("Works", Interval(time(17), None))
    off = DaysOff({date(2026, 9, 1): (morning, evening), date(2026, 9, 2): (Closure("Strike"),)})
    desk = hours(Interval(time(9), time(14)), off=off)

    assert desk.closed_for(at("2026-09-01T10:30")) == "Training"
    assert desk.closed_for(at("2026-09-01T08:30")) is None
    assert desk.closed_for(at("2026-09-01T12:00")) is None
    assert desk.closed_for(at("2026-09-01T18:00")) is None
    assert desk.closed_for(at("2026-09-02T03:00")) == "Strike"
    assert desk.closed_for(at("2026-09-03T10:00")) is None


def test_a_holiday_on_a_day_without_hours_shuts_nothing() -> None:
    assert SPAIN.closed_for(at("2026-08-15T10:00")) is None
    assert SPAIN.closed_for(at("2026-12-25T10:00")) == "Natividad del Señor"
