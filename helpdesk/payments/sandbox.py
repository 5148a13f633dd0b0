"""The sandbox: a provider for the demo and the tests, where people choose what their bank says.

It stands for a system of somebody else's: it keeps a table of its own, in transactions of its own,
and knows nothing of subscriptions. Its pages are the door `sandbox`.
"""

from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from typing_extensions import override

from helpdesk.database import db, locked, transaction
from helpdesk.payments.models import SandboxPayment
from helpdesk.payments.port import Bill, Outcome, Provider, Unanswered

PAGES = "/sandbox-bank"


class Choice(StrEnum):
    """What a person lets the sandbox bank do."""

    ACCEPT = "accepted"
    REFUSE = "refused"
    TIME_OUT = "timed_out"


_DECIDED = frozenset({Choice.ACCEPT, Choice.REFUSE})


class Sandbox(Provider):
    """The sandbox as its customers use it: by the port."""

    @override
    def begin(self, bill: Bill) -> str:
        with transaction() as session:
            if session.get(SandboxPayment, bill.key) is None:
                begun = SandboxPayment(key=bill.key, amount_cents=bill.amount_cents, back=bill.back)
                with suppress(IntegrityError), session.begin_nested():
                    session.add(begun)  # Refused when the same one was begun just then.
        return f"{PAGES}/{bill.key}"

    @override
    def outcome(self, key: str) -> Outcome:
        with transaction(keep=False) as session:
            payment = session.get(SandboxPayment, key)
            chosen = payment.outcome if payment else None
            is_cancelled = payment is not None and payment.is_cancelled
        if is_cancelled:
            return Outcome.REFUSED
        if chosen == Choice.TIME_OUT:
            raise Unanswered
        return Outcome(chosen) if chosen else Outcome.OPEN

    @override
    def cancel(self, key: str) -> None:
        with transaction() as session:
            for payment in _locked(session, key):
                payment.is_cancelled = True


def payment(key: str) -> SandboxPayment | None:
    """Return a payment of the sandbox; None when it was never begun."""
    return db.session.get(SandboxPayment, key)


def is_decided(one: SandboxPayment) -> bool:
    """Tell whether nothing can be chosen any more: what was accepted or refused stands."""
    return one.is_cancelled or one.outcome in _DECIDED


def choose(key: str, choice: Choice) -> None:
    """Do what a person chose; only a payment that is still open can be decided."""
    with transaction() as session:
        for one in _locked(session, key):
            if not is_decided(one):
                one.outcome = choice.value


def _locked(session: Session, key: str) -> Sequence[SandboxPayment]:
    return locked(session, select(SandboxPayment).where(SandboxPayment.key == key))
