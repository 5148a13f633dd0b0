"""A backup is made while others work, is whole or is not there, and comes back as it was."""

import os
import random
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from alembic import command
from flask import Flask
from rich.progress import Progress
from sqlalchemy import create_engine, func, insert, select, text
from sqlalchemy.orm import Session

from helpdesk import schema
from helpdesk.database import db, transaction
from helpdesk.directory.models import Company
from helpdesk.installation import Refused, comparing, places, postgres_tools
from helpdesk.installation.backup import back_up, restore
from helpdesk.messages.models import Attempt, Message
from helpdesk.queue.models import Request
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.commands import Ended
from tests.support.databases import Databases
from tests.support.exports import Lived
from tests.support.workers import PATIENCE_SECONDS, at_once, environment, kill, started

FILERS = 3


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the backup goes."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "monday.backup"


@pytest.fixture
def empty(databases: Databases) -> Iterator[str]:
    """Return the address of an empty database of the same kind."""
    url = databases.empty()
    yield url
    databases.forget(url)


def sums(url: str) -> dict[str, comparing.Sum]:
    with places.opened(url) as engine, engine.connect() as connection:
        compared = comparing.compare(connection, connection, Progress(disable=True))
    return {one.table: one.left for one in compared}


def test_what_is_restored_is_what_was_saved_in_every_table(
    settings: Settings, bakery: Lived, file: Path, empty: str, quiet: Progress
) -> None:
    back_up(settings.database_url, file, quiet)
    restored = restore(file, empty, quiet)

    assert sums(empty) == sums(settings.database_url)
    assert restored.broken == []
    assert restored.rows["export_pieces"] == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [*file.parent.iterdir()] == [file]


def test_while_others_file_requests_it_holds_one_moment_and_nothing_stops_them(
    app: Flask, settings: Settings, session: Session, file: Path, empty: str, quiet: Progress
) -> None:
    is_saved, has_begun = Event(), Event()

    def go_on_filing() -> int:
        count = 0
        while not is_saved.is_set() or count < 3:
            with transaction() as writing:
                company = a_company(writing)
                a_subscription(writing, company)
                a_request(writing, company)
            count += 1
            has_begun.set()
        db.session.remove()
        return count

    def save() -> int:
        try:
            assert has_begun.wait(PATIENCE_SECONDS)
            back_up(settings.database_url, file, quiet)
        finally:
            is_saved.set()
        return 0

    filed = sum(at_once(app, save, *[go_on_filing] * FILERS))
    restored = restore(file, empty, quiet)

    assert session.scalar(select(func.count()).select_from(Request)) == filed
    assert 0 < restored.rows["requests"] <= filed
    assert restored.rows["requests"] == restored.rows["companies"] == restored.rows["endings"]
    assert restored.broken == []


def heavy(session: Session) -> None:
    """Let the database be large enough to be in the middle of for a while."""
    message_id = session.scalars(select(Message.id).limit(1)).one()
    rows = [{"message_id": message_id, "at": A_MONDAY, "error": "x" * 2000}] * 20_000
    session.execute(insert(Attempt), rows)
    session.commit()
    session.close()


def test_a_backup_cut_midway_leaves_no_file_that_looks_whole(
    settings: Settings, session: Session, bakery: Lived, file: Path, quiet: Progress
) -> None:
    heavy(session)
    chance = random.Random(4)

    for _ in range(3):
        process = started("backup", str(file), env=environment(settings))
        while process.poll() is None and not [*file.parent.iterdir()]:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.1))
        kill(process)
        assert not file.exists()

    back_up(settings.database_url, file, quiet)
    assert file.exists()


def test_a_file_that_is_there_is_never_written_over(
    settings: Settings, bakery: Lived, file: Path, quiet: Progress
) -> None:
    file.write_text("last week’s")

    with pytest.raises(Refused, match="already"):
        back_up(settings.database_url, file, quiet)

    assert file.read_text() == "last week’s"


def test_an_installation_is_given_up_only_when_told_to(
    settings: Settings, session: Session, bakery: Lived, file: Path, quiet: Progress
) -> None:
    back_up(settings.database_url, file, quiet)
    before = sums(settings.database_url)
    a_company(session)
    session.commit()
    session.close()
    db.engine.dispose()

    with pytest.raises(Refused, match="--replace"):
        restore(file, settings.database_url, quiet)
    restore(file, settings.database_url, quiet, replace=True)

    assert sums(settings.database_url) == before


