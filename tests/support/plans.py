"""The ten hottest queries, as the code really sends them, and how PostgreSQL runs them.

A test looks at the plans with some thousands of requests, the benchmark keeps them with a million:
each makes its `World` in a database that is filled, and asks `hottest` and `explained`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, event

from helpdesk.database import transaction
from helpdesk.messages.delivery import deliver_due
from helpdesk.queue import figures, intake, search
from helpdesk.queue.filing import Filing
from helpdesk.queue.processing import process_due
from helpdesk.settings import Settings

BIG = {
    "attempts",
    "companies",
    "documents",
    "endings",
    "events",
    "messages",
    "people",
    "requests",
    "reviews",
    "searchable_companies",
    "searchable_requests",
    "subscriptions",
}
"""The tables that grow with the requests."""
# Nothing was due then: what is due is asked for, and nothing is done.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sent:
    """One statement as it was sent to the database."""

    statement: str
    parameters: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A filled database, a supervisor's browser on it, and what there is to find.

    `filing` is one of a company that has a subscription; it is rolled back.
    """

    engine: Engine
    settings: Settings
    get: Callable[[str], object]
    now: datetime
    reference: str
    email: str
    word: str
    filing: Filing


def hottest(world: World) -> Mapping[str, Sequence[Sent]]:
    """Return the ten hottest queries by name; some of them are several statements."""
    return {name: _sent(world, run, *parts) for name, (run, parts) in _HOTTEST.items()}


def explained(connection: Connection, sent: Sent) -> dict[str, Any]:
    """Return the plan of a statement after running it, as PostgreSQL tells it in JSON."""
    sql = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sent.statement}"
    told = connection.exec_driver_sql(sql, sent.parameters).scalar_one()
    return (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Walk a plan from its top."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def gone_through(plan: Mapping[str, Any]) -> Mapping[str, int]:
    """Return how many rows of each big table a plan went through, those thrown away as well."""
    found: dict[str, int] = {}
    for node in nodes(plan):
        table = node.get("Relation Name")
        if table in BIG:
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            found[table] = max(found.get(table, 0), round(rows * node["Actual Loops"]))
    return found


@contextmanager
def recorded(engine: Engine) -> Iterator[list[Sent]]:
    """Collect each statement sent to the database while the block runs, with its parameters."""
    sent: list[Sent] = []

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        sent.append(Sent(statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _sent(world: World, run: Callable[[World], object], *parts: str) -> Sequence[Sent]:
    """Return what is sent of it that has one of these parts, once, as if it were due by now."""
    with recorded(world.engine) as sent:
        run(world)
    found = {
        one.statement: replace(one, parameters=_by(world.now, one.parameters))
        for one in sent
        if one.statement.lstrip().startswith(("SELECT", "WITH"))
        and any(part in one.statement for part in parts)
    }
    if not found:
        raise LookupError(f"Nothing that was sent has any of {parts}.")
    return [*found.values()]


def _by(now: datetime, parameters: Any) -> Any:
    given = parameters.items() if isinstance(parameters, Mapping) else ()
    return {name: now if value == LONG_AGO else value for name, value in given}


def _claim(_world: World) -> None:
    process_due(LONG_AGO)


def _reckon(_world: World) -> None:
    with transaction(keep=False) as session:
        figures.timed_by(session, LONG_AGO)


def _deliver(world: World) -> None:
    deliver_due(LONG_AGO, replace(world.settings, smtp_url="smtp://127.0.0.1:9"))


def _file(world: World) -> None:
    with transaction(keep=False) as session:
        intake.accept(session, world.filing, world.settings.secret_key)


def _track(world: World) -> None:
    with transaction(keep=False) as session:
        search.tracked(session, world.reference, world.email)


def _page(path: str) -> Callable[[World], object]:
    return lambda world: world.get(path.format(reference=world.reference, word=world.word))


_HOTTEST: Mapping[str, tuple[Callable[[World], object], Sequence[str]]] = {
    "claim what is due": (_claim, ["SKIP LOCKED"]),
    "night ahead": (_reckon, ["FROM endings"]),
    "queue, first page": (
        _page("/queue/"),
        ["FROM requests", "FROM endings", "FROM reviews", "tallies"],
    ),
    "queue, search by a word": (_page("/queue/?search={word}"), ["@@"]),
    "request, its events": (_page("/queue/requests/{reference}"), ["FROM events"]),
    "request, its messages": (_page("/queue/requests/{reference}"), ["FROM messages"]),
    "filing": (_file, ["FROM subscriptions", "FROM endings", "JOIN endings", "FROM requests"]),
    "messages due": (_deliver, ["FROM messages"]),
    "tracked by reference": (_track, ["FROM requests"]),
    "overview, figures": (_page("/queue/overview"), ["FROM requests", "JOIN requests", "tallies"]),
}
