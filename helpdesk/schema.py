"""Bring a database to the current schema, through the migrations and nothing else."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url

from helpdesk.settings import ROOT


def upgrade(database_url: str, revision: str = "head") -> None:
    """Run the migrations that a database has not had; makes its folder and file when new."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(config(database_url), revision)


def newest() -> str:
    """Return the revision that the migrations of this version lead to."""
    return ScriptDirectory.from_config(config("")).get_current_head() or ""


def known() -> frozenset[str]:
    """Return every revision that the migrations of this version can go on from."""
    scripts = ScriptDirectory.from_config(config(""))
    return frozenset(one.revision for one in scripts.walk_revisions())


def revision(connection: Connection) -> str | None:
    """Return the revision that a database is at; None when no migration has run on it."""
    return MigrationContext.configure(connection).get_current_revision()


def config(database_url: str) -> Config:
    """Return Alembic's configuration for a database, without any ini file."""
    made = Config()
    made.set_main_option("script_location", str(ROOT / "helpdesk" / "migrations"))
    made.attributes["database_url"] = database_url
    return made
