"""What the page of a request shows of legal holds, and the form that sets one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from sqlalchemy.orm import Session
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms import ValidationError as Wrong

from helpdesk.directory import holds, people
from helpdesk.directory.models import Company, Hold
from helpdesk.forms import AccessibleForm, AtMost, Required
from helpdesk.languages import _l
from helpdesk.queue.holds import Wish
from helpdesk.rules.instants import begins_at, local

LONGEST_REASON = 500
LONGEST_YEARS = 30
# As a browser sends a day, and as people type it where the browser has no field for days.
_DAYS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)", re.ASCII),
    re.compile(r"(?P<day>\d\d?)/(?P<month>\d\d?)/(?P<year>\d{4})", re.ASCII),
)


class HoldForm(AccessibleForm):
    """Why a company is put on hold, and until which day of its own if that is known."""

    # The number of the last hold of the company that stood on the page.
    latest = HiddenField()
    reason = TextAreaField(
        _l("Reason"),
        validators=[Required(_l("Write why its data must be kept.")), AtMost(LONGEST_REASON)],
        description=_l("For our own people: the customer does not read this."),
        render_kw={"rows": 3},
    )
    until = StringField(
        _l("Last day, if it is known"),
        description=_l("This day is included. Without one the hold lasts until it is released."),
        render_kw={"type": "date"},
    )

    def __init__(self, *given: Any, today: date, **named: Any) -> None:
        super().__init__(*given, **named)
        self.today = today
        self.last_day: date | None = None
        for field in self:
            field.id = field.label.field_id = f"hold-{field.name}"

    def validate_until(self, field: Field) -> None:
        """Require a day to come, when one is given."""
        if not field.data:
            return
        day = _read_day(field.data)
        if day is None:
            raise Wrong(gettext("Enter the date as day, month, year."))
        if day < self.today:
            raise Wrong(gettext("This day is past: choose today or a later day."))
        if day.year > self.today.year + LONGEST_YEARS:
            raise Wrong(gettext("This is too far ahead: leave it empty if the end is not known."))
        self.last_day = day

    def wish(self, zone: ZoneInfo) -> Wish:
        """Return the hold that is wanted; it ends with its last day there."""
        day = self.last_day
        ends_at = begins_at(day + timedelta(days=1), zone) if day else None
        seen = self.latest.data or ""
        return Wish(
            reason=self.reason.data or "",
            ends_at=ends_at,
            seen=int(seen) if re.fullmatch(r"[0-9]{1,9}", seen) else -1,
        )


@dataclass(frozen=True, slots=True)
class HoldPanel:
    """The holds of a company that last, who set each, and the form for another."""

    holds: Sequence[Hold]
    names: Mapping[int, str]
    zone: str
    form: HoldForm


def panel(
    session: Session, company: Company | None, at: datetime, typed: HoldForm | None = None
) -> HoldPanel | None:
    """Return what the page shows; None for a request whose company is not known, or gone."""
    if company is None:
        return None
    lasting = holds.of_company(session, company.id, at)
    form = typed or HoldForm(formdata=None, today=today_of(company, at))
    form.latest.data = str(holds.latest(session, company.id))
    names = people.names(session, [one.set_by_id for one in lasting if one.set_by_id])
    return HoldPanel(lasting, names, company.zone, form)


def today_of(company: Company, at: datetime) -> date:
    """Return the local day in a company's zone."""
    return local(at, ZoneInfo(company.zone)).date()


def last_day(hold: Hold) -> date | None:
    """Return the last day of a hold, in its company's zone; None for one without end."""
    if hold.ends_at is None:
        return None
    return local(hold.ends_at, ZoneInfo(hold.company.zone)).date() - timedelta(days=1)


def _read_day(typed: str) -> date | None:
    found = next(filter(None, (way.fullmatch(typed) for way in _DAYS)), None)
    if found is None:
        return None
    try:
        return date(**{name: int(figures) for name, figures in found.groupdict().items()})
    except ValueError:
        return None
