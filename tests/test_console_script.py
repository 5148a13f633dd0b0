import json
import re
import socket
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from urllib.request import urlopen

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.app import create_app
from helpdesk.directory.models import Company
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Role, State
from helpdesk.settings import Mode, Settings
from tests.builders import PASSWORD, a_person, a_request
from tests.support.workers import HELPDESK, PATIENCE_SECONDS, environment, helpdesk, kill, started


def test_the_console_script_answers_line_by_line_and_a_bad_line_stops_nothing(
    settings: Settings,
) -> None:
    good = {
        "requested_at": "2026-03-01T10:00",
        "timezone": "Europe/Paris",
        "anchor": "2025-01-15",
        "term_months": 1,
    }
    lines = [good, good | {"timezone": "Mars"}, good | {"requested_at": "2026-03-17T00:00"}]
    given = "\n".join([*map(json.dumps, lines), "not json", "[]", "\udcff", ""])

    ended = helpdesk(
        "dates", "--batch", env=environment(settings), given=given.encode(errors="surrogateescape")
    )

    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [one.get("effective_on") for one in answers[:3]] == ["2026-04-15", None, "2026-05-15"]
    assert ["error" in one for one in answers] == [False, True, False, True, True, True]


def test_the_console_script_answers_hours_line_by_line(settings: Settings) -> None:
    lines = [{"at": "2026-08-31T14:59"}, {"at": "2026-08-31T15:00", "desk": "xx"}, {"at": 3}]

    ended = helpdesk(
        "hours", "--batch", env=environment(settings), given="\n".join(map(json.dumps, lines))
    )

    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [one.get("open") for one in answers] == [True, None, None]


def test_the_console_script_refuses_on_one_line_without_traceback(settings: Settings) -> None:
    ended = helpdesk("dates", "--requested-at", "nonsense", env=environment(settings))
    unset = helpdesk("serve", env={"HELPDESK_DATA": str(settings.data)})

    assert (ended.returncode, unset.returncode) == (2, 2)
    assert (ended.stderr.count("\n"), unset.stderr.count("\n")) == (1, 1)
    assert "SECRET_KEY" in unset.stderr


@pytest.mark.parametrize(("mode", "status"), [(Mode.PRODUCTION, 400), (Mode.DEMO, 303)])
def test_demo_sign_ins_enter_the_demo_only(
    settings: Settings, session: Session, mode: Mode, status: int
) -> None:
    email = a_person(session, is_demo=True, role=Role.ADMIN).email
    session.commit()
    client = create_app(replace(settings, mode=mode)).test_client()
    https = "https://helpdesk.example"
    page = client.get("/sign-in", base_url=https).get_data(as_text=True)
    token = page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]

    answer = client.post(
        "/sign-in",
        data={"email": email, "password": PASSWORD, "csrf_token": token},
        base_url=https,
        headers={"Referer": f"{https}/sign-in"},
    )

    assert answer.status_code == status


def test_two_that_start_at_once_on_a_new_installation_both_work(settings: Settings) -> None:
    env = environment(replace(settings, database_url=f"sqlite:///{settings.data}/new/new.db"))

    processes = [started("process", env=env) for _ in range(2)]

    assert [process.wait(PATIENCE_SECONDS) for process in processes] == [0, 0]


def test_a_body_that_no_form_sends_is_refused_before_it_is_taken_in(settings: Settings) -> None:
    env = environment(settings) | {"PORT": "0"}
    with subprocess.Popen([HELPDESK, "serve"], env=env, stdout=subprocess.PIPE) as server:
        try:
            said = server.stdout.readline().decode() if server.stdout else ""
            port = re.search(r"http://127\.0\.0\.1:([0-9]+)", said)
            assert port, said
            with socket.create_connection(("127.0.0.1", int(port[1])), PATIENCE_SECONDS) as line:
                line.sendall(b"POST /sign-in HTTP/1.1\r\nContent-Length: 900000000\r\n\r\n")

                answer = line.recv(100)
        finally:
            kill(server)

    assert answer.startswith(b"HTTP/1.1 413 ")


def test_the_demo_at_another_instant_says_so_and_does_at_once_what_is_due_then(
    settings: Settings, session: Session, company: Company
) -> None:
    a_request(session, company, filed_at=datetime(2031, 3, 2, 10, tzinfo=UTC))
    session.commit()
    env = environment(replace(settings, mode=Mode.DEMO)) | {"PORT": "0"}
    command = [HELPDESK, "demo", "--now", "2031-05-01T09:00"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True) as server:
        try:
            address = next(line.split()[-1] for line in server.stdout or () if "http" in line)
            did = next(line for line in server.stderr or () if "confirm 1" in line)
            with urlopen(f"{address}/sign-in", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
                html = answer.read().decode()
        finally:
            kill(server)

    assert "end 1" in did
    assert session.scalars(select(Request.state)).one() is State.ENDED
    assert "nous sommes le jeudi 1er mai 2031, il est 9" in html
