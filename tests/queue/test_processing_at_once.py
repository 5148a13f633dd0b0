from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.directory.models import Company
from helpdesk.documents.models import Document
from helpdesk.messages.models import Message
from helpdesk.queue.models import Event, Request
from helpdesk.queue.processing import count_due, process_due
from helpdesk.queue.records import OutgoingEvent
from helpdesk.rules.vocabulary import (
    Action,
    DocumentKind,
    MessageKind,
    OutgoingKind,
    State,
)
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.databases import is_written_on
from tests.support.queries import recorded
from tests.support.workers import at_once, environment, helpdesk, kill, stopped_when

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)
A_BATCH = 300


@pytest.fixture
def filed(session: Session, company: Company) -> Request:
    """Return a request filed on Monday 2 March 2026: it ends on 15 April."""
    request = a_request(session, company)
    session.commit()
    return request


def many(session: Session, count: int, filed_at: datetime = A_MONDAY) -> None:
    """File a request for each of so many companies."""
    for _ in range(count):
        company = a_company(session)
        a_subscription(session, company)
        a_request(session, company, filed_at=filed_at)
    session.commit()


def counted(session: Session) -> tuple[int, int, int]:
    """Return how many requests are confirmed, and with how many events and messages of it."""
    session.rollback()
    queries = (
        select(func.count()).select_from(Request).where(Request.state == State.CONFIRMED),
        select(func.count()).select_from(Event).where(Event.action == Action.CONFIRM),
        select(func.count()).select_from(Message).where(Message.kind == MessageKind.CONFIRMATION),
    )
    confirmed, happened, told = (session.scalar(query) or 0 for query in queries)
    return confirmed, happened, told


def test_several_workers_at_once_confirm_each_request_once(app: Flask, session: Session) -> None:
    many(session, 60)

    done = at_once(app, *[lambda: process_due(A_MONDAY, batch=7)] * 3)

    assert sum(done, Counter()) == {Action.CONFIRM: 60}
    assert counted(session) == (60, 60, 60)


@pytest.mark.parametrize("days", [0, 40, 200], ids=["confirm", "remind", "end"])
def test_a_batch_takes_as_many_statements_for_fifty_as_for_five(
    session: Session, days: int
) -> None:
    taken = []
    for count in (5, 50):
        many(session, count, A_MONDAY - days * A_DAY)
        for now in (A_MONDAY - days * A_DAY, A_MONDAY) if days else (A_MONDAY,):
            with recorded(db.engine) as statements:
                done = process_due(now)
        assert set(done.values()) == {count}
        taken.append(len(statements))
        process_due(A_MONDAY)

    assert taken[0] == taken[1]


def ended(session: Session) -> list[int]:
    """Return how many requests ended, with how many events, messages, papers and words outside."""
    session.rollback()
    queries = (
        select(func.count()).select_from(Request).where(Request.state == State.ENDED),
        select(func.count()).select_from(Event).where(Event.action == Action.END),
        select(func.count()).select_from(Message).where(Message.kind == MessageKind.ACCESS_ENDED),
        select(func.count()).select_from(Document).where(Document.kind == DocumentKind.END),
        select(func.count())
        .select_from(OutgoingEvent)
        .where(OutgoingEvent.kind == OutgoingKind.SUBSCRIPTION_ENDED),
    )
    return [session.scalar(query) or 0 for query in queries]


def test_confirmations_and_ends_killed_again_and_again_go_on_where_they_were(
    session: Session, settings: Settings
) -> None:
    many(session, A_BATCH, clock.now() - 100 * A_DAY)
    env = environment(settings)

    for _ in range(2):  # In the middle of its batch: nothing of it may be left.
        kill(stopped_when(lambda: is_written_on(settings.database_url), "process", env=env))
        assert ended(session) == [0] * 5

    again = helpdesk("process", env=env)
    assert again.returncode == 0, again.stderr
    assert ended(session) == [A_BATCH] * 5
    told = select(func.count()).select_from(Message)
    confirmed = told.where(Message.kind == MessageKind.CONFIRMATION)
    assert session.scalar(confirmed) == A_BATCH
    assert count_due(session, clock.now()) == 0
    assert helpdesk("audit", "verify", env=env).returncode == 0


def test_each_batch_is_kept_before_the_next_one_begins(session: Session) -> None:
    many(session, 12, A_MONDAY - 100 * A_DAY)
    seen = []

    def stop(_done: int) -> None:
        seen.append(ended(session))
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process_due(A_MONDAY, advance=stop, batch=5)

    assert seen == [[5] * 5, [10] * 5]
    assert process_due(A_MONDAY, batch=5) == {Action.CONFIRM: 2, Action.END: 2}
    assert ended(session) == [12] * 5


def test_a_request_confirmed_while_the_line_of_due_ones_was_read_is_not_confirmed_again(
    session: Session, filed: Request
) -> None:
    number = filed.id
    process_due(A_MONDAY)
    with transaction() as writing:
        writing.get_one(Request, number).due_at = A_MONDAY

    assert process_due(A_MONDAY) == {}
    assert counted(session) == (1, 1, 1)
