"""The real app, built once, on a real database: one is migrated once and copied for each test."""

import os
import re
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from flask import Flask, g, has_app_context  # noqa: TID251 (see Browser)
from flask.testing import FlaskClient
from sqlalchemy import event, make_url
from sqlalchemy.orm import Session
from typing_extensions import override
from werkzeug.test import TestResponse

from helpdesk import cli, clock
from helpdesk.app import create_app
from helpdesk.database import db
from helpdesk.directory.models import Company, Person
from helpdesk.limits import limiter
from helpdesk.settings import Mode, Payments, Settings
from tests import builders
from tests.support.commands import Ended
from tests.support.databases import (
    KINDS,
    SQLITE,
    TEST_URL,
    Databases,
    PostgresDatabases,
    SqliteFiles,
)
from tests.support.disks import memory
from tests.support.measuring import unmeasured
from tests.support.page import faults
from tests.support.postgres import Cluster, NoPostgres, binaries
from tests.support.workers import environment

MEASURED = {"account", "payments", "queue", "rules", "verification"}
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def untested() -> str | None:
    """Return why nothing can be tried on PostgreSQL here; None when it can."""
    if os.environ.get(TEST_URL):
        return None
    try:
        binaries()
    except NoPostgres as missing:
        return missing.__doc__
    return None


