"""Whose account this is, and what they may do in it."""

from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from helpdesk import access
from helpdesk.database import db
from helpdesk.directory import find
from helpdesk.directory.models import Company, Person
from helpdesk.rules import authority

View = Callable[..., ResponseReturnValue]


def company() -> Company:
    """Return the company of who is signed in; somebody without one has no account to manage."""
    found = access.person().company
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    return found


def may_cancel(person: Person) -> bool:
    """Tell whether somebody may end their company's subscriptions (rules §3)."""
    return authority.may_cancel(person.authority)


def those_who_may(session: Session, person: Person) -> Sequence[Person]:
    """Return who may cancel for a person's own company."""
    return find.people_who_may_cancel(session, person.company_id) if person.company_id else ()


def only_with_authority(refusal: str) -> Callable[[View], View]:
    """Let in who may cancel for their company (rules §3); `refusal` tells the others who can."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(**given: str) -> ResponseReturnValue:
            company()
            person = access.person()
            if may_cancel(person):
                return view(**given)
            colleagues = those_who_may(db.session(), person)
            return render_template(refusal, colleagues=colleagues), HTTPStatus.FORBIDDEN

        return guarded

    return guard
