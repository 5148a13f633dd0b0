"""Rows as PostgreSQL's COPY reads them, for whatever columns the tables have today."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Column, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

import helpdesk.app  # noqa: F401 (all tables are known once the app is)
from helpdesk.database import db

Row = Mapping[str, Any]
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
NULL = r"\N"


class Copier:
    """Collects the rows of all tables, and copies them; a missing column has its default."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}
        self._cells: dict[str, list[tuple[str, Callable[[], str]]]] = {}
        self.counts: dict[str, int] = {}

    def add(self, table: str, row: Row) -> None:
        """Take one row; raises KeyError for a table or a column that there is not."""
        cells = self._cells.get(table)
        if cells is None:
            cells = self._cells[table] = _cells(db.metadata.tables[table])
            if unknown := row.keys() - {name for name, _ in cells}:
                raise KeyError(f"{table} has no {unknown}.")
        line = "\t".join(
            [_text(row[name]) if name in row else default() for name, default in cells]
        )
        self._texts.setdefault(table, []).append(line)

    def send(self, connection: psycopg.Connection[Any]) -> None:
        """Copy what was collected, and forget it."""
        for table, lines in self._texts.items():
            names = [sql.Identifier(name) for name, _ in self._cells[table]]
            query = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(names)
            )
            with connection.cursor().copy(query) as copy:
                copy.write("\n".join(lines) + "\n")
            self.counts[table] = self.counts.get(table, 0) + len(lines)
        self._texts.clear()


def _cells(table: Table) -> list[tuple[str, Callable[[], str]]]:
    """Return the columns that are written, each with what stands there when nothing is given."""
    return [(one.name, _default(one)) for one in table.columns if one.computed is None]


def _default(column: Column[Any]) -> Callable[[], str]:
    given = column.default
    if isinstance(given, ScalarElementColumnDefault):
        text = _text(given.arg)
        return lambda: text
    if column.nullable:
        return lambda: NULL

    def missing() -> str:
        raise KeyError(f"{column} is missing.")

    return missing


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED) if _SPECIAL.search(text) else text


def _other(value: Any) -> str:
    if isinstance(value, Enum):
        return _escaped(str(value.value))
    return _escaped(str(value))


_TEXTS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _value: NULL,
    str: _escaped,
    int: str,
    bool: lambda value: "t" if value else "f",
    datetime: datetime.isoformat,
    date: date.isoformat,
    dict: lambda value: _escaped(json.dumps(value, ensure_ascii=False)),
    list: lambda value: _escaped(json.dumps(value, ensure_ascii=False)),
}


def _text(value: Any) -> str:
    """Return a value as COPY's text format has it."""
    return _TEXTS.get(type(value), _other)(value)
