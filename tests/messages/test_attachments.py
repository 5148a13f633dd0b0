"""What goes with a message: its dates, its document, the same bytes at each try."""

import hashlib
import io
from datetime import timedelta

import pytest
from icalendar import Calendar
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company
from helpdesk.documents import codes, render, shelf
from helpdesk.documents.models import Document
from helpdesk.messages.delivery import deliver_due
from helpdesk.messages.envelope import mail
from helpdesk.messages.models import Message
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.references import written
from helpdesk.queue.transitions import move
from helpdesk.rules.vocabulary import Action, Language, MessageKind, MessageState
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_request
from tests.queue.test_withdrawals import INES
from tests.support.mail import errors
from tests.support.smtp import Postbox

LATER = A_MONDAY + timedelta(minutes=1)


@pytest.fixture
def confirmed(session: Session, company: Company) -> Request:
    """Return a request whose confirmation waits alone in the outbox."""
    request = a_request(session, company)
    session.commit()
    process_due(LATER)
    session.rollback()
    request.messages[0].state = MessageState.SENT
    session.commit()
    return request


def test_the_confirmation_brings_its_dates_and_its_document(
    session: Session, confirmed: Request, mailing: Settings, postbox: Postbox
) -> None:
    assert deliver_due(LATER, mailing) == {"sent": 1}

    (letter,) = postbox.taken
    words, dates, paper = letter.iter_parts()
    assert letter.get_content_type() == "multipart/mixed"
    assert words.get_content_type() == "multipart/alternative"
    assert (dates.get_content_type(), dates.get_filename()) == ("text/calendar", "echeances.ics")
    assert dates["Content-Type"].params["method"] == "PUBLISH"
    assert dates["Content-Type"].params["charset"] == "utf-8"
    calendar = Calendar.from_ical(dates.get_payload(decode=True))
    assert len(list(calendar.walk("VEVENT"))) == 3
    reference = written(confirmed.reference)
    assert paper.get_content_type() == "application/pdf"
    assert paper.get_filename() == f"resiliation-{reference}.pdf"
    pdf = paper.get_payload(decode=True)
    document = _document(session)
    assert (document.pdf, document.sha256) == (pdf, hashlib.sha256(pdf).hexdigest())


def test_the_paper_says_whose_it_is_and_where_to_check_it(
    session: Session, confirmed: Request, mailing: Settings
) -> None:
    deliver_due(LATER, mailing)

    document = _document(session)
    assert document.pdf
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(document.pdf)).pages)
    assert mailing.service_name in said
    assert f"{mailing.public_url}/verify" in said
    assert codes.written(document.code) in said


def test_each_try_sends_the_same_bytes(
    session: Session, confirmed: Request, mailing: Settings, postbox: Postbox
) -> None:
    postbox.refused.add(confirmed.email)
    deliver_due(LATER, mailing)
    first = _document(session).pdf
    message = confirmed.messages[-1]

    def composed() -> bytes:
        session.rollback()
        return mail(message, mailing.mail_from, mailing.service_name, first).as_bytes()

    once = composed()
    postbox.refused.clear()
    deliver_due(LATER + timedelta(hours=1), mailing)

    assert composed() == once
    assert first is not None
    assert [part.get_payload(decode=True) for part in postbox.taken[0].iter_parts()][-1] == first


def test_nothing_is_rendered_before_somebody_needs_it(session: Session, confirmed: Request) -> None:
    assert (_document(session).pdf, _document(session).sha256) == (None, None)


def test_the_withdrawal_brings_the_same_dates_cancelled_and_its_own_document(
    session: Session, confirmed: Request, mailing: Settings, postbox: Postbox
) -> None:
    deliver_due(LATER, mailing)
    with transaction() as opened:
        request = opened.get_one(Request, confirmed.id)
        move(opened, request, Action.WITHDRAW, actor=INES, at=LATER)
    deliver_due(LATER, mailing)

    names = [[part.get_filename() for part in one.iter_attachments()] for one in postbox.taken]
    reference = written(confirmed.reference)
    assert names == [
        ["echeances.ics", f"resiliation-{reference}.pdf"],
        ["echeances.ics", f"annulation-{reference}.pdf"],
    ]
    dates = next(postbox.taken[1].iter_attachments())
    assert dates["Content-Type"].params["method"] == "CANCEL"


def test_what_is_taken_back_while_its_document_is_made_is_not_sent(
    session: Session,
    confirmed: Request,
    mailing: Settings,
    postbox: Postbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = render.pdf

    def slowly(facts: object) -> bytes:
        with transaction() as opened:
            request = opened.get_one(Request, confirmed.id)
            if request.endings[0].state.value == "confirmed":
                move(opened, request, Action.WITHDRAW, actor=INES, at=LATER)
        return made(facts)

    monkeypatch.setattr(render, "pdf", slowly)
    assert deliver_due(LATER, mailing) == {"sent": 1}

    session.rollback()
    assert [(one.kind, one.state) for one in confirmed.messages][1:] == [
        (MessageKind.CONFIRMATION, MessageState.CANCELLED),
        (MessageKind.WITHDRAWAL, MessageState.SENT),
    ]
    assert len(postbox.taken) == 1


def test_a_document_that_cannot_be_made_is_a_fault_of_its_message_alone(
    session: Session, confirmed: Request, mailing: Settings, postbox: Postbox
) -> None:
    document = _document(session)
    document.facts = {"kind": "confirmation"}
    session.commit()

    assert deliver_due(LATER, mailing) == {"retried": 1}
    assert errors(session, confirmed.messages[-1].id) == [
        "The message or its address cannot be written as mail."
    ]
    assert postbox.taken == []


def test_a_document_whose_data_was_deleted_is_made_no_more(
    session: Session, confirmed: Request
) -> None:
    document = _document(session)
    document.facts = None
    session.commit()

    assert shelf.pdf_of(document.id) is None


@pytest.mark.parametrize(
    ("language", "name"),
    [
        (Language.FRENCH, "resiliation"),
        (Language.SPANISH, "cancelacion"),
        (Language.ENGLISH, "cancellation"),
    ],
)
def test_the_file_is_named_in_the_language_of_the_document(
    session: Session, company: Company, language: Language, name: str
) -> None:
    request = a_request(session, company, language=language)
    move(session, request, Action.CONFIRM, actor=INES, at=LATER)
    session.commit()

    assert shelf.name_of(_document(session)) == f"{name}-{written(request.reference)}.pdf"


def test_a_message_without_dates_or_document_has_two_parts_as_ever(
    session: Session, company: Company, mailing: Settings, postbox: Postbox
) -> None:
    a_request(session, company)
    session.commit()

    deliver_due(A_MONDAY, mailing)

    assert postbox.taken[0].get_content_type() == "multipart/alternative"
    assert session.scalars(select(Message)).one().state is MessageState.SENT


def _document(session: Session) -> Document:
    session.rollback()
    return session.scalars(select(Document).order_by(Document.id)).first() or pytest.fail("none")
