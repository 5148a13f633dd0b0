from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.messages.models import Message
from helpdesk.queue import passes
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Channel, MessageState
from tests.builders import a_company, a_request, a_subscription
from tests.conftest import Page
from tests.support import addresses


def figures(html: str) -> list[str]:
    part = html.split('class="figures"')[1].split("</ul>", maxsplit=1)[0]
    return [" ".join(one.split("<")[0].split()) for one in part.split("<strong>")[1:]]


def test_an_empty_service_calls_for_nothing(desk: Page) -> None:
    html = desk.get("/queue/overview").text

    assert figures(html) == ["0", "–", "0", "0"]
    assert "nothing is due" in html


def test_four_numbers_call_for_action_and_each_is_a_link(
    session: Session, desk: Page, waiting: Request
) -> None:
    waiting.filed_at = clock.now() - timedelta(days=12, hours=3)
    a_request(session, filed_at=clock.now()).failure = "ValueError"
    session.scalars(select(Message)).first().state = MessageState.FAILED  # type: ignore[union-attr]
    session.commit()

    html = desk.get("/queue/overview").text

    assert figures(html) == ["2", "12 days", "1", "1"]
    for address in (
        "/queue/?state=in_review",
        addresses.of_request(waiting),
        "/queue/?failed=yes",
        "/queue/outbox?state=failed",
    ):
        assert f'href="{address}"' in html


def test_on_the_first_day_the_age_is_in_hours(
    session: Session, desk: Page, waiting: Request
) -> None:
    waiting.filed_at = clock.now() - timedelta(hours=5, minutes=10)
    session.commit()

    assert figures(desk.get("/queue/overview").text)[1] == "5 hours"


def test_the_last_pass_and_what_it_did_are_shown(session: Session, desk: Page) -> None:
    now = clock.now()
    passes.record(now, now, {"confirm": 3, "sent": 2, "failed": 1})

    html = desk.get("/queue/overview").text

    for text in ("Cancellation confirmed · 3", "Messages sent · 2", "Requests set aside · 1"):
        assert text in html
    assert "Nothing has been processed" not in html


@pytest.mark.parametrize("minutes", [6, 600])
def test_when_nothing_has_run_for_five_minutes_the_alarm_stands(
    session: Session, desk: Page, minutes: int
) -> None:
    then = clock.now() - timedelta(minutes=minutes)
    passes.record(then, then, {})

    assert "Nothing has been processed for five minutes" in desk.get("/queue/overview").text


def test_what_is_due_by_tomorrow_morning_is_counted(session: Session, desk: Page) -> None:
    company = a_company(session)
    a_subscription(session, company)
    a_request(session, company, filed_at=clock.now())
    session.commit()

    assert "Cancellation confirmed · 1" in desk.get("/queue/overview").text


def test_the_plot_is_drawn_and_said_in_numbers(session: Session, desk: Page) -> None:
    a_request(session, channel=Channel.PHONE, filed_at=clock.now())
    a_request(session, channel=Channel.HELP_CENTER, filed_at=clock.now())
    session.commit()

    html = desk.get("/queue/overview").text

    assert html.count('<rect class="plot-phone"') == 1
    assert html.count('<rect class="plot-help_center"') == 1
    rows = html.split("Requests, day by day")[2].split("<tr>")
    assert len(rows) == 32
