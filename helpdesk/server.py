"""The embedded server: web pages and worker in one process, on one address."""

import signal
from threading import Event
from time import monotonic
from types import FrameType
from typing import Any

import click
from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from helpdesk.directory.demo_sign_ins import PASSWORD, SIGN_INS
from helpdesk.settings import SettingRefused, Settings
from helpdesk.worker import Worker

THREADS = 8
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
    """Listen, say where, and serve until told to leave; raises SettingRefused for a taken address.

    Told so, it lets nobody else in, answers who is in already, and finishes the batch at hand.
    """
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            app,
            map=sockets,
            host=settings.host,
            port=settings.port,
            threads=THREADS,
            max_request_body_size=MOST_BYTES,
            # What a proxy says is believed, or not, in one place: TRUSTED_PROXIES, in the app.
            clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
        )
    except OSError as refused:
        raise SettingRefused(
            f"{settings.host}:{settings.port} cannot be listened on ({refused.strerror})."
            " Choose another PORT or HOST."
        ) from None
    _welcome(settings, server.effective_port)
    worker = Worker(app, settings)
    worker.start()
    try:
        _on_leaving(_stop)
        server.run()
    except wasyncore.ExitNow:
        _on_leaving(signal.SIG_DFL)  # Who does not want to wait says so a second time.
        _finish(server, sockets)
    finally:
        worker.leave()


def run_worker(app: Flask, settings: Settings) -> None:
    """Work without any page until told to leave."""
    told = Event()
    worker = Worker(app, settings)
    worker.start()
    _on_leaving(lambda _number, _frame: told.set())
    told.wait()
    _on_leaving(signal.SIG_DFL)
    worker.leave()


def _welcome(settings: Settings, port: int) -> None:
    click.echo(f"Préavis listens on http://{settings.host}:{port}")
    for name, path in PAGES:
        click.echo(f"  {name:12} http://{settings.host}:{port}{path}")
    if settings.is_demo:
        click.echo(f"Demo sign-ins, all with the password {PASSWORD}:")
        for email, who in SIGN_INS:
            click.echo(f"  {email:30} {who}")
    click.echo("Stop with Ctrl+C.")


def _on_leaving(handler: Any) -> None:
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
