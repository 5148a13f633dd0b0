"""The demo's world: believable, whole, the same for one seed."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, flock
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from helpdesk import demo, passwords, schema
from helpdesk.app import create_app
from helpdesk.database import db, transaction
from helpdesk.demo import world
from helpdesk.desk.models import Call
from helpdesk.directory.demo_sign_ins import PASSWORD, SIGN_INS
from helpdesk.directory.models import Company, Person
from helpdesk.installation import places, unfinished
from helpdesk.messages.models import Message
from helpdesk.queue import events
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import MessageState, State
from helpdesk.settings import Mode, Settings
from tests import builders
from tests.support.databases import Databases, PostgresDatabases

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)


def settings_in(folder: Path, url: str | None = None) -> Settings:
    return Settings(
        mode=Mode.DEMO,
        secret_key=builders.SECRET,
        data=folder,
        database_url=url or f"sqlite:///{folder / 'helpdesk.db'}",
    )


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Flask]]:
    """Return the demo on each kind of database, as far as it has been made."""
    made: dict[str, Flask] = {}
    yield made
    for app in made.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def made(
    apps: dict[str, Flask], databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Make the demo once of each kind, as its first start does."""
    kind = type(databases).__name__
    if kind not in apps:
        url = databases.empty() if isinstance(databases, PostgresDatabases) else None
        apps[kind] = first_start(settings_in(shared(tmp_path_factory, kind), url))
    with apps[kind].app_context():
        yield apps[kind]
        db.session.remove()


def shared(tmp_path_factory: pytest.TempPathFactory, kind: str) -> Path:
    """Return a folder for all that run the tests at the same time."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / f"the-demo-{kind}"
    folder.mkdir(exist_ok=True)
    return folder


def first_start(settings: Settings) -> Flask:
    """Make the demo, unless somebody beside has just done it; a second start keeps it."""
    with (settings.data / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        is_first = not (settings.data / "helpdesk.db").exists()
        assert bool(demo.prepare(settings, NOW, seed=1)) == is_first
    assert demo.prepare(settings, NOW, seed=2) == 0
    return create_app(settings)


def test_forty_companies_and_some_120_requests_in_every_state(made: Flask) -> None:
    companies = db.session.scalar(select(func.count()).select_from(Company))
    states = Counter(db.session.scalars(select(Request.state)))

    assert companies == 40
    assert 105 <= states.total() <= 135
    assert set(states) == set(State)


def test_the_calls_of_six_months_are_there(made: Flask) -> None:
    started = db.session.scalars(select(Call.started_at)).all()

    assert len(started) > 300
    assert min(started) < NOW - timedelta(days=170)
    assert max(started) <= NOW


def test_every_sign_in_has_its_password(made: Flask) -> None:
    for email, _about in SIGN_INS:
        person = db.session.scalars(select(Person).where(Person.email == email)).one()
        assert person.is_demo
        assert passwords.fits(PASSWORD, person.password_hash)


def test_nothing_is_dated_after_today_and_every_chain_holds(made: Flask) -> None:
    late = select(func.count()).select_from(Request).where(Request.filed_at > NOW)
    waiting = select(func.count()).select_from(Message).where(Message.state == MessageState.WAITING)

    assert db.session.scalar(late) == 0
    assert (db.session.scalar(waiting) or 0) > 5
    assert list(events.broken(db.session())) == []


def test_a_start_that_was_cut_leaves_nothing_that_counts(
    databases: Databases, tmp_path: Path
) -> None:
    url = databases.empty()
    settings = settings_in(tmp_path, url)
    (tmp_path / "helpdesk.making").write_bytes(b"half a database")

    with pytest.raises(ZeroDivisionError):
        demo.prepare(settings, _cut(), seed=1)

    with pytest.raises(DatabaseError), places.opened(url) as engine, engine.connect() as there:
        there.execute(select(Company.id))
    databases.forget(url)


def test_what_was_cut_while_it_filled_postgresql_is_made_again(
    postgresql: PostgresDatabases, tmp_path: Path
) -> None:
    url = postgresql.empty()
    with places.opened(url) as engine, engine.begin() as connection:
        unfinished.mark(connection)
    schema.upgrade(url)

    with pytest.raises(ZeroDivisionError):
        demo.prepare(settings_in(tmp_path, url), _cut(), seed=1)

    postgresql.forget(url)


def test_one_seed_is_one_world(tmp_path: Path) -> None:
    worlds = [a_world(tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2))]

    assert worlds[0] == worlds[1]
    assert worlds[0] != worlds[2]


def a_world(folder: Path, seed: int) -> list[tuple[str, str, str]]:
    folder.mkdir()
    settings = settings_in(folder)
    schema.upgrade(settings.database_url)
    with create_app(settings).app_context():
        with transaction() as session:
            world.make(session, Random(seed), NOW, seed)
        found = [
            (one.name, one.tax_number, ", ".join(person.email for person in one.people))
            for one in db.session.scalars(select(Company).order_by(Company.id))
        ]
        db.session.remove()
        db.engine.dispose()
    return found


class _Cut(datetime):
    """An instant at which the power goes as soon as somebody reckons with it."""

    def __sub__(self, other: object) -> object:  # type: ignore[override]
        raise ZeroDivisionError


def _cut() -> datetime:
    return _Cut(2026, 11, 23, tzinfo=UTC)
