import json
from datetime import time

import pytest

from helpdesk.desk.standard import DESKS
from helpdesk.rules.closures import Closure
from helpdesk.rules.seasons import HoursFault, HoursRefused, Interval, MonthDay, Season, by_day

DAY = Interval(time(9), time(18))


def season(name: str, first: MonthDay, last: MonthDay, *monday: Interval) -> Season:
    return Season(name, first, last, (monday, *((DAY,),) * 6))


WINTER = season("winter", (10, 1), (3, 31), DAY)
SUMMER = season("summer", (4, 1), (9, 30), DAY)


def test_each_day_of_the_year_has_its_season() -> None:
    found = by_day((SUMMER, WINTER))

    assert len(found) == 366
    assert found[2, 29] is found[12, 31] is found[1, 1] is WINTER
    assert found[4, 1] is found[9, 30] is SUMMER


@pytest.mark.parametrize(
    ("seasons", "fault", "day"),
    [
        ((), HoursFault.GAP, "1 January"),
        ((WINTER,), HoursFault.GAP, "1 April"),
        ((SUMMER, season("w", (10, 1), (3, 30), DAY)), HoursFault.GAP, "31 March"),
        (
            (season("a", (3, 1), (12, 31), DAY), season("b", (1, 1), (2, 28), DAY)),
            HoursFault.GAP,
            "29 February",
        ),
        ((SUMMER, season("w", (9, 30), (3, 31), DAY)), HoursFault.SEASONS_OVERLAP, "30 September"),
        (
            (season("a", (2, 29), (12, 31), DAY), season("b", (1, 1), (2, 29), DAY)),
            HoursFault.SEASONS_OVERLAP,
            "29 February",
        ),
        ((SUMMER, SUMMER, WINTER), HoursFault.SEASONS_OVERLAP, "1 April"),
        (
            (season("a", (1, 1), (2, 30), DAY),),
            HoursFault.NO_SUCH_DAY,
            "a, day 30 of month 2",
        ),
        ((Season("a", (1, 1), (12, 31), ((DAY,),)),), HoursFault.NOT_A_WEEK, "a"),
    ],
)
def test_seasons_that_do_not_cover_the_year_once_are_refused(
    seasons: tuple[Season, ...], fault: HoursFault, day: str
) -> None:
    with pytest.raises(HoursRefused) as refused:
        by_day(seasons)

    assert (refused.value.fault, refused.value.day) == (fault, day)
    assert str(refused.value).startswith(day)


@pytest.mark.parametrize(
    ("monday", "fault"),
    [
        ((Interval(time(9), time(9)),), HoursFault.EMPTY),
        ((Interval(time(0), time(0)),), HoursFault.EMPTY),
        ((Interval(time(22), time(2)),), HoursFault.CROSSES_MIDNIGHT),
        ((Interval(time(22), time(0)),), HoursFault.CROSSES_MIDNIGHT),
        ((DAY, Interval(time(17, 59), None)), HoursFault.INTERVALS_OVERLAP),
        ((DAY, Interval(time(8), time(9, 1))), HoursFault.INTERVALS_OVERLAP),
        ((DAY, DAY), HoursFault.INTERVALS_OVERLAP),
    ],
)
def test_a_day_whose_hours_are_not_in_order_is_refused(
    monday: tuple[Interval, ...], fault: HoursFault
) -> None:
    with pytest.raises(HoursRefused, match="Monday of all_year") as refused:
        by_day((season("all_year", (1, 1), (12, 31), *monday),))

    assert refused.value.fault is fault


def test_touching_intervals_and_24_00_are_in_order() -> None:
    evening = Interval(time(18), None)

    assert by_day((season("all_year", (1, 1), (12, 31), DAY, evening),))
    assert (DAY.shown, evening.shown) == ("09:00–18:00", "18:00–24:00")


def test_a_part_day_off_that_is_none_is_refused() -> None:
    with pytest.raises(HoursRefused, match="Training: 11:00–10:00 crosses midnight"):
        Closure("Training", Interval(time(11), time(10)))


def test_seasons_come_back_from_json_as_they_went() -> None:
    seasons = DESKS["es"].seasons

    assert seasons
    kept = json.loads(json.dumps([one.as_json() for one in seasons]))
    assert tuple(Season.from_json(one) for one in kept) == tuple(seasons)
