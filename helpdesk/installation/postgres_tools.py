"""Save and put back an installation on PostgreSQL, by its own programs.

A password goes to them by their environment, never by their arguments, which anybody can read.
"""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from subprocess import DEVNULL, PIPE

from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

from helpdesk.installation import Refused, places
from helpdesk.settings import environment_with

HEADER = b"PGDMP"
_REVISION = re.compile(rb"^COPY \S*alembic_version .*\n(.+)$", re.MULTILINE)
_BEGIN = b"BEGIN;\nSET LOCAL lock_timeout = '15s';\n"
_CLEAR = (
    b"DROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\nGRANT USAGE ON SCHEMA public TO PUBLIC;\n"
)
_END = b"\nCOMMIT;\nANALYZE;\n"


def save(url: str, to: Path) -> None:
    """Dump a database as it is at one moment, while others go on writing; then read it again.

    Raises Refused without a pg_dump that is as new as the server.
    """
    program = _program("pg_dump")
    with places.opened(url) as engine, engine.connect() as connection:
        server = int((connection.dialect.server_version_info or (0,))[0])
    if (version := _version(program)) < server:
        raise Refused(
            f"{program} is older than the server ({version}, not {server}):"
            f" install the client programs of PostgreSQL {server}."
        )
    dbname, env = _address(url)
    _run([program, "-Fc", "--no-owner", "--no-privileges", "-f", str(to), "-d", dbname], env)
    _run([_program("pg_restore"), "-f", "-", str(to)], env)


def revision(file: Path) -> str:
    """Return the migration that a dump is at; raises Refused when it is none of ours."""
    table = ["--data-only", "--table=alembic_version", "-f", "-", str(file)]
    found = _REVISION.search(_run([_program("pg_restore"), *table], {}, out=PIPE))
    if found is None:
        raise Refused(f"{file} is no backup of an installation.")
    return found[1].decode()


def put_back(file: Path, url: str, *, clear: bool) -> None:
    """Put a dump into a database: all of it or, when cut, nothing; `clear` what is there first."""
    dbname, env = _address(url)
    quiet = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null"]
    with (
        subprocess.Popen(
            [_program("pg_restore"), "--no-owner", "--no-privileges", "-f", "-", str(file)],
            stdout=PIPE,
            stderr=DEVNULL,
        ) as dump,
        subprocess.Popen(
            [_program("psql"), *quiet, "-d", dbname], env=env, stdin=PIPE, stderr=PIPE
        ) as database,
    ):
        _pass_on(dump, database, _BEGIN + _CLEAR if clear else _BEGIN)
        problem = database.stderr.read() if database.stderr else b""
    if dump.returncode or database.returncode:
        said = problem.decode(errors="replace").strip() or "the backup is damaged"
        raise Refused(f"Nothing was restored: {said}")


def _pass_on(
    dump: "subprocess.Popen[bytes]", database: "subprocess.Popen[bytes]", begin: bytes
) -> None:
    """Give the dump to the database; the end that keeps it is said once all of it was read."""
    if dump.stdout is None or database.stdin is None:
        return
    try:
        database.stdin.write(begin)
        shutil.copyfileobj(dump.stdout, database.stdin)
        if dump.wait() == 0:
            database.stdin.write(_END)
        database.stdin.close()
    except BrokenPipeError:
        dump.kill()  # The database has said no, and why.


def _program(name: str) -> str:
    """Return where a program is; raises Refused when it is nowhere."""
    found = shutil.which(name)
    if found is None:
        raise Refused(f"{name} is missing: install PostgreSQL’s client programs.")
    return found


def _version(program: str) -> int:
    said = re.search(rb"[0-9]+", _run([program, "--version"], {}, out=PIPE))
    return int(said[0]) if said else 0


def _address(url: str) -> tuple[str, Mapping[str, str]]:
    """Return an address as these programs take it, and apart from it what nobody may read."""
    address = make_url(url)
    parts = address.translate_connect_args(username="user", database="dbname")
    parts |= {name: str(value) for name, value in address.query.items()}
    password = parts.pop("password", None)
    secret = {} if password is None else {"PGPASSWORD": str(password)}
    return make_conninfo(**parts), environment_with(secret)


def _run(command: list[str], env: Mapping[str, str], out: int = DEVNULL) -> bytes:
    ended = subprocess.run(
        command, env=env or None, stdin=DEVNULL, stdout=out, stderr=PIPE, check=False
    )
    if ended.returncode:
        raise Refused(ended.stderr.decode(errors="replace"))
    return ended.stdout or b""
