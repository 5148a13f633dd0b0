"""A database of the first release, with rows in it, becomes today's: nothing is lost."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, MetaData, Table, create_engine, select, update

from helpdesk import schema
from helpdesk.app import create_app
from helpdesk.database import db
from helpdesk.directory.holds import is_held
from helpdesk.queue import events
from helpdesk.queue.models import Ending, Request
from helpdesk.settings import Settings
from tests.support.databases import Databases

FIRST_RELEASE = "0002"
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
COMPANY: dict[str, object] = {
    "id": 1,
    "name": "Martin",
    "country": "FR",
    "tax_number": "443061841",
    "zone": "Europe/Paris",
    "language": "fr",
    "email": "contact@martin.example",
    "search_words": "martin",
    "on_hold": True,
    "created_at": AT,
}
SUBSCRIPTION: dict[str, object] = {
    "id": 1,
    "company_id": 1,
    "terms_version_id": 1,
    "contract": "SA-1",
    "product": "Sage Active",
    "anchor_on": date(2025, 1, 15),
    "term_months": 1,
    "price_cents": 2900,
}
REQUEST: dict[str, object] = {
    "version": 1,
    "kind": "cancellation",
    "channel": "help_center",
    "state": "confirmed",
    "filed_at": AT,
    "company_id": 1,
    "company_name": "Martin",
    "tax_number": "443061841",
    "country": "FR",
    "requester_name": "Inès",
    "email": "ines@martin.example",
    "language": "fr",
    "authority": "account_holder",
    "reason_text": "",
    "asked": "",
    "contracts": "",
    "search_words": "",
}
ENDING: dict[str, object] = {
    "id": 1,
    "request_id": 1,
    "subscription_id": 1,
    "terms_version_id": 1,
    "state": "confirmed",
    "zone": "Europe/Paris",
    "requested_on": date(2026, 3, 2),
    "notice_ends_on": date(2026, 4, 1),
    "effective_on": date(2026, 4, 15),
    "last_access_on": date(2026, 4, 14),
    "access_ends_at": datetime(2026, 4, 14, 22, tzinfo=UTC),
    "deleted_on": date(2026, 10, 15),
    "deletes_at": datetime(2026, 10, 14, 22, tzinfo=UTC),
    "steps": [],
    "done_until": AT,
}
MESSAGE: dict[str, object] = {
    "id": 1,
    "key": "k",
    "request_id": 1,
    "kind": "confirmation",
    "language": "fr",
    "recipient": "ines@martin.example",
    "subject": "Fin",
    "text": "Fin",
    "html": "Fin",
    "message_id": "<1@preavis>",
    "state": "sent",
    "created_at": AT,
    "due_at": AT,
    "sent_at": AT,
}


@dataclass(frozen=True)
class Older:
    """A database as an older release had it, written to without today's code."""

    connection: Connection
    tables: Mapping[str, Table]

    def insert(self, table: str, row: Mapping[str, object]) -> None:
        self.connection.execute(self.tables[table].insert(), dict(row))


def hashed(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def chain(database: Older, number: int, reference: str) -> str:
    """Write the two events of a request as the first release sealed them; returns the seal."""
    previous = ""
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
            AT.isoformat(),
            action,
            "customer",
            None,
            before,
            then,
            why,
        )
        sealed = hashed(*parts)
        event = {
            "request_id": number,
            "number": count,
            "at": AT,
            "action": action,
            "actor": "customer",
            "from_state": before,
            "to_state": then,
            "why": why,
            "previous_hash": previous,
            "hash": sealed,
        }
        database.insert("events", event)
        previous = sealed
    return previous


@pytest.fixture
def older(settings: Settings, databases: Databases) -> Iterator[Settings]:
    """Return the settings of a database that the first release left, with a broken chain in it."""
    made = replace(settings, database_url=databases.empty())
    schema.upgrade(made.database_url, FIRST_RELEASE)
    engine = create_engine(made.database_url)
    known = MetaData()
    known.reflect(engine)
    with engine.begin() as connection:
        database = Older(connection, known.tables)
        database.insert("companies", COMPANY)
        another = {"id": 2, "name": "Durand", "tax_number": "552100554", "on_hold": False}
        database.insert("companies", COMPANY | another)
        database.insert("subscriptions", SUBSCRIPTION)
        for number, reference in ((1, "P7K493QDM"), (2, "Q7K493QDM")):
            asked = {"id": number, "reference": reference, "filing_key": f"key-{number}"}
            database.insert("requests", REQUEST | asked | {"seal": ""})
            seal = chain(database, number, reference)
            requests = known.tables["requests"]
            connection.execute(update(requests).where(requests.c.id == number).values(seal=seal))
        events_ = known.tables["events"]
        second = (events_.c.request_id == 2) & (events_.c.number == 2)
        connection.execute(update(events_).where(second).values(why="Autre"))
        database.insert("endings", ENDING)
        database.insert("messages", MESSAGE)
    engine.dispose()
    schema.upgrade(made.database_url)
    with create_app(made).app_context():
        yield made
        db.session.remove()
        db.engine.dispose()
    databases.forget(made.database_url)


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
