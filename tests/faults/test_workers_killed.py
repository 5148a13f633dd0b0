"""Workers that die without a word, again and again: nothing is lost, and nothing is done twice."""

import random
from collections import Counter
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess as Process
from time import monotonic, sleep

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk import clock, jobs
from helpdesk.database import db
from helpdesk.documents.models import Document
from helpdesk.messages.models import Message
from helpdesk.queue import events, processing
from helpdesk.queue.models import Ending, Event, Request
from helpdesk.queue.processing import count_due, process_due
from helpdesk.queue.records import OutgoingEvent
from helpdesk.rules.vocabulary import Action, DocumentKind, MessageKind, OutgoingKind, State
from helpdesk.settings import Settings
from tests.support.crowd import crowd
from tests.support.databases import POSTGRESQL, is_written_on
from tests.support.workers import environment, kill, stopped_when

REQUESTS, A_BATCH = 20_000, 250
WORKERS = 4
LONGEST_SECONDS = 240
A_MINUTE = timedelta(minutes=1)

DATES = (
    Ending.requested_on,
    Ending.notice_ends_on,
    Ending.effective_on,
    Ending.last_access_on,
    Ending.access_ends_at,
    Ending.deleted_on,
    Ending.deletes_at,
)


def left(session: Session) -> int:
    """Return how many requests are still to be confirmed."""
    session.rollback()
    received = select(func.count()).select_from(Request).where(Request.state == State.RECEIVED)
    return session.scalar(received) or 0


def worker(app: Flask, settings: Settings) -> Process:
    """Start a worker: a process that ticks until it is killed, born ready for it."""

    def work() -> None:
        with app.app_context():
            db.engine.dispose(close=False)  # Those of who started it.
        while True:
            jobs.tick(app, settings)
            sleep(0.1)

    process: Process = get_context("fork").Process(target=work, daemon=True)
    process.start()
    return process


def killed(one: Process) -> None:
    one.kill()
    one.join(10)
    one.close()


def killed_until_done(
    app: Flask, session: Session, settings: Settings, moments: random.Random
) -> int:
    """Keep so many workers at it, one of them killed each second; return how many were."""
    workers, kills, began = [worker(app, settings) for _ in range(WORKERS)], 0, monotonic()
    try:
        while left(session):
            assert monotonic() - began < LONGEST_SECONDS
            moment = moments.random()
            sleep(moment)
            turn = moments.randrange(WORKERS)
            killed(workers[turn])
            workers[turn], kills = worker(app, settings), kills + 1
            sleep(1 - moment)
    finally:
        for one in workers:
            killed(one)
    return kills


def nobody_writes(settings: Settings) -> None:
    """Wait until the database has noticed that whoever wrote is gone."""
    until = monotonic() + 10
    while is_written_on(settings.database_url):
        assert monotonic() < until
        sleep(0.01)


def each(session: Session, what: object, *which: object) -> set[int]:
    """Return how often each of something is there: for instance {1}, for once each."""
    rows = select(func.count()).where(*which).group_by(what)
    return set(session.scalars(rows))


def test_with_a_worker_killed_each_second_every_request_is_confirmed_once(
    app: Flask,
    session: Session,
    settings: Settings,
    moments: random.Random,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(processing, "BATCH", A_BATCH)  # Small ones: many are cut through.
    first = crowd(session, REQUESTS, clock.now() - A_MINUTE)
    dates = session.execute(select(*DATES).distinct()).all()
    session.rollback()

    kills = killed_until_done(app, session, settings, moments)

    print(f"{kills} workers were killed.")  # noqa: T201
    nobody_writes(settings)
    states = session.execute(select(Request.state, func.count()).group_by(Request.state)).all()
    assert states == [(State.CONFIRMED, REQUESTS)]
    assert session.scalars(select(Request.failure).distinct()).all() == [None]
    happened = select(Event.action, func.count()).group_by(Event.action)
    assert dict(session.execute(happened).all()) == {
        Action.FILE: REQUESTS,
        Action.CONFIRM: REQUESTS,
    }
    assert each(session, Event.request_id, Event.action == Action.CONFIRM) == {1}
    told = select(Message.kind, func.count()).group_by(Message.kind)
    assert dict(session.execute(told).all()) == {
        MessageKind.ACKNOWLEDGEMENT: REQUESTS,
        MessageKind.CONFIRMATION: REQUESTS,
    }
    assert each(session, Message.request_id, Message.kind == MessageKind.CONFIRMATION) == {1}
    papers = Document.kind == DocumentKind.CONFIRMATION
    assert each(session, Document.request_id, papers) == {1}
    outside = OutgoingEvent.kind == OutgoingKind.SUBSCRIPTION_ENDING
    assert each(session, OutgoingEvent.reference, outside) == {1}
    assert session.scalar(select(func.count()).select_from(OutgoingEvent)) == REQUESTS
    assert session.execute(select(*DATES).distinct()).all() == dates
    reminded_at = session.get_one(Request, first.id).due_at
    assert session.scalars(select(Request.due_at).distinct()).all() == [reminded_at]
    assert list(events.broken(session)) == []
    session.rollback()
    free = select(Request.id).with_for_update(skip_locked=True)
    assert len(session.scalars(free).all()) == REQUESTS


def test_what_a_dead_worker_had_claimed_is_taken_over_at_once(
    session: Session, settings: Settings
) -> None:
    count, now = 2 * processing.BATCH, clock.now()
    crowd(session, count, now - A_MINUTE)
    session.rollback()
    env = environment(settings)

    process = stopped_when(lambda: is_written_on(settings.database_url), "process", env=env)
    try:
        done = Counter[str]()
        if POSTGRESQL in settings.database_url:  # Where others need not wait for it.
            done = process_due(now)
            assert 0 < count_due(session, now) <= processing.BATCH
            session.rollback()
    finally:
        kill(process)

    nobody_writes(settings)
    done += process_due(now)
    assert done[Action.CONFIRM] + done["failed"] <= count
    assert left(session) == 0
    assert each(session, Event.request_id, Event.action == Action.CONFIRM) == {1}
    assert count_due(session, now) == 0
    assert list(events.broken(session)) == []
