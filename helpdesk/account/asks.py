"""Ask a colleague who may cancel to do it, in one click."""

from http import HTTPStatus

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from helpdesk import access, clock
from helpdesk.account import bp
from helpdesk.account.who import company
from helpdesk.database import transaction
from helpdesk.directory.models import Person
from helpdesk.limits import FILE, limiter
from helpdesk.queue import gate, permission


@bp.post("/asks")
@limiter.limit(FILE)
def ask() -> ResponseReturnValue:
    """Write to those who may cancel; a second time on the same day changes nothing."""
    person_id, company_id, at = access.person().id, company().id, clock.now()
    contract = request.form.get("contract", "")
    with transaction() as session:
        standing = gate.of_contract(session, company_id, contract, at)
        if standing is None:
            abort(HTTPStatus.NOT_FOUND)
        if not standing.may_be_cancelled:
            abort(HTTPStatus.CONFLICT)
        permission.ask(session, session.get_one(Person, person_id), standing.subscription, at)
    return redirect(url_for(".manage", _anchor=contract), 303)
