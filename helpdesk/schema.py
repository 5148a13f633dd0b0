"""Bring a database to the current schema, through the migrations and nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, create_engine, inspect, make_url, text

from helpdesk.settings import ROOT

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = ROOT / "helpdesk" / "migrations"


def upgrade(database_url: str, revision: str = "head") -> None:
    """Run the migrations that a database has not had; makes its folder and file when new."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    if revision == "head" and is_current(database_url):
        return
    # Imported here: it takes longer than all the rest of most starts, which need none of it.
    from alembic import command  # noqa: PLC0415

    command.upgrade(config(database_url), revision)


def is_current(database_url: str) -> bool:
    """Tell whether a database has had the newest migration, and every one before it with it."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            return revision(connection) == newest()
    finally:
        engine.dispose()


def newest() -> str:
    """Return the revision that the migrations of this version lead to."""
    return max(known())


def known() -> frozenset[str]:
    """Return every revision of this version: the numbers that the names of its files begin with."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return frozenset(file.name.partition("_")[0] for file in files)


def revision(connection: Connection) -> str | None:
    """Return the revision that a database is at; None when no migration has run on it."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def config(database_url: str) -> "Config":
    """Return Alembic's configuration for a database, without any ini file."""
    from alembic.config import Config  # noqa: PLC0415 (as above)

    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["database_url"] = database_url
    return made
