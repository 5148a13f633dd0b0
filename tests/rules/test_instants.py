from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from helpdesk.rules.instants import begins_at, instant, local, spans, ticks
from helpdesk.rules.months import OutOfCalendar

HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("zone", "day", "wall", "at"),
    [
        ("Europe/Paris", "2026-04-15", "00:00", "2026-04-14T22:00Z"),
        ("Europe/Paris", "2026-03-29", "02:30", "2026-03-29T01:00Z"),
        ("Europe/Paris", "2026-10-25", "02:30", "2026-10-25T00:30Z"),
        ("America/Havana", "2026-03-08", "00:00", "2026-03-08T05:00Z"),
        ("America/Havana", "2026-11-01", "00:00", "2026-11-01T04:00Z"),
        ("Asia/Beirut", "2026-03-29", "00:00", "2026-03-28T22:00Z"),
        ("America/Sao_Paulo", "2018-02-18", "00:00", "2018-02-18T03:00Z"),
        ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T10:00Z"),
    ],
)
def test_a_day_begins_at_its_first_instant(zone: str, day: str, wall: str, at: str) -> None:
    found = begins_at(date.fromisoformat(day), ZoneInfo(zone), time.fromisoformat(wall))

    assert found == datetime.fromisoformat(at)


def test_the_calendar_has_an_end_and_a_beginning() -> None:
    with pytest.raises(OutOfCalendar):
        begins_at(date(1, 1, 1), ZoneInfo("Europe/Paris"))
    with pytest.raises(OutOfCalendar):
        local(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), ZoneInfo("Europe/Paris"))
    with pytest.raises(OutOfCalendar):
        instant(10**20)


def test_an_instant_needs_its_zone() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - what is refused
    with pytest.raises(ValueError, match="time zone"):
        ticks(naive)
    with pytest.raises(ValueError, match="time zone"):
        local(naive, ZoneInfo("Europe/Paris"))


def test_a_tick_is_exact() -> None:
    at = datetime(2026, 3, 16, 23, 59, 59, 999_999, tzinfo=UTC)

    assert instant(ticks(at)) == at
    assert ticks(at.astimezone(ZoneInfo("Asia/Kathmandu"))) == ticks(at)


def test_a_year_has_three_stretches_of_offset_in_madrid() -> None:
    first, last = (ticks(datetime(year, 1, 1, tzinfo=UTC)) for year in (2026, 2027))

    found = spans(ZoneInfo("Europe/Madrid"), first, last)

    assert [(instant(start).isoformat()[:16], ahead // HOUR) for start, _, ahead in found] == [
        ("2026-01-01T00:00", 1),
        ("2026-03-29T01:00", 2),
        ("2026-10-25T01:00", 1),
    ]
    assert [end for _, end, _ in found] == [start for start, _, _ in found[1:]] + [last]


def test_the_ends_of_the_calendar_have_an_offset_too() -> None:
    last = ticks(datetime(9999, 12, 31, tzinfo=UTC)) + 24 * HOUR

    found = spans(ZoneInfo("Asia/Tokyo"), last - 24 * HOUR, last)

    assert found == [(last - 24 * HOUR, last, 9 * HOUR)]
