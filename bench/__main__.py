"""`python -m bench`: fill, measure, print one table, keep it under docs/benchmarks."""

import signal
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import report
from bench.cluster import running
from bench.stage import MIDDLE, Section, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.figures import Line

SECTIONS = {
    "hours": "hours",
    "pages": "pages",
    "plans": "plans",
    "start": "start",
    "file": "filing",
    "memory": "memory",
    "confirm": "confirm",
}
"""The module of each, in the order in which they are run: what writes comes last."""
SHORT_SECONDS, LONG_SECONDS = 45 * 60, 4 * 3600
"""After so long it ends, whatever it is at, and leaves nothing behind."""


@click.command()
@click.option("--size", type=click.IntRange(1000), help="How many requests the largest has.")
@click.option("--only", type=click.Choice([*SECTIONS]), help="Measure one section alone.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Where the databases stand: on a real disk, with 40 GB for a million requests.",
)
def main(size: int | None, only: str | None, folder: Path | None) -> None:
    """Measure, beside what the same machine gives in the same run."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("This takes too long: it was ended."))
    signal.alarm(LONG_SECONDS if size else SHORT_SECONDS)
    console = Console()
    wanted = [only] if only else [*SECTIONS]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        tempfile.TemporaryDirectory(prefix="preavis-bench-", dir=folder) as place,
        Progress(*columns, TimeElapsedColumn(), console=console) as progress,
        running(Path(place)) as cluster,
    ):
        stage = Stage(cluster, Path(place), size or MIDDLE, progress)
        found = [line for name in wanted for line in _kept(stage, name)]
    report.show(console, found, stage.size)
    console.print(f"Kept in {report.KEPT}.")
    if size is None:
        console.print("A million requests were not measured: make bench SIZE=1000000")


def _kept(stage: Stage, name: str) -> "Sequence[Line]":
    """Measure a section and keep what it says at once, whatever comes after it."""
    lines = _section(name)(stage)
    report.keep(stage.size, {name: lines}, stage.loads)
    return lines


def _section(name: str) -> Section:
    """Return a section, with what only it needs."""
    measure: Section = import_module(f"bench.sections.{SECTIONS[name]}").measure
    return measure


if __name__ == "__main__":
    main()
