"""What a company is told of each of its subscriptions: its conditions, and where it stands."""

from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext

from helpdesk import labels
from helpdesk.directory.models import Subscription
from helpdesk.languages import days_from, long_date, money, short_date
from helpdesk.queue import references
from helpdesk.queue.gate import Standing
from helpdesk.rules.notice import renewal_after

Row = tuple[str, str, str | None]


def today(one: Standing) -> date:
    """Return the local day in the zone of a subscription's company."""
    return one.at.astimezone(ZoneInfo(one.subscription.company.zone)).date()


def conditions(one: Standing) -> list[Row]:
    """Return the conditions of a subscription in force: term, price, renewal, notice, data."""
    subscription, terms = one.subscription, one.subscription.terms
    notice = ngettext(
        "%(num)s day from the day you cancel; the subscription then ends at its next renewal.",
        "%(num)s days from the day you cancel; the subscription then ends at its next renewal.",
        terms.notice_days,
    )
    data = ngettext(
        "Available until your last day of access, kept %(num)s month after it, then deleted.",
        "Available until your last day of access, kept %(num)s months after it, then deleted.",
        terms.retention_months,
    )
    return [
        *_price(subscription),
        *_renewal(one),
        (gettext("Notice"), notice, None),
        (gettext("Your data"), data, None),
    ]


def in_short(one: Standing) -> list[Row]:
    """Return what a card says: price, term, next renewal, state."""
    return [
        *_price(one.subscription),
        *_renewal(one),
        (gettext("State"), _state(one), None),
    ]


def _price(subscription: Subscription) -> list[Row]:
    term = labels.term(subscription.term_months)
    return [
        (gettext("Price"), money(subscription.price_cents), None),
        (gettext("Term"), term[:1].upper() + term[1:], None),
    ]


def _renewal(one: Standing) -> list[Row]:
    """Return the next renewal, which is never today's; nothing once there is none to come."""
    if not one.may_be_cancelled:
        return []
    day = renewal_after(today(one), one.subscription.terms)
    return [(gettext("Next renewal"), long_date(day), None)]


def _state(one: Standing) -> str:
    if one.examined and one.may_be_cancelled:
        return gettext(
            "In force. Request %(reference)s to cancel it is being examined.",
            reference=references.written(one.examined.request.reference),
        )
    if one.closed_at is None:
        return gettext("In force")
    ends_on = one.closed_at.astimezone(ZoneInfo(one.subscription.company.zone)).date()
    if not one.is_open:
        return _closed(one, ends_on)
    return gettext(
        "Ends on %(day)s, %(left)s", day=long_date(ends_on), left=days_from(ends_on, today(one))
    )


def _closed(one: Standing, ended_on: date) -> str:
    if one.ending is None:
        return gettext("Ended on %(day)s", day=long_date(ended_on))
    return gettext(
        "Ended on %(day)s; your data is kept until it is deleted, from %(deleted)s",
        day=long_date(ended_on),
        deleted=short_date(one.ending.deleted_on),
    )
