"""Ask those who may cancel to do it: one message to each, at most once a day for a contract."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.directory import find, locks
from helpdesk.directory.models import Person, Subscription
from helpdesk.messages import outbox
from helpdesk.messages.letter import Letter
from helpdesk.messages.models import Message
from helpdesk.rules.vocabulary import MessageKind


def ask(
    session: Session, asker: Person, subscription: Subscription, at: datetime
) -> Sequence[Person]:
    """Write to each other who may cancel for the company, and return them.

    Whoever was written to about this contract today is not written to again. The link in the
    message leads to the prepared step, which still needs their own sign-in.
    """
    company = locks.company(session, subscription.company_id)  # One who asks at a time.
    day = _day(subscription, at)
    asked = [one for one in find.people_who_may_cancel(session, company.id) if one is not asker]
    for person in asked:
        outbox.put(
            session,
            Letter(
                key=_key(subscription.contract, person, day),
                request_id=None,
                company_id=company.id,
                kind=MessageKind.PERMISSION_ASKED,
                language=person.language,
                recipient=person.email,
                reference=subscription.contract,
                company_name=company.name,
                text=subscription.product,
                requester_name=asker.name,
                country=company.country,
                endings=(),
                at=at,
                due_at=at,
            ),
        )
    return asked


def asked_today(
    session: Session,
    subscriptions: Collection[Subscription],
    people: Collection[Person],
    at: datetime,
) -> frozenset[str]:
    """Return the contracts about which somebody has asked all of these people today."""
    keys = {
        one.contract: {_key(one.contract, person, _day(one, at)) for person in people}
        for one in subscriptions
    }
    wanted = [key for them in keys.values() for key in them]
    sent = set(session.scalars(select(Message.key).where(Message.key.in_(wanted))))
    return frozenset(contract for contract, them in keys.items() if them and them <= sent)


def _day(subscription: Subscription, at: datetime) -> date:
    return at.astimezone(ZoneInfo(subscription.company.zone)).date()


def _key(contract: str, person: Person, day: date) -> str:
    return f"permission:{contract}:{person.id}:{day}"
