"""Which exception shows which page: what happened, what was kept, what to do next."""

import logging
from http import HTTPStatus

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)


def _texts(code: int) -> tuple[str, str]:
    """Return what happened and what to do next, for one status."""
    match code:
        case HTTPStatus.FORBIDDEN:
            return (
                gettext("You may not open this page"),
                gettext("Sign in with an account that may, or ask who manages your account."),
            )
        case HTTPStatus.NOT_FOUND:
            return (
                gettext("This page does not exist"),
                gettext("Check the address, or start again from the Help Centre."),
            )
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return (
                gettext("This page cannot be used that way"),
                gettext("Go back and use the buttons of the page."),
            )
        case HTTPStatus.CONFLICT:
            return (
                gettext("This has changed in the meantime"),
                gettext("Go back and reload the page to see where it stands now."),
            )
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return (
                gettext("What you sent is too long"),
                gettext("Go back: what you typed is still there. Shorten it and send it again."),
            )
        case HTTPStatus.TOO_MANY_REQUESTS:
            return (
                gettext("Too many tries"),
                gettext("Wait a few minutes, then try again. Nothing was changed."),
            )
        case HTTPStatus.INTERNAL_SERVER_ERROR:
            return (
                gettext("Something went wrong on our side"),
                gettext("What was filed before is kept. Try again in a few minutes."),
            )
        case _:
            return (
                gettext("We could not read what was sent"),
                gettext("Go back, reload the page and try again. Nothing was changed."),
            )


def page(code: int) -> ResponseReturnValue:
    """Return the page of one error status."""
    what, then = _texts(code)
    return render_template("errors/page.html", code=code, what=what, then=then), code


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

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
            return error.get_response()
        return page(error.code)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> ResponseReturnValue:
        log.error("Unexpected error on %s", request.endpoint, exc_info=error)
        return page(HTTPStatus.INTERNAL_SERVER_ERROR)
