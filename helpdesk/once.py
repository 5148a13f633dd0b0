"""A row that is added once: whoever comes second, by one of its unique keys, finds the first.

Neither a look beforehand nor a savepoint is needed: the statement itself says who came first. It
writes what hangs on the row as well, in other tables, so all of it is there or nothing.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy.orm import Session, make_transient_to_detached, object_mapper
from sqlalchemy.orm.attributes import instance_dict, set_committed_value

from helpdesk import bulk
from helpdesk.bulk import Row
from helpdesk.database import Model


def number(session: Session, rows: Iterable[Model]) -> None:
    """Give new rows the numbers under which they will be added."""
    kinds: dict[type[Model], list[Model]] = {}
    for row in rows:
        kinds.setdefault(type(row), []).append(row)
    drawn = bulk.numbers(session, {kind: len(of_it) for kind, of_it in kinds.items()})
    for kind, of_it in kinds.items():
        for row, its in zip(of_it, drawn[kind], strict=True):
            set_committed_value(row, "id", its)


def add(
    session: Session,
    row: Model,
    parts: Sequence[Model],
    others: Mapping[type[Model], Sequence[Row]],
) -> bool:
    """Add a new row, its parts and what else hangs on it; False when a unique key of its is taken.

    Parts are all of one kind. Row and parts have been numbered, and are read again by nobody: they
    are the session's from now on. Waits for whoever is adding the same.
    """
    hanging = {type(parts[0]): [_values(one) for one in parts]} if parts else {}
    if not bulk.add_whole(session, type(row), _values(row), {**hanging, **others}):
        return False
    for one in (row, *parts):
        make_transient_to_detached(one)
    session.add(row)
    session.add_all(parts)
    return True


def _values(row: Model) -> Row:
    """Return all that a row holds; what nobody gave is filled in as the table would."""
    held, columns = instance_dict(row), object_mapper(row).columns
    for column in columns:
        if column.key not in held:
            set_committed_value(row, column.key, getattr(column.default, "arg", None))
    return {column.key: held[column.key] for column in columns}
