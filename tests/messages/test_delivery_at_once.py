from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.messages.delivery import deliver_due
from helpdesk.messages.models import Attempt, Message
from helpdesk.rules.vocabulary import MessageState
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.mail import an_acknowledgement, kept
from tests.support.smtp import Postbox
from tests.support.workers import at_once


def test_several_workers_at_once_send_each_message_once_and_note_each_attempt(
    app: Flask, session: Session, mailing: Settings, postbox: Postbox
) -> None:
    for _ in range(15):
        an_acknowledgement(session)
    session.rollback()

    done = at_once(app, *[lambda: deliver_due(A_MONDAY, mailing)] * 3)

    assert sum(done, Counter()) == Counter(sent=15)
    assert len(postbox.ids) == len(set(postbox.ids)) == 15
    session.rollback()
    assert set(postbox.ids) == set(session.scalars(select(Message.message_id)))
    assert set(session.scalars(select(Message.state))) == {MessageState.SENT}
    assert session.scalar(select(func.count()).select_from(Attempt)) == 15


def test_nothing_is_sent_while_what_causes_it_can_still_be_undone(
    app: Flask, session: Session, mailing: Settings, postbox: Postbox
) -> None:
    company = a_company(session)
    a_subscription(session, company)
    session.commit()
    done: list[Counter[str]] = []

    def deliver() -> None:
        with app.app_context():
            done.append(deliver_due(A_MONDAY, mailing))

    worker = Thread(target=deliver)
    with transaction(keep=False) as writing:
        a_request(writing, company)
        writing.flush()
        worker.start()
        worker.join(0.5)
        assert postbox.taken == []
    worker.join()

    assert done == [Counter()]
    assert postbox.taken == []


@pytest.fixture
def renamed(mailing: Settings, app: Flask) -> Callable[[str], None]:
    """Return what gives the service another name from now on."""

    def rename(name: str) -> None:
        app.config["SETTINGS"] = replace(mailing, service_name=name)

    return rename


def test_every_try_sends_the_words_of_the_first(
    session: Session,
    mailing: Settings,
    postbox: Postbox,
    renamed: Callable[[str], None],
) -> None:
    number = an_acknowledgement(session, "ines@boulangerie.example")
    assert kept(session, number).kept_text is None
    postbox.unwanted.add("ines@boulangerie.example")
    deliver_due(A_MONDAY, mailing)
    words = kept(session, number).kept_html

    renamed("Autre Service")
    postbox.unwanted.clear()
    assert deliver_due(A_MONDAY + timedelta(minutes=1), mailing) == Counter(sent=1)

    assert words
    sent = postbox.taken[0].get_body(("html",))
    assert sent is not None
    assert sent.get_content().splitlines() == words.splitlines()
