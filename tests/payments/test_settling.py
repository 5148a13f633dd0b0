"""What comes of a payment, whatever its provider says or does not say."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from typing_extensions import override

from helpdesk.database import db
from helpdesk.directory.models import Company
from helpdesk.payments import ledger, sandbox
from helpdesk.payments.port import Outcome, Unanswered
from helpdesk.payments.sandbox import Choice, Sandbox
from helpdesk.queue import restart
from helpdesk.queue.models import Deletion, Event
from helpdesk.queue.restart import settle, settle_due
from helpdesk.rules.vocabulary import (
    Action,
    MessageKind,
    PaymentState,
    State,
)
from helpdesk.settings import ROOT, Settings
from tests.builders import a_company, a_subscription
from tests.support.restarts import (
    A_FRIDAY,
    BANK,
    DELETION_DAY,
    Ended,
    a_payment,
    an_end,
    ending_of,
    paid,
    payment_of,
    told,
)
from tests.support.workers import at_once, environment

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)


@pytest.fixture
def ended(session: Session, company: Company) -> Ended:
    """Return a subscription that ended on 15 April 2026."""
    return an_end(session, company)


def test_without_an_answer_nobody_knows_and_it_is_asked_again_until_there_is_one(
    session: Session, ended: Ended
) -> None:
    key = paid(ended, Choice.TIME_OUT)

    assert settle(BANK, key, A_FRIDAY) is PaymentState.UNANSWERED
    assert ending_of(session, ended).state is State.ENDED

    sandbox.choose(key, Choice.ACCEPT)
    assert settle_due(BANK, A_FRIDAY) == {}
    assert settle_due(BANK, A_FRIDAY + A_MINUTE) == {Action.RESTART: 1}
    assert ending_of(session, ended).state is State.RESTARTED


@pytest.mark.parametrize("choice", [None, Choice.TIME_OUT])
def test_after_a_day_of_growing_pauses_a_payment_is_cancelled(
    session: Session, ended: Ended, choice: Choice | None
) -> None:
    key = a_payment(ended)
    if choice:
        sandbox.choose(key, choice)
    asked: list[datetime] = []

    while (at := payment_of(session, key).ask_at) is not None:
        asked.append(at)
        settle_due(BANK, at)

    minutes = [(at - A_FRIDAY) // A_MINUTE for at in asked]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 872, 1232, 1440]
    assert payment_of(session, key).state is PaymentState.CANCELLED
    sandbox.choose(key, Choice.ACCEPT)
    assert BANK.outcome(key) is Outcome.REFUSED
    assert ending_of(session, ended).state is State.ENDED


def test_a_payment_accepted_once_the_deletion_has_begun_is_given_back(
    session: Session, ended: Ended
) -> None:
    key = paid(ended, Choice.ACCEPT, DELETION_DAY - A_MINUTE)
    session.add(
        Deletion(ending_id=ended.ending_id, began_at=DELETION_DAY, due_at=DELETION_DAY, counts={})
    )
    session.commit()

    assert settle(BANK, key, DELETION_DAY) is PaymentState.CANCELLED

    assert BANK.outcome(key) is Outcome.REFUSED
    assert ending_of(session, ended).state is State.ENDED
    assert payment_of(session, key).ask_at is None
    assert told(session, MessageKind.RESTART) == 0


class Deaf(Sandbox):
    """A bank that gives no answer when a payment is cancelled."""

    @override
    def cancel(self, key: str) -> None:
        raise Unanswered


def test_a_bank_that_does_not_take_a_cancellation_is_told_again(
    session: Session, ended: Ended
) -> None:
    key = a_payment(ended)
    given_up = A_FRIDAY + A_DAY

    assert settle(Deaf(), key, given_up) is PaymentState.CANCELLED
    assert settle_due(Deaf(), given_up + A_MINUTE) == {"payments_cancelled": 1}
    assert payment_of(session, key).ask_at == given_up + 2 * A_MINUTE

    assert settle_due(BANK, given_up + 2 * A_MINUTE) == {"payments_cancelled": 1}
    assert payment_of(session, key).ask_at is None
    assert settle_due(BANK, given_up + A_DAY) == {}


def test_a_bank_that_is_silent_is_left_alone_until_the_next_pass(session: Session) -> None:
    for _ in range(5):
        company = a_company(session)
        a_subscription(session, company)
        paid(an_end(session, company), Choice.TIME_OUT)

    assert settle_due(BANK, A_FRIDAY + A_MINUTE) == {"payments_asked": restart.PATIENCE}


def test_the_bank_is_never_asked_inside_a_transaction_of_ours(
    session: Session, ended: Ended
) -> None:
    open_then: list[bool] = []

    class Watching(Sandbox):
        @override
        def outcome(self, key: str) -> Outcome:
            open_then.append(db.session().in_transaction())
            return super().outcome(key)

        @override
        def cancel(self, key: str) -> None:
            open_then.append(db.session().in_transaction())
            super().cancel(key)

    a_payment(ended)
    settle_due(Watching(), A_FRIDAY + A_MINUTE)
    settle_due(Watching(), A_FRIDAY + A_DAY)

    assert open_then == [False] * 3


def test_two_workers_at_once_restart_each_subscription_once(app: Flask, session: Session) -> None:
    for _ in range(6):
        company = a_company(session)
        a_subscription(session, company)
        paid(an_end(session, company), Choice.ACCEPT)
    session.rollback()

    done = at_once(app, *[lambda: settle_due(BANK, A_FRIDAY + A_MINUTE)] * 3)

    assert sum(done, Counter()) == {Action.RESTART: 6}
    assert told(session, MessageKind.RESTART) == 6


def test_page_and_processing_at_once_restart_once(
    app: Flask, session: Session, ended: Ended
) -> None:
    key = paid(ended, Choice.ACCEPT)
    session.rollback()

    came = at_once(app, *[lambda: settle(BANK, key, A_FRIDAY)] * 4)

    assert came == [PaymentState.ACCEPTED] * 4
    assert told(session, MessageKind.RESTART) == 1
    restarts = select(func.count()).select_from(Event).where(Event.action == Action.RESTART)
    assert session.scalar(restarts) == 1


DYING = """
import os, signal
from datetime import datetime
from helpdesk.app import create_app
from helpdesk.payments.sandbox import Sandbox
from helpdesk.queue.restart import settle_due
from helpdesk.settings import Settings

