"""Where each subscription stands at an instant, and whether it may be used: the gate.

What has ended is closed from its exact instant on, whatever processing has had time to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from helpdesk.directory import find
from helpdesk.directory.models import Subscription
from helpdesk.queue.models import Ending
from helpdesk.rules.vocabulary import State

# Nobody has to decide these any more: their dates hold.
_FIXED = frozenset({State.RECEIVED, State.CONFIRMED, State.ENDED})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one subscription stands at the instant `at`.

    `ending` is what ends it; `examined` is a request for it that a person still looks at.
    """

    subscription: Subscription
    ending: Ending | None
    examined: Ending | None
    at: datetime

    @property
    def closed_at(self) -> datetime | None:
        """The instant from which access is closed; None while nothing ends it."""
        if self.subscription.ended_at is not None:
            return self.subscription.ended_at
        return self.ending.access_ends_at if self.ending else None

    @property
    def is_open(self) -> bool:
        """Whether it may be used: up to the last instant before its end, and not at its end."""
        return self.closed_at is None or self.at < self.closed_at

    @property
    def is_ending(self) -> bool:
        """Whether it may be used and has an end."""
        return self.is_open and self.closed_at is not None

    @property
    def may_be_cancelled(self) -> bool:
        """Whether there is still something to cancel."""
        return self.closed_at is None


def of_company(session: Session, company_id: int, at: datetime) -> tuple[Standing, ...]:
    """Return where each of a company's subscriptions stands, in the order they were begun."""
    return _standing(session, find.subscriptions(session, company_id), at)


def of_contract(session: Session, company_id: int, contract: str, at: datetime) -> Standing | None:
    """Return where one contract of a company stands; None for anybody else's."""
    query = select(Subscription).where(
        Subscription.company_id == company_id, Subscription.contract == contract
    )
    return next(iter(_standing(session, session.scalars(query).all(), at)), None)


def _standing(
    session: Session, subscriptions: Sequence[Subscription], at: datetime
) -> tuple[Standing, ...]:
    query = (
        select(Ending)
        .where(
            Ending.subscription_id.in_([one.id for one in subscriptions]),
            Ending.state.in_([*_FIXED, State.IN_REVIEW]),
        )
        .options(joinedload(Ending.request))
        .order_by(Ending.access_ends_at.desc(), Ending.id.desc())
    )
    endings = session.scalars(query).all()
    # The earliest of each comes last, and stands.
    fixed = {one.subscription_id: one for one in endings if one.state in _FIXED}
    examined = {one.subscription_id: one for one in endings if one.state is State.IN_REVIEW}
    return tuple(
        Standing(one, fixed.get(one.id), examined.get(one.id), at) for one in subscriptions
    )
