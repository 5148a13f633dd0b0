"""The command `helpdesk`: serve, web, worker, demo, dates, hours, process, events, users, audit.

The questions `dates` and `hours` stand in `answers.py`, what moves and keeps an installation (copy,
backup, restore) in `installation/commands.py`.

Bad input ends with exit code 2 and one line that says what is wrong.
"""

import logging
import os
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from importlib import import_module
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import click
from flask import Flask
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from typing_extensions import override

from helpdesk import calculator, clock, installation, legislations, schema, server, web
from helpdesk.answers import dates, hours
from helpdesk.app import create_app
from helpdesk.database import db, one_moment, transaction
from helpdesk.desk.hours import codes
from helpdesk.directory import people
from helpdesk.installation import damage, unfinished
from helpdesk.queue import deletion, events, outgoing
from helpdesk.rules.vocabulary import Action, Authority, Language, Role
from helpdesk.settings import Mode, SettingRefused, Settings

LONG_PASS = 200
REFUSED = 2
LARGEST = 2_147_483_647
REFUSALS = SettingRefused, calculator.BadInput, people.PersonRefused, installation.Refused
DEMO_ZONE = ZoneInfo("Europe/Paris")
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def _words(members: Iterable[StrEnum]) -> click.Choice[str]:
    """Return the choice of a word of the vocabulary, written as it is there."""
    return click.Choice([member.value for member in members])


ROLES = _words(Role)
_INSTALLATION = {"backup": "backup", "copy": "copy", "restore": "restore_command"}
"""Where each stands in `installation/commands.py`."""
_NUMBER, _MANY = click.IntRange(0, LARGEST), click.IntRange(1, LARGEST)


def main() -> NoReturn:
    """Run the command, and put every refusal on one line."""
    try:
        commands.main(prog_name="helpdesk", standalone_mode=False)
    except click.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message())
    except click.ClickException as refused:
        _refuse(refused.format_message())
    except REFUSALS as refused:
        _refuse(str(refused))
    except DatabaseError as refused:
        _refuse(f"The database cannot be used: {refused.orig}")
    except OSError as refused:
        _refuse(f"{refused.strerror or refused}: {refused.filename}")
    sys.exit(0)


def _refuse(message: str) -> NoReturn:
    click.echo("helpdesk: " + " ".join(message.split()), err=True)
    sys.exit(REFUSED)


