"""Restart an ended subscription: what it means, the payment at the provider, what came of it."""

from datetime import date
from http import HTTPStatus
from typing import Any

from flask import abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from helpdesk import access, clock, legislations
from helpdesk.account import bp, words
from helpdesk.account.who import company, only_with_authority
from helpdesk.database import db, transaction
from helpdesk.desk import hours
from helpdesk.directory.models import Subscription
from helpdesk.limits import FILE, limiter
from helpdesk.payments import providers
from helpdesk.payments.port import Bill, Provider, Unanswered
from helpdesk.queue import gate, references, restart
from helpdesk.rules.months import renewal_date

_only_who_may_restart = only_with_authority("account/restart_not_allowed.html")


@bp.get("/subscriptions/<contract>/restart")
@_only_who_may_restart
def offer(contract: str) -> ResponseReturnValue:
    """Show what restarting a subscription means, or why this one is not to be restarted."""
    one = _standing(contract)
    if one.is_open:
        return _in_notice(one)
    if one.ending is None or not restart.may_begin(one.ending, one.at):
        return render_template("account/restart_too_late.html", one=one), HTTPStatus.CONFLICT
    if _provider() is None:
        return _contact(one)
    terms = _terms(one.subscription, words.today(one))
    return render_template("account/restart.html", one=one, **terms)


@bp.post("/subscriptions/<contract>/restart")
@limiter.limit(FILE)
@_only_who_may_restart
def pay(contract: str) -> ResponseReturnValue:
    """Begin the payment and lead to its provider; a second click finds the same payment."""
    provider, at = _provider(), clock.now()
    number, person_id = company().id, access.person().id
    _standing(contract)
    if provider is None:
        return redirect(url_for(".offer", contract=contract), 303)
    try:
        with transaction() as session:
            begun = restart.begin(session, number, contract, person_id, at)
            back = url_for(".payment", key=begun.key)
            bill = Bill(begun.key, begun.amount_cents, back)
    except restart.TooLate:
        return redirect(url_for(".offer", contract=contract), 303)
    try:
        return redirect(provider.begin(bill), 303)
    except Unanswered:
        return redirect(back, 303)


@bp.get("/payments/<key>")
@_only_who_may_restart
def payment(key: str) -> ResponseReturnValue:
    """Ask the provider what came of a payment, do what follows, and tell it."""
    number, provider = company().id, _provider()
    found = restart.paid(db.session(), number, key)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    if provider is not None and found.is_open:
        restart.settle(provider, key, clock.now())
        found = restart.paid(db.session(), number, key) or found
    first = found.settled_on
    return render_template(
        "account/restart_payment.html",
        one=found,
        may_begin=restart.may_begin(found.ending, clock.now()),
        email=found.ending.request.email,
        **(_terms(found.subscription, first) if first else {}),
    )


def _standing(contract: str) -> gate.Standing:
    """Return where a contract of the company stands; nobody else's is there."""
    one = gate.of_contract(db.session(), company().id, contract, clock.now())
    if one is None:
        abort(HTTPStatus.NOT_FOUND)
    return one


def _in_notice(one: gate.Standing) -> ResponseReturnValue:
    """Before the end, to come back is to withdraw the request: say so, and lead there."""
    asked = one.ending or one.examined
    if asked is None:
        return redirect(url_for(".subscriptions"), 303)
    return render_template(
        "account/restart_in_notice.html",
        one=one,
        ending=asked,
        reference=references.written(asked.request.reference),
    )


def _contact(one: gate.Standing) -> str:
    """Without a provider people contact us to restart: say how, as their country can."""
    phone = legislations.of(one.subscription.company.country).phone
    desk = phone.desk if phone else None
    return render_template(
        "account/restart_contact.html",
        one=one,
        phone=phone,
        status=hours.line_status(db.session(), desk, one.at) if desk else None,
    )


def _terms(subscription: Subscription, first: date) -> dict[str, Any]:
    """Return the dates of a subscription that begins again on a day."""
    return {"first": first, "renews_on": renewal_date(first, subscription.term_months, 1)}


def _provider() -> Provider | None:
    return providers.chosen(current_app.config["SETTINGS"])
