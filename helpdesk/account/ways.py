"""The ways to cancel that a company's legislation gives it, and why the others are not there."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field, TelField

from helpdesk import access, clock, languages, legislations
from helpdesk.account import bp
from helpdesk.account.who import company, may_cancel, those_who_may
from helpdesk.database import db, transaction
from helpdesk.desk import callbacks, hours
from helpdesk.desk.callbacks import Wanted
from helpdesk.forms import AccessibleForm, AtMost, Required, phone_number
from helpdesk.languages import _l
from helpdesk.limits import FILE, limiter
from helpdesk.rules.legislation import Legislation, PhoneWay
from helpdesk.rules.vocabulary import Channel, Country


class CallbackForm(AccessibleForm):
    """On which number to call back."""

    phone = TelField(
        _l("Phone number"),
        description=_l("One of us calls you during the opening hours."),
        validators=[Required(_l("Enter the phone number to call.")), AtMost(40)],
        render_kw={"autocomplete": "tel"},
    )

    def __init__(self, country: Country, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.country = country

    def validate_phone(self, field: Field) -> None:
        """Check the number as the company's country writes it."""
        phone_number(self.country)(self, field)


@bp.get("/ways-out")
def ways_out() -> ResponseReturnValue:
    """Show every way to cancel, in the order of the company's legislation."""
    person = access.person()
    known = languages.phone(person.phone or company().phone)
    return _page(CallbackForm(company().country, data={"phone": known}))


@bp.get("/line")
def line() -> ResponseReturnValue:
    """Return the banner of the company's own phone line, for the page that shows it."""
    status = hours.line_status(db.session(), _phone().desk, clock.now())
    return render_template("help_center/_line.html", line=status)


@bp.post("/callbacks")
@limiter.limit(FILE)
def call_me() -> ResponseReturnValue:
    """Keep that somebody wants to be called back; twice is once."""
    person, way, form = access.person(), _phone(), CallbackForm(company().country)
    if not form.validate():
        return _page(form), HTTPStatus.BAD_REQUEST
    wanted = Wanted(
        company_id=company().id,
        person_id=person.id,
        phone=form.phone.data or "",
        language=languages.current(),
    )
    at = clock.now()
    with transaction() as session:
        callbacks.ask(session, way.desk, wanted, at)
    return redirect(url_for(".ways_out", _anchor="phone-way"), 303)


def _phone() -> PhoneWay:
    """Return the company's phone line; where its legislation has none, there is nothing here."""
    way = _legislation().phone
    if way is None:
        abort(HTTPStatus.NOT_FOUND)
    return way


def _legislation() -> Legislation:
    return legislations.of(company().country)


def _ways(of: Legislation) -> Sequence[Channel]:
    """Return the ways there are, in their order, then those that are not there."""
    return (*of.ways, *(one for one in of.unavailable))


def _page(form: CallbackForm) -> str:
    session, person, at = db.session(), access.person(), clock.now()
    own, way = _legislation(), _legislation().phone
    language = languages.current()
    return render_template(
        "account/ways_out.html",
        form=form,
        ways=_ways(own),
        unavailable={one: texts[language] for one, texts in own.unavailable.items()},
        phone=way,
        status=hours.line_status(session, way.desk, at) if way else None,
        waiting=callbacks.waiting_for(session, way.desk, person.id) if way else None,
        at=at,
        may_cancel=may_cancel(person),
        colleagues=those_who_may(session, person),
    )
