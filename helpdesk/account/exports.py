"""Download your data: ask for all that we hold on the business, watch it made, download it."""

from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

from babel.numbers import format_decimal
from babel.units import format_unit
from flask import Response, abort, redirect, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from helpdesk import access, clock, languages
from helpdesk.account import bp
from helpdesk.account.who import company, only_with_authority
from helpdesk.database import db, one_moment, transaction
from helpdesk.limits import COLLECT, limiter
from helpdesk.queue import export, export_content
from helpdesk.queue.records import Export
from helpdesk.rules.vocabulary import ExportState

_only_who_may_collect = only_with_authority("account/export_not_allowed.html")
UNITS = ("byte", "kilobyte", "megabyte", "gigabyte")
THOUSAND = 1000


class Shown(NamedTuple):
    """An export as it stands at the instant of the page."""

    row: Export
    state: ExportState

    @property
    def is_open(self) -> bool:
        """Whether it is still being made."""
        return self.state in {ExportState.WAITING, ExportState.MAKING}

    @property
    def is_ready(self) -> bool:
        """Whether it can be downloaded."""
        return self.state is ExportState.READY

    @property
    def done(self) -> str:
        """How many records are collected, as the page's language writes it."""
        return format_decimal(self.row.done, locale=languages.current().value)

    @property
    def total(self) -> str:
        """How many there are, likewise."""
        return format_decimal(self.row.total, locale=languages.current().value)

    @property
    def size(self) -> str:
        """Its size, as the page's language writes it."""
        value, unit = float(self.row.size or 0), 0
        while value >= THOUSAND and unit < len(UNITS) - 1:
            value, unit = value / THOUSAND, unit + 1
        locale = languages.current().value
        rounded = round(value, 1) if unit else int(value)
        return format_unit(rounded, f"digital-{UNITS[unit]}", length="short", locale=locale)


@bp.get("/exports")
@_only_who_may_collect
def exports() -> ResponseReturnValue:
    """Show what can be collected, and what was."""
    return _list()


@bp.post("/exports")
@limiter.limit(COLLECT)
@_only_who_may_collect
def collect() -> ResponseReturnValue:
    """Ask for the data; while it is being made, another click finds it."""
    person_id, company_id = access.person().id, company().id
    try:
        with transaction() as session:
            key = export.ask(session, company_id, person_id, clock.now()).key
    except export.Enough:
        return _list(is_enough=True), HTTPStatus.TOO_MANY_REQUESTS
    return redirect(url_for(".collected", key=key), 303)


@bp.get("/exports/<key>")
@_only_who_may_collect
def collected(key: str) -> ResponseReturnValue:
    """Show how far it is, then what it is and until when it can be downloaded."""
    return _page(_found(key))


@bp.get("/exports/<key>/progress")
@_only_who_may_collect
def progress(key: str) -> ResponseReturnValue:
    """Return the live part of that page alone."""
    return render_template("account/export_progress.html", **_given(_found(key)))


@bp.get("/exports/<key>/download")
@_only_who_may_collect
def download(key: str) -> ResponseReturnValue:
    """Send the ZIP, piece by piece; the page says why when there is none to send."""
    found = _found(key)
    if found.is_open:
        return redirect(url_for(".collected", key=key), 303)
    if not found.is_ready:
        return _page(found)
    name = f"preavis-{company().tax_number}-{_day(found.row.ready_at)}.zip"
    content = stream_with_context(_content(found.row.id))
    response = Response(content, mimetype="application/zip")
    response.content_length = found.row.size or 0
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _content(number: int) -> Iterator[bytes]:
    """Yield the content piece by piece as it stood at one moment: it may expire meanwhile."""
    with one_moment(db.engine) as moment, Session(moment) as session:
        yield from export_content.pieces(session, number)


def _day(at: datetime | None) -> str:
    return languages.day_in(at or clock.now(), company().zone).isoformat()


def _found(key: str) -> Shown:
    row = export.find(db.session(), company().id, key)
    if row is None:
        abort(HTTPStatus.NOT_FOUND)
    return Shown(row, export.state_at(row, clock.now()))


def _page(found: Shown) -> ResponseReturnValue:
    page = render_template("account/export.html", **_given(found))
    return page, HTTPStatus.OK if found.is_open or found.is_ready else HTTPStatus.GONE


def _given(found: Shown) -> dict[str, object]:
    return {"one": found, "zone": company().zone}


def _list(*, is_enough: bool = False) -> str:
    at = clock.now()
    rows = export.of_company(db.session(), company().id)
    return render_template(
        "account/exports.html",
        shown=[Shown(row, export.state_at(row, at)) for row in rows],
        zone=company().zone,
        is_enough=is_enough,
    )
