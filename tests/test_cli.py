import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from helpdesk import clock, passwords
from helpdesk.directory.models import Company, Person
from helpdesk.queue import passes
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority, Role, State
from tests.builders import a_request, an_agent
from tests.support.commands import Ended

DATES = (
    "dates --requested-at 2026-03-16T23:59 --timezone Europe/Paris"
    " --anchor 2025-01-15 --term-months 1"
)


def test_dates_are_printed_as_json_with_their_reasons(run: Callable[..., Ended]) -> None:
    ended = run(f"{DATES} --json")

    answer = json.loads(ended.out)
    assert (ended.code, ended.err) == (0, "")
    assert {name: answer[name] for name in answer if name != "why"} == {
        "requested_on": "2026-03-16",
        "notice_ends_on": "2026-04-15",
        "effective_on": "2026-04-15",
        "last_access_on": "2026-04-14",
        "access_ends_at": "2026-04-14T22:00:00Z",
        "data_deleted_on": "2026-10-15",
    }
    assert len(answer["why"]) == 5


def test_dates_and_hours_are_also_printed_for_people(run: Callable[..., Ended]) -> None:
    assert "2026-04-15" in run(DATES).out
    assert "july_august" in run("hours --at 2026-08-31T14:59").out


def test_hours_say_when_the_line_closes_and_add_open_time(run: Callable[..., Ended]) -> None:
    ended = run("hours --at 2026-08-31T14:59 --add PT8H --until 2026-09-01T10:00 --json")

    assert ended.code == 0
    assert json.loads(ended.out) == {
        "open": True,
        "season": "july_august",
        "closes_at": "2026-08-31T15:00:00+02:00",
        "opens_at": None,
        "add_result": "2026-09-01T17:59:00+02:00",
        "open_seconds": 3660,
    }


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("resilier", "resilier"),
        ("dates --colour blue", "--colour"),
        ("dates", "timezone"),
        (DATES.replace("2026-03-16T23:59", "2026-02-30"), "2026-02-30"),
        (DATES.replace("2026-03-16T23:59", "yesterday"), "yesterday"),
        (DATES.replace("Europe/Paris", "Europe/Nowhere"), "Europe/Nowhere"),
        (DATES.replace("2025-01-15", "0000-00-00"), "0000-00-00"),
        (DATES.replace("--term-months 1", "--term-months 0"), "term_months"),
        (DATES.replace("2026-03-16T23:59", "😀" * 5_000), "requested_at"),
        ("hours --at 2026-08-31T14:59 --desk xx", "xx"),
        ("hours --at 2026-08-31T14:59 --add tomorrow", "tomorrow"),
        ("hours --at 2026-08-31T14:59 --until 2020-01-01T00:00", "until"),
        ("hours --batch --at 2026-08-31T14:59", "standard input"),
        ("users create marta --name M --role agent --password long-enough-1", "marta"),
        ("users create m@desk.example --name M --role boss", "boss"),
        ("users create m@desk.example --name M --role agent --password short", "12"),
        ("users set-role nobody@desk.example agent", "nobody@desk.example"),
        ("demo --seed many", "many"),
        ("demo --now christmas", "christmas"),
        ("demo --now 2026-12-24", "2026-12-24"),
        ("demo --now 2026-02-30T09:00", "2026-02-30"),
        ("demo --now 1999-12-31T23:59Z", "2000"),
        ("demo --now 9999-12-31T23:59", "2099"),
        ("demo --now 0001-01-01T00:00", "0001"),
        ("process --now 2026-12-24T09:00", "--now"),
        ("serve --now 2026-12-24T09:00", "--now"),
        ("worker --now 2026-12-24T09:00", "--now"),
    ],
)
def test_bad_input_ends_with_2_and_one_line_that_says_what_is_wrong(
    run: Callable[..., Ended], line: str, says: str
) -> None:
    ended = run(line)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("helpdesk: ")
    assert says in ended.err
    assert len(ended.err) < 400


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"HELPDESK_MODE": "production", "SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"PORT": "eighty"}, "PORT"),
        ({"DATABASE_URL": "sqlite:////proc/nothing/here.db"}, "/proc/nothing"),
        ({"HELPDESK_MODE": "demo", "SECRET_KEY": "", "HELPDESK_DATA": "/dev/null/x"}, "/dev/null"),
    ],
)
@pytest.mark.parametrize("command", ["serve", "process", "worker"])
def test_what_cannot_start_says_why_on_one_line(
    run: Callable[..., Ended], command: str, given: dict[str, str], says: str
) -> None:
    ended = run(command, **given)

    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert says in ended.err