class _Commands(click.Group):
    """All commands; those for a whole installation are loaded when one of them is asked for."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_INSTALLATION])

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _INSTALLATION:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(
            import_module("helpdesk.installation.commands"), _INSTALLATION[cmd_name]
        )
        return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Préavis: the helpdesk through which customers leave a subscription."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for chatty in ("alembic", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


@commands.command()
def serve() -> None:
    """Serve the web pages, with the scheduler beside them, on HOST and PORT."""
    server.run(*_app(waits=False))


@commands.command(name="web")
@click.option("--processes", type=click.IntRange(1, 1000), default=2, show_default=True)
def web_command(*, processes: int) -> None:
    """Only serve the web pages, in several processes; workers do what is due."""
    app, settings = _app(waits=False)
    _leave(app)  # A connection belongs to one process.
    web.run(app, settings, processes)


@commands.command()
def worker() -> None:
    """Only process what is due and send messages, as soon as it is due, until stopped."""
    server.run_worker(*_app())


@commands.command(name="demo")
@click.option("--seed", default=1, show_default=True, help="Which believable world to make.")
@click.option("--fill-only", is_flag=True, help="Make the data, but do not serve.")
@click.option(
    "--now",
    metavar="INSTANT",
    help="Let it be another instant, such as 2026-12-24T09:00; one without offset is Paris time.",
)
def demo_command(*, seed: int, fill_only: bool, now: str | None) -> None:
    """Fill an empty database with the demo, print its sign-ins, and serve it.

    With --now, pages and processing believe that it is that instant, and time goes on from there.
    Data from before is kept, and what has become due is done at once. Going back undoes nothing.
    """
    to = None if now is None else _destination(now)
    settings = Settings.from_environment({"HELPDESK_MODE": "demo", **os.environ})
    if settings.mode is not Mode.DEMO:
        raise SettingRefused("The demo runs with HELPDESK_MODE=demo only.")
    if to is not None:
        clock.travel(to)
    from helpdesk import demo  # noqa: PLC0415 (Faker: no other command waits for it)

    made = demo.prepare(settings, clock.now(), seed)
    click.echo(f"Demo data made: {made} requests." if made else "The data from before is kept.")
    if not fill_only:
        server.run(create_app(settings), settings)


def _destination(text: str) -> datetime:
    """Return the instant that the demo is to be at: one with years of calendar on both sides."""
    at = calculator.instant({"now": text}, "now", DEMO_ZONE)
    if not EARLIEST <= at < LATEST:
        years = f"{EARLIEST.year} to {LATEST.year - 1}"
        raise calculator.BadInput(f"now must be in the years {years}, not {text!r}.")
    return at


@commands.command()
@click.option("--dry-run", is_flag=True, help="Say what would happen, and keep nothing.")
def process(*, dry_run: bool) -> None:
    """Do all that is due now, once: confirm, remind, end, delete, and send messages."""
    from rich.console import Console  # noqa: PLC0415 (no other command waits for it)
    from rich.progress import Progress  # noqa: PLC0415

    from helpdesk import jobs  # noqa: PLC0415
    from helpdesk.queue import processing  # noqa: PLC0415

    app, settings = _app()
    with app.app_context():
        to_delete = deletion.count_due(db.session(), clock.now())
        due = processing.count_due(db.session(), clock.now()) + to_delete
    hidden = due < LONG_PASS
    with Progress(console=Console(stderr=True), disable=hidden, transient=True) as progress:
        bar = progress.add_task("Processing", total=due)
        advance = partial(progress.advance, bar)
        if dry_run:
            with app.app_context():
                done = processing.process_due(clock.now(), dry_run=True, advance=advance)
                done += Counter({Action.PURGE.value: to_delete})
        else:
            done = jobs.errands(app) + jobs.tick(app, settings, advance)
    click.echo("Would be done:" if dry_run else "Done:")
    for what, count in sorted(done.items()) or [("nothing", 0)]:
        click.echo(f"  {what:20} {count}")


@commands.group()
def users() -> None:
    """Make people who sign in, and set their roles."""


@users.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=ROLES, required=True)
@click.option("--language", type=_words(Language), default=Language.SPANISH.value)
@click.option("--tax-number", help="The tax number of a customer’s company.")
@click.option(
    "--authority", type=_words([Authority.ACCOUNT_HOLDER, Authority.SUBSCRIPTION_MANAGER])
)
@click.password_option(envvar="HELPDESK_PASSWORD")
def create(email: str, authority: str | None, **fields: Any) -> None:
    """Make somebody; the password is asked for, or read from HELPDESK_PASSWORD."""
    app, _settings = _app()
    fields |= {"role": Role(fields["role"]), "language": Language(fields["language"])}
    with app.app_context(), transaction() as session:
        granted = Authority(authority) if authority else Authority.NONE
        people.create(session, email=email, authority=granted, **fields)
    click.echo(f"{email} may sign in as {fields['role']}.")


@users.command()
@click.argument("email")
@click.argument("role", type=ROLES)
def set_role(email: str, role: str) -> None:
    """Give somebody another role; their open sessions end."""
    app, _settings = _app()
    with app.app_context(), transaction() as session:
        people.set_role(session, email, Role(role))
    click.echo(f"{email} is now {role}.")


@commands.command(name="events")
@click.option("--after", type=_NUMBER, default=0, help="The number of the last one read.")
@click.option("--limit", type=_MANY, default=1000, show_default=True, help="At most.")
def events_command(*, after: int, limit: int) -> None:
    """Print what the service must know, oldest first: one JSON object a line, with its number.

    Whoever reads keeps the number of the last line, and asks for what comes after it.
    """
    app, _settings = _app()
    with app.app_context():
        for line in outgoing.lines(db.session(), after, limit):
            click.echo(line)


@commands.group()
def audit() -> None:
    """Check that nothing of the past was changed."""


@audit.command()
def verify() -> None:
    """Check the hash chain of every request’s events; exit code 1 when one is broken."""
    app, _settings = _app()
    with app.app_context(), one_moment(db.engine) as moment, Session(moment) as session:
        broken = list(events.broken(session))
    for reference, number in broken:
        click.echo(f"{reference}: event {number} is missing, or is not what it was.")
    if broken:
        sys.exit(1)
    click.echo("Every event is there, and as it was.")


def _app(*, waits: bool = True) -> tuple[Flask, Settings]:
    """Return the app on a current database; nobody stands before a command that waits."""
    settings = Settings.from_environment()
    if waits:
        settings = replace(settings, statement_timeout_seconds=0)
    damage.refuse(settings.database_url)
    schema.upgrade(settings.database_url)
    app = create_app(settings)
    click.get_current_context().call_on_close(partial(_leave, app))
    with app.app_context():
        unfinished.refuse(db.session.connection())
        _check_desks(codes(db.session()))
    return app, settings


def _leave(app: Flask) -> None:
    """Take leave of the database."""
    with app.app_context():
        db.engine.dispose()


for command in (dates, hours):
    commands.add_command(command)


def _check_desks(known: Collection[str]) -> None:
    """Refuse a legislation whose phone nobody would answer."""
    for one in legislations.with_phone():
        if one.phone and one.phone.desk not in known:
            desks = ", ".join(sorted(known))
            raise SettingRefused(
                f"{one.country}.toml: phone.desk must be one of the desks there are ({desks}),"
                f" not {one.phone.desk}."
            )
