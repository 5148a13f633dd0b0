from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory import holds as directory
from helpdesk.directory.models import Company, Hold
from helpdesk.messages.models import Message
from helpdesk.queue import events, figures, holds
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.review import Decision, decide
from helpdesk.rules.vocabulary import Action, Authority, MessageKind, State
from tests.builders import (
    A_MONDAY,
    a_company,
    a_hold,
    a_request,
    a_subscription,
    a_supervisor,
)
from tests.support.workers import at_once

A_DAY = timedelta(days=1)


@pytest.fixture
def actor(session: Session) -> Actor:
    supervisor = a_supervisor(session)
    session.commit()
    return Actor(By.SUPERVISOR, supervisor.id)


def a_wish(**given: object) -> holds.Wish:
    values: dict[str, object] = {"reason": "Contrôle fiscal.", "ends_at": None, "seen": 0} | given
    return holds.Wish(**values)  # type: ignore[arg-type]


def test_it_is_told_to_each_request_that_is_open_or_ended_and_to_no_closed_one(
    session: Session, company: Company, actor: Actor
) -> None:
    ended = a_request(session, company)
    session.commit()
    process_due(A_MONDAY)
    process_due(ended.endings[0].access_ends_at)
    a_subscription(session, company)
    later = a_request(session, company, filed_at=A_MONDAY + 60 * A_DAY)
    in_review = a_request(session, company, authority=Authority.NONE)
    closed = a_request(session, company, authority=Authority.NONE)
    session.flush()
    no = Decision(action=Action.REJECT, version=closed.version, text="Non.")
    decide(session, closed, no, actor=actor, at=A_MONDAY)
    elsewhere = a_company(session)
    a_subscription(session, elsewhere)
    other = a_request(session, elsewhere)
    session.flush()
    before = {one.id: one.due_at for one in (ended, later, in_review)}

    holds.set_hold(session, company.id, a_wish(), actor=actor, at=A_MONDAY + 61 * A_DAY)
    session.commit()

    for request in (ended, later, in_review):
        latest = request.events[-1]
        assert (latest.action, latest.why) == (Action.HOLD, "Contrôle fiscal.")
        assert (latest.actor, latest.person_id) == (By.SUPERVISOR, actor.person_id)
        assert latest.from_state == latest.to_state == request.state
        assert request.due_at == before[request.id]
    assert [ended.state, later.state, in_review.state] == [
        State.ENDED,
        State.RECEIVED,
        State.IN_REVIEW,
    ]
    for request in (closed, other):
        assert Action.HOLD not in {event.action for event in request.events}
    assert list(events.broken(session)) == []


def test_releasing_it_is_told_once(session: Session, company: Company, actor: Actor) -> None:
    request = a_request(session, company)
    session.commit()
    hold = holds.set_hold(session, company.id, a_wish(), actor=actor, at=A_MONDAY)
    session.commit()

    assert holds.release(session, hold.id, actor=actor, at=A_MONDAY + A_DAY)
    assert not holds.release(session, hold.id, actor=actor, at=A_MONDAY + 2 * A_DAY)
    session.commit()

    assert (hold.released_at, hold.released_by_id) == (A_MONDAY + A_DAY, actor.person_id)
    actions = [event.action for event in request.events]
    assert actions.count(Action.RELEASE) == 1
    assert not directory.is_held(session, company.id, A_MONDAY + A_DAY)


def test_one_that_ends_by_its_date_just_stops_lasting(
    session: Session, company: Company, actor: Actor
) -> None:
    until = A_MONDAY + 10 * A_DAY
    hold = holds.set_hold(session, company.id, a_wish(ends_at=until), actor=actor, at=A_MONDAY)
    session.commit()

    assert directory.is_held(session, company.id, until - timedelta(seconds=1))
    assert not directory.is_held(session, company.id, until)
    assert not holds.release(session, hold.id, actor=actor, at=until)


def test_the_same_one_is_not_set_twice_and_another_only_by_who_has_seen_the_first(
    session: Session, company: Company, actor: Actor
) -> None:
    first = holds.set_hold(session, company.id, a_wish(), actor=actor, at=A_MONDAY)
    session.commit()

    with pytest.raises(holds.Changed):
        holds.set_hold(session, company.id, a_wish(), actor=actor, at=A_MONDAY)
    session.rollback()

    holds.set_hold(session, company.id, a_wish(seen=first.id), actor=actor, at=A_MONDAY)
    session.commit()
    holds.release(session, first.id, actor=actor, at=A_MONDAY + A_DAY)
    assert directory.is_held(session, company.id, A_MONDAY + A_DAY)


def test_two_at_once_set_one(app: Flask, session: Session, company: Company, actor: Actor) -> None:
    number = company.id

    def one() -> bool:
        try:
            with transaction() as writing:
                holds.set_hold(writing, number, a_wish(), actor=actor, at=A_MONDAY)
        except holds.Changed:
            return False
        return True

    session.rollback()
    assert sorted(at_once(app, one, one)) == [False, True]
    assert directory.counts(session, A_MONDAY) == (1, 0)


def test_there_is_none_to_set_or_release_once_the_company_is_gone(
    session: Session, actor: Actor
) -> None:
    with pytest.raises(holds.Changed):
        holds.set_hold(session, 999, a_wish(), actor=actor, at=A_MONDAY)
    with pytest.raises(holds.Changed):
        holds.release(session, 999, actor=actor, at=A_MONDAY)


def test_the_notice_of_a_deletion_that_a_hold_stops_says_so(
    session: Session, company: Company
) -> None:
    request = a_request(session, company)
    a_hold(session, company)
    session.commit()
    ending = request.endings[0]
    process_due(A_MONDAY)
    process_due(ending.access_ends_at)

    process_due(ending.deletes_at - 29 * A_DAY)

    session.rollback()
    notice = message(request, MessageKind.DELETION_NOTICE)
    assert "suspendue" in notice.subject
    assert "la loi nous demande" in notice.text
    assert "Plus personne" not in notice.text.split("\n\n")[0]


def message(request: Request, kind: MessageKind) -> Message:
    return next(one for one in request.messages if one.kind is kind)


def test_the_overview_counts_the_deletions_ahead_but_none_that_a_hold_stops(
    session: Session, company: Company
) -> None:
    request = a_request(session, company)
    session.commit()
    process_due(A_MONDAY)
    process_due(request.endings[0].access_ends_at)
    session.rollback()
    at = request.endings[0].deletes_at

    assert figures.due_by(session, at)[Action.PURGE] == 1
    assert Action.PURGE not in figures.due_by(session, at - A_DAY)

    a_hold(session, company)
    assert Action.PURGE not in figures.due_by(session, at)


def test_the_lists_tell_the_lasting_from_the_past(session: Session, company: Company) -> None:
    lasting = a_hold(session, company)
    past = a_hold(session, company, released_at=A_MONDAY)
    over = a_hold(session, company, ends_at=A_MONDAY, set_at=A_MONDAY - A_DAY)

    def rows(*, is_lasting: bool) -> list[Hold]:
        return [*directory.page(session, A_MONDAY, None, is_lasting=is_lasting).rows]

    assert rows(is_lasting=True) == [lasting]
    assert rows(is_lasting=False) == [past, over]
    assert directory.held_among(session, [company.id, None, 1], A_MONDAY) == {company.id}
