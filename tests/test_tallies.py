"""The tallies equal what is counted row by row, whatever was done to the rows and undone again."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from helpdesk import tallies
from helpdesk.database import transaction
from helpdesk.messages.models import Message
from helpdesk.queue import transitions
from helpdesk.queue.events import PROCESSING
from helpdesk.queue.models import Ending, Request
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Action, Channel, MessageState, State
from helpdesk.tallies import Tally
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.countries import SPAIN
from tests.support.tallies import counted, kept
from tests.support.workers import at_once


def file(session: Session, chance: Random) -> None:
    company = a_company(session)
    a_subscription(session, company, anchor_on=date(2025, 1, chance.randint(1, 28)))
    at = A_MONDAY + timedelta(minutes=chance.randrange(5000))
    a_request(session, company, filed_at=at, channel=chance.choice([*Channel]))


def confirm(session: Session, chance: Random) -> None:
    session.expire_all()
    every = session.scalars(select(Request).where(Request.state == State.RECEIVED))
    received = [one for one in every if any(two.state is State.RECEIVED for two in one.endings)]
    for request in chance.sample(received, len(received) // 2):
        transitions.move(session, request, Action.CONFIRM, actor=PROCESSING, at=A_MONDAY)


def change_many(session: Session, chance: Random) -> None:
    state = chance.choice([*State])
    some = Request.id % 2 == chance.randrange(2)
    session.execute(update(Request).where(some).values(state=state, country=SPAIN))
    session.execute(update(Ending).values(state=state, effective_on=date(2026, 5, 1)))
    session.execute(update(Message).values(state=chance.choice([*MessageState])))


def change_nothing(session: Session, _chance: Random) -> None:
    session.execute(update(Request).values(due_at=None))
    session.execute(update(Message).where(Message.id < 0).values(state=MessageState.SENT))


def take_away(session: Session, chance: Random) -> None:
    session.execute(delete(Message).where(Message.id % 3 == chance.randrange(3)))
    session.execute(delete(Ending).where(Ending.id % 3 == chance.randrange(3)))


def fold(session: Session, _chance: Random) -> None:
    tallies.fold(session)


STEPS: tuple[Callable[[Session, Random], None], ...] = (
    file,
    confirm,
    change_many,
    change_nothing,
    take_away,
    fold,
)


@pytest.mark.parametrize("seed", range(6))
def test_they_hold_after_any_sequence_of_changes_and_rollbacks(session: Session, seed: int) -> None:
    chance = Random(seed)
    for _ in range(12):
        with transaction(keep=chance.random() < 0.8) as open_session:
            for step in chance.sample(STEPS, 2):
                step(open_session, chance)
            open_session.flush()
            assert kept(open_session) == counted(open_session)
        session.rollback()
        assert kept(session) == counted(session)


def test_what_was_undone_to_a_savepoint_is_not_counted(session: Session) -> None:
    a_request(session)
    before = counted(session)
    inner = session.begin_nested()
    a_request(session)
    session.flush()
    assert kept(session) != before

    inner.rollback()

    assert kept(session) == counted(session) == before


def test_folding_changes_no_count_and_leaves_no_change(session: Session) -> None:
    for _ in range(3):
        a_request(session)
    before = kept(session)

    tallies.fold(session)

    assert kept(session) == before == counted(session)
    assert session.scalar(text("SELECT count(*) FROM tally_changes")) == 0


def test_those_that_file_process_and_fold_at_once_count_all(app: Flask, session: Session) -> None:
    def file_some() -> None:
        for _ in range(4):
            with transaction() as own:
                a_request(own)

    def process_some() -> None:
        process_due(A_MONDAY)

    def fold_some() -> None:
        for _ in range(4):
            with transaction() as own:
                tallies.fold(own)

    at_once(app, file_some, file_some, process_some, fold_some, fold_some)

    assert kept(session) == counted(session)
    assert sum(kept(session)[Tally.REQUESTS].values()) == 8
