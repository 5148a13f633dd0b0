"""Several web processes behind one address, forked from one that keeps them running.

They share what was loaded before, and the address: whoever is free takes who comes next.
"""

import gc
import logging
import os
import signal
import traceback
from collections.abc import Callable
from socket import socket
from threading import Thread
from time import sleep

from flask import Flask

from helpdesk import server
from helpdesk.settings import Settings

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1
"""Before one that has ended by itself is replaced."""
_HEARD = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}


def run(app: Flask, settings: Settings, processes: int) -> None:
    """Serve pages in so many processes until told to leave; raises SettingRefused."""
    listener = server.listen(settings)
    gc.freeze()  # What is shared stays shared: nobody looks through it any more.
    ends = os.pipe()  # Nothing is ever written to it: it closes with this process, however it ends.
    _keep_running(processes, lambda: _started(app, settings, listener, ends))


def _keep_running(processes: int, start: Callable[[], int]) -> None:
    """Start so many, replace those that end by themselves, and leave with all of them."""
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)  # They are waited for, and interrupt nothing.
    running = {start() for _ in range(processes)}
    while signal.sigwait(_HEARD) is signal.SIGCHLD:
        sleep(PAUSE_SECONDS)
        for ended in [one for one in running if os.waitpid(one, os.WNOHANG)[0]]:
            log.error("The web process %d has ended: another one follows.", ended)
            running = running - {ended} | {start()}
    for one in running:
        os.kill(one, signal.SIGTERM)
    for one in running:
        os.waitpid(one, 0)


def _started(app: Flask, settings: Settings, listener: socket, ends: tuple[int, int]) -> int:
    """Start a process that answers, and return its number."""
    number = os.fork()
    if number:
        return number
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server.on_leaving(signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
        Thread(target=_leave_with_the_first, args=ends, daemon=True).start()
        server.answer(app, settings, listener)
        code = 0
    finally:
        if code:  # Nobody else would hear of it.
            traceback.print_exc()
        os._exit(code)  # What the one before would do at its end is not for this one.


def _leave_with_the_first(reading: int, writing: int) -> None:
    """Leave when the process that keeps this one running is no more, even if it was killed."""
    os.close(writing)
    os.read(reading, 1)
    os.kill(os.getpid(), signal.SIGTERM)
