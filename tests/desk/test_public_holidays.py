from datetime import date, timedelta

import pytest

from helpdesk.desk.public_holidays import PublicHolidays
from helpdesk.desk.standard import DESKS, hours_of
from helpdesk.rules.opening_hours import Closure

# The working calendar of the Community of Madrid for 2026.
MADRID_2026 = [
    "2026-01-01",
    "2026-01-06",
    "2026-04-02",
    "2026-04-03",
    "2026-05-01",
    "2026-05-02",
    "2026-08-15",
    "2026-10-12",
    "2026-11-02",
    "2026-12-07",
    "2026-12-08",
    "2026-12-25",
]


def days_off(closures: PublicHolidays, year: int) -> list[str]:
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range(365)]
    return [day.isoformat() for day in days if closures.on(day)]


def test_the_days_off_of_madrid_in_2026() -> None:
    assert days_off(PublicHolidays(), 2026) == MADRID_2026


def test_days_off_are_named_in_spanish_whatever_the_machine_speaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "en_US")

    assert PublicHolidays().on(date(2034, 12, 25)) == (Closure("Natividad del Señor"),)
    assert PublicHolidays("FR", None).on(date(2034, 7, 14)) == (Closure("Fête nationale"),)


def test_spain_without_a_region_has_its_national_days_only() -> None:
    assert PublicHolidays("ES", None).on(date(2028, 5, 2)) == ()
    assert PublicHolidays("ES", "MD").on(date(2028, 5, 2)) != ()


def test_a_supervisor_adds_and_removes_days() -> None:
    local, strike = date(2026, 5, 15), date(2026, 12, 8)
    closures = PublicHolidays(
        added={local: Closure("San Isidro"), strike: Closure("Huelga")},
        removed=frozenset({date(2026, 12, 25), date(2026, 12, 26)}),
    )

    assert closures.on(local) == (Closure("San Isidro"),)
    assert closures.on(date(2026, 12, 25)) == ()
    assert [closure.name for closure in closures.on(strike)] == [
        "Inmaculada Concepción",
        "Huelga",
    ]


@pytest.mark.parametrize("year", [1, 1900, 2101, 9999])
def test_years_that_nobody_knows_have_no_public_holiday(year: int) -> None:
    assert PublicHolidays().on(date(year, 12, 25)) == ()


def test_an_unknown_country_or_region_is_refused_at_once() -> None:
    with pytest.raises(NotImplementedError):
        PublicHolidays("XX", None)
    with pytest.raises(NotImplementedError):
        PublicHolidays("ES", "XX")


def test_the_spanish_desk_is_that_of_the_rules() -> None:
    desk = DESKS["es"]

    assert (desk.phone, desk.zone) == ("+34919161717", "Europe/Madrid")
    shown = {
        season.name: [", ".join(i.shown for i in day) for day in season.week]
        for season in desk.seasons
    }
    assert shown == {
        "september_june": ["09:00–14:00, 15:00–18:00"] * 4 + ["09:00–15:00", "", ""],
        "july_august": ["08:00–15:00"] * 5 + ["", ""],
    }


def test_there_is_no_desk_that_nobody_made() -> None:
    with pytest.raises(KeyError):
        hours_of("de")
