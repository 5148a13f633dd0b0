"""From the rows of a request to the letter that its message is written from."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session, object_session

from helpdesk import legislations
from helpdesk.desk import hours
from helpdesk.directory.holds import held_among
from helpdesk.messages.letter import Letter, LetterEnding, PhoneLine
from helpdesk.queue import references
from helpdesk.queue.models import Ending, Request
from helpdesk.queue.telling import is_trusted, tellable
from helpdesk.rules import explanation
from helpdesk.rules.lifecycle import is_open
from helpdesk.rules.months import renewal_date
from helpdesk.rules.vocabulary import Action, Country, MessageKind, State

# These can be written more than once in the life of a request; their event tells them apart.
REPEATED = frozenset({MessageKind.INFORMATION_ASKED, MessageKind.WITHDRAWAL_ASKED})


class Writer:
    """Writes letters about some requests at one instant: what they share is looked up once."""

    def __init__(self, session: Session, requests: Sequence[Request], at: datetime) -> None:
        self._session, self._requests, self._at = session, requests, at
        self._lines: dict[Country, PhoneLine | None] = {}

    def letter(  # noqa: PLR0913 (what a letter says, each by its name)
        self,
        request: Request,
        kind: MessageKind,
        *,
        cause: int,
        due_at: datetime | None = None,
        ending: Ending | None = None,
        recipient: str | None = None,
        text: str = "",
        token: str = "",
    ) -> Letter:
        """Return what the message of this kind says about a request, or one of its endings.

        `cause` is the number of the event that it tells of.
        """
        about = _concerned(request, kind, ending)
        return Letter(
            key=_key(request, kind, ending, cause),
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
            at=self._at,
            due_at=due_at or self._at,
            text=text,
            token=token,
            line=self._line(request.country),
            is_on_hold=kind is MessageKind.DELETION_NOTICE and request.company_id in self._held,
        )

    @cached_property
    def _held(self) -> frozenset[int]:
        """The companies of these requests that are on hold."""
        return held_among(self._session, [one.company_id for one in self._requests], self._at)

    def _line(self, country: Country) -> PhoneLine | None:
        """Return the phone line of a country, with its hours in force."""
        if country not in self._lines:
            self._lines[country] = self._line_now(country)
        return self._lines[country]

    def _line_now(self, country: Country) -> PhoneLine | None:
        phone = legislations.of(country).phone
        if phone is None:
            return None
        return PhoneLine(phone.number, hours.seasons(self._session, phone.desk, self._at))


def letter(  # noqa: PLR0913 (what a letter says, each by its name)
    request: Request,
    kind: MessageKind,
    at: datetime,
    *,
    ending: Ending | None = None,
    recipient: str | None = None,
    text: str = "",
    token: str = "",
) -> Letter:
    """Return what a message of this kind says about a request as it stands."""
    return Writer(object_session(request) or Session(), [request], at).letter(
        request,
        kind,
        cause=request.events[-1].number,
        ending=ending,
        recipient=recipient,
        text=text,
        token=token,
    )


def _key(request: Request, kind: MessageKind, ending: Ending | None, cause: int) -> str:
    """Return what makes a message the only one of its kind."""
    key = [str(request.id), kind.value]
    if ending:
        key.append(str(ending.id))
    if kind in REPEATED:
        key.append(f"event-{cause}")
    return ":".join(key)


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
        steps=explanation.checked(ending.steps),
        restarted_on=again.anchor_on if again else None,
        renews_on=renewal_date(again.anchor_on, again.term_months, 1) if again else None,
    )
