"""A crowd is loaded fast, and what is there then is what the product would have written."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench import load
from bench.cluster import connect
from helpdesk.queue import events
from tests.support.databases import PostgresDatabases

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SIZE, DUE = 600, 40
ALL = """
    SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger', tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    ORDER BY 1, 2
"""
REFERENCES = """
    SELECT conrelid::regclass::text, a.attname, confrelid::regclass::text
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
    WHERE contype = 'f'
"""


@pytest.fixture(scope="module")
def crowd(postgresql: PostgresDatabases) -> str:
    """Return the address of a database with a crowd in it."""
    url = postgresql.empty()
    load.fill(url, SIZE, NOW, lambda *_: None)
    load.due(url, DUE, NOW, lambda *_: None)
    return url


def told(url: str, query: str) -> list[tuple[object, ...]]:
    with connect(url) as connection:
        return connection.execute(query).fetchall()


def test_the_schema_ends_as_the_migrations_made_it(
    postgresql: PostgresDatabases, crowd: str
) -> None:
    assert told(crowd, ALL) == told(postgresql.migrated(), ALL)


def test_every_chain_of_events_holds(crowd: str) -> None:
    engine = create_engine(crowd)
    with Session(engine) as session:
        assert [*events.broken(session)] == []
    engine.dispose()


def test_every_reference_leads_to_a_row(crowd: str) -> None:
    for table, column, target in told(crowd, REFERENCES):
        lost = f"SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT id FROM {target})"

        assert told(crowd, lost) == [(0,)], (table, column)


def test_most_are_deleted_and_few_are_waited_for(crowd: str) -> None:
    found = dict(told(crowd, "SELECT state, count(*) FROM requests GROUP BY state"))

    assert sum(found.values()) == SIZE + DUE
    assert 0.62 < found["purged"] / SIZE < 0.78
    assert 0.12 < found["ended"] / SIZE < 0.22
    assert 0.02 < found["confirmed"] / SIZE < 0.10
    assert found["received"] == DUE + 5


def test_only_what_was_just_filed_is_due(crowd: str) -> None:
    due = f"SELECT count(*) FROM requests WHERE due_at <= '{NOW.isoformat()}'"

    assert told(crowd, due) == [(DUE,)]


def test_what_is_written_next_has_a_number_of_its_own(crowd: str) -> None:
    for table in ("requests", "events", "messages"):
        (((newest,),), ((following,),)) = (
            told(crowd, f"SELECT max(id) FROM {table}"),
            told(crowd, f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))"),
        )

        assert following > newest


def test_the_same_crowd_comes_each_time(postgresql: PostgresDatabases, crowd: str) -> None:
    again = postgresql.empty()
    load.fill(again, SIZE, NOW, lambda *_: None)
    seals = f"SELECT id, seal FROM requests WHERE id <= {SIZE} ORDER BY id"

    assert told(again, seals) == told(crowd, seals)
