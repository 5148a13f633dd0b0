"""A believable world for the demo: the same for one seed, dated relative to the day it is made.

Everything goes through the real doors' one intake and the real processing, at instants of the
past: what the demo shows is what the product does.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

from rich.console import Console
from rich.progress import Progress
from sqlalchemy import func, make_url, select

from helpdesk import schema
from helpdesk.app import create_app
from helpdesk.database import db, transaction
from helpdesk.demo import calls, story, world
from helpdesk.queue.models import Request
from helpdesk.settings import Settings


def prepare(settings: Settings, now: datetime, seed: int) -> int:
    """Make the demo's database where there is none; returns its requests, 0 when one was kept.

    It is made beside and put in place when it is whole: a start that is cut leaves none behind.
    """
    database = Path(make_url(settings.database_url).database or "")
    if database.exists():
        schema.upgrade(settings.database_url)
        return 0
    making = database.with_suffix(".making")
    for left in database.parent.glob(f"{making.name}*"):
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
    making.rename(database)
    return made


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
