"""Ten months of requests: filed at their instants, processed as the product does, then reviewed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.database import db, transaction
from helpdesk.demo.calls import call_for
from helpdesk.demo.names import ASKED, REFUSED, SAID, SPAIN
from helpdesk.desk.standard import hours_of
from helpdesk.directory.demo_sign_ins import COLLEAGUE, HOLDER, SPANISH_HOLDER, SUPERVISOR
from helpdesk.directory.models import Company, Person, Subscription
from helpdesk.messages.models import Attempt, Message
from helpdesk.queue import deletion, intake, processing, references, review, transitions
from helpdesk.queue.events import Actor, By
from helpdesk.queue.filing import Filing
from helpdesk.queue.models import Ending, Request
from helpdesk.rules import lifecycle
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    MessageState,
    Reason,
    State,
)

# Some of these find nothing left to cancel, or their business gone, and stay away: about 120
# requests come of it.
PLANS = 150
FRESH = 4
# How often somebody cancels again what is being cancelled.
FORGETFUL = 0.35
OLDEST_DAYS = 330
RECENT = timedelta(days=3)
PATIENCE = timedelta(days=12)
REVIEWED_AFTER = timedelta(days=5)
# The sign-ins of the demo start with a clean slate, for whoever tries it to fill.
UNTOUCHED = (HOLDER, COLLEAGUE, SPANISH_HOLDER)


@dataclass(frozen=True, slots=True)
class Plan:
    """One request to come: who files, when, by which door."""

    at: datetime
    company_id: int
    person_id: int
    channel: Channel
    signed_in: bool


def tell(chance: Random, now: datetime, secret: str, advance: Callable[[], None]) -> None:
    """File the requests in the order of time, with all that processing does in between."""
    for plan in _plans(db.session(), chance, now):
        _run_until(plan.at, chance)
        with transaction() as session:
            _file(session, chance, plan, secret)
        advance()
    _run_until(now - timedelta(minutes=5), chance)
    with transaction() as session:
        _file_fresh(session, chance, now, secret)
    with transaction() as session:
        _post(session, chance, now - RECENT)
        _refuse_some(session, chance)


def _file_fresh(session: Session, chance: Random, now: datetime, secret: str) -> None:
    """File a few that nothing has looked at yet: still received when the demo is opened."""
    holder = Person.authority == Authority.ACCOUNT_HOLDER
    untouched = Person.email.not_in(UNTOUCHED)
    people = session.scalars(select(Person).where(holder, untouched).order_by(Person.id)).all()
    left = FRESH
    for person in chance.sample(people, len(people)):
        if not left:
            return
        plan = _plan(chance, person, now)
        at = now - timedelta(minutes=chance.randint(1, 4))
        fresh = replace(plan, at=at, channel=Channel.ACCOUNT, signed_in=True)
        request = _file(session, chance, fresh, secret, held_until=now + timedelta(hours=2))
        left -= bool(request and request.state is State.RECEIVED)


def _plans(session: Session, chance: Random, now: datetime) -> list[Plan]:
    people = session.scalars(
        select(Person)
        .where(Person.company_id.is_not(None), Person.email.not_in(UNTOUCHED))
        .order_by(Person.id)
    ).all()
    plans = [_plan(chance, chance.choice(people), now) for _ in range(PLANS)]
    return sorted(plans, key=lambda plan: plan.at)


def _plan(chance: Random, person: Person, now: datetime) -> Plan:
    company = person.company
    if company is None:
        raise ValueError("A customer belongs to a company.")
    # More of late than long ago: the queue has something waiting in it.
    days = 1 + int(OLDEST_DAYS * chance.random() ** 1.7)
    channels = (Channel.HELP_CENTER, Channel.HELP_CENTER, Channel.ACCOUNT)
    if company.country == SPAIN:
        channels = (Channel.PHONE, Channel.PHONE, Channel.HELP_CENTER)
    channel = chance.choice(channels)
    at = _moment(chance, now - timedelta(days=days), ZoneInfo(company.zone), channel)
    return Plan(
        at=min(at, now - timedelta(minutes=chance.randint(20, 600))),
        company_id=company.id,
        person_id=person.id,
        channel=channel,
        signed_in=channel is not Channel.HELP_CENTER or chance.random() > 0.12,
    )


def _moment(chance: Random, day: datetime, zone: ZoneInfo, channel: Channel) -> datetime:
    """Return an instant of that day or just before, mostly within the hours for a call."""
    while True:
        clock = time(chance.choice((8, 9, 9, 10, 11, 12, 13, 15, 16, 17, 20)), chance.randrange(60))
        at = datetime.combine(day.date(), clock, zone)
        if channel is not Channel.PHONE or hours_of("es").is_open(at) or chance.random() < 0.04:
            return at
        day -= timedelta(hours=chance.randint(0, 30))


def _file(
    session: Session,
    chance: Random,
    plan: Plan,
    secret: str,
    held_until: datetime | None = None,
) -> Request | None:
    company = session.get(Company, plan.company_id)
    person = session.get(Person, plan.person_id)
    chosen = _chosen(session, chance, plan, FORGETFUL if held_until is None else 0)
    if company is None or person is None or chosen is None:
        return None
    by_phone = plan.channel is Channel.PHONE
    call = call_for(session, chance, company, person, plan.at) if by_phone else None
    reason = chance.choice([*Reason])
    filing = Filing(
        key=str(UUID(int=chance.getrandbits(128), version=4)),
        channel=plan.channel,
        filed_at=plan.at,
        company_id=company.id if plan.signed_in else None,
        company_name=company.name,
        tax_number=company.tax_number,
        country=company.country,
        subscription_ids=chosen if plan.signed_in else (),
        person_id=person.id if plan.signed_in else None,
        requester_name=person.name,
        authority=person.authority if plan.signed_in else Authority.UNKNOWN,
        email=person.email,
        phone=person.phone,
        language=person.language,
        reason=reason,
        reason_text=SAID[company.country][reason] if chance.random() > 0.4 else "",
        call_id=call.id if call else None,
        out_of_hours=bool(call and call.out_of_hours),
        by_person_id=call.agent_id if call else None,
        reference=references.new(chance.choice),
        held_until=held_until,
    )
    return intake.accept(session, filing, secret).request


def _chosen(
    session: Session, chance: Random, plan: Plan, forgetful: float
) -> tuple[int, ...] | None:
    """Return what this person cancels; None when there is nothing left and they know it."""
    active = session.scalars(
        select(Subscription.id)
        .where(Subscription.company_id == plan.company_id, Subscription.ended_at.is_(None))
        .order_by(Subscription.id)
    ).all()
    ending = select(Ending.subscription_id).where(Ending.state.in_(lifecycle.OPEN))
    free = sorted(set(active) - set(session.scalars(ending)))
    if free and (not forgetful or chance.random() > 0.08):
        return tuple(chance.sample(free, min(len(free), chance.choice((1, 1, 1, 2)))))
    if chance.random() > forgetful:
        return None
    return tuple(chance.sample(active, min(1, len(active))))


def _next_due(until: datetime, tried: set[datetime]) -> datetime | None:
    """Return when something is next to be done; a deletion that has to wait is tried once."""
    session = db.session()
    deletions = select(func.min(Ending.deletes_at)).where(
        Ending.request_id == Request.id, deletion.due(until), Ending.deletes_at.not_in(tried)
    )
    found = [session.scalar(select(func.min(Request.due_at))), session.scalar(deletions)]
    return min((at for at in found if at), default=None)


def _run_until(until: datetime, chance: Random) -> None:
    """Process and delete at each instant that something is due, and review the day after."""
    tried: set[datetime] = set()
    while (at := _next_due(until, tried)) and at < until:
        tried.add(at)
        now = at + timedelta(seconds=chance.randint(2, 58))
        processing.process_due(now)
        deletion.delete_due(now)
    with transaction() as session:
        waiting = session.scalars(
            select(Request).where(
                Request.state == State.IN_REVIEW, Request.filed_at < until - REVIEWED_AFTER
            )
        ).all()
        for request in waiting:
            _review(session, chance, request, until)
        _post(session, chance, until - RECENT)
        for request in _confirmed(session, until):
            _change_of_mind(session, chance, request)


def _review(session: Session, chance: Random, request: Request, until: datetime) -> None:
    sooner = timedelta(days=chance.randint(0, 3), minutes=chance.randint(0, 90))
    at = request.filed_at + REVIEWED_AFTER - sooner
    unanswered = review.is_asked(request)
    if unanswered and until - at < PATIENCE:
        return
    pilar = session.scalars(select(Person).where(Person.email == SUPERVISOR)).one()
    actor = Actor(By.SUPERVISOR, pilar.id)
    if request.linked_to is not None:
        action, text = Action.LINK, ""
    elif request.endings and chance.random() > 0.2:
        action, text = Action.CONFIRM, ""
    elif request.endings or unanswered:
        action, text = Action.REJECT, REFUSED[request.country]
        at += PATIENCE if unanswered else timedelta()
    else:
        action, text = Action.ASK, ASKED[request.country]
    transitions.move(session, request, action, actor=actor, at=at, why=text)


def _confirmed(session: Session, until: datetime) -> list[Request]:
    states = State.CONFIRMED, State.ENDED
    recent = Request.filed_at > until - timedelta(days=90)
    found = session.scalars(select(Request).where(Request.state.in_(states), recent)).all()
    return [one for one in found if len(one.events) < 8 and one.endings]


def _change_of_mind(session: Session, chance: Random, request: Request) -> None:
    """Let a few think again: they keep the subscription, or restart it after its end."""
    if chance.random() > 0.002 * len(request.events):
        return
    last = request.events[-1].at
    actor = Actor(By.CUSTOMER, request.person_id)
    if request.state is State.CONFIRMED:
        at = min(last + timedelta(hours=5), request.endings[0].access_ends_at)
        transitions.move(session, request, Action.WITHDRAW, actor=actor, at=at)
        return
    for ending in request.endings:
        if ending.state is State.ENDED:
            at = last + timedelta(hours=30)
            transitions.move_ending(session, ending, Action.RESTART, actor=actor, at=at)


def _post(session: Session, chance: Random, until: datetime) -> None:
    """Say of the older messages that they went out."""
    due = Message.due_at < until, Message.state == MessageState.WAITING
    for message in session.scalars(select(Message).where(*due).order_by(Message.id)):
        message.sent_at = message.due_at + timedelta(seconds=chance.randint(1, 50))
        message.state = MessageState.SENT
        session.add(Attempt(message_id=message.id, at=message.sent_at, error=""))


def _refuse_some(session: Session, chance: Random) -> None:
    """Let two of the messages have reached nobody, for the supervisors to see."""
    sent = select(Message).where(Message.state == MessageState.SENT).order_by(Message.id.desc())
    for message in chance.sample(session.scalars(sent.limit(60)).all(), 2):
        message.state, message.sent_at = MessageState.FAILED, None
        for attempt in message.attempts:
            attempt.error = "550 5.1.1 mailbox unavailable"
