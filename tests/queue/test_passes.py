from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.database import db
from helpdesk.queue import figures, passes
from helpdesk.queue.models import Pass
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Action
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.queries import recorded

A_SECOND = timedelta(seconds=1)


def test_the_last_pass_is_the_latest_and_says_what_it_did(session: Session) -> None:
    passes.record(A_MONDAY, A_MONDAY + A_SECOND, {Action.CONFIRM: 2})
    passes.record(A_MONDAY - timedelta(minutes=1), A_MONDAY - timedelta(seconds=59), {})

    last = passes.last(session)

    assert last is not None
    assert (last.began_at, last.done) == (A_MONDAY, {"confirm": 2})


def test_the_night_ahead_is_reckoned_by_the_pass_and_kept_for_that_night(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company)
    request = a_request(session, company, filed_at=A_MONDAY)
    session.commit()
    process_due(A_MONDAY)
    the_end = request.endings[0].access_ends_at
    evening = the_end - timedelta(hours=2)
    passes.record(evening, evening, {})
    session.rollback()

    kept = passes.tonight(session, passes.last(session), evening + A_SECOND)
    assert kept == figures.due_by(session, figures.morning_after(evening))
    assert kept[Action.END] == 1

    with recorded(db.engine) as asked:
        assert passes.tonight(session, passes.last(session), evening + A_SECOND) == kept
    assert not any("FROM endings" in one for one in asked)
    a_day_later = evening + timedelta(days=1)
    assert passes.tonight(session, passes.last(session), a_day_later)[Action.END] == 1
    with recorded(db.engine) as asked:
        passes.tonight(session, passes.last(session), a_day_later)
    assert any("FROM endings" in one for one in asked)


def test_what_came_since_the_pass_is_confirmed_tonight_as_well(session: Session) -> None:
    passes.record(A_MONDAY, A_MONDAY, {})
    session.rollback()
    company = a_company(session)
    a_subscription(session, company)
    a_request(session, company, filed_at=A_MONDAY + A_SECOND)

    assert passes.tonight(session, passes.last(session), A_MONDAY + A_SECOND) == {Action.CONFIRM: 1}


def test_nothing_has_ever_run_is_silence(session: Session) -> None:
    assert passes.last(session) is None
    assert passes.is_silent(passes.last(session), A_MONDAY)


def test_silence_begins_after_five_minutes(session: Session) -> None:
    passes.record(A_MONDAY, A_MONDAY, {})

    assert not passes.is_silent(passes.last(session), A_MONDAY + timedelta(minutes=5))
    assert passes.is_silent(passes.last(session), A_MONDAY + timedelta(minutes=5, seconds=1))


def test_a_clock_put_back_forgets_the_passes_that_lie_ahead(session: Session) -> None:
    passes.record(A_MONDAY + timedelta(days=300), A_MONDAY + timedelta(days=300), {})
    silent_before = passes.is_silent(passes.last(session), A_MONDAY)
    session.rollback()

    passes.record(A_MONDAY, A_MONDAY, {})

    assert silent_before
    assert not passes.is_silent(passes.last(session), A_MONDAY)
    assert session.scalars(select(Pass.began_at)).all() == [A_MONDAY]


def test_passes_older_than_a_week_are_forgotten(session: Session) -> None:
    for days in (0, 1, 7, 8):
        passes.record(A_MONDAY + timedelta(days=days), A_MONDAY + timedelta(days=days), {})

    assert session.scalar(select(func.min(Pass.began_at))) == A_MONDAY + timedelta(days=1)
    assert session.scalar(select(func.count()).select_from(Pass)) == 3
