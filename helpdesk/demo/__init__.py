"""A believable world for the demo: the same for one seed, dated relative to the day it is made.

Everything goes through the real doors' one intake and the real processing, at instants of the
past: what the demo shows is what the product does.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import Random

from rich.console import Console
from rich.progress import Progress
from sqlalchemy import func, select

from helpdesk import schema
from helpdesk.app import create_app
from helpdesk.database import db, transaction
from helpdesk.demo import calls, story, world
from helpdesk.installation import copying, places, unfinished
from helpdesk.queue.models import Request
from helpdesk.settings import Settings


def prepare(settings: Settings, now: datetime, seed: int) -> int:
    """Make the demo's database where there is none; returns its requests, 0 when one was kept.

    It is made in a file beside and put in place when it is whole, by its name or copied into
    PostgreSQL: a start that is cut leaves none behind.
    """
    if _is_there(settings.database_url):
        schema.upgrade(settings.database_url)
        return 0
    database = places.file_of(settings.database_url)
    making = (database or settings.data / "helpdesk.db").with_suffix(".making")
    for left in making.parent.glob(f"{making.name}*"):
        left.unlink()
    beside = replace(settings, database_url=f"sqlite:///{making}")
    schema.upgrade(beside.database_url)
    with (
        create_app(beside).app_context(),
        Progress(console=Console(stderr=True), transient=True) as progress,
    ):
        bar = progress.add_task("Making the demo data", total=story.PLANS)
        made = fill(now, seed, settings.secret_key, lambda: progress.advance(bar))
        db.session.remove()
        db.engine.dispose()
        if database is None:
            copying.copy(beside.database_url, settings.database_url, progress)
    making.rename(database) if database else making.unlink()
    return made


def _is_there(url: str) -> bool:
    """Tell whether there is an installation already, and a whole one."""
    if file := places.file_of(url):
        return file.exists()
    with places.opened(url) as engine, engine.connect() as connection:
        return schema.revision(connection) is not None and not unfinished.is_marked(connection)


def fill(now: datetime, seed: int, secret: str, advance: Callable[[], None]) -> int:
    """Make the demo's data in an empty database; returns how many requests.

    `advance` is told after each of the `story.PLANS` steps.
    """
    chance = Random(seed)
    with transaction() as session:
        world.make(session, chance, now, seed)
    story.tell(chance, now, secret, advance)
    with transaction() as session:
        calls.make(session, chance, now)
    return db.session().scalar(select(func.count()).select_from(Request)) or 0