class Dying(Sandbox):
    def outcome(self, key):
        super().outcome(key)
        os.kill(os.getpid(), signal.SIGKILL)

with create_app(Settings.from_environment()).app_context():
    settle_due(Dying(), datetime.fromisoformat(os.environ["NOW"]))
"""


def test_killed_between_the_bank_s_yes_and_our_commit_the_next_pass_restarts_once(
    session: Session, settings: Settings, ended: Ended
) -> None:
    key, at = paid(ended, Choice.ACCEPT), A_FRIDAY + A_MINUTE
    session.rollback()
    env = environment(settings) | {"NOW": at.isoformat(), "PYTHONPATH": str(ROOT)}

    died = subprocess.run([sys.executable, "-c", DYING], env=env, check=False)

    assert died.returncode == -signal.SIGKILL
    assert payment_of(session, key).state is PaymentState.BEGUN
    assert settle_due(BANK, at) == {}
    assert settle_due(BANK, at + ledger.LEASE) == {Action.RESTART: 1}
    assert settle_due(BANK, at + A_DAY) == {}
    assert told(session, MessageKind.RESTART) == 1


def test_a_restart_that_fails_is_set_aside_and_tried_again(
    session: Session, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = paid(ended, Choice.ACCEPT)
    company = session.get_one(Company, ended.company_id)
    company.zone = "Nowhere/Land"
    session.commit()

    assert settle(BANK, key, A_FRIDAY) is PaymentState.UNANSWERED

    ending = ending_of(session, ended)
    assert ending.state is State.ENDED
    assert "Nowhere/Land" in (ending.request.failure or "")
    company.zone = "Europe/Paris"
    session.commit()
    assert settle_due(BANK, A_FRIDAY + A_MINUTE) == {Action.RESTART: 1}
