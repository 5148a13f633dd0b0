import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.orm import Session

from helpdesk import schema
from helpdesk.database import DERIVED, Base
from helpdesk.directory.models import Company
from helpdesk.queue import passes
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_call, a_request, an_agent
from tests.support.databases import Databases

VERSIONS = schema.ROOT / "helpdesk" / "migrations" / "versions"


def rows(engine: Engine) -> dict[str, list[object]]:
    """Return everything that the tables hold, but the migrations' own and what triggers feed."""
    with engine.connect() as connection:
        return {
            name: [*connection.execute(text(f'SELECT * FROM "{name}"')).mappings()]  # noqa: S608
            for name in inspect(engine).get_table_names()
            if name != "alembic_version" and not name.startswith(DERIVED)
        }


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the tables that triggers feed, as the environment of the migrations does."""
    return not (kind == "table" and name and name.startswith(DERIVED))


@pytest.fixture
def empty(databases: Databases) -> Iterator[str]:
    """Return the address of a database without any table."""
    url = databases.empty()
    yield url
    databases.forget(url)


def test_they_are_numbered_one_after_the_other() -> None:
    names = sorted(path.name for path in VERSIONS.glob("*.py"))

    assert [name[:5] for name in names] == [f"{n:04}_" for n in range(1, len(names) + 1)]
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.py", name) for name in names)


def test_there_is_one_way_through_them(empty: str) -> None:
    scripts = ScriptDirectory.from_config(schema.config(empty))

    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    for script in scripts.walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")


def test_they_make_what_the_code_declares(app: Flask, settings: Settings) -> None:
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        ours = {"compare_type": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=ours)
        difference = compare_metadata(context, Base.metadata)
    engine.dispose()

    assert difference == []


def test_a_new_database_has_the_terms_and_the_spanish_desk(empty: str) -> None:
    schema.upgrade(empty)
    engine = create_engine(empty)

    held = rows(engine)
    engine.dispose()

    assert [row["notice_days"] for row in held["terms_versions"]] == [30]
    assert [row["phone"] for row in held["desks"]] == ["+34919161717"]
    assert len(held["hours_versions"]) == 1


def test_running_them_again_changes_nothing(empty: str) -> None:
    schema.upgrade(empty)
    engine = create_engine(empty)
    before = rows(engine)

    schema.upgrade(empty)

    assert rows(engine) == before
    engine.dispose()


def test_each_goes_down_and_up_again_with_rows_in_the_tables(
    app: Flask, settings: Settings, session: Session, company: Company
) -> None:
    agent = an_agent(session)
    a_request(session, company, call_id=a_call(session, agent).id, by_person_id=agent.id)
    session.commit()
    passes.record(A_MONDAY, A_MONDAY + timedelta(seconds=1), {})
    session.close()
    database = schema.config(settings.database_url)
    engine = create_engine(settings.database_url)
    count = len([*VERSIONS.glob("*.py")])

    for number in range(count - 1, -1, -1):
        command.downgrade(database, f"{number:04}" if number else "base")
        left = {name for name, held in rows(engine).items() if held}
    schema.upgrade(settings.database_url)

    assert left == set()
    assert len(rows(engine)["terms_versions"]) == 1
    engine.dispose()


def test_they_keep_constraint_names_that_a_later_one_can_name(
    app: Flask, settings: Settings
) -> None:
    engine = create_engine(settings.database_url)
    there = inspect(engine)

    ours = {name for name in there.get_table_names() if not name.startswith(DERIVED)}
    for table in ours - {"alembic_version"}:
        keys = [*there.get_foreign_keys(table), *there.get_unique_constraints(table)]
        for key in [there.get_pk_constraint(table), *keys]:
            assert re.match(rf"(pk|fk|uq)_{table}(_|$)", key["name"] or ""), (table, key)
    engine.dispose()


def test_the_triggers_that_feed_other_tables_are_all_there(app: Flask, settings: Settings) -> None:
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        else:
            query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        there = {*connection.execute(text(query)).scalars()}
    engine.dispose()

    fed = ("searchable_companies", "searchable_requests")
    counted = ("tally_endings", "tally_messages", "tally_requests")
    events = ("insert", "update", "delete")
    assert there == {f"{one}_{event}" for one in (*fed, *counted) for event in events}
