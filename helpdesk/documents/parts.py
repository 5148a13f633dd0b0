"""The parts that documents are put together from, in the language of the page: plain values.

A part has its `kind`, by which `letter.typ` knows how to set it, and its title in words.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_decimal, gettext

from helpdesk import labels, legislations
from helpdesk.documents.facts import DocumentEnding, DocumentFacts
from helpdesk.labels import term, why, word
from helpdesk.languages import _l, clock_time, long_date, money, short_date
from helpdesk.rules.vocabulary import StepRule

Part = dict[str, Any]
# What a deletion counts; rows of any other table are counted together.
_DELETED = {
    "companies": _l("Businesses"),
    "people": _l("People and their sign-ins"),
    "subscriptions": _l("Subscriptions"),
    "requests": _l("Requests: names, addresses and what was written"),
    "messages": _l("Messages"),
    "calls": _l("Calls and their notes"),
    "exports": _l("Collected data"),
    "payments": _l("Payments: details beyond the amount"),
    "documents": _l("Earlier documents"),
}


def text(title: str, *paragraphs: str) -> Part:
    """Return a title with its paragraphs."""
    return {"kind": "text", "title": title, "paragraphs": [*paragraphs]}


def table(
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[str]],
    *,
    numbers: int = 0,
) -> Part:
    """Return a table; each column has its head and its share of the width, 0 when as it needs.

    The last `numbers` columns are figures, which stand to the right.
    """
    return {
        "kind": "table",
        "title": title,
        "heads": [head for head, _ in columns],
        "widths": [width for _, width in columns],
        "rows": [[*row] for row in rows],
        "numbers": numbers,
    }


def moment(at: datetime, zone: str) -> str:
    """Write an instant as prose does: day, time, and whose time it is."""
    return gettext(
        "%(day)s at %(time)s (%(zone)s)",
        day=long_date(at.astimezone(ZoneInfo(zone)).date()),
        time=clock_time(at, zone),
        zone=labels.zone(zone),
    )


def who(facts: DocumentFacts, happened: str) -> Part:
    """Return who asked for what, when and by which way; `happened` names what came of it."""
    one = facts.endings[0]
    rows = [
        (gettext("Reference"), facts.reference),
        (gettext("Business"), facts.company_name),
        (legislations.of(facts.country).tax_number.name, facts.tax_number),
        (gettext("Asked by"), facts.requester_name),
    ]
    if len(facts.endings) == 1:
        rows += [(gettext("Subscription"), one.product), (gettext("Contract"), one.contract)]
        rows.append((gettext("Price"), _price(one) if one.price_cents else ""))
    rows += [
        (gettext("Cancellation asked on"), moment(facts.requested_at, facts.zone)),
        (gettext("Asked through"), word(facts.channel)),
        (happened, moment(facts.happened_at, facts.zone)),
    ]
    kept = [[name, value] for name, value in rows if value]
    return {"kind": "terms", "title": gettext("What this is about"), "rows": kept}


def _price(ending: DocumentEnding) -> str:
    return gettext(
        "%(price)s, %(term)s", price=money(ending.price_cents), term=term(ending.term_months)
    )


def _days(ending: DocumentEnding) -> list[tuple[str, str, StepRule]]:
    """Return the name of each date, the date, and the rule that gave it."""
    deleted = gettext("from %(day)s", day=long_date(ending.deleted_on))
    return [
        (gettext("Request received"), long_date(ending.requested_on), StepRule.REQUEST_DATE),
        (gettext("Notice ends"), long_date(ending.notice_ends_on), StepRule.NOTICE_END),
        (gettext("Last day of access"), long_date(ending.last_access_on), StepRule.LAST_DAY),
        (gettext("Subscription ends"), long_date(ending.effective_on), StepRule.RENEWAL),
        (gettext("Deletion of data"), deleted, StepRule.DELETION),
    ]


def dates(ending: DocumentEnding, title: str) -> Part:
    """Return every date of one ending with the reason for it."""
    reasons = {step.rule: _sentence(why(step)) for step in ending.explanation}
    return table(
        title,
        ((gettext("What"), 0), (gettext("When"), 0), (gettext("Why"), 1)),
        ((name, day, reasons.get(rule, "")) for name, day, rule in _days(ending)),
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def drawing(ending: DocumentEnding, title: str = "") -> Part:
    """Return the line of dates: where its four marks stand, and in words for who cannot see it."""
    marks = (
        (gettext("Request"), ending.requested_on),
        (gettext("Notice ends"), ending.notice_ends_on),
        (gettext("Subscription ends"), ending.effective_on),
        (gettext("Data deleted"), ending.deleted_on),
    )
    whole = max((ending.deleted_on - ending.requested_on).days, 1)
    said = "; ".join(
        gettext("%(name)s: %(value)s", name=name, value=long_date(day)) for name, day in marks
    )
    return {
        "kind": "drawing",
        "title": title,
        "alt": gettext(
            "A line of four dates: %(dates)s. Access lasts until the subscription ends;"
            " the data is kept from then until it is deleted.",
            dates=said,
        ),
        "access": gettext("Access"),
        "kept": gettext("Data kept"),
        "marks": [
            {"name": name, "day": short_date(day), "at": (day - ending.requested_on).days / whole}
            for name, day in marks
        ],
    }


def overview(facts: DocumentFacts, title: str) -> Part:
    """Return all endings of a document in one table."""
    return table(
        title,
        (
            (gettext("Subscription"), 5),
            (gettext("Price"), 0),
            (gettext("Last day of access"), 4),
            (gettext("Subscription ends"), 4),
            (gettext("Deletion of data"), 4),
        ),
        (
            (
                named(ending),
                _price(ending),
                long_date(ending.last_access_on),
                long_date(ending.effective_on),
                gettext("from %(day)s", day=long_date(ending.deleted_on)),
            )
            for ending in facts.endings
        ),
    )


def going_on(facts: DocumentFacts, title: str) -> Part:
    """Return the subscriptions that go on, and the dates that no longer hold."""
    return table(
        title,
        (
            (gettext("Subscription"), 1),
            (gettext("Price"), 0),
            (gettext("End announced, no longer valid"), 1),
        ),
        (
            (named(ending), _price(ending), long_date(ending.effective_on))
            for ending in facts.endings
        ),
    )


def named(ending: DocumentEnding) -> str:
    """Return the name of a subscription with its contract, where there is one."""
    if not ending.contract:
        return ending.product
    return gettext("%(product)s (%(contract)s)", product=ending.product, contract=ending.contract)


def deleted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return how much of each kind a deletion let go, in words."""
    rows = [(str(name), counts[kind]) for kind, name in _DELETED.items() if counts.get(kind)]
    if others := sum(count for kind, count in counts.items() if kind not in _DELETED):
        rows.append((gettext("Other records"), others))
    return rows


def figures(counts: Mapping[str, int], title: str) -> list[Part]:
    """Return how much of each kind was deleted; nothing when nothing was counted."""
    rows = deleted(counts)
    if not rows:
        return []
    rows.append((gettext("In all"), sum(count for _, count in rows)))
    columns = ((gettext("Kind"), 1), (gettext("Quantity"), 0))
    return [
        table(title, columns, ((name, format_decimal(count)) for name, count in rows), numbers=1)
    ]


def seal(certificate: str) -> list[Part]:
    """Return the hash under which the deletion is recorded, where there is one."""
    if not certificate:
        return []
    return [
        text(
            gettext("Seal of the deletion"),
            gettext(
                "The deletion is recorded under this fingerprint (SHA-256),"
                " which any later change of the record would break:"
            ),
        )
        | {"seal": certificate}
    ]
