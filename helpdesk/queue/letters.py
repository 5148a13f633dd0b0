"""From the rows of a request to the letter that its message is written from."""

from datetime import datetime

from sqlalchemy.orm import object_session

from helpdesk import legislations
from helpdesk.desk import hours
from helpdesk.directory.holds import is_held
from helpdesk.messages.letter import Letter, LetterEnding, PhoneLine
from helpdesk.queue import references
from helpdesk.queue.models import Ending, Request
from helpdesk.queue.telling import is_trusted, tellable
from helpdesk.rules.lifecycle import is_open
from helpdesk.rules.months import renewal_date
from helpdesk.rules.vocabulary import Action, MessageKind, State

# These can be written more than once in the life of a request; their event tells them apart.
REPEATED = frozenset({MessageKind.INFORMATION_ASKED, MessageKind.WITHDRAWAL_ASKED})


def letter(  # noqa: PLR0913 (what a letter says, each by its name)
    request: Request,
    kind: MessageKind,
    at: datetime,
    *,
    due_at: datetime | None = None,
    ending: Ending | None = None,
    recipient: str | None = None,
    text: str = "",
    token: str = "",
) -> Letter:
    """Return what the message of this kind says about a request, or about one of its endings."""
    about = _concerned(request, kind, ending)
    key = [str(request.id), kind.value]
    if ending:
        key.append(str(ending.id))
    if kind in REPEATED:
        key.append(f"event-{request.events[-1].number}")
    return Letter(
        key=":".join(key),
        request_id=request.id,
        ending_id=ending.id if ending else None,
        kind=kind,
        language=request.language,
        recipient=recipient or request.email,
        reference=references.written(request.reference),
        company_name=_business(request, is_own=recipient is not None),
        requester_name=request.requester_name,
        country=request.country,
        endings=tuple(_told(one) for one in about),
        at=at,
        due_at=due_at or at,
        text=text,
        token=token,
        line=_line(request, at),
        is_on_hold=kind is MessageKind.DELETION_NOTICE and _is_on_hold(request, at),
    )


def _is_on_hold(request: Request, at: datetime) -> bool:
    session = object_session(request)
    return session is not None and is_held(session, request.company_id, at)


def _line(request: Request, at: datetime) -> PhoneLine | None:
    """Return the phone line of the request’s country, with its hours in force."""
    session = object_session(request)
    phone = legislations.of(request.country).phone
    if session is None or phone is None:
        return None
    return PhoneLine(phone.number, hours.seasons(session, phone.desk, at))


def _business(request: Request, *, is_own: bool) -> str:
    """Return the name of the business; only the number, to whoever gave nothing but that."""
    if is_own or is_trusted(request) or tellable(request):
        return request.company_name
    return request.tax_number or request.company_name


def _concerned(request: Request, kind: MessageKind, alone: Ending | None) -> list[Ending]:
    """Return the endings that a message speaks of.

    A withdrawal does not speak of what has ended before, or was withdrawn alone; the question
    whether to withdraw goes to the company itself, so it names all that can be. A linked request is
    told the dates of the first one, but only at the address that already knows them.
    """
    if alone is not None:
        return [one for one in tellable(request) if one is alone]
    if kind is MessageKind.WITHDRAWAL:
        before = {one.ending_id for one in request.events if one.action is Action.WITHDRAW}
        withdrawn = [one for one in tellable(request) if one.state is State.WITHDRAWN]
        return [one for one in withdrawn if one.id not in before]
    if kind is MessageKind.WITHDRAWAL_ASKED:
        return [one for one in request.endings if is_open(one.state)]
    if kind is MessageKind.LINKED:
        first = request.linked_to
        is_known = first is not None and first.email.casefold() == request.email.casefold()
        return first.endings if first is not None and is_known else []
    return [*tellable(request)]


def _told(ending: Ending) -> LetterEnding:
    again = ending.subscription if ending.state is State.RESTARTED else None
    return LetterEnding(
        number=ending.id,
        product=ending.product,
        requested_on=ending.requested_on,
        notice_ends_on=ending.notice_ends_on,
        effective_on=ending.effective_on,
        last_access_on=ending.last_access_on,
        deleted_on=ending.deleted_on,
        steps=ending.explanation,
        restarted_on=again.anchor_on if again else None,
        renews_on=renewal_date(again.anchor_on, again.term_months, 1) if again else None,
    )
