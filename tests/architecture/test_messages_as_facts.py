"""Migration 0006 with messages in the table: what was told stays, whichever way it goes."""

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from helpdesk import schema
from helpdesk.directory.models import Company
from helpdesk.messages.models import Message
from helpdesk.rules.vocabulary import MessageState
from helpdesk.settings import Settings
from tests.builders import a_request

BEFORE = "0005"


@pytest.fixture
def worded(session: Session, company: Company) -> int:
    """Return the number of a message that was put into words, beside one that was not."""
    message = a_request(session, company).messages[0]
    message.keep_words()
    message.state = MessageState.SENT
    session.commit()
    a_request(session, company)
    session.commit()
    return message.id


def test_words_stay_and_a_letter_without_words_is_written_down_and_given_up(
    app: Flask, session: Session, settings: Settings, worded: int
) -> None:
    words = session.get_one(Message, worded).kept_text
    session.close()
    database = schema.config(settings.database_url)
    engine = create_engine(settings.database_url)

    command.downgrade(database, BEFORE)
    with engine.connect() as connection:
        query = text("SELECT id, subject, text, html, state FROM messages ORDER BY id")
        kept, *others = connection.execute(query).all()
    engine.dispose()

    assert (kept.id, kept.text, kept.state) == (worded, words, "sent")
    assert others
    for one in others:
        assert one.state == "failed"
        assert one.subject in one.text
        assert '"kind": "' in one.text
        assert one.html.startswith("<pre>")

    schema.upgrade(settings.database_url)
    for message in session.scalars(select(Message)):
        assert message.letter is None
        assert message.text
    engine.dispose()
