"""Real processes that are told to leave, that wait for the bell, and that lose their database."""

import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from statistics import median
from threading import Semaphore
from time import monotonic, sleep

import psutil
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.directory.models import Company
from helpdesk.messages.models import Message
from helpdesk.queue import passes
from helpdesk.queue.models import Event, Request
from helpdesk.rules.vocabulary import Action, MessageKind, State
from helpdesk.settings import Settings
from tests.builders import a_company, a_request, a_subscription
from tests.support.workers import HELPDESK, PATIENCE_SECONDS, environment, helpdesk, kill

A_BACKLOG = 120
AN_HOUR = {"TICK_SECONDS": "3600"}
WITHIN_SECONDS = 20


@contextmanager
def running(
    *arguments: str, env: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[str], Callable[[], str]]]:
    """Run the console script; gives the process, and what reads the next line that it says."""
    pipe = subprocess.PIPE
    command = [HELPDESK, *arguments]
    with subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process, lambda: process.stdout.readline() if process.stdout else ""
        finally:
            kill(process)


def becomes(question: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    """Wait until something holds."""
    until = monotonic() + seconds
    while monotonic() < until:
        if question():
            return True
        sleep(0.01)
    return False


def file_many(session: Session, count: int) -> None:
    for _ in range(count):
        company = a_company(session)
        a_subscription(session, company)
        a_request(session, company, filed_at=clock.now() - timedelta(minutes=5))
    session.commit()


def confirmed(session: Session) -> list[int]:
    """Return how many requests are confirmed, with how many events and messages of it."""
    session.rollback()
    queries = (
        select(func.count()).select_from(Request).where(Request.state == State.CONFIRMED),
        select(func.count()).select_from(Event).where(Event.action == Action.CONFIRM),
        select(func.count()).select_from(Message).where(Message.kind == MessageKind.CONFIRMATION),
    )
    return [session.scalar(query) or 0 for query in queries]


def is_ready(session: Session) -> bool:
    """Tell whether a first tick has been."""
    session.rollback()
    return passes.last(session) is not None


@pytest.mark.parametrize(
    ("command", "told"), [("worker", signal.SIGTERM), ("serve", signal.SIGINT)]
)
def test_who_is_told_to_leave_finishes_its_batch_and_leaves_what_is_due_to_others(
    session: Session, settings: Settings, command: str, told: signal.Signals
) -> None:
    file_many(session, A_BACKLOG)
    env = environment(settings) | {"PORT": "0"}

    with running(command, env=env) as (process, _line):
        begun = becomes(lambda: confirmed(session)[0] > 0)
        process.send_signal(told)
        at = monotonic()
        code = process.wait(PATIENCE_SECONDS)
        took = monotonic() - at

    assert begun
    assert code == 0
    assert took < WITHIN_SECONDS
    [requests, *rest] = confirmed(session)
    assert rest == [requests, requests]
    assert helpdesk("process", env=env).returncode == 0
    assert confirmed(session) == [A_BACKLOG] * 3


def listening(line: str) -> int:
    """Return the port that a server says it listens on."""
    found = re.search(r"http://127\.0\.0\.1:([0-9]+)", line)
    assert found, line
    return int(found[1])


@pytest.mark.parametrize("command", ["serve", "web"])
def test_who_is_being_answered_is_answered_in_full_when_it_is_time_to_leave(
    settings: Settings, command: str
) -> None:
    env = environment(settings) | {"PORT": "0"}

    with running(command, env=env) as (process, line):
        port = listening(line())
        heard = Semaphore(0)

        def ask_until_nobody_listens() -> int:
            for count in range(100_000):
                line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
                try:
                    line.request("GET", "/help-center/")
                    answer = line.getresponse()
                except (OSError, HTTPException):  # Not let in any more.
                    return count
                html = answer.read()
                line.close()
                assert html.rstrip().endswith(b"</html>")
                if not count:
                    heard.release()
            raise AssertionError

        with ThreadPoolExecutor(4) as threads:
            asking = [threads.submit(ask_until_nobody_listens) for _ in range(4)]
            for _ in asking:
                assert heard.acquire(timeout=PATIENCE_SECONDS)
            process.terminate()
            answered = [one.result() for one in asking]
        code = process.wait(PATIENCE_SECONDS)

    assert code == 0
    assert min(answered) > 0


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_web_process_that_dies_is_replaced(settings: Settings) -> None:
    env = environment(settings) | {"PORT": "0"}

    with running("web", "--processes", "1", env=env) as (process, line):
        port = listening(line())
        [first] = web_processes(process)
        first.kill()
        assert becomes(lambda: [one.pid for one in web_processes(process)] != [first.pid])
        [second] = web_processes(process)
        line_in = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        line_in.request("GET", "/help-center/")
        status = line_in.getresponse().status
        line_in.close()
        process.terminate()
        code = process.wait(PATIENCE_SECONDS)

    assert status == 200
    assert code == 0
    assert not second.is_running()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_web_processes_leave_when_the_one_that_keeps_them_is_killed(settings: Settings) -> None:
    with running("web", env=environment(settings) | {"PORT": "0"}) as (process, line):
        port = listening(line())
        kept = web_processes(process)
        kill(process)

        assert becomes(lambda: not any(one.is_running() for one in kept))

    with pytest.raises(ConnectionRefusedError):
        HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS).connect()


def is_alive(one: psutil.Process) -> bool:
    try:
        return bool(one.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:  # Taken away since it was seen.
        return False


def web_processes(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """Return the processes that a process has made, once there are any."""
    parent = psutil.Process(process.pid)

    def alive() -> list[psutil.Process]:
        return [one for one in parent.children() if is_alive(one)]

    assert becomes(lambda: bool(alive()))
    return alive()


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_what_is_filed_is_confirmed_within_a_second_however_far_the_next_tick_is(
    session: Session, settings: Settings, company: Company
) -> None:
    with running("worker", env=environment(settings) | AN_HOUR) as (_process, _line):
        assert becomes(lambda: is_ready(session))
        took = [how_long_it_took(session, a_company_more(session)) for _ in range(6)]
        gone = session.scalar(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )
        )
        session.rollback()
        sleep(1)
        took_again = [how_long_it_took(session, a_company_more(session)) for _ in range(6)]

    assert gone == 1
    # By looking every two seconds alone nearly all would take nearly two.
    assert median(took) < 0.5
    assert median(took_again) < 0.5


def a_company_more(session: Session) -> Company:
    company = a_company(session)
    a_subscription(session, company)
    session.commit()
    return company


def how_long_it_took(session: Session, company: Company) -> float:
    """File a request, and return after how many seconds it was confirmed."""
    request = a_request(session, company, filed_at=clock.now() - timedelta(seconds=1))
    session.commit()
    at = monotonic()

    def is_confirmed() -> bool:
        session.rollback()
        return request.state is State.CONFIRMED

    assert becomes(is_confirmed)
    return monotonic() - at


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_what_is_held_back_is_confirmed_when_it_is_due(
    session: Session, settings: Settings, company: Company
) -> None:
    with running("worker", env=environment(settings) | AN_HOUR) as (_process, _line):
        assert becomes(lambda: is_ready(session))
        until = clock.now() + timedelta(seconds=3)
        request = a_request(session, company, filed_at=clock.now(), held_until=until)
        session.commit()

        def is_confirmed() -> bool:
            session.rollback()
            return request.state is State.CONFIRMED

        assert becomes(is_confirmed)
        assert until <= clock.now() < until + timedelta(seconds=6)
