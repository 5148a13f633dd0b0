"""What a bank would show: the amount, and the choice of what it says."""

from http import HTTPStatus

from flask import abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk.payments import sandbox
from helpdesk.payments.models import SandboxPayment
from helpdesk.payments.sandbox import Choice
from helpdesk.sandbox import bp


@bp.get("/<key>")
def show(key: str) -> ResponseReturnValue:
    """Show the amount and the three answers a bank can give."""
    payment = _payment(key)
    return render_template(
        "sandbox/bank.html",
        payment=payment,
        choices=Choice,
        is_decided=sandbox.is_decided(payment),
    )


@bp.post("/<key>")
def choose(key: str) -> ResponseReturnValue:
    """Answer as chosen, and send the person back to where they came from."""
    back, chosen = _payment(key).back, request.form.get("choice", "")
    if chosen not in set(Choice):
        abort(HTTPStatus.BAD_REQUEST)
    sandbox.choose(key, Choice(chosen))
    return redirect(back, HTTPStatus.SEE_OTHER)


def _payment(key: str) -> SandboxPayment:
    payment = sandbox.payment(key)
    if payment is None:
        abort(HTTPStatus.NOT_FOUND)
    return payment