def test_nothing_is_replaced_while_somebody_is_at_work(
    settings: Settings,
    session: Session,
    bakery: Lived,
    file: Path,
    quiet: Progress,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patience = postgres_tools._BEGIN.replace(b"15s", b"1s")
    monkeypatch.setattr(postgres_tools, "_BEGIN", patience)  # Nobody leaves, however long it waits.
    back_up(settings.database_url, file, quiet)
    a_company(session)
    session.commit()
    before = sums(settings.database_url)
    session.execute(select(Company.id)).all()

    with pytest.raises(Refused):
        restore(file, settings.database_url, quiet, replace=True)

    session.close()
    assert sums(settings.database_url) == before


@pytest.mark.parametrize("kept", [0.5, 0.95])
def test_half_a_backup_changes_nothing(
    settings: Settings, session: Session, bakery: Lived, file: Path, quiet: Progress, kept: float
) -> None:
    heavy(session)
    back_up(settings.database_url, file, quiet)
    os.truncate(file, int(file.stat().st_size * kept))
    before = sums(settings.database_url)
    db.engine.dispose()

    with pytest.raises(Refused):
        restore(file, settings.database_url, quiet, replace=True)

    assert sums(settings.database_url) == before


def test_what_is_no_backup_is_refused(
    settings: Settings, file: Path, empty: str, quiet: Progress
) -> None:
    file.write_text("Madame, Monsieur, " * 200)

    with pytest.raises(Refused, match="no backup"):
        restore(file, empty, quiet)


def test_tables_of_something_else_are_left_alone(
    settings: Settings, bakery: Lived, file: Path, empty: str, quiet: Progress
) -> None:
    back_up(settings.database_url, file, quiet)
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipes (id integer)"))
    engine.dispose()

    with pytest.raises(Refused, match="something else"):
        restore(file, empty, quiet, replace=True)


def test_an_older_backup_is_brought_to_today_s_schema(
    settings: Settings, bakery: Lived, file: Path, empty: str, quiet: Progress
) -> None:
    command.downgrade(schema.config(settings.database_url), "0004")
    back_up(settings.database_url, file, quiet)

    restored = restore(file, empty, quiet)

    assert restored.rows["export_pieces"] == 1
    assert restored.broken == []


def test_on_the_command_line_it_says_what_was_done(
    run: Callable[..., Ended], settings: Settings, bakery: Lived, file: Path, empty: str
) -> None:
    saved = run(f"backup {file}")
    again = run(f"backup {file}")
    restored = run(f"restore {file}", DATABASE_URL=empty)

    assert (saved.code, saved.err, again.code) == (0, "", 2)
    assert again.err.count("\n") == 1
    assert (restored.code, restored.err) == (0, "")
    assert "every event is as it was" in restored.out


@pytest.fixture
def own_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder in which programs are looked for."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_without_its_programs_postgresql_is_not_saved_and_it_says_so(
    settings: Settings, bakery: Lived, file: Path, quiet: Progress, own_programs: Path
) -> None:
    if settings.database_url.startswith("sqlite"):
        back_up(settings.database_url, file, quiet)  # It needs none.
        return
    with pytest.raises(Refused, match="pg_dump is missing"):
        back_up(settings.database_url, file, quiet)
    old = own_programs / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.9'\n")
    old.chmod(0o700)
    with pytest.raises(Refused, match="older than the server"):
        back_up(settings.database_url, file, quiet)
    assert not file.exists()


def test_a_password_is_given_to_no_program_by_its_arguments(
    settings: Settings, bakery: Lived, file: Path, quiet: Progress, own_programs: Path
) -> None:
    if settings.database_url.startswith("sqlite"):
        return
    told = own_programs / "told"
    spy = own_programs / "pg_dump"
    spy.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump 99" && exit\n'
        f'echo "$@" > {told}\necho "$PGPASSWORD" >> {told}\nexit 1\n'
    )
    spy.chmod(0o700)
    url = settings.database_url.replace("helpdesk@", "helpdesk:s3cret@")

    with pytest.raises(Refused):
        back_up(url, file, quiet)

    arguments, password = told.read_text().splitlines()
    assert "s3cret" not in arguments
    assert password == "s3cret"
