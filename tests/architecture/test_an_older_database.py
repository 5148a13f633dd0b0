"""A database of the first release, with rows in it, becomes today's: nothing is lost."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from helpdesk import schema
from helpdesk.app import create_app
from helpdesk.database import db
from helpdesk.directory.holds import is_held
from helpdesk.queue import events
from helpdesk.queue.models import Ending, Request
from helpdesk.settings import Settings

FIRST_RELEASE = "0002"
AT = "2026-03-02 10:00:00.000000"
COMPANY = (
    "INSERT INTO companies (id, name, country, tax_number, zone, language, email, phone,"
    " search_words, on_hold, created_at) VALUES (?, ?, 'FR', ?, 'Europe/Paris', 'fr',"
    " 'contact@martin.example', NULL, 'martin', ?, ?)"
)
SUBSCRIPTION = (
    "INSERT INTO subscriptions (id, company_id, terms_version_id, contract, product, anchor_on,"
    " term_months, price_cents, ended_at) VALUES (1, 1, 1, 'SA-1', 'Sage Active', '2025-01-15', 1,"
    " 2900, NULL)"
)
REQUEST = (
    "INSERT INTO requests (id, version, kind, reference, filing_key, channel, state, filed_at,"
    " due_at, seal, company_id, company_name, tax_number, country, requester_name, email, language,"
    " authority, reason_text, asked, contracts, search_words) VALUES (?, 1, 'cancellation', ?, ?,"
    " 'help_center', 'confirmed', ?, NULL, ?, 1, 'Martin', '443061841', 'FR', 'Inès',"
    " 'ines@martin.example', 'fr', 'account_holder', '', '', '', '')"
)
ENDING = (
    "INSERT INTO endings (id, request_id, subscription_id, terms_version_id, state, zone,"
    " requested_on, notice_ends_on, effective_on, last_access_on, access_ends_at, deleted_on,"
    " deletes_at, steps, done_until) VALUES (1, 1, 1, 1, 'confirmed', 'Europe/Paris', '2026-03-02',"
    " '2026-04-01', '2026-04-15', '2026-04-14', '2026-04-14 22:00:00.000000', '2026-10-15',"
    " '2026-10-14 22:00:00.000000', '[]', ?)"
)
EVENT = (
    "INSERT INTO events (request_id, number, ending_id, at, action, actor, person_id, from_state,"
    " to_state, why, previous_hash, hash)"
    " VALUES (?, ?, NULL, ?, ?, 'customer', NULL, ?, ?, ?, ?, ?)"
)
MESSAGE = (
    "INSERT INTO messages (id, key, request_id, kind, language, recipient, subject, text, html,"
    " message_id, state, created_at, due_at, sent_at) VALUES (1, 'k', 1, 'confirmation', 'fr',"
    " 'ines@martin.example', 'Fin', 'Fin', 'Fin', '<1@preavis>', 'sent', ?, ?, ?)"
)


def hashed(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def chain(database: sqlite3.Connection, number: int, reference: str) -> str:
    """Write the two events of a request as the first release sealed them; returns the seal."""
    previous = ""
    written = datetime.fromisoformat(AT).replace(tzinfo=UTC).isoformat()
    told = (
        ("file", None, "received", ""),
        ("confirm", "received", "confirmed", "Vu par téléphone."),
    )
    for count, (action, before, then, why) in enumerate(told, start=1):
        parts = (
            previous,
            reference,
            count,
            None,
            written,
            action,
            "customer",
            None,
            before,
            then,
            why,
        )
        sealed = hashed(*parts)
        row = (number, count, AT, action, before, then, why, previous, sealed)
        database.execute(EVENT, row)
        previous = sealed
    return previous


@pytest.fixture
def older(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    """Return the settings of a database that the first release left, with a broken chain in it."""
    path = tmp_path / "older.db"
    made = replace(settings, database_url=f"sqlite:///{path}")
    schema.upgrade(made.database_url, FIRST_RELEASE)
    with closing(sqlite3.connect(path)) as database:
        database.execute(COMPANY, (1, "Martin", "443061841", 1, AT))
        database.execute(COMPANY, (2, "Durand", "552100554", 0, AT))
        database.execute(SUBSCRIPTION)
        for number, reference in ((1, "P7K493QDM"), (2, "Q7K493QDM")):
            database.execute(REQUEST, (number, reference, f"key-{number}", AT, ""))
            seal = chain(database, number, reference)
            database.execute("UPDATE requests SET seal = ? WHERE id = ?", (seal, number))
        database.execute("UPDATE events SET why = 'Autre' WHERE request_id = 2 AND number = 2")
        database.execute(ENDING, (AT,))
        database.execute(MESSAGE, (AT, AT, AT))
        database.commit()
    schema.upgrade(made.database_url)
    with create_app(made).app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def test_every_row_is_there_with_what_it_now_keeps_of_its_subscription(older: Settings) -> None:
    ending = db.session.scalars(select(Ending)).one()

    assert (ending.product, ending.contract) == ("Sage Active", "SA-1")
    assert (ending.term_months, ending.price_cents) == (1, 2900)
    assert [one.reference for one in db.session.scalars(select(Request).order_by(Request.id))] == [
        "P7K493QDM",
        "Q7K493QDM",
    ]
    assert ending.request.messages[0].subject == "Fin"


def test_a_whole_chain_stays_whole_and_a_broken_one_broken(older: Settings) -> None:
    assert list(events.broken(db.session())) == [("Q7K493QDM", 1), ("Q7K493QDM", 2)]


def test_a_company_on_hold_stays_on_hold(older: Settings) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)

    assert [is_held(db.session(), number, now) for number in (1, 2)] == [True, False]
