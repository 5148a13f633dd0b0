"""Where everything is measured: one cluster, a database for each size, a bar for each long work."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from rich.progress import Progress, TaskID

from bench import load
from bench.figures import Line
from bench.servers import BIN, environment
from tests.support.databases import PostgresDatabases
from tests.support.postgres import Cluster

SMALL, MIDDLE = 1_000, 100_000


@dataclass(slots=True)
class Stage:
    """The databases, filled when a section first asks for one; `size` is the largest."""

    cluster: Cluster
    folder: Path
    size: int
    progress: Progress
    _databases: PostgresDatabases = field(init=False)
    _urls: dict[int, str] = field(default_factory=dict)
    _bars: dict[str, TaskID] = field(default_factory=dict)
    loads: dict[int, dict[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._databases = PostgresDatabases(self.cluster.url)

    @property
    def is_full(self) -> bool:
        """Whether this is the big run, which takes the time that it needs."""
        return self.size > MIDDLE

    @property
    def sizes(self) -> list[int]:
        """The sizes there are, the smallest first."""
        return sorted({SMALL, min(MIDDLE, self.size), self.size})

    def url(self, size: int) -> str:
        """Return the address of the database with so many requests."""
        if size not in self._urls:
            made = self._databases.empty()
            began = monotonic()
            counts = load.fill(made, size, self.now(), self.say)
            self._catch_up(made)
            load.settle(made)
            seconds = round(monotonic() - began, 1)
            self.loads[size] = {"seconds": seconds, "bytes": load.size_of(made), **counts}
            self._urls[size] = made
        return self._urls[size]

    def _catch_up(self, url: str) -> None:
        """Do what an installation does that has just been brought up: all that is due, once."""
        env = environment(url, self.folder)
        subprocess.run([BIN / "helpdesk", "process"], env=env, check=True, capture_output=True)

    def environment(self, size: int) -> dict[str, str]:
        """Return the environment of an installation on the database of a size."""
        return environment(self.url(size), self.folder)

    def now(self) -> datetime:
        """Return the instant that it is."""
        return datetime.now(UTC)

    def say(self, what: str, done: int, total: int) -> None:
        """Show how far a long work is."""
        if what not in self._bars:
            self._bars[what] = self.progress.add_task(what)
        self.progress.update(self._bars[what], completed=done, total=total)


Section = Callable[[Stage], list[Line]]
