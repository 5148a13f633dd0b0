"""The embedded server: web pages and scheduler in one process, on one address."""

import click
from flask import Flask
from waitress.server import create_server

from helpdesk import jobs
from helpdesk.directory.demo_sign_ins import PASSWORD, SIGN_INS
from helpdesk.settings import SettingRefused, Settings

THREADS = 8
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
    """Listen, say where, and serve until stopped; raises SettingRefused for a taken address."""
    try:
        server = create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=THREADS,
            max_request_body_size=MOST_BYTES,
        )
    except OSError as refused:
        raise SettingRefused(
            f"{settings.host}:{settings.port} cannot be listened on ({refused.strerror})."
            " Choose another PORT or HOST."
        ) from None
    click.echo(f"Préavis listens on http://{settings.host}:{server.effective_port}")
    for name, path in PAGES:
        click.echo(f"  {name:12} http://{settings.host}:{server.effective_port}{path}")
    if settings.is_demo:
        click.echo(f"Demo sign-ins, all with the password {PASSWORD}:")
        for email, who in SIGN_INS:
            click.echo(f"  {email:30} {who}")
    click.echo("Stop with Ctrl+C.")
    scheduler = jobs.in_background(app, settings)
    try:
        server.run()
    finally:
        scheduler.shutdown(wait=False)
