from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from helpdesk.queue import figures
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Action, Channel, State
from tests.builders import A_MONDAY, a_company, a_request, a_subscription

MADRID = ZoneInfo("Europe/Madrid")


def test_nothing_waits_in_an_empty_queue(session: Session) -> None:
    assert figures.waiting(session) == figures.Waiting(to_review=0, oldest=None, set_aside=0)


def test_what_waits_for_a_person_is_counted_and_the_oldest_named(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company)
    a_request(session, company, filed_at=A_MONDAY - timedelta(days=9)).failure = "ValueError"
    oldest = a_request(session, filed_at=A_MONDAY - timedelta(days=3))
    a_request(session)

    assert figures.waiting(session) == figures.Waiting(to_review=2, oldest=oldest, set_aside=1)


def test_tonight_is_what_processing_then_does(session: Session) -> None:
    for filed_at in (A_MONDAY, A_MONDAY + timedelta(hours=30)):
        company = a_company(session)
        a_subscription(session, company)
        a_request(session, company, filed_at=filed_at)
    a_request(session)
    session.commit()
    morning = A_MONDAY + timedelta(hours=20)

    first = figures.due_by(session, morning)
    assert first == {Action.CONFIRM: 1} == process_due(morning)

    at_the_end = datetime(2026, 4, 15, 4, tzinfo=UTC)
    session.rollback()
    later = figures.due_by(session, at_the_end)
    assert later == {Action.CONFIRM: 1, Action.END: 1}


def test_what_is_neither_confirmed_nor_ended_is_not_due(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company)
    request = a_request(session, company)
    request.state = request.endings[0].state = State.WITHDRAWN

    assert figures.due_by(session, A_MONDAY) == {}


def test_requests_are_counted_by_the_day_in_madrid_and_by_channel(session: Session) -> None:
    for at in ("2026-03-02T22:59:59Z", "2026-03-02T23:00:00Z", "2026-02-01T00:00:00Z"):
        a_request(session, filed_at=datetime.fromisoformat(at))
    a_request(session, channel=Channel.PHONE, filed_at=datetime(2026, 3, 3, 12, tzinfo=UTC))

    days = figures.filed_by_day(session, date(2026, 3, 3), MADRID)

    assert [day for day, _counts in days] == [
        date(2026, 2, 2) + timedelta(days=number) for number in range(30)
    ]
    assert dict(days)[date(2026, 3, 2)] == {Channel.HELP_CENTER: 1}
    assert dict(days)[date(2026, 3, 3)] == {Channel.HELP_CENTER: 1, Channel.PHONE: 1}
    assert sum(sum(counts.values()) for _day, counts in days) == 3


def test_confirmed_ends_are_counted_for_thirty_days(session: Session) -> None:
    company = a_company(session)
    subscriptions = [a_subscription(session, company) for _ in range(2)]
    request = a_request(session, company, subscription_ids=tuple(one.id for one in subscriptions))
    request.endings[0].state = State.CONFIRMED

    days = figures.ends_ahead(session, date(2026, 3, 17))

    assert len(days) == 30
    assert [(day, count) for day, count in days if count] == [(date(2026, 4, 15), 1)]
    assert figures.ends_ahead(session, date(2026, 3, 16))[-1] == (date(2026, 4, 14), 0)
