"""A private PostgreSQL on disk, as durable as it comes, with a database for each size."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, LiteralString

import psycopg
from sqlalchemy import make_url

from tests.support.postgres import Cluster

OPTIONS = MappingProxyType(
    {
        "shared_buffers": "2GB",
        "effective_cache_size": "8GB",
        "maintenance_work_mem": "1GB",
        "work_mem": "16MB",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "max_connections": "60",
        "jit": "off",
    }
)
"""What a machine with 24 GiB and a fast disk is set to; nothing about durability, which stays."""


@contextmanager
def running(folder: Path) -> Iterator[Cluster]:
    """Run a cluster with its data below a folder, until it is no longer needed."""
    folder.chmod(0o755)  # PostgreSQL runs as another user when this is root.
    cluster = Cluster(OPTIONS, base=folder)
    try:
        yield cluster
    finally:
        cluster.remove()


def connect(url: str, *, autocommit: bool = True) -> psycopg.Connection[tuple[Any, ...]]:
    """Return a connection to a database, given its address for SQLAlchemy."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=autocommit)


def number(connection: psycopg.Connection[tuple[Any, ...]], query: LiteralString) -> int:
    """Return the one number that a query asks for; raises LookupError when there is none."""
    row = connection.execute(query).fetchone()
    if row is None or row[0] is None:
        raise LookupError(query)
    return int(row[0])
