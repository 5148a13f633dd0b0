"""Log a call, and put what it asks for into the shared queue: a cancellation, or its withdrawal."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from helpdesk.console.forms import CallForm
from helpdesk.console.sheet import DESK, Sheet, desk_country
from helpdesk.desk import calls
from helpdesk.desk.calls import Taken
from helpdesk.desk.models import Call, CallDraft
from helpdesk.forms import read_tax_number
from helpdesk.queue import intake, review, withdrawal
from helpdesk.queue.events import Actor, By
from helpdesk.queue.filing import Filing
from helpdesk.rules.authority import may_cancel
from helpdesk.rules.vocabulary import Channel, Disposition, Reason

UNDO_FOR = timedelta(seconds=10)
"""How long a filed request is held, so that a slip can be undone before anybody hears of it."""


def log_call(
    session: Session, draft: CallDraft, sheet: Sheet, form: CallForm, now: datetime, secret: str
) -> Call:
    """Turn a checked form into a call and what it makes, in the view's transaction.

    Raises TooLate when access has ended before what the caller takes back could be withdrawn.
    """
    number = form.number.data or None
    taken = Taken(
        company_id=sheet.company.id if sheet.company else None,
        caller_number=number,
        caller_name=sheet.caller,
        seconds=form.seconds,
        disposition=Disposition(form.disposition.data),
        notes=form.notes.data or "",
    )
    call = calls.log(session, DESK, draft, taken)
    if form.is_cancellation:
        intake.accept(session, _filing(call, sheet, form, now), secret)
    if form.is_withdrawal:
        _withdraw(session, call, sheet, now, secret)
    return call


def _withdraw(session: Session, call: Call, sheet: Sheet, now: datetime, secret: str) -> None:
    """Take back what the caller chose, or ask the company when their word is not enough."""
    actor = Actor(By.AGENT, call.agent_id, call.id)
    chosen = {one.id for one in sheet.withdrawn}
    for reference in dict.fromkeys(one.request.reference for one in sheet.withdrawn):
        request = review.locked(session, reference)
        if request is None:
            raise withdrawal.TooLate
        if may_cancel(sheet.authority):
            withdrawal.withdraw(session, request, chosen, actor=actor, at=now)
        else:
            withdrawal.ask(session, request, now, secret)


def _filing(call: Call, sheet: Sheet, form: CallForm, now: datetime) -> Filing:
    """Return what was asked, dated when the call began: it was then that it was asked."""
    company, tax_number = sheet.company, form.tax_number.data or ""
    country = read_tax_number(tax_number)[0] if tax_number else desk_country()
    return Filing(
        key=call.key,
        channel=Channel.PHONE,
        filed_at=call.started_at,
        company_id=company.id if company else None,
        company_name=company.name if company else form.company_name.data or "",
        tax_number=company.tax_number if company else tax_number,
        country=company.country if company else country,
        subscription_ids=tuple(end.subscription.id for end in sheet.ends),
        person_id=sheet.person.id if sheet.person else None,
        requester_name=sheet.caller,
        authority=sheet.authority,
        email=form.email.data or "",
        phone=call.caller_number,
        language=sheet.language,
        reason=Reason(form.reason.data) if form.reason.data else None,
        call_id=call.id,
        out_of_hours=call.out_of_hours,
        reference=sheet.reference or None,
        held_until=now + UNDO_FOR,
        by_person_id=call.agent_id,
    )
