from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from helpdesk import clock, jobs
from helpdesk.directory.models import Company
from helpdesk.queue import passes
from helpdesk.rules.vocabulary import Action, State
from helpdesk.settings import Settings
from tests.builders import a_request


def test_a_tick_confirms_what_is_due_and_leaves_its_trace(
    app: Flask, settings: Settings, session: Session, company: Company
) -> None:
    request = a_request(session, company, filed_at=clock.now() - timedelta(minutes=1))
    session.commit()
    seen: list[int] = []

    done = jobs.tick(app, settings, seen.append)

    session.expire_all()
    assert request.state is State.CONFIRMED
    last = passes.last(session)
    assert last is not None
    assert last.done == dict(done) == {Action.CONFIRM: 1}
    assert last.began_at <= last.ended_at
    assert seen == [1]


def test_a_tick_with_nothing_to_do_still_says_that_it_ran(
    app: Flask, settings: Settings, session: Session
) -> None:
    assert jobs.tick(app, settings) == {}
    assert not passes.is_silent(passes.last(session), clock.now())


def test_what_is_filed_is_confirmed_by_an_errand_as_well(
    app: Flask, session: Session, company: Company
) -> None:
    request = a_request(session, company, filed_at=clock.now() - timedelta(seconds=1))
    session.commit()

    done = jobs.errands(app)

    session.expire_all()
    assert done == {Action.CONFIRM: 1}
    assert request.state is State.CONFIRMED
    assert jobs.errands(app) == {}
