"""The outbox: every message, what became of it, and another try for one that was given up."""

from collections.abc import Iterable
from http import HTTPStatus

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import clock, headers, paging
from helpdesk.database import db, transaction
from helpdesk.documents import shelf as documents
from helpdesk.messages import calendar, shelf
from helpdesk.messages.models import Message
from helpdesk.queue import search
from helpdesk.queue.figures import ZONE
from helpdesk.supervision import bp, words
from helpdesk.supervision.forms import OutboxFilterForm


@bp.get("/outbox")
def outbox() -> ResponseReturnValue:
    """Show one page of the messages, newest first."""
    session, filters = db.session(), shelf.Filters.read(request.args)
    found = shelf.page(session, filters, paging.Place.read(request.args))
    return render_template(
        "supervision/outbox.html",
        found=found,
        filters=filters,
        counts=shelf.counts(session, filters.kind),
        form=OutboxFilterForm(formdata=None, data=filters.as_address()),
        references=search.references_of(session, _requests(found.rows)),
        words=words,
        zone=ZONE.key,
    )


@bp.get("/outbox/<int(max=2147483647):number>")
def message(number: int) -> ResponseReturnValue:
    """Show one message as it was written, and each try to send it."""
    return _page(_found(number)), HTTPStatus.OK


@bp.get("/outbox/<int(max=2147483647):number>/html")
def message_html(number: int) -> ResponseReturnValue:
    """Show the HTML part alone, for a frame that may run nothing."""
    html = _found(number).html
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = headers.mail_policy(html)
    return response


@bp.get("/outbox/<int(max=2147483647):number>/calendar")
def message_calendar(number: int) -> ResponseReturnValue:
    """Give the dates that go with a message."""
    found = _found(number)
    if found.calendar is None:
        abort(HTTPStatus.NOT_FOUND)
    return headers.download(
        found.calendar.encode(), "text/calendar", calendar.NAMES[found.language]
    )


@bp.get("/outbox/<int(max=2147483647):number>/document")
def message_document(number: int) -> ResponseReturnValue:
    """Give the document that goes with a message."""
    document = _found(number).document
    if document is None:
        abort(HTTPStatus.NOT_FOUND)
    name = documents.name_of(document)
    pdf = documents.pdf_of(document.id)
    if pdf is None:
        abort(HTTPStatus.GONE)
    return headers.download(pdf, "application/pdf", name)


@bp.post("/outbox/<int(max=2147483647):number>/attempt")
def attempt(number: int) -> ResponseReturnValue:
    """Have a message that was given up tried again."""
    _found(number)
    try:
        with transaction() as session:
            given_up = session.get_one(Message, number, with_for_update={"key_share": True})
            shelf.try_again(given_up, clock.now())
    except shelf.NotGivenUp:
        return _page(_found(number), is_refused=True), HTTPStatus.CONFLICT
    return redirect(url_for(".message", number=number), 303)


def _found(number: int) -> Message:
    found = shelf.message(db.session(), number)
    if found is None:
        abort(404)
    return found


def _page(found: Message, *, is_refused: bool = False) -> str:
    return render_template(
        "supervision/message.html",
        message=found,
        reference=next(iter(search.references_of(db.session(), _requests([found])).values()), None),
        is_refused=is_refused,
        attachments=_attachments(found),
        tries=[(one.at, words.answer(one.error)) for one in reversed(found.attempts)],
        words=words,
        zone=ZONE.key,
    )


def _attachments(message: Message) -> list[tuple[str, str]]:
    """Return the files that go with a message, each with its address."""
    files = []
    if message.calendar:
        address = url_for(".message_calendar", number=message.id)
        files.append((calendar.NAMES[message.language], address))
    if message.document and message.document.facts:
        address = url_for(".message_document", number=message.id)
        files.append((documents.name_of(message.document), address))
    return files


def _requests(messages: Iterable[Message]) -> list[int]:
    """Return the numbers of the requests that messages are about; a few are about none."""
    return [one.request_id for one in messages if one.request_id]
