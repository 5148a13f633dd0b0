"""How a process deals with its database: how long it waits, and when it counts as away."""

import logging
import sqlite3
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    PendingRollbackError,
    SQLAlchemyError,
)
from sqlalchemy.exc import (
    TimeoutError as PoolEmpty,
)

from helpdesk.database import db
from helpdesk.settings import Settings

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3
POOL_SECONDS = 5
UNANSWERED_MILLISECONDS = 20_000
# What SQLite says of its file and its disk, not of the statement.
_SQLITE_AWAY = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
_READ_ONLY = "25006"  # PostgreSQL, while another machine takes over.


def options(settings: Settings) -> dict[str, Any]:
    """Return what SQLAlchemy's engine is told: nothing waits for ever."""
    if make_url(settings.database_url).get_backend_name() != "postgresql":
        return {}
    milliseconds = settings.statement_timeout_seconds * 1000
    return {
        "pool_size": settings.database_connections,
        "max_overflow": 0,
        "pool_timeout": POOL_SECONDS,
        "pool_use_lifo": True,  # The one used last still knows what it is asked.
        "connect_args": {
            "connect_timeout": CONNECT_SECONDS,
            "options": f"-c statement_timeout={milliseconds}",
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "tcp_user_timeout": UNANSWERED_MILLISECONDS,
        },
    }


def is_away(error: BaseException | None) -> bool:
    """Tell whether the database cannot work just now, whatever it is asked."""
    if isinstance(error, (PoolEmpty, PendingRollbackError)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in _SQLITE_AWAY
    if error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError)):
        return True
    return getattr(error.orig, "sqlstate", None) == _READ_ONLY


def let_go(_error: BaseException | None) -> None:
    """End what was read for an answer, which is given even if the database has just left."""
    if not db.session.registry.has():
        return
    session = db.session()
    try:
        session.close()
    except SQLAlchemyError as error:
        log.warning("The database has gone: %s", told(error))
        session.invalidate()


def told(error: BaseException) -> str:
    """Return what the database said, on one line."""
    return " ".join(str(getattr(error, "orig", None) or error).split())
