"""Start what is measured: web servers and commands, each in processes of its own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import psutil

from bench.wire import Client, get

BIN = Path(sys.executable).parent
PATIENCE_SECONDS = 60
SECRET = "a secret of the benchmark, long enough"  # noqa: S105 (of a database that goes at the end)
OURS, HELLO = "ours", "hello"
COMMANDS = {
    OURS: (str(BIN / "helpdesk"), "web", "--processes"),
    HELLO: (sys.executable, "-m", "bench.hello"),
}
"""How each app is served, by the same code, in as many processes as come after."""
FIRST = {OURS: "/help-center/", HELLO: "/"}
"""The page that an app is asked for first."""


def environment(url: str, folder: Path) -> dict[str, str]:
    """Return the environment of an installation on a database, behind one proxy."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(Path.cwd()),
        "HELPDESK_MODE": "test",
        "HELPDESK_DATA": str(folder),
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET,
        "TRUSTED_PROXIES": "1",
    }


class Server:
    """An app in several processes, served as the product is."""

    def __init__(self, app: str, env: Mapping[str, str], processes: int) -> None:
        """Start it, and return when it has answered."""
        self.port, self.processes = free_port(), processes
        self.process = subprocess.Popen(
            [*COMMANDS[app], str(processes)],
            env={**env, "PORT": str(self.port)},
            stdout=subprocess.DEVNULL,
        )
        wait_for(self.port, FIRST[app], self.process)

    def memory(self) -> float:
        """Return the MiB that all its processes take, for each that answers.

        What several share counts once.
        """
        first = psutil.Process(self.process.pid)
        together = sum(one.memory_full_info().pss for one in (first, *first.children()))
        return float(together) / self.processes / 2**20

    def stop(self) -> None:
        """End it and its processes."""
        end(self.process)


@contextmanager
def serving(app: str, env: Mapping[str, str], processes: int) -> Iterator[Server]:
    """Serve an app for as long as it is needed."""
    server = Server(app, env, processes)
    try:
        yield server
    finally:
        server.stop()


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and make it when it does not."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    """Return once a page has been answered; raises RuntimeError when the process ended instead."""
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until and process.poll() is None:
        try:
            client = Client(port)
        except OSError:
            sleep(0.005)
            continue
        answer = client.ask(get(path))
        client.close()
        if answer.status == 200:
            return
    raise RuntimeError(f"Nothing answered on port {port}.")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
