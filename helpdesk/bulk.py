"""Many rows by one statement: found, written, changed. Only here the engines differ in it.

To PostgreSQL the rows go as one parameter (JSON), so that neither side deals with thousands of
them; SQLite, in the same process, is given them one after the other.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any
from typing import cast as seen_as

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    Select,
    Table,
    Text,
    TextClause,
    Update,
    any_,
    bindparam,
    cast,
    column,
    exists,
    func,
    inspect,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapper, Session, object_mapper
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


def numbers(session: Session, wanted: Mapping[type[Model], int]) -> Mapping[type[Model], list[int]]:
    """Return so many numbers for new rows of each table, which nobody else gets."""
    names = {_table(model).name: many for model, many in wanted.items()}
    drawn = session.connection().execute(_drawn(_is_postgresql(session), (*names,)), names).one()
    if _is_postgresql(session):
        return dict(zip(wanted, drawn, strict=True))
    return {  # Whoever writes is alone, so they are those that the rows would get anyway.
        model: [*range(last + 1, last + 1 + many)]
        for (model, many), last in zip(wanted.items(), drawn, strict=True)
    }


def add_whole(
    session: Session, model: type[Model], row: Row, hanging: Mapping[type[Model], Sequence[Row]]
) -> bool:
    """Write a new row, which has its number, and the rows of other tables that hang on it.

    Nothing of it, and False, when one of its unique keys is taken. Waits for whoever adds the same.
    """
    table, others = _table(model), {_table(one): rows for one, rows in hanging.items() if rows}
    if _is_postgresql(session):
        named = tuple((one, (*rows[0],)) for one, rows in others.items())
        given = {one.name: written(rows) for one, rows in {table: [row], **others}.items()}
        query: Any = _whole(table, (*row,), named)
        return session.connection().execute(query, given).scalar() is not None
    root = sqlite.insert(table).on_conflict_do_nothing().returning(table.c.id)
    if session.connection().execute(root, row).scalar() is None:
        return False
    for one, rows in others.items():
        session.connection().execute(sqlite.insert(one), rows)
    return True


def flush_changes(session: Session) -> None:
    """Write what was changed of rows that were read, each kind of change by one statement.

    Raises StaleDataError when somebody else has changed one of them. What is more than a change of
    columns is left to the session.
    """
    kinds: dict[tuple[type[Model], frozenset[str]], list[Model]] = defaultdict(list)
    for row in session.dirty:
        changed = frozenset(inspect(row).committed_state)
        if changed <= _columns(object_mapper(row)):
            kinds[type(row), changed].append(row)
    with session.no_autoflush:  # Or the session would write them first, one by one.
        for (model, changed), rows in kinds.items():
            _change(session, model, changed, rows)
    session.flush()


@lru_cache
def _columns(mapper: Mapper[Model]) -> frozenset[str]:
    return frozenset(mapper.columns.keys())


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


@lru_cache
def _drawn(is_postgresql: bool, tables: tuple[str, ...]) -> TextClause:  # noqa: FBT001
    """Return the question for numbers of some tables; on SQLite for the last one of each."""
    one = (
        "array(SELECT nextval('{0}_id_seq') FROM generate_series(1, :{0}))"
        if is_postgresql
        else "(SELECT coalesce(max(id), 0) FROM {0})"
    )
    return text("SELECT " + ", ".join(one.format(name) for name in tables))


@lru_cache
def _whole(
    table: Table, names: tuple[str, ...], hanging: tuple[tuple[Table, tuple[str, ...]], ...]
) -> Select[Any]:
    """Return the one statement that writes a row, and in other tables what hangs on it."""
    root = (
        postgresql.insert(table)
        .from_select(names, select(*_rows(table, names, table.name).c))
        .on_conflict_do_nothing()
        .returning(table.c.id)
        .cte("root")
    )
    is_new = exists(select(root.c.id))
    parts = [
        postgresql.insert(one)
        .from_select(of, select(*_rows(one, of, one.name).c).where(is_new))
        .cte(f"new_{one.name}")
        for one, of in hanging
    ]
    return select(root.c.id).add_cte(*parts)


def _rows(table: Table, names: Sequence[str], given: str = GIVEN) -> TableValuedAlias:
    """Return the rows that are given as one parameter, as a table."""
    columns = [column(name, table.c[name].type) for name in names]
    return (
        func.json_to_recordset(cast(bindparam(given, type_=Text), JSON))
        .table_valued(*columns, name=given)
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
