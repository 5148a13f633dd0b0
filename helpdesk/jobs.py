"""The timetable: one tick, every minute by default, and errands that somebody waits for.

APScheduler is the clock, nothing more.

What is due stands in the rows, so a missed tick loses nothing and a double one does nothing twice.
"""

import logging
from collections import Counter
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from helpdesk import clock, timekeeping
from helpdesk.database import db
from helpdesk.messages.delivery import deliver_due
from helpdesk.payments import providers
from helpdesk.queue import export
from helpdesk.queue.deletion import delete_due
from helpdesk.queue.passes import record
from helpdesk.queue.processing import process_due
from helpdesk.queue.restart import settle_due
from helpdesk.settings import Settings

log = logging.getLogger(__name__)

ERRAND_SECONDS = 2


def tick(
    app: Flask, settings: Settings, advance: Callable[[int], None] = lambda _done: None
) -> Counter[str]:
    """Process all that is due, settle payments, send what waits; returns what was done how often.

    `advance` is told after each batch how many requests it looked at.
    """
    with app.app_context():
        timekeeping.agree(db.engine)
        began_at = clock.now()
        done = process_due(began_at, advance=advance)
        if (provider := providers.chosen(settings)) is not None:
            done += settle_due(provider, clock.now())
        done += delete_due(clock.now(), advance=advance)
        done += deliver_due(clock.now(), settings)
        done += export.expire_due(clock.now())
        record(began_at, clock.now(), done)
    if done:
        log.info("Tick: %s", ", ".join(f"{what} {count}" for what, count in sorted(done.items())))
    return done


def errands(app: Flask) -> Counter[str]:
    """Make the exports that somebody waits for; returns how many."""
    with app.app_context():
        return export.make_due(clock.now())


def in_background(app: Flask, settings: Settings) -> BackgroundScheduler:
    """Return a started scheduler that ticks beside the web server."""
    return _started(BackgroundScheduler(timezone="UTC", daemon=True), app, settings)


def alone(app: Flask, settings: Settings) -> None:
    """Tick in this process until it is told to stop."""
    _started(BlockingScheduler(timezone="UTC"), app, settings)


def _started(scheduler: BaseScheduler, app: Flask, settings: Settings) -> BaseScheduler:
    scheduler.add_job(
        errands,
        "interval",
        id="errands",
        args=(app,),
        seconds=ERRAND_SECONDS,
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    scheduler.add_job(
        tick,
        "interval",
        id="tick",
        args=(app, settings),
        seconds=settings.tick_seconds,
        next_run_time=clock.now() - clock.offset(),  # At once, by the clock that it goes by.
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    scheduler.start()
    return scheduler
