"""One clock for all: who works on a PostgreSQL goes by its server's clock, whatever their own says.

So a machine whose clock is wrong ends nothing early and dates nothing wrongly. What the server
answers is older by its way back, so nobody is ever ahead of it. On SQLite there is one machine.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, event

from helpdesk import clock

log = logging.getLogger(__name__)

NOTABLE = timedelta(seconds=5)
_ASK = "SELECT clock_timestamp()"


def keep(engine: Engine) -> None:
    """Go by the database's clock, asked anew now and then by whoever takes a connection."""
    if engine.dialect.name != "postgresql":
        return

    @event.listens_for(engine, "checkout")
    def _checkout(connection: Any, _record: object, _proxy: object) -> None:
        if clock.is_doubtful():
            _believe(connection.execute(_ASK).fetchone()[0])
            connection.rollback()


def agree(engine: Engine) -> None:
    """Go by the database's clock as it is now."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            _believe(connection.exec_driver_sql(_ASK).scalar_one())


def _believe(at: datetime) -> None:
    """Take the instant for the present one, and say so when the machine did not know it."""
    late = clock.correct(at)
    if abs(late) > NOTABLE:
        which = "behind" if late > timedelta() else "ahead of"
        seconds = round(abs(late).total_seconds())
        log.warning("This machine’s clock is %d s %s the database’s, which counts.", seconds, which)
