import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.desk import hours
from helpdesk.desk.models import Desk, DeskClosure, HoursVersion
from helpdesk.desk.public_holidays import PublicHolidays

MADRID = ZoneInfo("Europe/Madrid")
ALWAYS = [["00:00", "24:00"]]


def madrid(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


def all_year(name: str, day: list[list[str]]) -> list[dict[str, object]]:
    return [{"name": name, "first": [1, 1], "last": [12, 31], "week": [day] * 7}]


@pytest.fixture
def desk(session: Session) -> Desk:
    return session.scalars(select(Desk).where(Desk.code == "es")).one()


@pytest.fixture
def spanish(app: Flask) -> Iterator[None]:
    with app.test_request_context(), force_locale("es"):
        yield


def is_open(session: Session, text: str) -> bool:
    return hours.is_open(session, "es", madrid(text))


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        ("2026-03-02T08:59:59", False),
        ("2026-03-02T09:00", True),
        ("2026-03-02T14:00", False),
        ("2026-03-02T15:00", True),
        ("2026-03-02T18:00", False),
        ("2026-03-06T14:59", True),
        ("2026-03-06T15:00", False),
        ("2026-03-07T10:00", False),
        ("2026-06-30T17:00", True),
        ("2026-07-01T08:00", True),
        ("2026-07-01T17:00", False),
        ("2026-08-31T14:59", True),
        ("2026-09-01T08:30", False),
    ],
)
def test_the_installed_desk_keeps_its_hours_season_by_season(
    session: Session, at: str, opened: bool
) -> None:
    assert is_open(session, at) is opened


def test_an_added_day_off_closes_the_line(session: Session, desk: Desk) -> None:
    desk.closures.append(DeskClosure(closed_on=date(2026, 3, 2), name="Mudanza"))
    session.commit()

    status = hours.line_status(session, "es", madrid("2026-03-02T10:00"))

    assert (status.is_open, status.closure) == (False, "Mudanza")
    assert status.opens_at == madrid("2026-03-03T09:00")


def test_a_part_of_a_day_off_closes_that_part(session: Session, desk: Desk) -> None:
    desk.closures.append(
        DeskClosure(closed_on=date(2026, 3, 2), name="Formación", starts=time(11), ends=time(13))
    )
    session.commit()

    assert is_open(session, "2026-03-02T10:59")
    assert not is_open(session, "2026-03-02T11:00")
    assert is_open(session, "2026-03-02T13:00")


def test_a_part_without_its_beginning_or_end_goes_to_that_end_of_the_day(
    session: Session, desk: Desk
) -> None:
    desk.closures.append(DeskClosure(closed_on=date(2026, 3, 2), name="Tarde", starts=time(13)))
    desk.closures.append(DeskClosure(closed_on=date(2026, 3, 3), name="Mañana", ends=time(12)))
    session.commit()

    assert not is_open(session, "2026-03-02T17:00")
    assert not is_open(session, "2026-03-03T09:30")
    assert is_open(session, "2026-03-03T12:00")


def test_a_public_holiday_taken_away_is_a_working_day(session: Session, desk: Desk) -> None:
    assert not is_open(session, "2026-05-01T10:00")
    desk.closures.append(
        DeskClosure(closed_on=date(2026, 5, 1), name="Se trabaja", is_removed=True)
    )
    session.commit()

    assert is_open(session, "2026-05-01T10:00")


def test_new_hours_hold_from_their_day_on_and_change_nothing_before(
    session: Session, desk: Desk
) -> None:
    desk.versions.append(
        HoursVersion(valid_from=date(2026, 4, 1), seasons=all_year("nights", [["20:00", "24:00"]]))
    )
    session.commit()

    assert is_open(session, "2026-03-31T10:00")
    assert not is_open(session, "2026-04-01T10:00")
    assert is_open(session, "2026-04-01T21:00")
    assert hours.version_on(desk, date(2019, 1, 1)) is desk.versions[0]


def test_the_next_opening_is_told_by_the_hours_that_will_hold(session: Session, desk: Desk) -> None:
    desk.versions.append(
        HoursVersion(valid_from=date(2026, 3, 3), seasons=all_year("early", [["06:00", "07:00"]]))
    )
    session.commit()

    status = hours.line_status(session, "es", madrid("2026-03-02T18:30"))

    assert status.opens_at == madrid("2026-03-03T06:00")
    assert status.season.name == "september_june"


def test_the_line_closes_by_the_hours_that_hold_today(session: Session, desk: Desk) -> None:
    desk.versions.append(HoursVersion(valid_from=date(2026, 3, 3), seasons=all_year("new", ALWAYS)))
    session.commit()

    status = hours.line_status(session, "es", madrid("2026-03-02T10:00"))

    assert status.closes_at == madrid("2026-03-02T14:00")


