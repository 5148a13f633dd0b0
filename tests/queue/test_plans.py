"""No hot query goes through a big table: each finds its rows by an index."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.database import db
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_company, a_filing, a_request, a_subscription, a_supervisor
from tests.conftest import Page
from tests.support.databases import POSTGRESQL
from tests.support.filling import fill
from tests.support.plans import World, explained, gone_through, hottest, nodes

REQUESTS = 20_000
MOST = 2_500
"""A page looks at two thousand requests at most; a batch and a night are far smaller."""

pytestmark = pytest.mark.parametrize("databases", [POSTGRESQL], indirect=True)


@pytest.fixture
def world(
    session: Session, settings: Settings, page: Page, travel: Callable[[datetime], None]
) -> World:
    """Return a database with many requests, and one that was filed by the intake."""
    travel(A_MONDAY)
    fill(db.engine, REQUESTS)
    company = a_company(session, name="Panadería Núñez")
    a_subscription(session, company)
    filed = a_request(session, company)
    leaving = a_company(session)
    a_subscription(session, leaving)
    supervisor = a_supervisor(session)
    session.commit()
    page.sign_in(supervisor)

    def get(path: str) -> object:
        session.expire_all()  # A page reads all that it shows.
        return page.get(path)

    return World(
        engine=db.engine,
        settings=settings,
        get=get,
        now=A_MONDAY,
        reference=filed.reference,
        email=filed.email,
        word="panaderia",
        filing=a_filing(leaving),
    )


def test_the_ten_hottest_queries_go_through_few_rows_of_big_tables(world: World) -> None:
    found = {}
    with db.engine.connect() as connection:
        # With so few rows a scan may be the cheapest way; what counts is that there is another.
        connection.exec_driver_sql("SET enable_seqscan = off")
        for name, every in hottest(world).items():
            for sent in every:
                plan = explained(connection, sent)
                rows = {table: rows for table, rows in gone_through(plan).items() if rows > MOST}
                sorts = [
                    node["Actual Rows"]
                    for node in nodes(plan)
                    if node["Node Type"] == "Sort" and node["Plans"][0]["Actual Rows"] > MOST
                ]
                if rows or sorts:
                    found[name] = (rows, sorts, sent.statement)

    assert len(hottest(world)) == 10
    assert found == {}
