"""The account: its start, the subscriptions, their conditions."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import access, clock
from helpdesk.account import bp, pages, words
from helpdesk.account.forms import CancellationForm
from helpdesk.account.who import company, may_cancel
from helpdesk.database import db
from helpdesk.queue import gate


@bp.get("/")
def start() -> ResponseReturnValue:
    """Show what can be done in the account."""
    return render_template("account/start.html", company=company())


@bp.get("/subscriptions")
def subscriptions() -> ResponseReturnValue:
    """Show the subscriptions in force, those that are ending, and those that have ended."""
    standing = gate.of_company(db.session(), company().id, clock.now())
    return render_template(
        "account/subscriptions.html",
        current=[one for one in standing if one.is_open],
        ended=[one for one in standing if not one.is_open],
        in_short=words.in_short,
        may_cancel=may_cancel(access.person()),
    )


@bp.get("/subscriptions/manage")
def manage() -> ResponseReturnValue:
    """Show the conditions of each subscription, and let those who may cancel choose."""
    standing = gate.of_company(db.session(), company().id, clock.now())
    return pages.manage(CancellationForm(standing, request.args))
