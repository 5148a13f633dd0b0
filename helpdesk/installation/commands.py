"""The commands for an installation as a whole: copy, backup, restore."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from helpdesk.installation import copying, places
from helpdesk.installation.backup import back_up, restore
from helpdesk.installation.comparing import Compared
from helpdesk.settings import Settings, check_database

SHOWN_DIGITS = 16


@click.command()
@click.option("--from", "source", envvar="DATABASE_URL", help="Its database; or DATABASE_URL.")
@click.option("--to", "target", envvar="COPY_TO", required=True, help="An empty one; or COPY_TO.")
def copy(*, source: str | None, target: str) -> None:
    """Copy an installation into another database, of either kind, and compare them.

    Stop what works on it first. A copy that was cut goes on when it is run again. Addresses with
    a password are better given by the environment, which no other user can read.
    """
    source = source or Settings.from_environment().database_url
    check_database(source, "--from")
    check_database(target, "--to")
    with _progress() as progress:
        compared = copying.copy(source, target, progress)
    _show(compared)
    if not all(one.is_same for one in compared):
        raise click.ClickException(
            "The source was written to meanwhile. Stop what works on it, and run this again."
        )
    rows = sum(one.left.rows for one in compared)
    click.echo(f"{places.named(target)} holds all of it: {rows} rows, each checked.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(*, file: Path) -> None:
    """Save the installation to a new FILE, while it works.

    All that it keeps is in it: papers and collected data too. The demo’s secret-key file is not.
    """
    url = Settings.from_environment().database_url
    with _progress() as progress:
        back_up(url, file.absolute(), progress)
    click.echo(f"{file} holds {places.named(url)}, and was read again whole.")


@click.command(name="restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Give up what the database holds.")
def restore_command(*, file: Path, replace: bool) -> None:
    """Put back what a backup FILE holds, into an empty database of the same kind."""
    url = Settings.from_environment().database_url
    with _progress() as progress:
        restored = restore(file.absolute(), url, progress, replace=replace)
    for name, count in restored.rows.items():
        click.echo(f"  {name:20} {count}")
    for reference, number in restored.broken:
        click.echo(f"{reference}: event {number} is missing, or is not what it was.")
    if restored.broken:
        sys.exit(1)
    click.echo(f"{places.named(url)} is restored, and every event is as it was.")


@contextmanager
def _progress() -> Iterator[Progress]:
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description:10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        yield progress


def _show(compared: Sequence[Compared]) -> None:
    """Print what was compared as a table."""
    table = Table("Table", "Rows", "Checksum", "Copy")
    for one in compared:
        copied = "the same" if one.is_same else f"differs: {one.right.rows} rows"
        table.add_row(one.table, str(one.left.rows), one.left.checksum[:SHOWN_DIGITS], copied)
    Console(file=sys.stdout).print(table)
