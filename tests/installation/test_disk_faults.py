"""A full disk, a file that may only be read, a damaged one: refused clearly, nothing lost."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from subprocess import CalledProcessError
from uuid import uuid4

import pytest
from flask import Flask
from rich.progress import Progress
from sqlalchemy import event, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.app import create_app
from helpdesk.database import db, transaction
from helpdesk.installation import Refused
from helpdesk.installation.backup import back_up
from helpdesk.limits import limiter
from helpdesk.queue.models import Request
from helpdesk.settings import Mode, Settings
from tests import builders
from tests.conftest import Page
from tests.help_center.forms import sent
from tests.support.commands import Ended
from tests.support.databases import SqliteFiles, path_of
from tests.support.disks import SmallDisk
from tests.support.workers import environment, helpdesk

FORM = "/help-center/request"
MOST = 400
ROOM_FOR_A_FEW = 300 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk | None]:
    """Return a small disk; nothing where only root may have one."""
    made = None
    with suppress(OSError, CalledProcessError):
        made = SmallDisk(tmp_path / "disk")
    yield made
    if made:
        made.remove()


@pytest.fixture
def settings(sqlite: SqliteFiles, disk: SmallDisk | None, tmp_path: Path) -> Settings:
    """Return settings with a database on the small disk, or in a folder where there is none."""
    file = (disk.folder if disk else tmp_path) / "helpdesk.db"
    shutil.copy(path_of(sqlite.migrated()), file)
    return Settings(
        mode=Mode.TEST,
        secret_key=builders.SECRET,
        data=tmp_path,
        database_url=f"sqlite:///{file}",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def file_one(page: Page) -> tuple[str, int]:
    """Send the form of another request; returns its key and how that was answered."""
    limiter.reset()
    key = str(uuid4())
    typed = {"csrf_token": page.token, **sent(key=key)}
    return key, page.client.post(FORM, data=typed).status_code


def file_until_refused(page: Page) -> list[str]:
    """File one request after the other until one is refused; returns the keys of the others."""
    accepted: list[str] = []
    for _ in range(MOST):
        key, status = file_one(page)
        if status != 303:
            assert status == 503
            return accepted
        accepted.append(key)
    raise AssertionError("The disk was never full.")


def kept(settings: Settings) -> list[str]:
    """Return the keys of all requests, in a database that is whole."""
    with closing(sqlite3.connect(path_of(settings.database_url))) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [key for (key,) in database.execute("SELECT filing_key FROM requests ORDER BY id")]


def test_on_a_full_disk_what_was_answered_is_kept_and_the_rest_is_refused(
    app: Flask, settings: Settings, disk: SmallDisk | None, page: Page
) -> None:
    if disk is None:
        pytest.skip("Only root may make a small disk; the next test fills the database instead.")
    page.get(FORM)
    before = file_one(page)
    disk.fill(ROOM_FOR_A_FEW)

    accepted = [before[0], *file_until_refused(page)]
    disk.fill(0)
    backup = helpdesk("backup", str(disk.folder / "b"), env=environment(settings))
    assert not (disk.folder / "b").exists()
    disk.empty()
    after = file_one(page)

    assert (before[1], after[1]) == (303, 303)
    assert kept(settings) == [*accepted, after[0]]
    assert (backup.returncode, backup.stderr.count("\n")) == (2, 1)
    assert helpdesk("audit", "verify", env=environment(settings)).returncode == 0


def test_a_database_that_may_not_grow_keeps_what_was_answered(
    app: Flask, settings: Settings, page: Page
) -> None:
    page.get(FORM)
    limit = {"pages": 1_000_000}
    with app.app_context():
        engine = db.engine
    event.listen(engine, "begin", lambda connection: bounded(connection, limit["pages"]))
    before = file_one(page)
    with closing(sqlite3.connect(path_of(settings.database_url))) as database:
        limit["pages"] = database.execute("PRAGMA page_count").fetchone()[0] + 20

    accepted = [before[0], *file_until_refused(page)]
    limit["pages"] = 1_000_000
    after = file_one(page)

    assert (before[1], after[1]) == (303, 303)
    assert kept(settings) == [*accepted, after[0]]


def bounded(connection: object, pages: int) -> None:
    connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]


def test_a_file_that_may_only_be_read_is_refused_and_goes_on_when_it_may_be_written(
    app: Flask, settings: Settings, disk: SmallDisk | None, page: Page
) -> None:
    if disk is None:
        pytest.skip("Only root may have a disk that cannot be written on.")
    page.get(FORM)
    before = file_one(page)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    disk.write(allowed=False)

    refused = file_one(page)
    command = helpdesk("process", env=environment(settings))
    disk.write(allowed=True)
    after = file_one(page)

    assert refused[1] == 503
    assert (command.returncode, command.stderr.count("\n")) == (2, 1)
    assert kept(settings) == [before[0], after[0]]


def at_random(file: Path) -> None:
    """Write over a run of pages in the middle."""
    content = bytearray(file.read_bytes())
    begins = len(content) // 8192 * 4096
    content[begins : begins + 8 * 4096] = Random(8).randbytes(8 * 4096)
    file.write_bytes(content)


def cut_short(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def with_a_letter(file: Path) -> None:
    file.write_text("Madame, Monsieur, " * 2000)


@pytest.mark.parametrize("damage", [at_random, cut_short, with_a_letter])
def test_a_damaged_file_is_refused_on_one_line_before_anything_is_done(
    run: Callable[..., Ended], settings: Settings, damage: Callable[[Path], None]
) -> None:
    file = path_of(settings.database_url)
    damage(file)
    found = file.read_bytes()

    for line in ("serve", "worker", "process", "audit verify", f"backup {file}.backup"):
        ended = run(line)
        assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1), line

    assert file.read_bytes() == found
    assert not Path(f"{file}.backup").exists()


def test_a_damaged_file_of_any_size_is_found_by_the_next_backup(
    settings: Settings, tmp_path: Path
) -> None:
    at_random(path_of(settings.database_url))

    with pytest.raises((Refused, DatabaseError)):
        back_up(settings.database_url, tmp_path / "b", Progress(disable=True))

    assert not (tmp_path / "b").exists()


def test_without_its_wal_file_a_database_is_whole_as_it_was_before(
    app: Flask, session: Session, settings: Settings, tmp_path: Path
) -> None:
    """What stood in the lost file is gone: nobody can know of it. What is there still holds."""
    for _ in range(3):
        with transaction() as writing:
            company = builders.a_company(writing)
            builders.a_subscription(writing, company)
            builders.a_request(writing, company, filed_at=clock.now())
    assert session.scalars(select(Request.id)).all()
    alone = tmp_path / "alone.db"
    shutil.copy(path_of(settings.database_url), alone)
    lost = replace(settings, database_url=f"sqlite:///{alone}")

    verified = helpdesk("audit", "verify", env=environment(lost))

    assert verified.returncode == 0
    assert len(kept(lost)) < 3
