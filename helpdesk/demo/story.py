"""Ten months of requests: filed at their instants, processed as the product does, then reviewed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from helpdesk.database import db, transaction
from helpdesk.demo.calls import call_for
from helpdesk.demo.names import ASKED, REFUSED, SAID
from helpdesk.directory.demo_sign_ins import COLLEAGUE, HOLDER, SPANISH_HOLDER, SUPERVISOR
from helpdesk.directory.models import Company, Person, Subscription
from helpdesk.messages.models import Attempt, Message
from helpdesk.queue import intake, processing, review, transitions
from helpdesk.queue.events import Actor, By
from helpdesk.queue.filing import Filing
from helpdesk.queue.models import Request
from helpdesk.rules.reminders import Due
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    Country,
    MessageKind,
    MessageState,
    Reason,
    State,
)

REQUESTS = 120
OLDEST_DAYS = 330
RECENT_DAYS = 3
REVIEWED_AFTER = timedelta(hours=20)
# The sign-ins of the demo start with a clean slate, for whoever tries it to fill.
UNTOUCHED = (HOLDER, COLLEAGUE, SPANISH_HOLDER)


@dataclass(frozen=True, slots=True)
class Plan:
    """One request to come: who files, when, by which door."""

    at: datetime
    company_id: int
    person_id: int
    subscription_ids: tuple[int, ...]
    channel: Channel
    signed_in: bool


def tell(chance: Random, now: datetime, secret: str) -> None:
    """File the requests in the order of time, with all that processing does in between."""
    for plan in _plans(db.session(), chance, now):
        _run_until(plan.at, chance)
        with transaction() as session:
            _file(session, chance, plan, secret)
    _run_until(now - timedelta(minutes=5), chance)
    with transaction() as session:
        _post(session, chance, now)


def _plans(session: Session, chance: Random, now: datetime) -> list[Plan]:
    people = session.scalars(
        select(Person)
        .where(Person.company_id.is_not(None), Person.email.not_in(UNTOUCHED))
        .order_by(Person.id)
    ).all()
    plans = [_plan(chance, chance.choice(people), now) for _ in range(REQUESTS)]
    return sorted(plans, key=lambda plan: plan.at)


def _plan(chance: Random, person: Person, now: datetime) -> Plan:
    company = person.company
    if company is None:
        raise ValueError("A customer belongs to a company.")
    # More of late than long ago: the queue has something waiting in it.
    days = int(OLDEST_DAYS * chance.random() ** 1.6)
    channels = (Channel.HELP_CENTER, Channel.HELP_CENTER, Channel.ACCOUNT)
    if company.country is Country.SPAIN:
        channels = (Channel.PHONE, Channel.PHONE, Channel.HELP_CENTER)
    local = datetime.combine(
        (now - timedelta(days=days)).date(),
        time(chance.choice((8, 9, 9, 10, 11, 12, 13, 15, 16, 17, 20)), chance.randrange(60)),
        ZoneInfo(company.zone),
    )
    channel = chance.choice(channels)
    ids = [one.id for one in company.subscriptions]
    chosen = chance.sample(ids, chance.choice((1, 1, 1, 2)) if chance.random() > 0.06 else 0)
    return Plan(
        at=min(local, now - timedelta(minutes=chance.randint(20, 600))),
        company_id=company.id,
        person_id=person.id,
        subscription_ids=tuple(chosen),
        channel=channel,
        signed_in=channel is not Channel.HELP_CENTER or chance.random() > 0.15,
    )


def _file(session: Session, chance: Random, plan: Plan, secret: str) -> None:
    company = session.get_one(Company, plan.company_id)
    person = session.get_one(Person, plan.person_id)
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
        subscription_ids=_active(session, plan) if plan.signed_in else (),
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
    )
    intake.accept(session, filing, secret)


def _active(session: Session, plan: Plan) -> tuple[int, ...]:
    ids = select(Subscription.id).where(
        Subscription.id.in_(plan.subscription_ids), Subscription.ended_at.is_(None)
    )
    return tuple(session.scalars(ids))


def _run_until(until: datetime, chance: Random) -> None:
    """Process at each instant that something is due, and review the day after."""
    while (at := db.session().scalar(select(func.min(Request.due_at)))) and at < until:
        processing.process_due(at + timedelta(seconds=chance.randint(2, 58)))
    with transaction() as session:
        waiting = session.scalars(
            select(Request).where(
                Request.state == State.IN_REVIEW, Request.filed_at < until - REVIEWED_AFTER
            )
        ).all()
        for request in waiting:
            _review(session, chance, request)
        for request in _confirmed(session, until):
            _change_of_mind(session, chance, request)


def _review(session: Session, chance: Random, request: Request) -> None:
    at = request.filed_at + REVIEWED_AFTER - timedelta(minutes=chance.randint(0, 900))
    pilar = session.scalars(select(Person).where(Person.email == SUPERVISOR)).one()
    actor = Actor(By.SUPERVISOR, pilar.id)
    if request.linked_to is not None:
        action, text = Action.LINK, ""
    elif request.endings and chance.random() > 0.25:
        action, text = Action.CONFIRM, ""
    elif request.endings:
        action, text = Action.REJECT, REFUSED[request.country]
    elif not review.is_asked(request) and chance.random() > 0.5:
        action, text = Action.ASK, ASKED[request.country]
    else:
        return
    transitions.move(session, request, action, actor=actor, at=at, why=text)


def _confirmed(session: Session, until: datetime) -> list[Request]:
    states = State.CONFIRMED, State.ENDED
    recent = Request.filed_at > until - timedelta(days=60)
    found = session.scalars(select(Request).where(Request.state.in_(states), recent)).all()
    return [one for one in found if len(one.events) < 6 and one.endings]


def _change_of_mind(session: Session, chance: Random, request: Request) -> None:
    """Let a few think again: they keep the subscription, or restart it after its end."""
    if chance.random() > 0.004 * len(request.events):
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
            due = Due(at, Action.RESTART, MessageKind.RESTART)
            transitions.move_ending(session, ending, due, actor=actor, at=at)


def _post(session: Session, chance: Random, now: datetime) -> None:
    """Say of the older messages that they went out; two of them did not reach anybody."""
    old = Message.due_at < now - timedelta(days=RECENT_DAYS)
    waiting = Message.state == MessageState.WAITING
    sent = session.scalars(select(Message).where(old, waiting).order_by(Message.id)).all()
    refused = chance.sample(sent, min(2, len(sent)))
    for message in sent:
        at = message.due_at + timedelta(seconds=chance.randint(1, 50))
        error = "550 5.1.1 mailbox unavailable" if message in refused else ""
        session.add(Attempt(message_id=message.id, at=at, error=error))
    sent_ids = [message.id for message in sent]
    failed_ids = [message.id for message in refused]
    session.execute(
        update(Message)
        .where(Message.id.in_(sent_ids))
        .values(state=MessageState.SENT, sent_at=Message.due_at)
    )
    session.execute(
        update(Message)
        .where(Message.id.in_(failed_ids))
        .values(state=MessageState.FAILED, sent_at=None)
    )
