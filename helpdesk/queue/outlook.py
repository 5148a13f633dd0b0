"""What one subscription's end would be if it were cancelled now, and whether waiting changes it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.directory.models import Subscription
from helpdesk.rules.notice import Notice, give_notice, last_day_for_same_end, later_end

# The last day for the same end is only worth saying when it is near.
NEAR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one subscription's end would be, and until when it stays the same if that is near."""

    product: str
    contract: str
    notice: Notice
    same_until: date | None
    later: date | None


def outlook(subscription: Subscription, at: datetime) -> Outlook:
    """Return what a subscription's end would be if it were cancelled at an instant."""
    terms = subscription.terms
    notice = give_notice(at, ZoneInfo(subscription.company.zone), terms)
    same_until = last_day_for_same_end(notice, terms)
    is_near = same_until - notice.requested_on <= NEAR
    return Outlook(
        product=subscription.product,
        contract=subscription.contract,
        notice=notice,
        same_until=same_until if is_near else None,
        later=later_end(notice, terms) if is_near else None,
    )
