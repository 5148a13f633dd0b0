"""Confirm what is due, by one worker and by two, beside a loop that only claims and updates."""

import json
import subprocess
import sys
from time import perf_counter
from typing import Any

from bench import load
from bench.cluster import connect
from bench.figures import ROUNDS, Line, middle
from bench.stage import Stage

BATCH = 1000
SHORT_SECONDS, LONG_SECONDS = 4.0, 6.0
PILOT, FEWEST, MOST = 1_000, 4_000, 200_000
"""Fewer than some batches for each worker would tell nothing: one would take them all."""
CLAIM = """
    UPDATE requests SET state = 'confirmed', version = version + 1, due_at = NULL
    FROM (SELECT id FROM requests WHERE state = 'received' AND due_at <= now()
          ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED) AS claimed
    WHERE requests.id = claimed.id
"""
AGAIN = """
    UPDATE requests SET state = 'received', version = version - 1, due_at = filed_at
    WHERE id >= %s AND id < %s
"""


class Unfinished(Exception):
    """Not each request that was due has been confirmed once."""


def measure(stage: Stage) -> list[Line]:
    """Return the lines of one worker and of two."""
    seconds = LONG_SECONDS if stage.is_full else SHORT_SECONDS
    _bare, pace = _one_round(stage, PILOT)
    bare, one, two = [], [], []
    for number in range(1, ROUNDS + 1):
        many = min(max(int(pace * seconds), FEWEST), MOST)
        beside, pace = _one_round(stage, many)
        bare.append(beside)
        one.append(pace)
        two.append(_confirmed(stage, 2, *_due(stage, 2 * many)))
        stage.say("Confirm what is due", number, ROUNDS)
    return [
        Line(
            "confirm due requests, one worker",
            middle(one),
            middle(bare),
            "rows per s",
            f"bare claim and update, batches of {BATCH:,}",
            limit=1 / 5,
            more_is_better=True,
        ),
        Line(
            "confirm due requests, two workers",
            middle(two),
            middle(one),
            "rows per s",
            "one worker",
            limit=1.6,
            more_is_better=True,
        ),
    ]


def _one_round(stage: Stage, many: int) -> tuple[float, float]:
    """Return the rows a second of the bare loop, then of one worker on the same rows."""
    numbers = _due(stage, many)
    bare = _bare(stage, *numbers)
    return bare, _confirmed(stage, 1, *numbers)


def _due(stage: Stage, many: int) -> tuple[int, int]:
    return load.due(stage.url(stage.size), many, stage.now(), stage.say)


def _bare(stage: Stage, first: int, last: int) -> float:
    """Claim and update the rows, again and again for long enough, and leave them as they were."""
    took, rows = 0.0, 0
    with connect(stage.url(stage.size)) as connection:
        while not rows or (stage.is_full and took < LONG_SECONDS):
            began = perf_counter()
            while claimed := connection.execute(CLAIM, [BATCH]).rowcount:
                rows += claimed
            took += perf_counter() - began
            connection.execute(AGAIN, [first, last])
            connection.execute("VACUUM (ANALYZE) requests")
    return rows / took


def _confirmed(stage: Stage, workers: int, first: int, last: int) -> float:
    """Let workers confirm what is due; returns the rows a second of all together."""
    env = stage.environment(stage.size)
    started = [_Worker(env) for _ in range(workers)]
    for worker in started:
        worker.begin()
    told = [worker.told() for worker in started]
    confirmed = sum(one["confirmed"] for one in told)
    if confirmed != last - first:
        raise Unfinished(f"{confirmed} of {last - first}")
    return confirmed / (max(one["ended"] for one in told) - min(one["began"] for one in told))


class _Worker:
    """A worker in a process of its own, ready to begin."""

    def __init__(self, env: dict[str, str]) -> None:
        command = [sys.executable, "-m", "bench.confirming"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True)
        if self._process.stdout is None or not self._process.stdout.readline():
            raise Unfinished("A worker did not start.")

    def begin(self) -> None:
        """Let it work."""
        if self._process.stdin:
            self._process.stdin.write("go\n")
            self._process.stdin.flush()

    def told(self) -> dict[str, Any]:
        """Return what it has done, once it is done."""
        found: dict[str, Any] = json.loads(self._process.communicate()[0])
        return found
