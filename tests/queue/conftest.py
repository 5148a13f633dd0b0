"""The world of a deletion is made once and copied for each test: making it takes a while."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from helpdesk.app import create_app
from helpdesk.database import db
from helpdesk.settings import Mode, Settings
from tests import builders
from tests.support.leaving import Leaving, leaving


@dataclass(frozen=True)
class World:
    """A database in which a company has left its traces."""

    file: Path
    leaving: Leaving


@pytest.fixture(scope="session")
def world(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return the database of a company whose data is about to be deleted."""
    file = tmp_path_factory.mktemp("leaving") / "helpdesk.db"
    shutil.copy(migrated, file)
    settings = Settings(
        mode=Mode.TEST,
        secret_key=builders.SECRET,
        data=file.parent,
        database_url=f"sqlite:///{file}",
    )
    with create_app(settings).app_context():
        made = leaving(db.session(), settings)
        db.session.remove()
        db.engine.dispose()
    return World(file, made)


@pytest.fixture
def leaver(world: World) -> Leaving:
    """Return the company that leaves."""
    return world.leaving


@pytest.fixture
def left(world: World, settings: Settings) -> Settings:
    """Return the settings of a copy of that database, in place of the empty one."""
    shutil.copy(world.file, settings.database_url.removeprefix("sqlite:///"))
    return replace(settings)
