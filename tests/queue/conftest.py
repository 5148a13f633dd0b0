"""What several tests of the queue begin with; the world of a deletion is made once and copied."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from helpdesk import schema
from helpdesk.app import create_app
from helpdesk.database import db
from helpdesk.directory.models import Company
from helpdesk.queue.events import PROCESSING
from helpdesk.queue.models import Request
from helpdesk.queue.transitions import move
from helpdesk.rules.vocabulary import Action
from helpdesk.settings import Mode, Settings
from tests import builders
from tests.support.databases import Databases
from tests.support.leaving import Leaving, leaving


@dataclass(frozen=True)
class World:
    """A database in which a company has left its traces."""

    url: str
    leaving: Leaving


@pytest.fixture
def world(databases: Databases, tmp_path: Path) -> World:
    """Return the database of a company whose data is about to be deleted."""

    def make(url: str) -> Leaving:
        schema.upgrade(url)
        settings = Settings(
            mode=Mode.TEST, secret_key=builders.SECRET, data=tmp_path, database_url=url
        )
        with create_app(settings).app_context():
            made = leaving(db.session(), settings)
            db.session.remove()
            db.engine.dispose()
        return made

    return World(*databases.kept("leaving", make))


@pytest.fixture
def leaver(world: World) -> Leaving:
    """Return the company that leaves."""
    return world.leaving


@pytest.fixture
def left(world: World, databases: Databases, settings: Settings) -> Settings:
    """Return the settings of a copy of that database, in place of the empty one."""
    databases.replace(settings.database_url, world.url)
    return replace(settings)


@pytest.fixture
def both(session: Session, company: Company) -> Request:
    """Return a confirmed request for two subscriptions: one ends in April, one in 2027."""
    monthly = company.subscriptions[0]
    yearly = builders.a_subscription(session, company, term_months=12, product="Sage Active Paie")
    request = builders.a_request(session, company, subscription_ids=(monthly.id, yearly.id))
    move(session, request, Action.CONFIRM, actor=PROCESSING, at=builders.A_MONDAY)
    session.commit()
    return request
