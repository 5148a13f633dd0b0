"""How long the product takes from its command to its first page, beside importing what it needs."""

import subprocess
import sys
from time import perf_counter

from bench.figures import ROUNDS, Line, middle
from bench.servers import BIN, end, free_port, wait_for
from bench.stage import Stage

IMPORTS = "import flask, sqlalchemy"
PAGE = "/help-center/"


def measure(stage: Stage) -> list[Line]:
    """Return the line of the start."""
    env = stage.environment(stage.size)
    served, imported = [], []
    for number in range(ROUNDS + 1):
        began = perf_counter()
        subprocess.run([sys.executable, "-c", IMPORTS], check=True, env=env)
        beside = perf_counter() - began
        took = _first_page(env)
        if number:  # The first round fills the caches.
            served.append(took)
            imported.append(beside)
        stage.say("Start", number, ROUNDS)
    return [
        Line(
            "start to first page, filled database",
            middle(served),
            middle(imported),
            "s",
            f"python -c “{IMPORTS}”",
            limit=3,
            more_is_better=False,
        )
    ]


def _first_page(env: dict[str, str]) -> float:
    """Start the server as people do; returns the seconds until its first page was there."""
    port = free_port()
    quiet = subprocess.DEVNULL
    began = perf_counter()
    process = subprocess.Popen(
        [BIN / "helpdesk", "serve"], env=env | {"PORT": str(port)}, stdout=quiet, stderr=quiet
    )
    try:
        wait_for(port, PAGE, process)
        return perf_counter() - began
    finally:
        end(process)
