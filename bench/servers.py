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
THREADS = 4
COMMANDS = {
    "gunicorn": "gunicorn {app} --bind=127.0.0.1:{port} --workers={processes} --threads={threads}"
    " --worker-class=gthread --keep-alive=30 --log-level=error",
    "granian": "granian {app} --interface=wsgi --host=127.0.0.1 --port={port} --workers={processes}"
    " --blocking-threads={threads} --no-ws --log-level=error",
}
"""How each server is started: the same processes and threads."""
OURS, HELLO = "wsgi:app", "bench.hello:app"
FIRST = {OURS: "/help-center/", HELLO: "/"}
"""The page that an app is asked for first."""


def environment(url: str, folder: Path, server: str = "gunicorn") -> dict[str, str]:
    """Return the environment of an installation on a database, behind one proxy."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(Path.cwd()),
        "HELPDESK_MODE": "test",
        "HELPDESK_DATA": str(folder),
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET,
        "TRUSTED_PROXIES": "1",
        "BENCH_SERVER": server,
    }


class Server:
    """A WSGI server with an app in several processes."""

    def __init__(self, app: str, env: Mapping[str, str], processes: int) -> None:
        """Start it, and return when it has answered."""
        self.port = free_port()
        command = COMMANDS[env["BENCH_SERVER"]].format(
            app=app, port=self.port, processes=processes, threads=THREADS
        )
        self.process = subprocess.Popen(f"{BIN}/{command}".split(), env=dict(env))
        wait_for(self.port, FIRST[app], self.process)

    def memory(self) -> float:
        """Return the MiB that its largest process has for itself."""
        children = psutil.Process(self.process.pid).children()
        return max(child.memory_full_info().uss for child in children) / 2**20

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
