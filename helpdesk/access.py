"""Who is signed in, and the guards of the doors: deny by default, each door names its guard."""

from collections.abc import Callable

from flask import abort, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from werkzeug.utils import redirect

from helpdesk.database import db
from helpdesk.directory.models import Person
from helpdesk.rules.vocabulary import Role

Guard = Callable[[], ResponseReturnValue | None]

STAFF = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
SUPERVISORS = frozenset({Role.SUPERVISOR, Role.ADMIN})

sign_in_manager = LoginManager()


@sign_in_manager.user_loader  # type: ignore[untyped-decorator]
def load(token: str) -> Person | None:
    """Return the person a session belongs to; None once their session key has changed."""
    number, _, key = token.partition(":")
    person = db.session.get(Person, int(number)) if number.isdecimal() else None
    return person if person is not None and person.session_key == key else None


def person() -> Person:
    """Return who is signed in; only behind a guard that requires it."""
    if not current_user.is_authenticated:
        abort(403)
    return current_user._get_current_object()  # noqa: SLF001


def visitor() -> Person | None:
    """Return who is signed in, or None."""
    return person() if current_user.is_authenticated else None


def look_nobody_up() -> None:
    """Let nobody be signed in for the rest of this answer; their session stays as it is."""
    sign_in_manager._update_request_context_with_user()  # noqa: SLF001 (there is no other way)


def anybody() -> None:
    """Let everybody in: the help centre needs no account (rules §3)."""


def _way_back() -> str:
    """Return where to go on after signing in: here, or the page above what only takes a form."""
    if request.method == "GET":
        return request.full_path
    addresses, path = current_app.create_url_adapter(request), request.path
    while addresses and path and not addresses.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path or "/"


def _only(roles: frozenset[Role]) -> Guard:
    def guard() -> ResponseReturnValue | None:
        if not current_user.is_authenticated:
            return redirect(url_for("sign_in.show", next=_way_back()), 303)
        if current_user.role not in roles:
            abort(403)
        return None

    return guard


customer = _only(frozenset({Role.CUSTOMER}))
agent = _only(STAFF)
supervisor = _only(SUPERVISORS)
