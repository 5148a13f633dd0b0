"""Back to the product: the company's applications, and the gate before each of them."""

from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from helpdesk import access, clock
from helpdesk.account import bp
from helpdesk.account.who import company, may_cancel
from helpdesk.database import db
from helpdesk.directory import find
from helpdesk.queue import gate
from helpdesk.rules.vocabulary import Role


class Application(NamedTuple):
    """A place to go back to: its address here, and what it is called."""

    address: str
    name: str


@bp.context_processor
def menu() -> dict[str, tuple[Application, ...]]:
    """Give the pages of the account the company's applications."""
    person = access.visitor()
    if person is None or person.role is not Role.CUSTOMER or person.company_id is None:
        return {"applications": ()}
    owned = find.subscriptions(db.session(), person.company_id)
    products = [one.product for one in owned]
    return {
        "applications": tuple(
            Application(
                url_for("account.application", contract=one.contract),
                one.product
                if products.count(one.product) == 1
                else f"{one.product} · {one.contract}",
            )
            for one in owned
        )
    }


@bp.get("/applications/<contract>")
def application(contract: str) -> ResponseReturnValue:
    """Go on to the product while access is open; at its exact end, say calmly that it is closed."""
    standing = gate.of_contract(db.session(), company().id, contract, clock.now())
    if standing is None:
        abort(HTTPStatus.NOT_FOUND)
    if not standing.is_open:
        return _closed(standing)
    address: str | None = current_app.config["SETTINGS"].application_url
    if address:
        return redirect(address.replace("{contract}", quote(contract, safe="")), 303)
    return render_template("account/application.html", one=standing)


def _closed(one: gate.Standing) -> ResponseReturnValue:
    zone = ZoneInfo(one.subscription.company.zone)
    page = render_template(
        "account/closed.html",
        one=one,
        ended_on=one.closed_at.astimezone(zone).date() if one.closed_at else None,
        may_restart=may_cancel(access.person()),
    )
    return page, HTTPStatus.FORBIDDEN
