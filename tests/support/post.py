"""Messages as they arrive: what the real processing hands to a real mail server, read again."""

from datetime import date
from email.message import EmailMessage
from io import BytesIO

from flask import Flask
from icalendar import Calendar
from pypdf import PdfReader

from helpdesk import jobs
from helpdesk.settings import Settings
from tests.support.smtp import Postbox


class Post:
    """Ticks, and keeps what the mail server has been given."""

    def __init__(self, app: Flask, settings: Settings, postbox: Postbox) -> None:
        self.app = app
        self.settings = settings
        self.postbox = postbox

    def tick(self) -> list[EmailMessage]:
        """Let everything that is due be done; returns the messages that have arrived by it."""
        before = len(self.postbox.taken)
        jobs.tick(self.app, self.settings)
        return self.postbox.taken[before:]


def plainly(text: str) -> str:
    """Return a text with single, ordinary spaces: mail programs and PDF readers break lines."""
    return " ".join(text.split())


def words_of(mail: EmailMessage) -> tuple[str, str]:
    """Return what a message says as text and as HTML."""
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert html
    return plainly(text.get_content()), plainly(html.get_content())


def attached(mail: EmailMessage) -> dict[str, EmailMessage]:
    """Return the files of a message by their type."""
    return {str(one.get_content_type()): one for one in mail.iter_attachments()}


def calendar_of(mail: EmailMessage) -> dict[date, str]:
    """Return the days that a message puts into a calendar, with what they are called."""
    given = Calendar.from_ical(attached(mail)["text/calendar"].get_content())
    return {event["dtstart"].dt: plainly(event["summary"]) for event in given.walk("VEVENT")}


def document_of(mail: EmailMessage) -> PdfReader:
    """Return the document that comes with a message."""
    return PdfReader(BytesIO(attached(mail)["application/pdf"].get_content()))


def text_of(document: PdfReader) -> str:
    """Return the words of a document."""
    return plainly(" ".join(page.extract_text() for page in document.pages))
