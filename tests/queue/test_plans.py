"""No hot query goes through a big table: each finds its rows by an index."""

from collections.abc import Callable, Iterable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.database import db
from helpdesk.queue import figures
from helpdesk.queue.deletion import delete_due
from helpdesk.rules.vocabulary import State
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_company, a_filing, a_request, a_subscription, a_supervisor
from tests.conftest import Page
from tests.support.databases import POSTGRESQL
from tests.support.filling import fill
from tests.support.plans import Sent, World, explained, gone_through, hottest, nodes, recorded

REQUESTS = 20_000
MOST = 2_500
"""A page of a common word looks at some two thousand requests; a batch and a night are smaller."""

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


def heavy(sent: Iterable[Sent]) -> list[tuple[dict[str, int], list[int], str]]:
    """Return what goes through, or sorts, more rows of big tables than it should."""
    found = []
    with db.engine.connect() as connection:
        # With so few rows a scan may be the cheapest way; what counts is that there is another.
        connection.exec_driver_sql("SET enable_seqscan = off")
        for one in sent:
            plan = explained(connection, one)
            rows = {table: rows for table, rows in gone_through(plan).items() if rows > MOST}
            sorts = [
                node["Actual Rows"]
                for node in nodes(plan)
                if node["Node Type"] == "Sort" and node["Plans"][0]["Actual Rows"] > MOST
            ]
            if rows or sorts:
                found.append((rows, sorts, one.statement))
    return found


def test_the_ten_hottest_queries_go_through_few_rows_of_big_tables(world: World) -> None:
    found = hottest(world)

    assert len(found) == 10
    assert {name: heavy(every) for name, every in found.items()} == {name: [] for name in found}


def test_a_pass_finds_what_it_does_without_going_through_a_big_table(
    world: World, session: Session
) -> None:
    company = a_company(session)
    subscription = a_subscription(session, company)
    request = a_request(session, company)
    (ending,) = request.endings
    request.state = ending.state = State.ENDED
    ending.deletes_at = subscription.ended_at = A_MONDAY
    session.commit()

    with recorded(db.engine) as sent:
        figures.timed_by(session, A_MONDAY)
        assert delete_due(A_MONDAY)["purge"] == 1

    asked = [one for one in sent if one.statement.lstrip().startswith(("SELECT", "WITH"))]
    assert any("FROM messages" in one.statement for one in asked)
    assert heavy(asked) == []
