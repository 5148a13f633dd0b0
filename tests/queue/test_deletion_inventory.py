import re

from sqlalchemy import create_engine, inspect

from helpdesk.database import DERIVED
from helpdesk.queue.erasure import TABLES, Fate
from helpdesk.settings import ROOT, Settings

INVENTORY = ROOT / "docs" / "personal-data.md"
ROW = re.compile(r"^\| (?P<columns>`[^|]+) \|[^|]+\| (?P<fate>\w+)[^|]*\|$")


def classified() -> dict[str, dict[str, Fate]]:
    """Return what the code does with each column."""
    return {
        model.__tablename__: {
            column.key: fate
            for column in model.__table__.columns
            if (fate := table.fate(column.key)) is not None
        }
        for model, table in TABLES.items()
    }


def told() -> dict[str, dict[str, Fate]]:
    """Return what the inventory says becomes of each column."""
    found: dict[str, dict[str, Fate]] = {}
    table = ""
    for line in INVENTORY.read_text().splitlines():
        if line.startswith("### "):
            table = line.removeprefix("### ").strip("`")
            found[table] = {}
        elif row := ROW.match(line):
            for column in re.findall(r"`(\w+)`", row["columns"]):
                assert column not in found[table], f"{table}.{column} stands twice."
                found[table][column] = Fate(row["fate"])
    return found


def test_every_column_of_every_table_of_the_database_is_classified(
    app: object, settings: Settings
) -> None:
    engine = create_engine(settings.database_url)
    there = {
        table: {column["name"] for column in inspect(engine).get_columns(table)}
        for table in inspect(engine).get_table_names()
        if table != "alembic_version" and not table.startswith(DERIVED)
    }
    engine.dispose()

    assert {table: set(columns) for table, columns in classified().items()} == there


def test_no_column_has_two_fates() -> None:
    for model, table in TABLES.items():
        assert table.kept & set(table.erased) == set(), model
        names = {column.key for column in model.__table__.columns}
        assert table.kept | set(table.erased) <= names, model


def test_the_inventory_of_personal_data_says_what_the_code_does() -> None:
    assert told() == classified()
