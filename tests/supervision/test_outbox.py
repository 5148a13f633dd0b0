"""The outbox: every message, what became of it, and another try."""

import base64
import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock, headers
from helpdesk.database import db
from helpdesk.directory.models import Company
from helpdesk.messages.models import Attempt, Message
from helpdesk.queue import references
from helpdesk.queue.events import PROCESSING
from helpdesk.queue.models import Request
from helpdesk.queue.transitions import move
from helpdesk.rules.vocabulary import Action, Language, MessageState
from tests.builders import A_MONDAY, a_request
from tests.conftest import Page
from tests.support.queries import recorded


@pytest.fixture
def letter(session: Session, waiting: Request) -> Message:
    """Return the acknowledgement of a request."""
    return session.scalars(select(Message).where(Message.request_id == waiting.id)).one()


@pytest.fixture
def given_up(session: Session, letter: Message) -> Message:
    letter.state = MessageState.FAILED
    letter.attempts.append(Attempt(at=A_MONDAY, error="550 <no such> mailbox: 100 %"))
    session.commit()
    return letter


def test_without_messages_the_outbox_says_what_will_stand_there(desk: Page) -> None:
    assert "as soon as something happens to a request" in desk.get("/queue/outbox").text


def test_messages_wait_readable(desk: Page, letter: Message, waiting: Request) -> None:
    html = desk.get("/queue/outbox").text

    for text in (
        letter.subject,
        letter.recipient,
        "Acknowledgement",
        "Waiting",
        references.written(waiting.reference),
        f'href="/queue/outbox/{letter.id}"',
    ):
        assert text in html


def test_they_are_filtered_by_state_and_kind(desk: Page, letter: Message) -> None:
    def shown(query: str) -> bool:
        return letter.subject in desk.get(f"/queue/outbox?{query}").text

    assert shown("state=waiting&kind=acknowledgement")
    assert not shown("state=sent")
    assert not shown("kind=rejection")
    assert shown("state=%3Cb%3E&kind=x&older=y&newer=z")


def test_a_message_shows_its_text_its_tries_and_its_request(
    desk: Page, given_up: Message, waiting: Request
) -> None:
    html = desk.get(f"/queue/outbox/{given_up.id}").text

    assert "550 &lt;no such&gt; mailbox: 100 %" in html
    assert "Given up" in html
    assert references.written(waiting.reference) in html
    assert given_up.text.splitlines()[0] in html
    assert f'src="/queue/outbox/{given_up.id}/html"' in html
    assert "<iframe" in html
    assert " sandbox" in html


def test_a_message_that_was_sent_says_when(session: Session, desk: Page, letter: Message) -> None:
    letter.state, letter.sent_at = MessageState.SENT, A_MONDAY
    letter.attempts.append(Attempt(at=A_MONDAY, error=""))
    session.commit()

    html = desk.get(f"/queue/outbox/{letter.id}").text

    assert "02/03/2026 11:00" in html
    assert "Accepted" in html
    assert "Try again now" not in html


def test_the_html_part_may_run_nothing_and_bring_only_its_own_styles(
    desk: Page, letter: Message
) -> None:
    answer = desk.client.get(f"/queue/outbox/{letter.id}/html")

    policy = answer.headers["Content-Security-Policy"]
    style = letter.html.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert answer.text == letter.html
    assert f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert policy.endswith("sandbox")


def test_html_without_styles_may_bring_none() -> None:
    assert "style-src 'none'" in headers.mail_policy("<p>Bonjour</p>")


def test_our_own_pages_may_frame_only_ourselves(desk: Page) -> None:
    assert "frame-src 'self'" in desk.get("/queue/").headers["Content-Security-Policy"]


def test_what_was_given_up_is_tried_again(session: Session, desk: Page, given_up: Message) -> None:
    desk.get(f"/queue/outbox/{given_up.id}")

    answer = desk.post(f"/queue/outbox/{given_up.id}/attempt")

    assert answer.location == f"/queue/outbox/{given_up.id}"
    assert given_up.state is MessageState.WAITING
    assert clock.now() - given_up.due_at < timedelta(minutes=1)
    assert "Put back among those that wait, by a supervisor" in desk.get(answer.location).text


def test_pressed_twice_it_waits_once(desk: Page, given_up: Message) -> None:
    desk.get(f"/queue/outbox/{given_up.id}")
    desk.post(f"/queue/outbox/{given_up.id}/attempt")

    html = desk.post(f"/queue/outbox/{given_up.id}/attempt", status=409).text

    assert "Only a message that was given up can be tried again" in html
    assert len(given_up.attempts) == 2


def test_our_own_words_of_a_fault_are_translated(
    session: Session, desk: Page, letter: Message
) -> None:
    letter.attempts.append(Attempt(at=A_MONDAY, error="The mail server did not answer in time."))
    session.commit()

    assert "The mail server did not answer in time." in desk.get(f"/queue/outbox/{letter.id}").text


def test_fifty_one_messages_take_two_pages(session: Session, desk: Page) -> None:
    for number in range(51):
        a_request(session, filed_at=A_MONDAY + timedelta(minutes=number))
    session.commit()

    first = desk.get("/queue/outbox?state=waiting").text
    older = first.split('rel="next"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")

    assert "state=waiting" in older
    assert desk.get(older).text.count("row-link") == 1


def test_twenty_five_rows_cost_as_many_queries_as_one(session: Session, desk: Page) -> None:
    counts = []
    for rows in (1, 24):
        for _ in range(rows):
            a_request(session)
        session.commit()
        with recorded(db.engine) as statements:
            desk.get("/queue/outbox")
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 10


@pytest.fixture
def confirmation(session: Session, company: Company) -> Message:
    """Return a message with dates and a document."""
    request = a_request(session, company, language=Language.SPANISH)
    move(session, request, Action.CONFIRM, actor=PROCESSING, at=A_MONDAY)
    session.commit()
    return request.messages[-1]


def test_what_goes_with_a_message_can_be_taken_from_its_page(
    desk: Page, confirmation: Message
) -> None:
    html = desk.get(f"/queue/outbox/{confirmation.id}").text

    dates = desk.get(f"/queue/outbox/{confirmation.id}/calendar")
    paper = desk.client.get(f"/queue/outbox/{confirmation.id}/document")
    assert "fechas.ics" in html
    assert f'href="/queue/outbox/{confirmation.id}/document"' in html
    assert dates.mimetype == "text/calendar"
    assert dates.text == confirmation.calendar
    assert dates.headers["Content-Disposition"] == "attachment; filename=fechas.ics"
    assert paper.mimetype == "application/pdf"
    assert paper.data.startswith(b"%PDF-")
    assert "filename=cancelacion-" in paper.headers["Content-Disposition"]


def test_a_message_alone_has_nothing_to_take(desk: Page, letter: Message) -> None:
    assert "Attachments" not in desk.get(f"/queue/outbox/{letter.id}").text
    desk.get(f"/queue/outbox/{letter.id}/calendar", 404)
    desk.get(f"/queue/outbox/{letter.id}/document", 404)
    desk.get("/queue/outbox/999999/document", 404)


def test_a_document_whose_data_was_deleted_is_gone(
    session: Session, desk: Page, confirmation: Message
) -> None:
    assert confirmation.document
    confirmation.document.facts = None
    session.commit()

    assert "cancelacion" not in desk.get(f"/queue/outbox/{confirmation.id}").text
    desk.get(f"/queue/outbox/{confirmation.id}/document", 410)
