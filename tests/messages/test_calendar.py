"""The dates of a letter as a calendar, read back with the library that mail programs would use."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company
from helpdesk.messages import calendar, outbox
from helpdesk.queue.letters import letter
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.transitions import move, move_ending
from helpdesk.rules.reminders import timetable
from helpdesk.rules.vocabulary import Action, Language, MessageKind, MessageState, State
from tests.builders import A_MONDAY, a_request, a_subscription
from tests.queue.test_withdrawals import INES
from tests.support.letters import FILED_AT, REFERENCE, a_letter, a_letter_ending

DATED = [
    MessageKind.CONFIRMATION,
    MessageKind.REMINDER_30,
    MessageKind.REMINDER_7,
    MessageKind.REMINDER_1,
]
A_DAY = timedelta(days=1)


def read(written: str | None) -> Calendar:
    assert written is not None
    found = Calendar.from_ical(written)
    assert isinstance(found, Calendar)
    return found


def events(written: str | None) -> dict[str, Event]:
    """Return what a calendar says, by its names, none of which it says twice."""
    found = [one for one in read(written).walk("VEVENT") if isinstance(one, Event)]
    assert len({one["UID"] for one in found}) == len(found)
    return {str(one["UID"]): one for one in found}


@pytest.mark.parametrize("kind", DATED)
def test_the_three_dates_are_whole_days(app: Flask, kind: MessageKind) -> None:
    with app.app_context():
        written = calendar.dates(a_letter(kind))

    found = events(written)
    assert {name: (one.start, one.end) for name, one in found.items()} == {
        f"{REFERENCE}-1-last-day@preavis": (date(2026, 4, 14), date(2026, 4, 15)),
        f"{REFERENCE}-1-end@preavis": (date(2026, 4, 15), date(2026, 4, 16)),
        f"{REFERENCE}-1-deletion@preavis": (date(2026, 10, 15), date(2026, 10, 16)),
    }
    assert read(written)["METHOD"] == "PUBLISH"
    for one in found.values():
        assert one.DTSTAMP == FILED_AT
        assert (one["STATUS"], one["SEQUENCE"], one["TRANSP"]) == ("CONFIRMED", 0, "TRANSPARENT")
        assert one["ORGANIZER"] == "mailto:preavis@helpdesk.example"
        assert REFERENCE in one["DESCRIPTION"]


def test_what_goes_out_is_written_as_rfc_5545_wants_it(app: Flask) -> None:
    with app.app_context():
        written = calendar.dates(a_letter())

    assert written
    lines = written.split("\r\n")
    assert "\n" not in "".join(lines)
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not list(read(written).walk("VTIMEZONE"))
    for component in read(written).walk():
        assert component.errors == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.FRENCH, "Dernier jour d’accès\u202f: Sage Active Essentials"),
        (Language.SPANISH, "Último día de acceso: Sage Active Essentials"),
        (Language.ENGLISH, "Last day of access: Sage Active Essentials"),
    ],
)
def test_it_speaks_the_language_of_its_letter(app: Flask, language: Language, said: str) -> None:
    with app.app_context():
        found = events(calendar.dates(a_letter(language=language)))

    last_day = found[f"{REFERENCE}-1-last-day@preavis"]
    assert last_day["SUMMARY"] == said
    assert last_day["SUMMARY"].params["LANGUAGE"] == language.value


def test_the_last_day_rings_in_the_morning_before_and_nothing_else_does(app: Flask) -> None:
    with app.app_context():
        found = events(calendar.dates(a_letter()))

    alarms = {name: one.alarms.times for name, one in found.items() if one.alarms.times}
    assert list(alarms) == [f"{REFERENCE}-1-last-day@preavis"]
    (alarm,) = next(iter(alarms.values()))
    assert alarm.trigger.replace(tzinfo=None) == datetime(2026, 4, 13, 9)  # noqa: DTZ001


def test_each_subscription_has_dates_of_its_own(app: Flask) -> None:
    two = (a_letter_ending(), a_letter_ending("Paie", date(2025, 1, 3), number=2))
    with app.app_context():
        found = events(calendar.dates(a_letter(endings=two)))

    assert len(found) == 6


def test_a_withdrawal_takes_the_same_dates_back(app: Flask) -> None:
    with app.app_context():
        announced = events(calendar.dates(a_letter()))
        written = calendar.dates(
            a_letter(MessageKind.WITHDRAWAL, at=FILED_AT + A_DAY, was_announced=True)
        )

    taken_back = events(written)
    assert read(written)["METHOD"] == "CANCEL"
    assert taken_back.keys() == announced.keys()
    for one in taken_back.values():
        assert (one["STATUS"], one["SEQUENCE"]) == ("CANCELLED", 1)
        assert one.DTSTAMP == FILED_AT + A_DAY
        assert not list(one.walk("VALARM"))


def test_a_restart_takes_the_deletion_back(app: Flask) -> None:
    with app.app_context():
        found = events(calendar.dates(a_letter(MessageKind.RESTART, was_announced=True)))

    assert list(found) == [f"{REFERENCE}-1-deletion@preavis"]


@pytest.mark.parametrize(
    "kind", sorted(set(MessageKind) - {*DATED, MessageKind.WITHDRAWAL, MessageKind.RESTART})
)
def test_other_letters_have_no_dates_to_keep(app: Flask, kind: MessageKind) -> None:
    with app.app_context():
        assert calendar.dates(a_letter(kind)) is None


def test_a_letter_about_no_subscription_has_none_either(app: Flask) -> None:
    with app.app_context():
        assert calendar.dates(a_letter(endings=())) is None


def test_the_outbox_keeps_the_dates_with_their_message(session: Session, company: Company) -> None:
    request = _confirmed(session, company)

    confirmation = request.messages[-1]
    assert confirmation.kind is MessageKind.CONFIRMATION
    (ending,) = request.endings
    days = {one.start for one in events(confirmation.calendar).values()}
    assert days == {ending.last_access_on, ending.effective_on, ending.deleted_on}
    assert request.messages[0].calendar is None


def test_what_was_never_announced_is_not_taken_back(session: Session, company: Company) -> None:
    request = a_request(session, company)
    session.commit()

    move(session, request, Action.WITHDRAW, actor=INES, at=A_MONDAY + A_DAY)
    session.commit()

    assert request.messages[-1].kind is MessageKind.WITHDRAWAL
    assert request.messages[-1].calendar is None


def test_only_the_withdrawn_one_of_several_is_taken_back(
    session: Session, company: Company
) -> None:
    other = a_subscription(session, company)
    request = _confirmed(session, company, subscription_ids=(company.subscriptions[0].id, other.id))
    first, second = request.endings

    move_ending(session, first, Action.WITHDRAW, actor=INES, at=A_MONDAY + A_DAY)
    session.commit()

    announced, taken_back = request.messages[-2:]
    assert len(events(announced.calendar)) == 6
    assert read(taken_back.calendar)["METHOD"] == "CANCEL"
    gone, still = events(taken_back.calendar).keys(), f"-{second.id}-end@preavis"
    assert len(gone) == 3
    assert not any(name.endswith(still) for name in gone)


@pytest.mark.parametrize("part", [False, True])
def test_no_reminder_goes_out_after_a_withdrawal(
    session: Session, company: Company, *, part: bool
) -> None:
    """Also one that waits in the outbox already, for the mail server to answer again."""
    first = company.subscriptions[0]
    other = a_subscription(session, company)
    request = _confirmed(session, company, subscription_ids=(first.id, other.id))
    one, another = request.endings
    reminder = next(due for due in timetable(one) if due.action is Action.REMIND)
    process_due(reminder.at)

    if part:
        move_ending(session, one, Action.WITHDRAW, actor=INES, at=reminder.at)
    else:
        move(session, request, Action.WITHDRAW, actor=INES, at=reminder.at)
    session.commit()
    for day in range(60):
        process_due(reminder.at + day * A_DAY)

    def waiting(ending_id: int) -> list[MessageKind]:
        session.rollback()
        return [
            message.kind
            for message in request.messages
            if message.ending_id == ending_id and message.state is not MessageState.CANCELLED
        ]

    # The whole request is taken back by one message about all of it.
    assert waiting(one.id) == ([MessageKind.WITHDRAWAL] if part else [])
    ended = [*DATED[1:], MessageKind.ACCESS_ENDED]
    assert waiting(another.id) == (ended if part else [])
    assert request.state is (State.ENDED if part else State.WITHDRAWN)


@pytest.mark.parametrize("days_left", [30, 31, 32, 33, 37, 45, 59])
def test_each_reminder_is_written_once_and_only_where_it_says_something_new(
    session: Session, company: Company, days_left: int
) -> None:
    subscription = company.subscriptions[0]
    subscription.anchor_on = (A_MONDAY + days_left * A_DAY).date()
    request = _confirmed(session, company)

    for hours in range(0, 24 * (days_left + 1), 6):
        process_due(A_MONDAY + timedelta(hours=hours))
        process_due(A_MONDAY + timedelta(hours=hours))
    session.rollback()

    written = [one.kind for one in request.messages if one.kind in DATED[1:]]
    wanted = DATED[1:] if days_left > 32 else DATED[2:]
    assert written == wanted
    for message in request.messages:
        if message.kind in DATED[1:]:
            local = message.created_at.astimezone(ZoneInfo("Europe/Paris"))
            assert local.date() > request.endings[0].requested_on
            assert len(events(message.calendar)) == 3


def test_the_same_letter_a_second_time_is_not_put_again(session: Session, company: Company) -> None:
    request = _confirmed(session, company)
    before = len(request.messages)

    outbox.put(
        session,
        letter(request, MessageKind.REMINDER_7, A_MONDAY, ending=request.endings[0]),
    )
    outbox.put(
        session,
        letter(request, MessageKind.REMINDER_7, A_MONDAY + A_DAY, ending=request.endings[0]),
    )
    session.commit()

    assert len(request.messages) == before + 1


def _confirmed(session: Session, company: Company, **given: object) -> Request:
    request = a_request(session, company, **given)
    session.commit()
    process_due(A_MONDAY + timedelta(minutes=1))
    session.rollback()
    assert request.state is State.CONFIRMED
    assert request.filed_at.tzinfo is UTC
    return request
