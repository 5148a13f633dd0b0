"""What is done by and by: the tick, which looks at everything, and errands that somebody waits for.

What is due stands in the rows, so a missed tick loses nothing and a double one does nothing twice.
"""

import logging
from collections import Counter
from collections.abc import Callable

from flask import Flask

from helpdesk import clock, tallies, timekeeping
from helpdesk.database import db, transaction
from helpdesk.messages.delivery import deliver_due
from helpdesk.payments import providers
from helpdesk.queue import export
from helpdesk.queue.deletion import delete_due
from helpdesk.queue.passes import record
from helpdesk.queue.processing import count_due, process_due
from helpdesk.queue.restart import settle_due
from helpdesk.settings import Settings

log = logging.getLogger(__name__)


def tick(
    app: Flask, settings: Settings, advance: Callable[[int], None] = lambda _done: None
) -> Counter[str]:
    """Process all that is due, settle payments, send what waits; returns what was done how often.

    `advance` is told after each batch how many requests it looked at: none, with each message.
    """
    with app.app_context():
        timekeeping.agree(db.engine)
        began_at = clock.now()
        done = process_due(began_at, advance=advance)
        if (provider := providers.chosen(settings)) is not None:
            done += settle_due(provider, clock.now())
        done += delete_due(clock.now(), advance=advance)
        done += deliver_due(clock.now(), settings, advance=lambda _sent: advance(0))
        done += export.expire_due(clock.now())
        with transaction() as session:
            tallies.fold(session)
        record(began_at, clock.now(), done)
    _say("Tick", done)
    return done


def errands(app: Flask, advance: Callable[[int], None] = lambda _done: None) -> Counter[str]:
    """Confirm what was filed, and make the exports that somebody waits for; returns how many."""
    with app.app_context():
        done: Counter[str] = Counter()
        if count_due(db.session(), clock.now()):  # The way out of most calls: nothing is locked.
            done += process_due(clock.now(), advance=advance)
        done += export.make_due(clock.now())
    _say("Errands", done)
    return done


def _say(what: str, done: Counter[str]) -> None:
    if done:
        log.info("%s: %s", what, ", ".join(f"{one} {count}" for one, count in sorted(done.items())))
