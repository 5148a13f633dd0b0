"""Databases for tests, of both kinds: made from nothing, kept as templates, copied, forgotten."""

import itertools
import os
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sqlalchemy import NullPool, create_engine, make_url
from typing_extensions import override

from helpdesk import schema

Made = TypeVar("Made")

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = (SQLITE, POSTGRESQL)
TEST_URL = "TEST_POSTGRES_URL"


class Databases(ABC):
    """Where the databases of one kind stand. Each is named by its address for SQLAlchemy."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._kept: dict[str, tuple[str, object]] = {}

    @abstractmethod
    def empty(self) -> str:
        """Return the address of a database without any table."""

    @abstractmethod
    def copy(self, url: str) -> str:
        """Return the address of a new copy of a database that nobody is connected to."""

    @abstractmethod
    def replace(self, url: str, by: str) -> None:
        """Put a copy of one database in the place of another; nobody is connected to either."""

    @abstractmethod
    def forget(self, url: str) -> None:
        """Remove a database."""

    def kept(self, name: str, make: Callable[[str], Made]) -> tuple[str, Made]:
        """Return a database to copy, which is made once, and what making it has returned."""
        if name not in self._kept:
            url = self.empty()
            self._kept[name] = url, make(url)
        return self._kept[name]  # type: ignore[return-value]

    def migrated(self) -> str:
        """Return a database to copy, made by running the migrations."""
        return self.kept("migrated", schema.upgrade)[0]

    def _name(self) -> str:
        return f"test_{os.getpid()}_{next(self._numbers)}"


class SqliteFiles(Databases):
    """SQLite files in one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    @override
    def empty(self) -> str:
        return f"sqlite:///{self._folder / self._name()}.db"

    @override
    def copy(self, url: str) -> str:
        made = self.empty()
        self.replace(made, url)
        return made

    @override
    def replace(self, url: str, by: str) -> None:
        shutil.copy(path_of(by), path_of(url))

    @override
    def forget(self, url: str) -> None:
        for file in path_of(url).parent.glob(f"{path_of(url).name}*"):
            file.unlink()


class PostgresDatabases(Databases):
    """The databases of one PostgreSQL server."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = make_url(url)
        self._engine = create_engine(url, isolation_level="AUTOCOMMIT")

    @override
    def empty(self) -> str:
        return self._made("template0")

    @override
    def copy(self, url: str) -> str:
        return self._made(name_of(url))

    @override
    def replace(self, url: str, by: str) -> None:
        self.forget(url)
        self._do(f'CREATE DATABASE "{name_of(url)}" TEMPLATE "{name_of(by)}"')

    @override
    def forget(self, url: str) -> None:
        self._do(f'DROP DATABASE "{name_of(url)}" WITH (FORCE)')

    def close(self) -> None:
        """Remove what was kept, and leave the server."""
        for url, _made in self._kept.values():
            self.forget(url)
        self._engine.dispose()

    def _made(self, template: str) -> str:
        name = self._name()
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _do(self, sql: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(sql)


def name_of(url: str) -> str:
    """Return the name of a database on its server."""
    return make_url(url).database or ""


def is_written_on(url: str) -> bool:
    """Tell whether somebody else is in the middle of a transaction that writes."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == SQLITE:
        with closing(sqlite3.connect(path_of(url), timeout=0, isolation_level=None)) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
        return False
    writing = (
        "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND datname = current_database() AND backend_xid IS NOT NULL"
    )
    with engine.connect() as connection:
        return bool(connection.exec_driver_sql(writing).scalar())


def path_of(url: str) -> Path:
    """Return the file of an SQLite database."""
    return Path(name_of(url))
