"""What the service reads of ours, in order, from where it stopped."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from helpdesk import cli
from helpdesk.directory.models import Company
from helpdesk.queue.events import PROCESSING, Actor, By
from helpdesk.queue.processing import process_due
from helpdesk.queue.references import written
from helpdesk.queue.transitions import move
from helpdesk.queue.withdrawal import withdraw
from helpdesk.rules.vocabulary import Action
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_request
from tests.support.workers import environment

Read = Callable[..., list[dict[str, object]]]


@pytest.fixture
def read(settings: Settings) -> Read:
    """Return what runs the command and reads its lines."""

    def run(*options: str) -> list[dict[str, object]]:
        ended = CliRunner().invoke(cli.commands, ["events", *options], env=environment(settings))
        assert ended.exit_code == 0, ended.output
        return [json.loads(line) for line in ended.stdout.splitlines()]

    return run


def test_each_change_is_a_line_with_its_number(
    session: Session, company: Company, read: Read
) -> None:
    assert read() == []
    request = a_request(session, company)
    move(session, request, Action.CONFIRM, actor=PROCESSING, at=A_MONDAY)
    withdraw(session, request, None, actor=Actor(By.CUSTOMER), at=A_MONDAY + timedelta(days=1))
    session.commit()

    first, second = read()

    assert first == {
        "number": 1,
        "at": "2026-03-02T10:00:00+00:00",
        "kind": "subscription_ending",
        "reference": written(request.reference),
        "contract": company.subscriptions[0].contract,
        "effective_on": "2026-04-15",
        "access_ends_at": "2026-04-14T22:00:00+00:00",
        "deleted_on": "2026-10-15",
    }
    assert (second["number"], second["kind"]) == (2, "subscription_kept")


def test_who_has_read_some_asks_for_what_follows(
    session: Session, company: Company, read: Read
) -> None:
    request = a_request(session, company)
    session.commit()
    process_due(A_MONDAY)
    process_due(request.endings[0].access_ends_at)

    kinds = [one["kind"] for one in read()]

    assert kinds == ["subscription_ending", "subscription_ended"]
    assert [one["kind"] for one in read("--after", "1")] == kinds[1:]
    assert [one["kind"] for one in read("--limit", "1")] == kinds[:1]
    assert read("--after", "2") == []


def test_nothing_that_names_a_person_is_told(
    session: Session, company: Company, read: Read
) -> None:
    request = a_request(session, company)
    move(session, request, Action.CONFIRM, actor=PROCESSING, at=A_MONDAY)
    session.commit()

    (told,) = read()

    said = json.dumps(told)
    for name in (request.requester_name, request.email, request.company_name, request.tax_number):
        assert name not in said
