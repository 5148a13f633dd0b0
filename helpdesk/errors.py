"""Which exception shows which page: what happened, what was kept, what to do next."""

import logging
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.exceptions import BadHost, HTTPException

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
}


def page(code: int) -> ResponseReturnValue:
    """Return the page of one error status."""
    what, then = TEXTS.get(HTTPStatus(code), TEXTS[HTTPStatus.BAD_REQUEST])
    said = {"code": code, "what": what, "then": then}
    try:
        return render_template("errors/page.html", **said), code
    except ObjectDeletedError:  # Who was signed in was deleted meanwhile: nobody is any more.
        logout_user()
        return render_template("errors/page.html", **said), code


def handle(app: Flask) -> None:
    """Give every error its page."""

    @app.errorhandler(CSRFError)
    def _expired(_error: CSRFError) -> ResponseReturnValue:
        """Offer to send again what was typed when the session has been lost on the way."""
        if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            return page(HTTPStatus.BAD_REQUEST)
        typed = [
            (name, text)
            for name, texts in request.form.lists()
            for text in texts
            if name not in {"csrf_token", "password"}
        ]
        return render_template("errors/send_again.html", typed=typed), HTTPStatus.BAD_REQUEST

    @app.errorhandler(BadHost)
    def _no_host(_error: BadHost) -> ResponseReturnValue:
        """Answer in bare words what names no host: no page can have an address there."""
        what, then = TEXTS[HTTPStatus.BAD_REQUEST]
        return Response(f"{what}\n{then}\n", HTTPStatus.BAD_REQUEST, mimetype="text/plain")

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
            return error.get_response()
        return page(error.code)

    @app.errorhandler(NoResultFound)
    @app.errorhandler(ObjectDeletedError)
    def _deleted(error: Exception) -> ResponseReturnValue:
        """Answer calmly what was overtaken by the deletion of its data."""
        log.warning("Gone meanwhile on %s", request.endpoint, exc_info=error)
        return page(HTTPStatus.GONE)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> ResponseReturnValue:
        log.error("Unexpected error on %s", request.endpoint, exc_info=error)
        return page(HTTPStatus.INTERNAL_SERVER_ERROR)
