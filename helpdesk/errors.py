"""Which exception shows which page: what happened, what was kept, what to do next."""

import logging
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, NoResultFound
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import BadHost, HTTPException

from helpdesk import access
from helpdesk.database import db
from helpdesk.engine import is_away, told
from helpdesk.languages import _l

log = logging.getLogger(__name__)


TEXTS = {
    HTTPStatus.BAD_REQUEST: (
        _l("We could not read what was sent"),
        _l("Go back, reload the page and try again. Nothing was changed."),
    ),
    HTTPStatus.FORBIDDEN: (
        _l("You may not open this page"),
        _l("Sign in with an account that may, or ask who manages your account."),
    ),
    HTTPStatus.NOT_FOUND: (
        _l("This page does not exist"),
        _l("Check the address, or start again from the Help Centre."),
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        _l("This page cannot be used that way"),
        _l("Go back and use the buttons of the page."),
    ),
    HTTPStatus.CONFLICT: (
        _l("This has changed in the meantime"),
        _l("Go back and reload the page to see where it stands now."),
    ),
    HTTPStatus.GONE: (
        _l("This is no longer kept"),
        _l("The data that it told has been deleted, as announced. Only the proof of it stays."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        _l("What you sent is too long"),
        _l("Go back: what you typed is still there. Shorten it and send it again."),
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        _l("Too many tries"),
        _l("Wait a few minutes, then try again. Nothing was changed."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        _l("Something went wrong on our side"),
        _l("What was filed before is kept. Try again in a few minutes."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        _l("We cannot reach our records just now"),
        _l("Nothing is lost. Try again in a moment."),
    ),
}
AGAIN_SECONDS = 10


def handle(app: Flask) -> None:
    """Give every error its page."""
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(BadHost, _no_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NoResultFound, _deleted)
    app.register_error_handler(ObjectDeletedError, _deleted)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(DataError, _unreadable)
    app.register_error_handler(Exception, _unexpected)


def page(code: int) -> ResponseReturnValue:
    """Return the page of one error status."""
    what, then = TEXTS.get(HTTPStatus(code), TEXTS[HTTPStatus.BAD_REQUEST])
    said = {"code": code, "what": what, "then": then}
    try:
        return render_template("errors/page.html", **said), code
    except ObjectDeletedError:  # Who was signed in was deleted meanwhile: nobody is any more.
        logout_user()
        return render_template("errors/page.html", **said), code


def away() -> ResponseReturnValue:
    """Say that the database is away, without asking it anything; what was sent can be sent again.

    Every form is safe to send twice: what files has its key, what decides names a version.
    """
    access.look_nobody_up()
    what, then = TEXTS[HTTPStatus.SERVICE_UNAVAILABLE]
    code = HTTPStatus.SERVICE_UNAVAILABLE
    if request.method == "POST" and _is_of_our_page():
        then = _l(
            "Nothing you typed is lost, and nothing is filed twice."
            " Send it again in a moment to go on where you were."
        )
        html = _send_again(code, what, then)
    else:
        html = render_template("errors/page.html", code=code, what=what, then=then)
    return html, code, {"Retry-After": str(AGAIN_SECONDS)}


def _expired(_error: CSRFError) -> ResponseReturnValue:
    """Offer to send again what was typed when the session has been lost on the way."""
    if not _is_of_our_page():
        return page(HTTPStatus.BAD_REQUEST)
    what = _l("Your session has expired")
    then = _l(
        "Nothing has been sent yet, and nothing you typed is lost."
        " Send it again to go on where you were."
    )
    return _send_again(HTTPStatus.BAD_REQUEST, what, then), HTTPStatus.BAD_REQUEST


def _is_of_our_page() -> bool:
    """Tell whether what was sent comes from a page of ours, and may be offered to be sent again."""
    return request.headers.get("Sec-Fetch-Site", "none") in {"same-origin", "none"}


def _send_again(code: HTTPStatus, what: str, then: str) -> str:
    typed = [
        (name, text)
        for name, texts in request.form.lists()
        for text in texts
        if name not in {"csrf_token", "password"}
    ]
    said = {"code": code, "what": what, "then": then}
    return render_template("errors/send_again.html", typed=typed, **said)


def _no_host(_error: BadHost) -> ResponseReturnValue:
    """Answer in bare words what names no host: no page can have an address there."""
    what, then = TEXTS[HTTPStatus.BAD_REQUEST]
    return Response(f"{what}\n{then}\n", HTTPStatus.BAD_REQUEST, mimetype="text/plain")


def _http(error: HTTPException) -> ResponseReturnValue:
    # What fails while the page of another error is made comes here as a fault of ours.
    if is_away(getattr(error, "original_exception", None)):
        return away()
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    return page(error.code)


def _deleted(error: Exception) -> ResponseReturnValue:
    """Answer calmly what was overtaken by the deletion of its data."""
    log.warning("Gone meanwhile on %s", request.endpoint, exc_info=error)
    return page(HTTPStatus.GONE)


def _overtaken(error: Exception) -> ResponseReturnValue:
    """Answer calmly what somebody else has changed between reading and writing."""
    log.warning("Changed meanwhile on %s", request.endpoint, exc_info=error)
    return page(HTTPStatus.CONFLICT)


def _unreadable(error: Exception) -> ResponseReturnValue:
    """Answer calmly what the database takes for no value: a NUL among letters, too large a number.

    PostgreSQL refuses such a value where SQLite finds no row with it.
    """
    log.warning("No value on %s", request.endpoint, exc_info=error)
    db.session().rollback()  # The page still asks who is signed in.
    return page(HTTPStatus.BAD_REQUEST)


def _unexpected(error: Exception) -> ResponseReturnValue:
    if is_away(error):
        log.error("The database is away, on %s: %s", request.endpoint, told(error))
        return away()
    log.error("Unexpected error on %s", request.endpoint, exc_info=error)
    db.session().rollback()  # In a transaction that failed the page could not ask who is signed in.
    return page(HTTPStatus.INTERNAL_SERVER_ERROR)
