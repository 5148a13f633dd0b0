"""Many rows by one statement: found, written, changed. Only here the engines differ in it.

To PostgreSQL the rows go as one parameter (JSON), so that neither side deals with thousands of
them; SQLite, in the same process, is given them one after the other.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from typing import cast as seen_as

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    Table,
    Text,
    Update,
    any_,
    bindparam,
    cast,
    column,
    func,
    inspect,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, object_mapper
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.selectable import TableValuedAlias

from helpdesk.database import Model, written

Row = Mapping[str, Any]
GIVEN = "given"
FEW = 8
"""So many rows are sent as they are before the one parameter is worth its making."""


def among(session: Session, where: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """Return the condition that a column has one of these values, however many."""
    if _is_postgresql(session):
        return seen_as("ColumnElement[bool]", where == any_(literal([*values], ARRAY(where.type))))
    return seen_as("ColumnElement[bool]", where.in_(values))


def add(session: Session, model: type[Model], rows: Sequence[Row], *, once: bool = False) -> None:
    """Write new rows, which all have the same columns; `once` leaves out those there are."""
    if rows:
        table = _table(model)
        is_few = len(rows) <= FEW
        query = _plain_insert(session, table) if is_few else _insert(session, table, rows)
        query = query.on_conflict_do_nothing() if once else query
        session.execute(query, rows if is_few else _given(session, rows))


def add_numbered(
    session: Session, model: type[Model], rows: Sequence[Row], by: str
) -> Mapping[Any, int]:
    """Write new rows; returns their numbers by a column of theirs that is unique."""
    if not rows:
        return {}
    table = _table(model)
    query = _insert(session, table, rows).returning(table.c[by], table.c.id)
    return dict(session.execute(query, _given(session, rows)).all())


def flush_changes(session: Session) -> None:
    """Write what was changed of rows that were read, each kind of change by one statement.

    Raises StaleDataError when somebody else has changed one of them. What is more than a change of
    columns is left to the session.
    """
    kinds: dict[tuple[type[Model], frozenset[str]], list[Model]] = defaultdict(list)
    for row in session.dirty:
        mapper, state = object_mapper(row), inspect(row)
        changed = frozenset(mapper.attrs.keys()) - state.unmodified
        if changed <= frozenset(mapper.columns.keys()):
            kinds[type(row), changed].append(row)
    with session.no_autoflush:  # Or the session would write them first, one by one.
        for (model, changed), rows in kinds.items():
            _change(session, model, changed, rows)
    session.flush()


def _change(
    session: Session, model: type[Model], changed: Collection[str], rows: Sequence[Model]
) -> None:
    table = _table(model)
    version = table.c.version if inspect(model).version_id_col is not None else None
    names = ["id", *changed, *([version.name] if version is not None else [])]
    values = [{name: held[name] for name in names} for held in map(instance_dict, rows)]
    query = _update(session, table, changed, version)
    done = session.execute(query, _given(session, values, _OLD))
    if done.rowcount != len(rows):  # type: ignore[attr-defined]
        raise StaleDataError(f"Somebody else has changed {table.name}.")
    for row in rows:
        held = instance_dict(row)
        if version is not None:
            held[version.name] += 1
        inspect(row)._commit_all(held, session.identity_map)  # noqa: SLF001 (none is public)


_OLD = "old_"


def _insert(
    session: Session, table: Table, rows: Sequence[Row]
) -> postgresql.Insert | sqlite.Insert:
    if not _is_postgresql(session):
        return sqlite.insert(table)
    names = [*rows[0]]
    return postgresql.insert(table).from_select(names, select(*_rows(table, names).c))


def _plain_insert(session: Session, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if _is_postgresql(session) else sqlite.insert(table)


def _update(
    session: Session, table: Table, changed: Collection[str], version: Column[int] | None
) -> Update:
    keys = [table.c.id, *([version] if version is not None else [])]
    if _is_postgresql(session):
        given: Any = _rows(table, [*changed, *(key.name for key in keys)]).c
    else:
        given = {name: bindparam(_OLD + name) for name in [*changed, *(key.name for key in keys)]}
    values = {name: given[name] for name in changed}
    if version is not None:
        values[version.name] = version + 1
    return update(table).where(*(key == given[key.name] for key in keys)).values(values)


def _rows(table: Table, names: Sequence[str]) -> TableValuedAlias:
    """Return the rows that are given as one parameter, as a table."""
    columns = [column(name, table.c[name].type) for name in names]
    return (
        func.json_to_recordset(cast(bindparam(GIVEN, type_=Text), JSON))
        .table_valued(*columns, name=GIVEN)
        .render_derived(with_types=True)
    )


def _given(session: Session, rows: Sequence[Row], prefix: str = "") -> Row | list[Row]:
    if _is_postgresql(session):
        return {GIVEN: written(rows)}
    return [{prefix + name: value for name, value in row.items()} for row in rows]


def _table(model: type[Model]) -> Table:
    return seen_as("Table", model.__table__)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
