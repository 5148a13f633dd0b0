"""The pages one reads: the start with its search, and the article."""

from http import HTTPStatus

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import clock, legislations
from helpdesk.database import db
from helpdesk.help_center import articles, bp, ways


@bp.get("/")
def start() -> ResponseReturnValue:
    """Show the search, what most people come for, and the ways that the reader has."""
    search, own = request.args.get("search", "").strip()[: articles.LONGEST_SEARCH], ways.own()
    return render_template(
        "help_center/start.html",
        search=search,
        found=articles.matching(search),
        own=own,
        lines=ways.lines(db.session(), own, clock.now()),
    )


@bp.get("/cancel-subscription")
def cancel_subscription() -> ResponseReturnValue:
    """Show the article, what applies to this reader first."""
    own = ways.own()
    return render_template(
        "help_center/cancel_subscription.html",
        own=own,
        others=[one for one in legislations.all() if one.country != own.country],
        lines=ways.lines(db.session(), own, clock.now()),
    )


@bp.get("/line")
def line() -> ResponseReturnValue:
    """Return one phone line's banner alone: the page asks for it again when the hour strikes."""
    shown = ways.lines(db.session(), ways.own(), clock.now())
    status = next((one.status for one in shown if one.status), None)
    if status is None:
        abort(HTTPStatus.NOT_FOUND)
    return render_template("help_center/_line.html", line=status)
