"""A believable world for the demo: the same for one seed, dated relative to the day it is made.

Everything goes through the real doors' one intake and the real processing, at instants of the
past: what the demo shows is what the product does.
"""

from datetime import datetime
from random import Random

from sqlalchemy import func, select

from helpdesk.database import db, transaction
from helpdesk.demo import calls, story, world
from helpdesk.directory.models import Company
from helpdesk.queue.models import Request


def fill(now: datetime, seed: int, secret: str) -> int:
    """Make the demo's data in an empty database; returns how many requests, 0 when kept."""
    if db.session().scalar(select(func.count()).select_from(Company)):
        return 0
    chance = Random(seed)
    with transaction() as session:
        world.make(session, chance, now, seed)
    story.tell(chance, now, secret)
    with transaction() as session:
        calls.make(session, chance, now)
    return db.session().scalar(select(func.count()).select_from(Request)) or 0