def test_a_file_that_is_no_database_is_said_to_be_none(
    run: Callable[..., Ended], tmp_path: Path
) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Madame, Monsieur, " * 200)

    ended = run("process", DATABASE_URL=f"sqlite:///{file}")

    assert ended.code == 2
    assert "database" in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    "line",
    [
        "",
        *["serve", "worker", "demo", "dates", "hours", "process", "users", "audit"],
        *["copy", "backup", "restore"],
        "users create",
        "users set-role",
    ],
)
def test_every_command_has_help(run: Callable[..., Ended], line: str) -> None:
    for option in ("--help", "-h"):
        ended = run(f"{line} {option}")
        assert ended.code == 0
        assert "Usage: helpdesk" in ended.out


@pytest.mark.parametrize("line", ["", "users", "audit"])
def test_without_a_command_the_commands_are_listed(run: Callable[..., Ended], line: str) -> None:
    ended = run(line)

    assert ended.code == 0
    assert "Commands:" in ended.out


@pytest.mark.parametrize("line", ["demo --fill-only", "demo --fill-only --now 2026-12-24T09:00"])
def test_the_demo_refuses_to_run_in_production(run: Callable[..., Ended], line: str) -> None:
    ended = run(line, HELPDESK_MODE="production")

    assert ended.code == 2
    assert "HELPDESK_MODE=demo" in ended.err
    assert not clock.is_travelling()


@pytest.mark.parametrize(
    ("given", "is_then"),
    [
        ("2026-12-24T09:00", "2026-12-24T08:00"),
        ("2026-07-01T09:00:30", "2026-07-01T07:00:30"),
        ("2026-12-24T09:00Z", "2026-12-24T09:00"),
        ("2027-01-01T09:00-05:00", "2027-01-01T14:00"),
    ],
)
@pytest.mark.usefixtures("travel")
def test_the_demo_runs_at_another_instant_and_keeps_what_is_there(
    run: Callable[..., Ended], session: Session, company: Company, given: str, is_then: str
) -> None:
    ended = run(f"demo --fill-only --now {given}", HELPDESK_MODE="demo")

    late = clock.now() - datetime.fromisoformat(f"{is_then}+00:00")
    assert (ended.code, ended.out) == (0, "The data from before is kept.\n")
    assert timedelta() <= late < timedelta(minutes=1)
    assert session.scalars(select(Company.id)).all()


def test_somebody_made_at_the_command_line_may_sign_in(
    run: Callable[..., Ended], session: Session, company: Company
) -> None:
    staff = run(
        "users create Marta@desk.example --name Marta --role supervisor",
        HELPDESK_PASSWORD="a long password",
    )
    customer = run(
        f"users create luc@martin.example --name Luc --role customer --language fr"
        f" --authority subscription_manager --tax-number {company.tax_number}"
    )

    session.rollback()
    marta, luc = session.scalars(select(Person).order_by(Person.id)).all()
    assert (staff.code, customer.code) == (0, 0)
    assert "marta@desk.example" in staff.out.lower()
    assert (marta.email, marta.role, marta.authority) == (
        "marta@desk.example",
        Role.SUPERVISOR,
        Authority.NONE,
    )
    assert passwords.fits("a long password", marta.password_hash)
    assert (luc.company_id, luc.authority) == (company.id, Authority.SUBSCRIPTION_MANAGER)


def test_another_role_is_given_at_the_command_line(
    run: Callable[..., Ended], session: Session
) -> None:
    marta = an_agent(session)
    email = marta.email
    session.commit()

    assert run(f"users set-role {email} supervisor").code == 0
    assert session.scalars(select(Person.role)).all() == [Role.SUPERVISOR]


def test_process_says_what_would_be_done_then_does_it(
    run: Callable[..., Ended], session: Session, company: Company
) -> None:
    a_request(session, company, filed_at=clock.now() - timedelta(minutes=1))
    session.commit()

    dry = run("process --dry-run")
    state_then, pass_then = session.scalars(select(Request.state)).one(), passes.last(session)
    session.rollback()
    wet = run("process")

    assert dry.out.split() == ["Would", "be", "done:", "confirm", "1"]
    assert (state_then, pass_then) == (State.RECEIVED, None)
    assert wet.out.split()[:3] == ["Done:", "confirm", "1"]
    assert session.scalars(select(Request.state)).one() is State.CONFIRMED
    assert passes.last(session) is not None


def test_a_pass_with_nothing_due_says_so(run: Callable[..., Ended]) -> None:
    assert run("process --dry-run").out.split() == ["Would", "be", "done:", "nothing", "0"]


def test_audit_finds_what_was_changed(
    run: Callable[..., Ended], session: Session, company: Company
) -> None:
    reference = a_request(session, company).reference
    session.commit()
    untouched = run("audit verify")
    session.execute(text("UPDATE events SET why = 'another reason'"))
    session.commit()
    changed = run("audit verify")

    assert (untouched.code, changed.code) == (0, 1)
    assert reference in changed.out
