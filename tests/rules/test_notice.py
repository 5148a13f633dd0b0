from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from helpdesk.rules.explanation import Step
from helpdesk.rules.notice import (
    Notice,
    OutOfCalendar,
    Terms,
    give_notice,
    last_day_for_same_end,
    later_end,
    next_renewal,
)

# The table of rules §1, as it stands.
ROWS = """
| 2026-03-01 10:00 | Europe/Paris | 2025-01-15 | 1 | 2026-04-15 | 2026-04-14 | 2026-04-14T22:00Z | 2026-10-15 |
| 2026-03-16 23:59 | Europe/Paris | 2025-01-15 | 1 | 2026-04-15 | 2026-04-14 | 2026-04-14T22:00Z | 2026-10-15 |
| 2026-03-17 00:00 | Europe/Paris | 2025-01-15 | 1 | 2026-05-15 | 2026-05-14 | 2026-05-14T22:00Z | 2026-11-15 |
| 2026-03-16T23:30Z | Europe/Paris | 2025-01-15 | 1 | 2026-05-15 | 2026-05-14 | 2026-05-14T22:00Z | 2026-11-15 |
| 2026-01-10 09:00 | Europe/Madrid | 2024-01-31 | 1 | 2026-02-28 | 2026-02-27 | 2026-02-27T23:00Z | 2026-08-28 |
| 2026-02-10 09:00 | Europe/Madrid | 2024-01-31 | 1 | 2026-03-31 | 2026-03-30 | 2026-03-30T22:00Z | 2026-10-01 |
| 2027-02-01 09:00 | Europe/Paris | 2024-02-29 | 12 | 2028-02-29 | 2028-02-28 | 2028-02-28T23:00Z | 2028-08-29 |
| 2026-07-20 12:00 | Atlantic/Canary | 2026-09-01 | 12 | 2026-09-01 | 2026-08-31 | 2026-08-31T23:00Z | 2027-03-01 |
"""  # noqa: E501 - the table as it stands
TABLE = [[cell.strip() for cell in row.strip("|").split("|")] for row in ROWS.strip().splitlines()]


def notice(
    at: str, zone: str = "Europe/Paris", anchor: str = "2025-01-15", term: int = 1
) -> Notice:
    requested_at = datetime.fromisoformat(at)
    if requested_at.tzinfo is None:
        requested_at = requested_at.replace(tzinfo=ZoneInfo(zone))
    return give_notice(requested_at, ZoneInfo(zone), Terms(date.fromisoformat(anchor), term))


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_the_dates_of_a_cancellation(row: list[str]) -> None:
    requested_at, zone, anchor, term, effective, last_day, ends_at, deletion = row

    dates = notice(requested_at, zone, anchor, int(term))

    assert dates.effective_on.isoformat() == effective
    assert dates.last_access_on.isoformat() == last_day
    assert dates.access_ends_at == datetime.fromisoformat(ends_at)
    assert dates.access_ends_at.tzinfo is UTC
    assert dates.deleted_on.isoformat() == deletion


def test_the_request_date_is_that_of_the_companys_zone() -> None:
    assert notice("2026-03-16T23:30+00:00").requested_on == date(2026, 3, 17)
    assert notice("2026-03-16T23:30+00:00", "Atlantic/Canary").requested_on == date(2026, 3, 16)


def test_deletion_runs_from_local_midnight() -> None:
    dates = notice("2026-03-01 10:00")

    assert dates.deleted_on == date(2026, 10, 15)
    assert dates.deletes_at == datetime(2026, 10, 14, 22, tzinfo=UTC)


def test_exactly_thirty_days_is_enough() -> None:
    dates = notice("2026-03-16 23:59")

    assert dates.notice_ends_on == dates.effective_on


def test_an_anchor_in_the_future_is_the_first_end() -> None:
    assert notice("2026-03-01 10:00", anchor="2027-05-05").effective_on == date(2027, 5, 5)


def test_a_day_that_begins_at_one_oclock_ends_access_at_one_oclock() -> None:
    dates = notice("2026-01-10 09:00", "America/Havana", "2026-03-08", 12)

    assert dates.access_ends_at == datetime(2026, 3, 8, 5, tzinfo=UTC)


def test_the_last_day_that_keeps_the_end_and_the_end_after_it() -> None:
    dates, terms = notice("2026-03-01 10:00"), Terms(date(2025, 1, 15), 1)

    assert last_day_for_same_end(dates, terms) == date(2026, 3, 16)
    assert later_end(dates, terms) == date(2026, 5, 15)


def test_other_terms_give_other_dates() -> None:
    terms = Terms(date(2025, 1, 15), 3, notice_days=15, retention_months=1)

    dates = give_notice(datetime(2026, 3, 31, tzinfo=UTC), ZoneInfo("Europe/Paris"), terms)

    assert dates.effective_on == date(2026, 4, 15)
    assert dates.deleted_on == date(2026, 5, 15)


def test_every_date_says_why() -> None:
    steps = [step.as_json() for step in notice("2026-03-16 23:59").steps]

    assert steps == [
        {
            "rule": "request_date",
            "input": {"requested_at": "2026-03-16T22:59:00Z", "zone": "Europe/Paris"},
            "result": "2026-03-16",
        },
        {
            "rule": "notice_end",
            "input": {"requested_on": "2026-03-16", "days": "30"},
            "result": "2026-04-15",
        },
        {
            "rule": "renewal",
            "input": {
                "notice_ends_on": "2026-04-15",
                "anchor": "2025-01-15",
                "term_months": "1",
            },
            "result": "2026-04-15",
        },
        {
            "rule": "last_day",
            "input": {"effective_on": "2026-04-15"},
            "result": "2026-04-14",
        },
        {
            "rule": "deletion",
            "input": {"effective_on": "2026-04-15", "months": "6"},
            "result": "2026-10-15",
        },
    ]


def test_a_step_survives_being_kept() -> None:
    steps = notice("2026-03-16 23:59").steps

    assert tuple(Step.from_json(step.as_json()) for step in steps) == steps


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"rule": "renewal", "input": "x", "result": "2026-01-01"},
        {"rule": "unheard_of", "input": {}, "result": "2026-01-01"},
        {"rule": "renewal", "input": {}, "result": "soon"},
    ],
    ids=["empty", "input", "rule", "result"],
)
def test_what_is_no_step_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"step|StepRule|isoformat"):
        Step.from_json(kept)


def test_an_instant_needs_its_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        give_notice(
            datetime(2026, 3, 1, 10),  # noqa: DTZ001 - what is refused
            ZoneInfo("Europe/Paris"),
            Terms(date(2025, 1, 15), 1),
        )


@pytest.mark.parametrize(
    ("term", "days", "months", "words"),
    [(0, 30, 6, "term"), (-1, 30, 6, "term"), (1, -1, 6, "notice"), (1, 30, 0, "kept")],
)
def test_terms_that_make_no_sense_are_refused(
    term: int, days: int, months: int, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        Terms(date(2025, 1, 15), term, days, months)


@pytest.mark.parametrize("at", ["9999-12-05T12:00", "9999-08-05T12:00", "9999-12-31T23:59+00:00"])
def test_the_calendar_ends_with_a_named_error(at: str) -> None:
    with pytest.raises(OutOfCalendar):
        notice(at)


def test_a_renewal_centuries_away_is_found_at_once() -> None:
    terms = Terms(date(1, 1, 31), 1)

    assert next_renewal(date(9999, 2, 1), terms) == date(9999, 2, 28)
    with pytest.raises(OutOfCalendar):
        next_renewal(date(9999, 12, 31), Terms(date(1, 1, 30), 12))
