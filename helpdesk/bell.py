"""The bell: rung with what is filed, heard by workers that wait, so that nobody waits for a tick.

On PostgreSQL it is a notification: it leaves with the commit and reaches every worker on every
machine. On SQLite it is heard in the process that rings, which is all that `helpdesk serve` has.
What is not heard, since nobody listened just then, is found by the next look at the rows.
"""

from threading import Event
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

CHANNEL = "helpdesk"

_rung_here = Event()


def ring(session: Session) -> None:
    """Wake who waits, once this transaction is committed; never when it is not."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(f"NOTIFY {CHANNEL}")
    else:
        event.listen(session, "after_commit", lambda _session: _rung_here.set(), once=True)


class Listener:
    """One who waits for the bell, on a connection of its own where that takes one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def wait(self, seconds: float) -> None:
        """Return when the bell rings, and after so many seconds at the latest.

        A lost connection is opened again, and it returns at once: it may have rung meanwhile.
        Raises what the database raises when it cannot be opened.
        """
        if self._engine.dialect.name != "postgresql":
            _rung_here.wait(seconds)
            _rung_here.clear()
            return
        connection = self._connection = self._connection or self._opened()
        driver: Any = connection.connection.driver_connection
        try:
            next(driver.notifies(timeout=seconds, stop_after=1), None)
        except self._engine.dialect.loaded_dbapi.Error:
            connection.invalidate()
            self.close()
            self._connection = self._opened()

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _opened(self) -> Connection:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql(f"LISTEN {CHANNEL}")
        return connection
