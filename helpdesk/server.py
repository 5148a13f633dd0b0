"""What listens and answers: waitress, which holds slow clients back from its threads.

`serve` has the worker beside it in the same process; `helpdesk web` has several of it (`web.py`).
"""

import logging
import signal
from socket import AI_PASSIVE, SOCK_STREAM, create_server, getaddrinfo, socket
from threading import Event
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
import waitress.server
from flask import Flask
from waitress import wasyncore

from helpdesk.directory.demo_sign_ins import PASSWORD, SIGN_INS
from helpdesk.settings import SettingRefused, Settings

if TYPE_CHECKING:
    from helpdesk.worker import Worker

THREADS = 8
WAITING_ROOM = 1024
"""How many may be knocking at once."""
ANSWER_SECONDS = 10
"""How long those who are being answered are waited for when it is time to leave."""
MOST_BYTES = 16 * 1024 * 1024
"""More than this is refused unread. Up to it the app answers, with a page, what is too long for a
form; without this limit anybody could have a gigabyte written to the disk."""
PAGES = (
    ("Help centre", "/help-center/"),
    ("Console", "/console/"),
    ("Queue", "/queue/"),
    ("Sign in", "/sign-in"),
)


def run(app: Flask, settings: Settings) -> None:
    """Serve pages, and do what is due, until told to leave; raises SettingRefused."""
    listener = listen(settings)
    worker = _worker(app, settings)
    worker.start()
    try:
        answer(app, settings, listener)
    finally:
        worker.leave()


def run_worker(app: Flask, settings: Settings) -> None:
    """Work without any page until told to leave."""
    told = Event()
    worker = _worker(app, settings)
    worker.start()
    on_leaving(lambda _number, _frame: told.set())
    told.wait()
    on_leaving(signal.SIG_DFL)
    worker.leave()


def _worker(app: Flask, settings: Settings) -> "Worker":
    from helpdesk.worker import Worker  # noqa: PLC0415 (who only answers does not wait for it)

    return Worker(app, settings)


def listen(settings: Settings) -> socket:
    """Return what listens on HOST and PORT, and say so; raises SettingRefused for a taken one."""
    try:
        found = getaddrinfo(settings.host, settings.port, type=SOCK_STREAM, flags=AI_PASSIVE)
        family, _type, _protocol, _name, address = found[0]
        listener = create_server(address[:2], family=family, backlog=WAITING_ROOM)
    except OSError as refused:
        raise SettingRefused(
            f"{settings.host}:{settings.port} cannot be listened on ({refused.strerror})."
            " Choose another PORT or HOST."
        ) from None
    _welcome(settings, listener.getsockname()[1])
    return listener


def answer(app: Flask, settings: Settings, listener: socket) -> None:
    """Answer in this process until told to leave: then nobody else is let in, but who is in is."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # That somebody waits is no news.
    sockets: dict[int, Any] = {}
    server = waitress.server.create_server(
        app,
        map=sockets,
        sockets=[listener],
        threads=THREADS,
        max_request_body_size=MOST_BYTES,
        # What a proxy says is believed, or not, in one place: TRUSTED_PROXIES, in the app.
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
    )
    try:
        on_leaving(_stop)
        server.run()
    except wasyncore.ExitNow:
        on_leaving(signal.SIG_DFL)  # Who does not want to wait says so a second time.
        _finish(server, sockets)


def _welcome(settings: Settings, port: int) -> None:
    click.echo(f"Préavis listens on http://{settings.host}:{port}")
    for name, path in PAGES:
        click.echo(f"  {name:12} http://{settings.host}:{port}{path}")
    if settings.is_demo:
        click.echo(f"Demo sign-ins, all with the password {PASSWORD}:")
        for email, who in SIGN_INS:
            click.echo(f"  {email:30} {who}")
    click.echo("Stop with Ctrl+C.")


def on_leaving(handler: Any) -> None:
    """Let this be done when the process is told to leave."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)


def _stop(_number: int, _frame: FrameType | None) -> None:
    """Leave waitress’s loop with its threads at work: anything else would cut off who waits."""
    raise wasyncore.ExitNow


def _finish(server: Any, sockets: dict[int, Any]) -> None:
    """Let nobody else in, and answer who is in already."""
    wasyncore.dispatcher.close(server)
    until = monotonic() + ANSWER_SECONDS
    while _is_answering(server) and monotonic() < until:
        wasyncore.loop(timeout=0.1, map=sockets, count=1)


def _is_answering(server: Any) -> bool:
    at_work = server.task_dispatcher
    unsent = any(one.total_outbufs_len for one in server.active_channels.values())
    return bool(at_work.queue or at_work.active_count or unsent)
