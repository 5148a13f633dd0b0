"""Several at once, for real: threads that start together, and processes that can be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from time import sleep
from typing import TypeVar

from flask import Flask

from helpdesk.settings import Settings

Result = TypeVar("Result")

PATIENCE_SECONDS = 60
HELPDESK = Path(sys.executable).with_name("helpdesk")


def at_once(app: Flask, *jobs: Callable[[], Result]) -> list[Result]:
    """Run the jobs in threads of their own that begin at the same instant; return their results."""
    gate = Barrier(len(jobs))

    def run(job: Callable[[], Result]) -> Result:
        with app.app_context():
            gate.wait(PATIENCE_SECONDS)
            return job()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs, timeout=PATIENCE_SECONDS))


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment of a command that works on a test's database."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HELPDESK_MODE": settings.mode.value,
        "HELPDESK_DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "PYTHONUTF8": "1",
    }


def helpdesk(
    *arguments: str, env: Mapping[str, str], given: str | bytes = b""
) -> subprocess.CompletedProcess[str]:
    """Run the console script to its end."""
    ended = subprocess.run(
        [HELPDESK, *arguments],
        input=given.encode() if isinstance(given, str) else given,
        env=dict(env),
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    texts = (ended.stdout.decode(), ended.stderr.decode())
    return subprocess.CompletedProcess(ended.args, ended.returncode, *texts)


def started(*arguments: str, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the console script, and leave it running."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen([HELPDESK, *arguments], env=dict(env), stdout=quiet, stderr=quiet)


def stopped_when(
    question: Callable[[], bool], *arguments: str, env: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Return a command that stands still in the middle of what one asks for."""
    process = started(*arguments, env=env)
    while process.poll() is None:
        if question():
            process.send_signal(signal.SIGSTOP)
            sleep(0.05)
            if question():  # It was, and is: what was under way when it was asked is over.
                return process
            process.send_signal(signal.SIGCONT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.005)
    raise AssertionError("It was never found in the middle.")


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process as a power cut does: it gets no chance to tidy up."""
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENCE_SECONDS)
