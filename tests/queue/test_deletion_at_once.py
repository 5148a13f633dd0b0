from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.database import Base
from helpdesk.directory.models import Company, Person
from helpdesk.messages.models import Message
from helpdesk.queue import events
from helpdesk.queue.deletion import delete_due
from helpdesk.queue.models import Deletion, Event, Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.records import OutgoingEvent
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Language,
    MessageKind,
    OutgoingKind,
    Role,
    State,
)
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.workers import at_once, environment, helpdesk, kill, stopped_when

A_DAY = timedelta(days=1)
CROWD = 3000


def told(session: Session) -> tuple[int, int, int, int]:
    """Return how many certificates, messages and outgoing events there are."""
    session.rollback()
    queries = (
        select(func.count()).select_from(Event).where(Event.action == Action.PURGE),
        select(func.count()).select_from(Message).where(Message.kind == MessageKind.DELETION_DONE),
        *(
            select(func.count()).select_from(OutgoingEvent).where(OutgoingEvent.kind == kind)
            for kind in (OutgoingKind.SUBSCRIPTION_DELETED, OutgoingKind.COMPANY_DELETED)
        ),
    )
    first, second, third, fourth = (session.scalar(query) or 0 for query in queries)
    return first, second, third, fourth


def points_nowhere(session: Session) -> list[str]:
    """Return the references to rows that are not there any more."""
    found = []
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            there = select(key.column)
            lost = select(func.count()).where(key.parent.is_not(None), key.parent.not_in(there))
            if session.scalar(lost):
                found.append(str(key.parent))
    return found


def test_several_workers_at_once_delete_each_once(app: Flask, session: Session) -> None:
    for _ in range(4):
        company = a_company(session)
        for _ in range(2):
            a_subscription(session, company)
        a_request(session, company, subscription_ids=tuple(one.id for one in company.subscriptions))
    session.commit()
    process_due(A_MONDAY)
    process_due(A_MONDAY + 100 * A_DAY)
    at = A_MONDAY + 300 * A_DAY

    done = at_once(app, *[lambda: delete_due(at, batch=6)] * 3)

    done.append(delete_due(at))  # What one left to another who has its company, and both passed by.
    assert sum(done, Counter()) == {Action.PURGE: 8}
    assert told(session) == (8, 8, 8, 4)
    assert session.scalar(select(func.count()).select_from(Company)) == 0


def crowded(session: Session, company: Company) -> int:
    """Let the deletion of a company of very many people be due now; return its request."""
    filed_at = clock.now() - 400 * A_DAY
    request = a_request(session, company, filed_at=filed_at)
    person = {
        "company_id": company.id,
        "name": "Quelqu’un",
        "role": Role.CUSTOMER,
        "authority": Authority.NONE,
        "language": Language.FRENCH,
        "is_demo": False,
        "session_key": "x",
    }
    emails = [f"{uuid4()}@people.example" for _ in range(CROWD)]
    session.execute(insert(Person), [{**person, "email": email} for email in emails])
    session.commit()
    process_due(filed_at)
    process_due(request.endings[0].access_ends_at)
    session.rollback()
    return request.id


def gone(session: Session) -> int:
    session.rollback()
    counts = session.scalar(select(Deletion.counts))
    return sum((counts or {}).values())


def test_killed_midway_again_and_again_it_goes_on_loses_nothing_and_doubles_nothing(
    session: Session, settings: Settings, company: Company
) -> None:
    number, env = crowded(session, company), environment(settings)
    people = session.scalar(select(func.count()).select_from(Person))
    seen = [0]

    for _ in range(2):
        kill(stopped_when(lambda: gone(session) > seen[-1], "process", env=env))
        seen.append(gone(session))
        left = session.scalar(select(func.count()).select_from(Person)) or 0
        counted = session.scalars(select(Deletion.counts)).one().get("people", 0)
        assert left + counted == people

    assert seen == sorted(set(seen))
    assert seen[-1] < CROWD
    assert told(session) == (0, 0, 0, 0)
    dry = helpdesk("process", "--dry-run", env=env)
    assert dry.stdout.split()[-2:] == ["purge", "1"]

    assert helpdesk("process", env=env).returncode == 0
    assert told(session) == (1, 1, 1, 1)
    counts = session.scalars(select(Deletion.counts)).one()
    assert (counts["people"], counts["companies"]) == (people, 1)
    assert session.get_one(Request, number).state is State.PURGED
    assert points_nowhere(session) == []
    assert list(events.broken(session)) == []


def test_it_can_be_left_between_two_batches_of_one_company(
    session: Session, company: Company
) -> None:
    crowded(session, company)
    batches = []

    def leave(done: int) -> None:
        batches.append(done)
        if len(batches) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        delete_due(clock.now(), advance=leave)

    assert batches == [0, 0, 0]
    assert 0 < gone(session) < CROWD
    assert delete_due(clock.now()) == {Action.PURGE: 1}
