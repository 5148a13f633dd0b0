"""An installation moves to a database of the other kind, and back, and nothing is lost."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from tempfile import TemporaryDirectory

import pytest
from alembic import command
from rich.progress import Progress, TaskID
from sqlalchemy import create_engine, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from typing_extensions import override

from helpdesk import schema
from helpdesk.directory.models import Company
from helpdesk.installation import Refused, copying, places
from helpdesk.installation.tables import TRACELESS
from helpdesk.messages.models import Attempt, Message
from helpdesk.queue.models import Request
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.commands import Ended
from tests.support.databases import Databases
from tests.support.exports import Lived
from tests.support.workers import environment, helpdesk, kill, started

MANY = 30_000
"""Enough to be in the middle of, however fast the disk."""


@pytest.fixture
def linked(session: Session, bakery: Lived) -> int:
    """Return the number of a request that points at one filed after it."""
    company = session.scalars(select(Company).order_by(Company.id.desc())).first()
    earlier, later = (a_request(session, company).id for _ in range(2))
    session.execute(update(Request).where(Request.id == earlier).values(linked_to_id=later))
    session.commit()
    session.close()
    return earlier


def many_attempts(session: Session, count: int) -> None:
    message_id = session.scalars(select(Message.id).limit(1)).one()
    rows = [{"message_id": message_id, "at": A_MONDAY, "error": ""}] * count
    session.execute(insert(Attempt), rows)
    session.commit()
    session.close()


def test_every_row_of_every_table_arrives_and_comes_back(
    settings: Settings, linked: int, target: str, databases: Databases, quiet: Progress
) -> None:
    there = copying.copy(settings.database_url, target, quiet)
    back = databases.empty()
    again = copying.copy(target, back, quiet)
    databases.forget(back)

    assert all(one.is_same for one in (*there, *again))
    assert [one.left for one in there] == [one.right for one in again]
    assert {one.table for one in there if not one.left.rows} <= TRACELESS


def test_the_copy_is_an_installation_that_goes_on(
    settings: Settings, linked: int, target: str, quiet: Progress
) -> None:
    copying.copy(settings.database_url, target, quiet)

    with places.opened(target) as engine, Session(engine) as session:
        known = session.scalars(select(Company.id)).all()
        assert session.scalar(text("SELECT count(*) FROM tally_changes")) == 0
        company = a_company(session)
        a_subscription(session, company)
        request = a_request(session, company)
        session.commit()

        assert company.id not in known
        assert request.linked_to_id is None
        assert session.get_one(Request, linked).linked_to_id == linked + 1


def test_a_copy_killed_again_and_again_goes_on_and_ends_well(
    settings: Settings, session: Session, linked: int, target: str
) -> None:
    many_attempts(session, MANY)
    command_line = ("copy", "--from", settings.database_url, "--to", target)
    env = environment(settings)
    for enough in (0, 2000):
        process = started(*command_line, env=env)
        while process.poll() is None and attempts_in(target) <= enough:
            pass
        kill(process)
        assert enough < attempts_in(target) < MANY
        assert "not finished" in helpdesk("process", env=env | {"DATABASE_URL": target}).stderr

    ended = helpdesk(*command_line, env=env)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "differs" not in ended.stdout
    assert helpdesk("audit", "verify", env=env | {"DATABASE_URL": target}).returncode == 0


def attempts_in(url: str) -> int:
    """Return how many rows of the last table have arrived."""
    with TemporaryDirectory() as folder:
        if file := places.file_of(url):  # The copy has it for itself: its files are looked at.
            for one in file.parent.glob(f"{file.name}*"):
                with suppress(FileNotFoundError):
                    shutil.copy(one, folder)
            url = f"sqlite:///{folder}/{file.name}"
        engine = create_engine(url)
        try:
            with engine.connect() as connection:
                return connection.scalar(text("SELECT count(*) FROM attempts")) or 0
        except DatabaseError:  # Not there yet, or copied in the middle of a change.
            return 0
        finally:
            engine.dispose()


class Disturbing(Progress):
    """A progress bar during which somebody writes, when the comparison begins."""

    write: Callable[[], None]

    @override
    def add_task(self, description: str, *args: object, **kwargs: object) -> TaskID:  # type: ignore[override]
        if description == "Comparing":
            self.write()
        return super().add_task(description, *args, **kwargs)  # type: ignore[arg-type]


def test_what_was_written_meanwhile_shows_and_the_next_copy_has_it(
    settings: Settings, session: Session, bakery: Lived, target: str, quiet: Progress
) -> None:
    def write() -> None:
        session.execute(update(Company).values(name="Renommée"))
        a_company(session)
        session.commit()
        session.close()

    progress = Disturbing(disable=True)
    progress.write = write

    first = copying.copy(settings.database_url, target, progress)
    second = copying.copy(settings.database_url, target, quiet)

    assert [one.table for one in first if not one.is_same] == ["companies"]
    assert all(one.is_same for one in second)


def test_a_database_that_holds_an_installation_is_not_copied_over(
    settings: Settings, bakery: Lived, target: str, quiet: Progress
) -> None:
    copying.copy(settings.database_url, target, quiet)

    with pytest.raises(Refused, match="empty database"):
        copying.copy(settings.database_url, target, quiet)


def test_a_database_is_not_copied_into_itself(
    settings: Settings, databases: Databases, quiet: Progress
) -> None:
    other = settings.database_url + ("?" if "postgresql" in settings.database_url else "")

    with pytest.raises(Refused, match="same database"):
        copying.copy(settings.database_url, other, quiet)


def test_a_source_of_an_older_version_is_refused_before_anything_is_made(
    settings: Settings, target: str, quiet: Progress
) -> None:
    command.downgrade(schema.config(settings.database_url), "0003")

    with pytest.raises(Refused, match="migration 0003"):
        copying.copy(settings.database_url, target, quiet)

    with places.opened(target) as engine, engine.connect() as connection:
        assert schema.revision(connection) is None


def test_a_source_that_is_not_there_is_not_made(settings: Settings, quiet: Progress) -> None:
    missing = settings.data / "missing.db"

    with pytest.raises(Refused, match="no database"):
        copying.copy(f"sqlite:///{missing}", settings.database_url, quiet)

    assert not missing.exists()


@pytest.mark.parametrize("line", ["copy --from {0} --to sqlite:///x.db", "copy --to {0}"])
def test_a_password_is_shown_nowhere(run: Callable[..., Ended], line: str) -> None:
    closed = "postgresql+psycopg://anna:s3cret-word@127.0.0.1:1/helpdesk"

    ended = run(line.format(closed))

    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert "s3cret" not in f"{ended.out}{ended.err}"


def test_an_address_is_shown_without_its_password() -> None:
    assert "s3cret" not in places.named("postgresql+psycopg://anna:s3cret@host/helpdesk")
