"""Tries again, giving up, and several at once."""

import logging
import threading
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.messages import outbox, shelf
from helpdesk.messages.delivery import PAUSES, deliver_due, next_try
from helpdesk.messages.models import Message
from helpdesk.rules.vocabulary import MessageState
from helpdesk.settings import Settings
from tests.builders import A_MONDAY
from tests.support.mail import INES, LUC, an_acknowledgement, errors, kept
from tests.support.smtp import Postbox


def test_the_pauses_grow_and_the_last_try_is_a_day_after_the_first() -> None:
    tries = [A_MONDAY]
    while (following := next_try(tries)) is not None:
        tries.append(following)

    minutes = [(after - before) // timedelta(minutes=1) for before, after in pairwise(tries)]
    assert minutes == [1, 5, 15, 60, 180, 360, 360, 360, 99]
    assert tries[-1] - tries[0] == timedelta(days=1)


def test_a_try_that_comes_late_pauses_from_then_on() -> None:
    late = A_MONDAY + timedelta(hours=2)

    assert next_try([A_MONDAY, late]) == late + timedelta(minutes=5)


def test_after_a_day_of_refusals_a_message_is_given_up_and_seen(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    postbox.refused.add(INES)
    number = an_acknowledgement(session)
    now, outcomes = A_MONDAY, Counter[str]()

    while kept(session, number).state is MessageState.WAITING:
        now = kept(session, number).due_at
        outcomes += deliver_due(now, mailing)

    assert now == A_MONDAY + timedelta(days=1)
    assert outcomes == Counter(retried=9, given_up=1)
    assert kept(session, number).state is MessageState.FAILED
    assert shelf.counts(session)[MessageState.FAILED] == 1
    assert deliver_due(now + timedelta(days=1), mailing) == Counter()


def test_a_message_put_back_by_a_supervisor_has_a_day_again(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    postbox.refused.add(INES)
    number = an_acknowledgement(session)
    while kept(session, number).state is MessageState.WAITING:
        deliver_due(kept(session, number).due_at, mailing)
    later = A_MONDAY + timedelta(days=30)
    shelf.try_again(kept(session, number), later)
    session.commit()

    assert deliver_due(later, mailing) == Counter(retried=1)

    assert kept(session, number).due_at == later + PAUSES[0]


def test_a_message_that_waited_long_for_a_mail_server_has_its_whole_day(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    postbox.refused.add(INES)
    number = an_acknowledgement(session)
    a_month_later = A_MONDAY + timedelta(days=30)

    assert deliver_due(a_month_later, mailing) == Counter(retried=1)

    assert kept(session, number).state is MessageState.WAITING


def test_a_message_in_hand_is_left_alone_until_its_worker_must_have_died(
    app: Flask, session: Session, mailing: Settings, postbox: Postbox
) -> None:
    number = an_acknowledgement(session)
    meanwhile: list[Counter[str]] = []

    def others() -> None:
        postbox.during = None
        with app.app_context():
            early = deliver_due(A_MONDAY + timedelta(minutes=4), mailing)
            meanwhile.extend([early, deliver_due(A_MONDAY + timedelta(minutes=5), mailing)])

    postbox.during = others
    deliver_due(A_MONDAY, mailing)

    assert meanwhile == [Counter(), Counter(sent=1)]
    message_id = kept(session, number).message_id
    assert postbox.ids == [message_id, message_id]


@pytest.mark.parametrize(
    ("unwanted", "state"), [(set(), MessageState.SENT), ({INES}, MessageState.CANCELLED)]
)
def test_a_message_taken_back_while_it_is_being_sent_tells_what_became_of_it(
    app: Flask,
    session: Session,
    mailing: Settings,
    postbox: Postbox,
    unwanted: set[str],
    state: MessageState,
) -> None:
    number = an_acknowledgement(session)
    request_id = kept(session, number).request_id
    postbox.unwanted = unwanted
    postbox.during = lambda: _take_back(app, request_id)

    deliver_due(A_MONDAY, mailing)

    assert kept(session, number).state is state


def _take_back(app: Flask, request_id: int) -> None:
    with app.app_context(), transaction() as session:
        outbox.hold_back(session, request_id)


def test_two_workers_at_once_send_each_message_once(
    app: Flask, session: Session, mailing: Settings, postbox: Postbox
) -> None:
    numbers = {an_acknowledgement(session) for _ in range(12)}
    together, done = threading.Barrier(2), []

    def work() -> None:
        with app.app_context():
            together.wait()
            done.append(deliver_due(A_MONDAY, mailing))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(done, Counter()) == Counter(sent=12)
    assert len(postbox.ids) == len(set(postbox.ids)) == 12
    assert all(errors(session, number) == [""] for number in numbers)


def test_no_transaction_is_open_while_the_server_is_spoken_to(
    app: Flask, session: Session, mailing: Settings, postbox: Postbox
) -> None:
    number = an_acknowledgement(session)
    other = an_acknowledgement(session, LUC, filed_at=A_MONDAY + timedelta(days=1))
    postbox.during = lambda: _write(app, other)

    assert deliver_due(A_MONDAY, mailing) == Counter(sent=1)

    assert kept(session, number).state is MessageState.SENT
    assert kept(session, other).recipient == "written@meanwhile.example"


def _write(app: Flask, number: int) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Message, number).recipient = "written@meanwhile.example"


def test_the_log_names_messages_and_outcomes_but_no_address(
    session: Session, mailing: Settings, postbox: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    postbox.refused.add(INES)
    number, other = an_acknowledgement(session), an_acknowledgement(session, LUC)

    with caplog.at_level(logging.INFO, "helpdesk"):
        deliver_due(A_MONDAY, mailing)

    assert caplog.messages == [f"Message {number}: retried", f"Message {other}: sent"]
    assert "@" not in caplog.text
