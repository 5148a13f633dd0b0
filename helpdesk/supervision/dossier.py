"""What the page of one request shows: its story, its proposal, the choices with their messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from helpdesk import labels, legislations
from helpdesk.directory import people
from helpdesk.documents.models import Document
from helpdesk.languages import instant
from helpdesk.messages.compose import Words, compose
from helpdesk.queue import figures, letters, papers, references, search
from helpdesk.queue.listing import Event, Request
from helpdesk.queue.review import DECISIONS, is_asked
from helpdesk.rules import lifecycle, proposal
from helpdesk.rules.vocabulary import Action, ReviewReason, State
from helpdesk.supervision import facts, words
from helpdesk.supervision.facts import Fact
from helpdesk.supervision.forms import WORDED, DecisionForm

# Stands in a message for the words that are still to be typed.
NOTHING_YET = "…"


class Happening(NamedTuple):
    """One event as the timeline shows it."""

    number: int
    title: str
    when: str
    iso: str
    by: str
    text: str
    icon: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision that can be taken: its form, and the message that the customer would get."""

    action: Action
    form: DecisionForm
    preview: Words


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a supervisor sees of one request."""

    request: Request
    zone: str
    happenings: Sequence[Happening]
    facts: Sequence[Fact]
    call_facts: Sequence[Fact]
    others: Sequence[Request]
    open_reasons: Sequence[ReviewReason]
    settled_reasons: Sequence[ReviewReason]
    proposal: Action | None
    choices: Sequence[Choice]
    is_asked: bool
    following: Request | None
    documents: Sequence[Document]


def dossier(
    session: Session, request: Request, now: datetime, typed: DecisionForm | None = None
) -> Dossier:
    """Return what the page shows; `typed` is a decision that was sent and not carried out."""
    reasons = [one.reason for one in request.reviews if one.settled_at is None]
    is_open = request.state is State.IN_REVIEW
    return Dossier(
        request=request,
        zone=zone_of(request),
        happenings=happenings(session, request),
        facts=facts.of_request(request),
        call_facts=facts.of_call(request.call, zone_of(request)) if request.call else (),
        others=_others(session, request),
        open_reasons=reasons,
        settled_reasons=[one.reason for one in request.reviews if one.settled_at],
        proposal=_proposal(request, reasons) if is_open else None,
        choices=_choices(request, now, typed) if is_open else (),
        is_asked=is_asked(request),
        following=None if is_open else figures.oldest_in_review(session),
        documents=papers.of_request(session, request),
    )


def zone_of(request: Request) -> str:
    """Return the zone in which the times of a request are told: its company's."""
    if request.company:
        return request.company.zone
    return legislations.of(request.country).zone


def happenings(session: Session, request: Request) -> Sequence[Happening]:
    """Return what happened to a request, newest first, with the names of our own people."""
    names = people.names(session, [one.person_id for one in request.events if one.person_id])
    return [_happening(request, event, names) for event in reversed(request.events)]


def message_of(request: Request, action: Action, text: str, now: datetime) -> Words:
    """Return the message that the customer would get for a decision, with these words in it."""
    kind = lifecycle.MESSAGE_OF[action]
    said = (text or NOTHING_YET) if action in WORDED else ""
    return compose(letters.letter(request, kind, now, text=said))


def _happening(request: Request, event: Event, names: Mapping[int, str]) -> Happening:
    zone = zone_of(request)
    title = labels.word(event.action)
    ending = next((one for one in request.endings if one.id == event.ending_id), None)
    if ending and len(request.endings) > 1:
        title = f"{title} · {ending.product}"
    name = names.get(event.person_id or 0, "")
    role = str(words.BY[event.actor])
    return Happening(
        number=event.number,
        title=title,
        when=instant(event.at, zone),
        iso=event.at.isoformat(),
        by=f"{name} ({role})" if name else role,
        text=_text(request, event),
        icon=labels.ACTION_ICONS[event.action],
    )


def _text(request: Request, event: Event) -> str:
    """Return what was said: reasons in words, the earlier request by its reference."""
    if event.action is Action.REVIEW:
        return " · ".join(labels.word(ReviewReason(code)) for code in event.why.split(", ") if code)
    if event.action is Action.LINK and request.linked_to:
        return references.written(request.linked_to.reference)
    if event.action is Action.PURGE:
        return words.certificate(event.why)
    return event.why


def _others(session: Session, request: Request) -> Sequence[Request]:
    """Return the other requests of its company, but for the earlier one, which stands apart."""
    if request.company_id is None:
        return ()
    shown = {request.id, request.linked_to_id}
    return [one for one in search.of_company(session, request.company_id) if one.id not in shown]


def _proposal(request: Request, reasons: Sequence[ReviewReason]) -> Action:
    return proposal.propose(
        reasons,
        names_subscriptions=bool(request.endings),
        is_linked=request.linked_to_id is not None,
    )


def _choices(request: Request, now: datetime, typed: DecisionForm | None) -> Sequence[Choice]:
    return [
        Choice(action, form, message_of(request, action, form.text.data or "", now))
        for action in DECISIONS
        if action is not Action.CONFIRM or request.endings
        for form in [_form(request, action, typed)]
    ]


def _form(request: Request, action: Action, typed: DecisionForm | None) -> DecisionForm:
    """Return the form of one decision, on the request as it stands; typed words stay in theirs."""
    if typed is not None and typed.chosen is action:
        typed.version.data = str(request.version)
        typed.seen.data = str(request.events[-1].number)
        return typed
    linked = references.written(request.linked_to.reference) if request.linked_to else ""
    given = {
        "action": action.value,
        "version": str(request.version),
        "seen": str(request.events[-1].number),
        "linked_reference": linked,
    }
    return DecisionForm(formdata=None, data=given)