@pytest.mark.parametrize(
    ("then", "closes"),
    [(ALWAYS, None), ([["00:00", "08:00"]], "2026-03-03T08:00"), ([], "2026-03-03T00:00")],
    ids=["open ever after", "closes in the morning", "closed ever after"],
)
def test_an_open_night_ends_by_the_hours_that_will_hold(
    session: Session, desk: Desk, then: list[list[str]], closes: str | None
) -> None:
    desk.versions[0].seasons = all_year("always", ALWAYS)
    desk.versions.append(HoursVersion(valid_from=date(2026, 3, 3), seasons=all_year("new", then)))
    desk.closures += [  # Christmas would close an endless line.
        DeskClosure(closed_on=day, name="Se trabaja", is_removed=True) for day in holidays()
    ]
    session.commit()

    status = hours.line_status(session, "es", madrid("2026-03-02T22:00"))

    assert status.is_open
    assert status.closes_at == (madrid(closes) if closes else None)
    assert status.changes_at == madrid("2026-03-03T00:00")


def holidays() -> list[date]:
    """Return every public holiday for longer than the rules look ahead."""
    first, last = date(2026, 1, 1).toordinal(), date(2071, 1, 1).toordinal()
    days = (date.fromordinal(number) for number in range(first, last))
    off = PublicHolidays()
    return [day for day in days if off.on(day)]


def test_a_line_that_never_opens_says_only_that_it_is_closed(
    session: Session, desk: Desk, spanish: None
) -> None:
    desk.versions[0].seasons = all_year("never", [])
    session.commit()

    status = hours.line_status(session, "es", madrid("2026-03-02T10:00"))

    assert (status.opens_at, status.opens_in_days, status.closes_in_days) == (None, None, None)
    assert banner(status) == "Cerrado. Horario del 1 de enero al 31 de diciembre"


def test_all_instants_of_the_banner_are_utc_and_its_end_is_the_first_of_them(
    session: Session,
) -> None:
    status = hours.line_status(session, "es", madrid("2026-03-02T13:59:30.5"))

    assert status.at.tzinfo is UTC
    assert status.closes_at == status.changes_at == datetime(2026, 3, 2, 13, tzinfo=UTC)
    assert status.changes_in_seconds == 30


def test_a_closed_banner_changes_at_midnight_too(session: Session) -> None:
    status = hours.line_status(session, "es", madrid("2026-03-06T20:00"))

    assert status.changes_at == madrid("2026-03-07T00:00")


def test_there_is_no_other_desk(session: Session) -> None:
    with pytest.raises(hours.NoSuchDesk):
        hours.opening_hours(session, "fr", date(2026, 3, 2))


def banner(status: hours.LineStatus) -> str:
    html = render_template("console/line_status.html", status=status)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


SEASON = "Horario del 1 de septiembre al 30 de junio"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-03-02T10:00", f"Abierto hasta las 14:00 {SEASON}"),
        ("2026-03-02T14:00", f"Cerrado. Abre hoy a las 15:00. {SEASON}"),
        ("2026-03-02T08:00", f"Cerrado. Abre hoy a las 9:00. {SEASON}"),
        ("2026-03-02T18:00", f"Cerrado. Abre mañana, martes, a las 9:00. {SEASON}"),
        ("2026-03-06T15:00", f"Cerrado. Abre el lunes 9 de marzo a las 9:00. {SEASON}"),
        (
            "2025-05-02T10:00",
            (
                "Cerrado hoy: Fiesta de la Comunidad de Madrid."
                f" Abre el lunes 5 de mayo a las 9:00. {SEASON}"
            ),
        ),
        ("2026-07-01T10:00", "Abierto hasta las 15:00 Horario del 1 de julio al 31 de agosto"),
    ],
)
def test_the_banner_says_what_is_true(session: Session, spanish: None, at: str, words: str) -> None:
    assert banner(hours.line_status(session, "es", madrid(at))) == words


def test_a_part_closure_is_named_while_the_line_opens_again_today(
    session: Session, desk: Desk, spanish: None
) -> None:
    desk.closures.append(
        DeskClosure(closed_on=date(2026, 3, 2), name="Formación", starts=time(9), ends=time(11))
    )
    session.commit()

    status = hours.line_status(session, "es", madrid("2026-03-02T10:00"))

    assert banner(status) == f"Cerrado: Formación. Abre hoy a las 11:00. {SEASON}"


def test_a_line_open_past_midnight_says_the_day(
    session: Session, desk: Desk, spanish: None
) -> None:
    week = [[["20:00", "24:00"]], [["00:00", "02:00"]], [], [], [], [], []]
    desk.versions[0].seasons = [{**all_year("nights", [])[0], "week": week}]
    session.commit()

    status = hours.line_status(session, "es", madrid("2026-03-02T21:00"))

    assert banner(status).startswith("Abierto hasta el martes 3 de marzo a las 2:00")
