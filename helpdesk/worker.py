"""Who does what is due: ticks by the timetable, and errands whenever the bell rings.

APScheduler is the clock of the ticks, nothing more: what is due stands in the rows, so a missed
tick loses nothing and a double one does nothing twice.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from helpdesk import clock, jobs
from helpdesk.bell import Listener
from helpdesk.database import db
from helpdesk.engine import is_away, told
from helpdesk.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 2
"""How long what was filed waits when the bell was not heard; what has become due, in any case."""
EXPORT_SECONDS = 10
"""How long an export may take when it is time to leave; another worker makes it later."""


class _Leaving(Exception):
    """The process was told to leave; raised between two batches, when nothing is half done."""


class Worker:
    """Works in threads of its own until it is told to leave."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self._leaving = Event()
        self._is_away = False
        self.scheduler = BackgroundScheduler(timezone="UTC", daemon=True)
        self._errands = Thread(target=self._run_errands, name="errands", daemon=True)

    def start(self) -> None:
        """Begin with a tick; others follow by the timetable."""
        self.scheduler.add_job(
            self._tick,
            "interval",
            id="tick",
            seconds=self._settings.tick_seconds,
            next_run_time=clock.machine(),  # At once, by the clock that it goes by.
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        self.scheduler.start()
        self._errands.start()

    def leave(self) -> None:
        """Finish the batches at hand, and the mail, then stop."""
        self._leaving.set()
        self.scheduler.shutdown()
        self._errands.join(EXPORT_SECONDS)

    def _tick(self) -> None:
        self._watched(lambda: jobs.tick(self._app, self._settings, self._go_on))

    def _run_errands(self) -> None:
        with self._app.app_context():
            bell = Listener(db.engine)
        while not self._leaving.is_set():
            self._keep_time()
            self._watched(lambda: jobs.errands(self._app, self._go_on))
            if not self._watched(lambda: bell.wait(LOOK_SECONDS)):
                self._leaving.wait(LOOK_SECONDS)
        bell.close()

    def _keep_time(self) -> None:
        """Tick at once when the machine's clock was set back: the next tick would be late by it."""
        tick, now = self.scheduler.get_job("tick"), clock.machine()
        if tick and tick.next_run_time > now + timedelta(seconds=self._settings.tick_seconds):
            tick.modify(next_run_time=now)

    def _go_on(self, _done: int) -> None:
        """Raise when it is time to leave: this is asked between two batches."""
        if self._leaving.is_set():
            raise _Leaving

    def _watched(self, work: Callable[[], object]) -> bool:
        """Do some work; returns False when it went wrong. Says once that the database is away."""
        try:
            work()
        except _Leaving:
            return True
        except SQLAlchemyError as error:
            if not is_away(error):
                log.exception("Work was broken off")
            elif not self._is_away:
                log.warning("The database is away: waiting for it. (%s)", told(error))
                self._is_away = True
            return False
        except Exception:  # Whatever it is, what comes next goes on.
            log.exception("Work was broken off")
            return False
        if self._is_away:
            log.warning("The database is back: going on.")
            self._is_away = False
        return True
