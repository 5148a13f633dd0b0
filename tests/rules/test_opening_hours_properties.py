"""The opening hours against an oracle that looks at a wall clock, minute after minute."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.rules.opening_hours import Closure, Interval, OpeningHours, Season

MINUTE = timedelta(minutes=1)
ZONES = ("Europe/Madrid", "Europe/Paris", "Atlantic/Canary")
NIGHT = (Interval(time(0), time(2, 30)), Interval(time(2, 45), time(4)), Interval(time(20), None))
OFFICE = (Interval(time(9), time(14)), Interval(time(15), time(18)))
SEASONS = (
    Season("winter", (9, 1), (6, 30), (NIGHT, OFFICE, NIGHT, OFFICE, OFFICE, (), NIGHT)),
    Season("summer", (7, 1), (8, 31), ((Interval(time(8), time(15)),),) * 5 + ((), NIGHT)),
)
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


class DaysOff:
    """The first of each month off, and a night hour on each 29 March and 25 October."""

    def on(self, day: date) -> tuple[Closure, ...]:
        if (day.month, day.day) in {(3, 29), (10, 25)}:
            return (Closure("Works", Interval(time(1), time(2, 15))),)
        return (Closure("First of the month"),) if day.day == 1 else ()


@cache
def desk(zone: str) -> OpeningHours:
    return OpeningHours(ZoneInfo(zone), SEASONS, DaysOff())


def slowly(hours: OpeningHours, at: datetime) -> bool:
    """Tell whether the line is open by reading a wall clock and the list of hours."""
    wall = at.astimezone(hours.zone)
    season = next(s for s in hours.seasons if s.covers((wall.month, wall.day)))
    now = wall.time()

    def within(interval: Interval | None) -> bool:
        if interval is None:
            return True
        return interval.opens <= now and (interval.closes is None or now < interval.closes)

    is_due = any(within(interval) for interval in season.week[wall.weekday()])
    return is_due and not any(within(closure.part) for closure in hours.closures.on(wall.date()))


def changes(zone: str) -> list[datetime]:
    """Return every change of the clocks in ten years, to the hour."""
    hours = (LAST - FIRST) // timedelta(hours=1)
    days = [FIRST + timedelta(days=n) for n in range(hours // 24)]
    found = []
    for day, next_day in pairwise(days):
        offsets = [at.astimezone(ZoneInfo(zone)).utcoffset() for at in (day, next_day)]
        if offsets[0] != offsets[1]:
            found.append(day + timedelta(hours=1))
    return found


instants = st.datetimes(datetime(2026, 1, 1), datetime(2035, 12, 31)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)
desks = st.sampled_from(ZONES).map(desk)
amounts = st.timedeltas(timedelta(0), timedelta(days=900))
many = settings(deadline=None, max_examples=200)


@pytest.mark.parametrize("zone", ZONES)
def test_the_clocks_change_twenty_times_in_ten_years(zone: str) -> None:
    assert len(changes(zone)) == 20


@pytest.mark.parametrize("zone", ZONES)
def test_a_wall_clock_agrees_around_every_change_of_the_clocks(zone: str) -> None:
    hours = desk(zone)
    for change in changes(zone):
        minutes = [change + n * MINUTE for n in range(-360, 360)]
        oracle = [slowly(hours, at) for at in minutes]

        assert [hours.is_open(at) for at in minutes] == oracle
        assert hours.open_between(minutes[0], minutes[-1]) == sum(oracle[:-1]) * MINUTE


@pytest.mark.parametrize("zone", ZONES)
def test_open_time_added_is_measured_back_over_every_change_of_the_clocks(zone: str) -> None:
    hours = desk(zone)
    for change in changes(zone):
        for before in (0, 1, 90, 1000):
            start = change - before * MINUTE
            for amount in (MINUTE, 61 * MINUTE, timedelta(hours=7), timedelta(days=40)):
                assert hours.open_between(start, hours.add(start, amount)) == amount


@many
@given(desks, instants, amounts)
def test_open_time_added_is_measured_back_and_reached_no_earlier(
    hours: OpeningHours, start: datetime, amount: timedelta
) -> None:
    reached = hours.add(start, amount)

    assert hours.open_between(start, reached) == amount
    if amount:
        before = reached - timedelta(microseconds=1)
        assert hours.is_open(before)
        assert hours.open_between(start, before) == amount - timedelta(microseconds=1)


@settings(deadline=None, max_examples=20)
@given(desks, instants, amounts)
def test_what_is_added_ends_where_walking_from_opening_to_opening_does(
    hours: OpeningHours, start: datetime, amount: timedelta
) -> None:
    at, left = start, amount
    while left:
        opening = hours.next_opening(at)
        closing = hours.next_closing(opening)
        passed = min(left, closing - opening)
        at, left = opening + passed, left - passed

    assert hours.add(start, amount) == at


@many
@given(desks, instants, st.timedeltas(timedelta(0), timedelta(days=3000)))
def test_open_time_is_the_same_through_any_number_of_years(
    hours: OpeningHours, start: datetime, distance: timedelta
) -> None:
    ends = [start + n * distance / 7 for n in range(8)]

    apart = [hours.open_between(one, other) for one, other in pairwise(ends)]

    assert hours.open_between(start, ends[-1]) == sum(apart, timedelta(0))


@many
@given(desks, instants, amounts, amounts)
def test_adding_twice_is_adding_once(
    hours: OpeningHours, start: datetime, one: timedelta, other: timedelta
) -> None:
    assert hours.add(hours.add(start, one), other) == hours.add(start, one + other)


@many
@given(desks, instants, amounts, amounts)
def test_open_time_adds_up_and_is_never_more_than_time(
    hours: OpeningHours, start: datetime, one: timedelta, other: timedelta
) -> None:
    middle, end = start + one, start + one + other

    passed = hours.open_between(start, end)

    assert passed == hours.open_between(start, middle) + hours.open_between(middle, end)
    assert timedelta(0) <= passed <= one + other


@many
@given(desks, instants)
def test_a_wall_clock_agrees_at_any_time(hours: OpeningHours, at: datetime) -> None:
    assert hours.is_open(at) is slowly(hours, at)


@settings(deadline=None, max_examples=40)
@given(desks, instants)
def test_the_next_opening_is_open_and_nothing_before_it_is(
    hours: OpeningHours, at: datetime
) -> None:
    opening = hours.next_opening(at)

    assert slowly(hours, opening)
    assert hours.open_between(at, opening) == timedelta(0)
    minute = at
    while minute < opening:
        assert not slowly(hours, minute)
        minute += 5 * MINUTE


@settings(deadline=None, max_examples=40)
@given(desks, instants)
def test_an_interval_is_open_to_its_ends_and_not_beyond(hours: OpeningHours, at: datetime) -> None:
    opening = hours.next_opening(at)

    interval = hours.interval(opening)

    assert interval is not None
    start, end = interval
    assert start <= opening < end == hours.next_closing(at)
    assert hours.open_between(start, end) == end - start
    assert not slowly(hours, end)
    assert not slowly(hours, start - timedelta(microseconds=1))


@pytest.mark.parametrize("zone", ZONES)
def test_open_stretches_never_overlap_nor_touch(zone: str) -> None:
    hours, at, stretches = desk(zone), FIRST, []
    while at < LAST - timedelta(days=8 * 365):
        interval = hours.interval(hours.next_opening(at))
        assert interval is not None
        stretches.append(interval)
        at = interval[1]

    assert all(start < end for start, end in stretches)
    assert all(one[1] < other[0] for one, other in pairwise(stretches))
