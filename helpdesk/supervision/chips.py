"""The filters in force as words, each with the address of the list without it."""

from dataclasses import replace
from typing import Any, NamedTuple

from flask import url_for
from flask_babel import gettext

from helpdesk import labels
from helpdesk.queue.listing import Filters


class Chip(NamedTuple):
    """One filter in force; `typed` is what a person typed, shown as it stands."""

    text: str
    href: str
    typed: str = ""


def chips(filters: Filters) -> list[Chip]:
    """Return the filters in force, in the order of the form."""
    found = []
    if filters.search:
        found.append(Chip(gettext("Search:"), _without(filters, "search"), filters.search))
    if filters.failed:
        found.append(Chip(gettext("Set aside"), _without(filters, "failed")))
    for name in ("state", "channel", "country", "reason", "ends"):
        member = getattr(filters, name)
        if member:
            found.append(Chip(labels.word(member), _without(filters, name)))
    return found


def _without(filters: Filters, name: str) -> str:
    left = replace(filters, **{name: getattr(Filters(), name)})
    address: dict[str, Any] = {**left.as_address()}
    return url_for("supervision.queue", **address)
