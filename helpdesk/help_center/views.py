"""The pages one reads: the start with its search, and the article."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from helpdesk import access, clock, languages, legislations
from helpdesk.database import db
from helpdesk.desk.hours import line_status
from helpdesk.help_center import articles, bp
from helpdesk.rules.vocabulary import Country


@bp.get("/")
def start() -> ResponseReturnValue:
    """Show the search, what most people come for, and the phone line's state."""
    search = request.args.get("search", "").strip()[: articles.LONGEST_SEARCH]
    return render_template(
        "help_center/start.html",
        search=search,
        found=articles.matching(search),
        line=line_status(db.session(), "es", clock.now()),
    )


@bp.get("/cancel-subscription")
def cancel_subscription() -> ResponseReturnValue:
    """Show the article, what applies to this reader first."""
    return render_template(
        "help_center/cancel_subscription.html",
        country=_country(),
        line=line_status(db.session(), "es", clock.now()),
    )


@bp.get("/line")
def line() -> ResponseReturnValue:
    """Return the phone line's banner alone: the page asks for it again when the hour strikes."""
    status = line_status(db.session(), "es", clock.now())
    return render_template("help_center/_line.html", line=status)


def _country() -> Country:
    """Return the legislation the reader most likely lives under."""
    person = access.visitor()
    if person and person.company:
        return person.company.country
    return legislations.for_reader(languages.current())
