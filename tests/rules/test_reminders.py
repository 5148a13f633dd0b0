from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpdesk.rules.notice import Notice, Terms, give_notice
from helpdesk.rules.reminders import Due, due_by, next_due, timetable
from helpdesk.rules.retention import may_delete
from helpdesk.rules.vocabulary import Action

PARIS = ZoneInfo("Europe/Paris")


def a_notice(on: str = "2026-02-01", *, notice_days: int = 30, kept: int = 6) -> Notice:
    at = datetime.fromisoformat(on).replace(hour=12, tzinfo=PARIS)
    return give_notice(at, PARIS, Terms(date(2025, 1, 15), 1, notice_days, kept))


def shown(dues: tuple[Due, ...]) -> list[tuple[str, str]]:
    return [(due.at.astimezone(PARIS).isoformat()[:16], due.message.value) for due in dues]


def test_the_whole_timetable_of_an_ending() -> None:
    assert shown(timetable(a_notice())) == [
        ("2026-02-13T09:00", "reminder_30"),
        ("2026-03-08T09:00", "reminder_7"),
        ("2026-03-14T09:00", "reminder_1"),
        ("2026-03-15T00:00", "access_ended"),
        ("2026-08-16T09:00", "deletion_notice"),
        ("2026-09-15T00:00", "deletion_done"),
    ]


@pytest.mark.parametrize(
    ("on", "reminders"),
    [
        ("2026-02-10", 3),
        ("2026-02-11", 2),
        ("2026-02-13", 2),
    ],
    ids=["33 days", "32 days", "30 days"],
)
def test_no_reminder_repeats_the_confirmation_of_the_same_days(on: str, reminders: int) -> None:
    found = [due for due in timetable(a_notice(on)) if due.action is Action.REMIND]

    assert len(found) == reminders


def test_a_reminder_on_or_before_the_day_of_the_request_is_left_out() -> None:
    assert [due.message for due in timetable(a_notice("2026-03-08", notice_days=0))[:2]] == [
        "reminder_1",
        "access_ended",
    ]
    assert timetable(a_notice("2026-03-14", notice_days=0))[0].action is Action.END


def test_with_a_short_retention_the_announcement_waits_for_the_end() -> None:
    notice = give_notice(
        datetime(2026, 1, 1, 12, tzinfo=PARIS), PARIS, Terms(date(2026, 2, 1), 1, 30, 1)
    )

    assert shown(timetable(notice))[-3:] == [
        ("2026-02-01T00:00", "access_ended"),
        ("2026-02-01T09:00", "deletion_notice"),
        ("2026-03-01T00:00", "deletion_done"),
    ]


def test_one_thing_follows_the_other_until_nothing_is_due() -> None:
    notice, found = a_notice(), []
    due = next_due(notice, None)
    while due:
        found.append(due)
        due = next_due(notice, due.at)

    assert tuple(found) == timetable(notice)[:-1]
    assert timetable(notice)[-1].action is Action.PURGE


def days(*, before_end: int) -> datetime:
    return datetime(2026, 3, 15, 12, tzinfo=PARIS) - timedelta(days=before_end)


@pytest.mark.parametrize(
    ("after", "now", "messages"),
    [
        (None, days(before_end=40), []),
        (None, days(before_end=30), ["reminder_30"]),
        (days(before_end=30), days(before_end=8), []),
        (None, days(before_end=7), ["reminder_7"]),
        (days(before_end=29), days(before_end=1), ["reminder_1"]),
        (None, days(before_end=0), ["access_ended"]),
        (None, days(before_end=-160), ["access_ended", "deletion_notice"]),
        (days(before_end=0), days(before_end=-160), ["deletion_notice"]),
        (None, days(before_end=-400), ["access_ended"]),
        (days(before_end=0), days(before_end=-400), []),
        (days(before_end=-400), days(before_end=-500), []),
    ],
)
def test_after_an_outage_only_what_still_helps_is_due(
    after: datetime | None, now: datetime, messages: list[str]
) -> None:
    assert [due.message.value for due in due_by(a_notice(), after, now)] == messages


def test_what_is_due_at_this_very_instant_is_due_once() -> None:
    notice = a_notice()

    assert due_by(notice, None, notice.access_ends_at)[-1].action is Action.END
    assert due_by(notice, notice.access_ends_at, notice.access_ends_at) == ()


@settings(deadline=None, max_examples=100)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001
    st.dates(date(2019, 1, 1), date(2041, 1, 1)),
    st.integers(1, 13),
    st.integers(0, 60),
)
def test_a_timetable_goes_forward_and_begins_after_the_request(
    at: datetime, anchor: date, months: int, notice_days: int
) -> None:
    terms = Terms(anchor, months, notice_days, months)
    notice = give_notice(at.replace(tzinfo=UTC), ZoneInfo("America/Havana"), terms)

    instants = [due.at for due in timetable(notice)]

    assert instants == sorted(set(instants))
    assert all(
        due.at.astimezone(ZoneInfo(notice.zone)).date() > notice.requested_on
        for due in timetable(notice)
        if due.action is Action.REMIND
    )


def test_data_may_go_from_its_instant_on_unless_a_hold_stops_it() -> None:
    notice = a_notice()
    before = notice.deletes_at - timedelta(microseconds=1)

    assert not may_delete(notice, before, on_hold=False)
    assert may_delete(notice, notice.deletes_at, on_hold=False)
    assert not may_delete(notice, notice.deletes_at, on_hold=True)
