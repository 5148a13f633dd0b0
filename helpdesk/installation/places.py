"""Where an installation is: the database at an address, opened with everything that it needs.

An address may hold a password: it is never shown, only what `named` leaves of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, text

from helpdesk.database import ENGINE_OPTIONS, prepare
from helpdesk.installation import Refused

# Each cluster has its own number, and keeps it on its replicas.
_CLUSTER = text("SELECT system_identifier, current_database() FROM pg_control_system()")


def named(url: str) -> str:
    """Return an address as it may be shown."""
    return make_url(url).render_as_string(hide_password=True)


def file_of(url: str) -> Path | None:
    """Return the file of an SQLite database; None for a server's."""
    address = make_url(url)
    is_file = address.get_backend_name() == "sqlite"
    return Path(address.database or "").absolute() if is_file else None


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Open the database at an address, and leave it at the end."""
    engine = create_engine(make_url(url), **ENGINE_OPTIONS)
    prepare(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def must_exist(url: str) -> None:
    """Refuse the address of a file that is not there: opening it would make one."""
    file = file_of(url)
    if file and not file.is_file():
        raise Refused(f"There is no database at {file}.")


def are_one(left: Engine, right: Engine) -> bool:
    """Tell whether two addresses lead to the same database."""
    if left.dialect.name != right.dialect.name:
        return False
    return _identity(left) == _identity(right)


def _identity(engine: Engine) -> object:
    if engine.dialect.name == "sqlite":
        return Path(engine.url.database or "").resolve()
    with engine.connect() as connection:
        return tuple(connection.execute(_CLUSTER).one())
