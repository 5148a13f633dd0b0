"""What a command needs before it can begin."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from alembic.script import ScriptDirectory

from helpdesk import legislations, schema
from helpdesk.settings import Settings
from tests.support.commands import Ended
from tests.support.countries import portugal
from tests.support.databases import Databases
from tests.support.workers import environment


def test_a_new_installation_needs_no_other_command_first(
    run: Callable[..., Ended], tmp_path: Path
) -> None:
    database = f"sqlite:///{tmp_path}/new/folder/helpdesk.db"

    ended = run(
        "users create m@desk.example --name M --role admin --password long-enough-1",
        DATABASE_URL=database,
    )

    assert (ended.code, ended.err) == (0, "")


def test_a_current_database_is_told_from_one_that_is_not(databases: Databases) -> None:
    current, empty = databases.copy(databases.migrated()), databases.empty()

    assert schema.is_current(current)
    assert not schema.is_current(empty)
    schema.upgrade(empty, "0001")
    assert not schema.is_current(empty)
    for url in (current, empty):
        databases.forget(url)


def test_the_newest_migration_is_the_one_that_alembic_would_end_with() -> None:
    scripts = ScriptDirectory.from_config(schema.config("sqlite://"))

    assert scripts.get_current_head() == schema.newest()


def test_the_first_page_waits_for_nothing_that_it_does_not_need(settings: Settings) -> None:
    code = (
        "import sys, wsgi\n"
        "assert wsgi.app.test_client().get('/help-center/').status_code == 200\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(settings),
        cwd=schema.ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()

    assert "flask" in loaded
    heavy = {"alembic", "apscheduler", "faker", "rich", "typst"}
    assert heavy.isdisjoint(loaded)


def test_a_country_whose_phone_nobody_answers_stops_the_start(
    run: Callable[..., Ended], tmp_path: Path
) -> None:
    portugal(tmp_path, desk="pt")

    try:
        ended = run("process", LEGISLATIONS=str(tmp_path))
    finally:
        legislations.use(None)

    assert ended.code == 2
    assert "PT.toml: phone.desk must be one of the desks there are (es), not pt." in ended.err
