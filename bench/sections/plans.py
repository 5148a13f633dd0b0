"""The plans of the hottest queries on the largest database, kept as text beside the figures.

Which they are, and how they are asked, stands in `tests/support/plans.py`.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bench import names
from bench.figures import Line
from bench.stage import Stage
from bench.visitors import browser
from helpdesk.app import create_app
from helpdesk.database import db
from helpdesk.demo.names import FRANCE
from helpdesk.directory import find
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority, State
from helpdesk.settings import Settings
from tests import builders
from tests.support.plans import Sent, World, hottest

KEPT = Path("docs/benchmarks/plans")


def measure(stage: Stage) -> list[Line]:
    """Keep the plans; they give no line of the table. Only those of the big run are kept."""
    app = create_app(Settings.from_environment(stage.environment(stage.size)))
    with app.app_context():
        session, now = db.session(), stage.now()
        confirmed = session.scalars(
            select(Request).where(Request.state == State.CONFIRMED).limit(500)
        )
        # Of a company with one subscription: what it files for needs no name.
        request = next(one for one in confirmed if _has_one_subscription(session, one))
        filing = builders.a_filing(
            request.company, filed_at=now, authority=Authority.ACCOUNT_HOLDER
        )
        world = World(
            engine=db.engine,
            settings=app.config["SETTINGS"],
            get=browser(app),
            now=now,
            reference=request.reference,
            email=request.email,
            word=names.COMMON[FRANCE],
            filing=filing,
        )
        found = hottest(world)
        db.session.remove()
        with db.engine.connect() as connection:
            for done, (name, sent) in enumerate(found.items(), start=1):
                if stage.is_full:
                    _keep(connection, name, sent)
                stage.say("Plans", done, len(found))
    return []


def _has_one_subscription(session: Session, request: Request) -> bool:
    return request.company_id is not None and (
        len(find.active_subscriptions(session, request.company_id)) == 1
    )


def _keep(connection: Connection, name: str, sent: Sequence[Sent]) -> None:
    """Write the plans of one query, each under its statement."""
    KEPT.mkdir(parents=True, exist_ok=True)
    told = "\n".join(_plan(connection, one) for one in sent)
    file = "-".join(re.findall(r"\w+", name))
    (KEPT / f"{file}.txt").write_text(f"{name}\n\n{told}")


def _plan(connection: Connection, sent: Sent) -> str:
    """Return a statement, and how PostgreSQL ran it."""
    explain = f"EXPLAIN (ANALYZE, BUFFERS) {sent.statement}"
    lines = connection.exec_driver_sql(explain, sent.parameters).scalars()
    return "\n".join([sent.statement, "", *lines, ""])
