"""The supervisors' landing page, and the shared queue."""

from collections.abc import Mapping
from datetime import timedelta

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from helpdesk import clock, labels, paging
from helpdesk.database import db
from helpdesk.directory import holds, people
from helpdesk.messages import shelf
from helpdesk.queue import figures, listing, passes
from helpdesk.queue.figures import ZONE, today_at
from helpdesk.rules.vocabulary import Channel, MessageState
from helpdesk.supervision import bp, plot, words
from helpdesk.supervision.chips import chips
from helpdesk.supervision.forms import FilterForm


@bp.get("/overview")
def overview() -> ResponseReturnValue:
    """Show what calls for action, what tonight will do, and how much there is."""
    session, now = db.session(), clock.now()
    today = today_at(now)
    filed = figures.filed_by_day(session, today, ZONE)
    ends = figures.ends_ahead(session, today)
    last, waiting = passes.last(session), figures.waiting(session)
    tick = timedelta(seconds=current_app.config["SETTINGS"].tick_seconds)
    return render_template(
        "supervision/overview.html",
        waiting=waiting,
        waited=_age(now - waiting.oldest.filed_at) if waiting.oldest else "",
        undelivered=shelf.counts(session)[MessageState.FAILED],
        last=last,
        done=words.done(last.done) if last else (),
        next_at=max(last.began_at + tick, now) if last else now,
        is_silent=passes.is_silent(last, now),
        tonight=passes.tonight(session, last, now),
        morning=figures.morning_after(now),
        channels={channel.value: labels.word(channel) for channel in Channel},
        filed=filed,
        filed_plot=plot.draw([(day, _named(counts)) for day, counts in filed]),
        ends=ends,
        ends_plot=plot.draw([(day, {"ends": count} if count else {}) for day, count in ends]),
        today=today,
        zone=ZONE.key,
    )


@bp.get("/")
def queue() -> ResponseReturnValue:
    """Show one page of the requests of all channels, newest first."""
    session, now = db.session(), clock.now()
    today = today_at(now)
    filters = listing.Filters.read(request.args)
    found = listing.page(session, filters, paging.Place.read(request.args), today)
    staff = [row.last.person_id for row in found.rows if row.last.person_id]
    return render_template(
        "supervision/queue.html",
        found=found,
        filters=filters,
        chips=chips(filters),
        form=FilterForm(formdata=None, data=filters.as_address()),
        names=people.names(session, staff),
        held_companies=holds.held_among(
            session, [one.request.company_id for one in found.rows], now
        ),
        words=words,
        today=today,
    )


def _named(counts: Mapping[Channel, int]) -> dict[str, int]:
    """Return the counts in the same order each day, so that the plot stacks them alike."""
    return {channel.value: counts[channel] for channel in Channel if channel in counts}


def _age(waited: timedelta) -> str:
    """Say how long something has waited: in days, or in hours on the first."""
    if waited.days:
        return ngettext("%(num)s day", "%(num)s days", waited.days)
    return ngettext("%(num)s hour", "%(num)s hours", waited // timedelta(hours=1))
