"""A PostgreSQL of our own: started on a free loopback port, in memory where that can be, and ended.

PostgreSQL refuses to run as root, so it is then run as another system user.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.support.disks import memory

OWNER = "helpdesk"
OTHERS = ("postgres", "nobody")
FAST: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
}
"""For tests that do not stop it: what is lost with the machine is not missed."""
PATIENCE_SECONDS = 60


class NoPostgres(Exception):
    """There is no PostgreSQL here: install Debian’s postgresql, or set TEST_POSTGRES_URL."""


def binaries() -> Path:
    """Return the folder of the newest PostgreSQL; raises NoPostgres."""
    found = [
        path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()
    ]
    if not found and (there := shutil.which("pg_ctl")):
        found = [Path(there).resolve().parent]
    if not found:
        raise NoPostgres
    return max(found, key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0)


class Cluster:
    """A private PostgreSQL, with its data in a folder that goes with it."""

    def __init__(self, options: Mapping[str, str] = FAST, base: Path | None = None) -> None:
        """Make a cluster below a folder, in memory without one, and start it; raises NoPostgres."""
        self._binaries = binaries()
        self._user = _other_user()
        self.port = _free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="preavis-postgres-", dir=base or memory()))
        self._options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self._folder),
            **options,
        }
        if self._user:
            shutil.chown(self._folder, self._user)
        make = ("-A", "trust", "-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self._run("initdb", "-D", str(self._data), *make)
        self.start()

    @property
    def url(self) -> str:
        """The address of its first database, for SQLAlchemy."""
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and return when it answers."""
        options = " ".join(f"-c {name}={value}" for name, value in self._options.items())
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", log, "-o", options, "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop it: immediately, as a power cut does, unless told to do so fast."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", how, "stop")

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        if (self._data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._folder)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [self._binaries / name, *arguments],
            user=self._user,
            cwd=self._folder,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # The server inherits it: a pipe would never end.
            timeout=PATIENCE_SECONDS,
        )


def _other_user() -> str | None:
    """Return as whom to run when this is root; None for anybody else."""
    if os.getuid() != 0:
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    return next(name for name in OTHERS if name in known)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
