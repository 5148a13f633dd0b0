"""The mark of a database that is being copied into: until it goes, nothing else may work there.

A copy that was cut leaves it, so that the next one goes on, and nobody takes half for the whole.
"""

from sqlalchemy import Column, Connection, Integer, MetaData, Table, inspect

from helpdesk.installation import Refused

# Not among the models: it is there for as long as a copy takes, and in no installation.
_MARK = Table("unfinished_copy", MetaData(), Column("id", Integer, primary_key=True))


def is_marked(connection: Connection) -> bool:
    """Tell whether a copy into this database has not come to its end."""
    return inspect(connection).has_table(_MARK.name)


def mark(connection: Connection) -> None:
    """Say that this database is being copied into."""
    _MARK.create(connection)


def unmark(connection: Connection) -> None:
    """Say that the copy is whole."""
    _MARK.drop(connection)


def refuse(connection: Connection) -> None:
    """Refuse to work on a database into which a copy was not finished."""
    if is_marked(connection):
        raise Refused(
            "This database holds a copy that was not finished:"
            " run the same helpdesk copy again, and it goes on."
        )
