"""An export made by several at once, or by one that is killed: once, and whole."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.directory.models import Company
from helpdesk.messages.models import Attempt
from helpdesk.queue import export
from helpdesk.queue.records import Export
from helpdesk.rules.vocabulary import ExportState
from helpdesk.settings import Settings
from tests.builders import A_MONDAY
from tests.support.exports import Lived, Opened, asked, content, lived, row, staff, told
from tests.support.workers import at_once, environment, kill, stopped_when

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)
MANY = 20_000


@pytest.fixture
def bakery(session: Session, company: Company) -> Lived:
    """Return a business with a row in every table."""
    found = lived(session, company, staff(session), "Zéphirine")
    session.commit()
    return found


def state(session: Session, key: str) -> ExportState:
    return row(session, key).state


def test_two_workers_at_once_make_each_export_once(
    app: Flask, session: Session, bakery: Lived
) -> None:
    asked(bakery.company, bakery.holder)

    done = at_once(app, *[lambda: export.make_due(A_MONDAY)] * 3)

    assert sorted(one["export"] for one in done) == [0, 0, 1]
    assert len(told(session)) == 1


def test_one_that_a_worker_left_is_begun_again_when_its_lease_is_over(
    session: Session, bakery: Lived
) -> None:
    key = asked(bakery.company, bakery.holder)
    assert export._Claim.take(lambda: A_MONDAY)

    assert export.make_due(A_MONDAY + export.LEASE / 2) == {}
    assert state(session, key) is ExportState.MAKING
    assert export.make_due(A_MONDAY + export.LEASE) == {"export": 1}
    assert state(session, key) is ExportState.READY


def test_a_worker_that_comes_back_too_late_changes_nothing(session: Session, bakery: Lived) -> None:
    key = asked(bakery.company, bakery.holder)
    late = export._Claim.take(lambda: A_MONDAY)
    assert late
    export.make_due(A_MONDAY + export.LEASE)
    before = row(session, key).sha256

    with pytest.raises(export._Lost):
        late.make()

    assert row(session, key).sha256 == before
    assert len(told(session)) == 1


def test_one_whose_company_goes_meanwhile_is_let_go(session: Session, bakery: Lived) -> None:
    asked(bakery.company, bakery.holder)
    claim = export._Claim.take(lambda: A_MONDAY)
    assert claim
    session.execute(delete(Export))
    session.commit()

    with pytest.raises(export._Lost):
        claim.make()

    assert told(session) == []


def test_a_lease_from_a_clock_that_was_ahead_holds_nobody_up(
    session: Session, bakery: Lived
) -> None:
    asked(bakery.company, bakery.holder)
    assert export._Claim.take(lambda: A_MONDAY + timedelta(days=90))

    assert export.make_due(A_MONDAY) == {"export": 1}


def abandoned(session: Session) -> None:
    """Let the lease of whoever was killed be over."""
    session.rollback()
    session.execute(update(Export).values(claimed_until=clock.now() - A_MINUTE))
    session.commit()


def midway(session: Session, key: str) -> bool:
    found = row(session, key)
    return found.state is ExportState.MAKING and 0 < found.done < found.total


def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(
    session: Session, settings: Settings, bakery: Lived
) -> None:
    message_id, now = bakery.request.messages[0].id, clock.now()
    tries = [{"message_id": message_id, "at": now, "error": ""}] * MANY
    session.execute(insert(Attempt), tries)
    session.commit()
    key, env = asked(bakery.company, bakery.holder, now), environment(settings)
    for _ in range(2):
        kill(stopped_when(lambda: midway(session, key), "process", env=env))
        assert midway(session, key)
        assert told(session) == []
        abandoned(session)

    assert export.make_due(clock.now()) == {"export": 1}

    opened = Opened(content(session, key))
    assert state(session, key) is ExportState.READY
    assert len(told(session)) == 1
    assert opened.zip.testzip() is None
    assert len({one["id"] for one in opened.json("attempts")}) == MANY + 1