def pytest_sessionstart(session: pytest.Session) -> None:
    """In CI nothing may be left out."""
    if os.environ.get("CI") and (reason := untested()):
        pytest.exit(reason, returncode=1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tried."""
    if reason := untested():
        terminalreporter.write_sep("!", "NOT TESTED ON POSTGRESQL", red=True, bold=True)
        terminalreporter.write_line(reason)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that the others are not waited for at the end."""
    items.sort(key=lambda item: "faults" not in item.path.parts)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure coverage by the tests nearest to what must be covered: it makes each far slower."""
    if MEASURED.intersection(item.path.parts):
        return (yield)
    with unmeasured():
        return (yield)


class Browser(FlaskClient):
    """A client that is nobody but who its own cookies say."""

    @override
    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        # A test's own context would lend this visitor the one before, and their token.
        for name in [*g] if has_app_context() else ():
            g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def sqlite() -> Iterator[SqliteFiles]:
    """Return where the tests on SQLite have their files: in memory, where that can be."""
    with TemporaryDirectory(prefix="preavis-sqlite-", dir=memory()) as folder:
        yield SqliteFiles(Path(folder))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresDatabases]:
    """Return the databases of the server that was named, or of one started here."""
    given = os.environ.get(TEST_URL)
    if reason := untested():
        pytest.skip(reason)
    cluster = None if given else Cluster()
    databases = PostgresDatabases(given or cluster.url)
    yield databases
    databases.close()
    if cluster:
        cluster.remove()


@pytest.fixture(params=KINDS)
def databases(request: pytest.FixtureRequest) -> Databases:
    """Return where this test has its databases: each test is run on both kinds."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def settings(databases: Databases, tmp_path: Path) -> Iterator[Settings]:
    """Return settings with a database of its own for this test."""
    clock._Clock.told = None  # What the database of another test has told.
    url = databases.copy(databases.migrated())
    yield Settings(
        mode=Mode.TEST,
        secret_key=builders.SECRET,
        data=tmp_path,
        database_url=url,
        payments=Payments.SANDBOX,
    )
    let_go()
    databases.forget(url)


def let_go() -> None:
    """Close what the apps of a test have open, as the end of their process would."""
    for engines in db._app_engines.values():
        for engine in engines.values():
            engine.dispose()


@pytest.fixture(scope="session")
def built() -> dict[Settings, Flask]:
    """Return the apps built so far: their routes, templates and queries are compiled once."""
    return {}


@pytest.fixture
def app(built: dict[Settings, Flask], settings: Settings) -> Iterator[Flask]:
    """Return the real app on this test's database; each client starts with all its tries."""
    kind = replace(settings, data=Path(), database_url=settings.database_url.partition(":")[0])
    found = built[kind] = built.get(kind) or _build(settings)
    as_built = dict(found.config)
    found.config["SETTINGS"] = settings
    found.test_client_class = Browser
    limiter.reset()
    yield found
    found.config.clear()
    found.config.update(as_built)


def _build(settings: Settings) -> Flask:
    """Return the real app; each of its connections leads to the database of the running test."""
    made = create_app(settings)

    def connect(_dialect: object, _record: object, given: list[str], named: dict[str, Any]) -> None:
        url = make_url(made.config["SETTINGS"].database_url)
        if url.get_backend_name() == SQLITE:
            given[0] = url.database or ""
        else:
            named["dbname"] = url.database

    with made.app_context():
        event.listen(db.engine, "do_connect", connect)
    return made


@pytest.fixture
def travel() -> Iterator[Callable[[datetime], None]]:
    """Return what lets it be another instant, as `demo --now` does, until the test ends."""
    yield clock.travel
    clock.come_back()


@pytest.fixture
def machine_off(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what puts this machine's own clock wrong, until the test ends.

    For a process that has just begun, or under one that had asked for the time before.
    """

    def put_off(by: timedelta, *, while_running: bool = False) -> None:
        class Wrong(datetime):
            @override
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:
                return datetime.now(tz) + by  # noqa: TID251 (it stands for the machine’s clock)

        monkeypatch.setattr(clock, "datetime", Wrong)
        if not while_running:
            monkeypatch.setattr(clock._Clock, "told", None)

    return put_off


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """Return the app's database session, for arranging and asserting; commit what you arrange."""
    with app.app_context():
        yield db.session()


@pytest.fixture
def company(session: Session) -> Company:
    """Return a company with one subscription, monthly from a 15th; another is there too."""
    noise = builders.a_company(session)
    builders.a_subscription(session, noise)
    made = builders.a_company(session)
    builders.a_subscription(session, made)
    session.commit()
    return made


class Page:
    """A browser's stand-in: keeps the token, checks the house rules on every page it gets."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def get(self, path: str, status: int = 200, **options: object) -> TestResponse:
        """Open a page and check it."""
        return self._checked(self.client.get(path, **options), status)

    def post(
        self, path: str, data: dict[str, object] | None = None, status: int = 303, **options: object
    ) -> TestResponse:
        """Send a form with the token of the last page, and check what comes back."""
        typed = {"csrf_token": self.token, **(data or {})}
        return self._checked(self.client.post(path, data=typed, **options), status)

    def sign_in(self, person: Person) -> None:
        """Sign a person in through the form."""
        email = person.email
        self.get("/sign-in")
        self.post("/sign-in", {"email": email, "password": builders.PASSWORD})
        self.get("/help-center/")

    def _checked(self, response: TestResponse, status: int) -> TestResponse:
        html = response.get_data(as_text=True)
        assert response.status_code == status, html[:3000]
        if response.location is None and html.lstrip().lower().startswith("<!doctype"):
            found = re.search(r'<html[^>]* lang="(\w+)"', html)
            assert found
            with unmeasured():
                assert list(faults(html, found[1])) == []
            self.token = match[1] if (match := CSRF.search(html)) else self.token
        return response


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client without a session."""
    return app.test_client()


@pytest.fixture
def page(client: FlaskClient) -> Page:
    """Return a client that keeps the token and checks every page."""
    return Page(client)


@pytest.fixture
def another_page(app: Flask) -> Page:
    """Return a second browser."""
    return Page(app.test_client())


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings
) -> Callable[..., Ended]:
    """Return what runs a command line in this process, as the console script does."""
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)

    def run(line: str, **env: str) -> Ended:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["helpdesk", *line.split()])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return Ended(ended.value.code, *capsys.readouterr())

    return run
