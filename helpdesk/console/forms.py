"""What an agent takes down of a call: everything as it is said, nothing but the result required."""

import re
from datetime import datetime, timedelta

from flask_babel import LazyString, gettext
from typing_extensions import override
from werkzeug.datastructures import MultiDict
from wtforms import (
    EmailField,
    Field,
    Form,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms import ValidationError as Wrong

from helpdesk import labels
from helpdesk.console.sheet import UNKNOWN, Sheet, desk_country
from helpdesk.forms import (
    AccessibleForm,
    AtMost,
    Required,
    clean,
    email_address,
    phone_number,
    tax_number,
)
from helpdesk.languages import _l
from helpdesk.rules.vocabulary import Disposition, Reason

LONGEST_TIMED = timedelta(hours=2)
"""A call that seems longer was left half-written: the agent says how long it lasted."""
LENGTH = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)", re.ASCII)
NOTES = 5_000
BESIDE = frozenset({"offered", "suggested", "said", "callback"})
"""Kept with a draft beside the form's own fields: the company whose subscriptions were shown, the
e-mail that was suggested, what has been said, that we call back."""


class Offered:
    """What was chosen is one of the choices, each of them when there are several."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Form, field: SelectField) -> None:
        """Raise when it is something else."""
        chosen = field.data if isinstance(field.data, list) else [field.data or ""]
        offered = {choice[0] for choice in field.iter_choices()}
        if set(chosen) - offered - {""}:
            raise Wrong(str(self.message))


class WhenGiven:
    """Check what was typed, if anything was."""

    def __init__(self, check: object) -> None:
        self.check = check

    def __call__(self, form: Form, field: Field) -> None:
        """Pass it on to the check, unless nothing was typed."""
        if field.data and callable(self.check):
            self.check(form, field)


class CallForm(AccessibleForm):
    """One call, in the order in which it goes; made from a Sheet by `of`."""

    number = TelField(
        _l("Caller’s number"),
        validators=[AtMost(40)],
        render_kw={"autocomplete": "off", "autofocus": True},
    )
    search = SearchField(
        _l("Search for the business"),
        description=_l("Name, tax number or phone"),
        validators=[AtMost(200)],
        render_kw={"autocomplete": "off", "data-skip": "company"},
    )
    company = SelectField(
        _l("Business"),
        validate_choice=False,
        validators=[Offered(_l("Choose the business again from the list."))],
    )
    company_name = StringField(
        _l("Name of the business"),
        validators=[AtMost(200)],
        render_kw={"autocomplete": "off"},
    )
    tax_number = StringField(
        LazyString(labels.tax_numbers),
        description=_l("If the caller knows it"),
        validators=[AtMost(40), WhenGiven(tax_number)],
        render_kw={"autocomplete": "off"},
    )
    person = SelectField(
        _l("Who is calling"),
        validate_choice=False,
        validators=[Offered(_l("Choose the caller again from the list."))],
    )
    caller_name = StringField(
        _l("Caller’s name"), validators=[AtMost(200)], render_kw={"autocomplete": "off"}
    )
    subscriptions = SelectMultipleField(
        _l("Subscriptions to cancel"),
        validate_choice=False,
        validators=[Offered(_l("Choose the subscriptions again from the list."))],
    )
    endings = SelectMultipleField(
        _l("Cancellations to withdraw"),
        validate_choice=False,
        validators=[Offered(_l("Choose the cancellations again from the list."))],
    )
    reason = SelectField(
        _l("Reason"),
        validate_choice=False,
        validators=[Offered(_l("Choose the reason from the list."))],
    )
    notes = TextAreaField(_l("Notes"), validators=[AtMost(NOTES)], render_kw={"rows": 3})
    email = EmailField(
        _l("E-mail for the confirmation"),
        validators=[AtMost(254), WhenGiven(email_address)],
        render_kw={
            "autocomplete": "off",
            "data-behaviour": "suggest",
            "data-suggested-by": "suggested",
        },
    )
    disposition = RadioField(
        _l("Result of the call"),
        validate_choice=False,
        validators=[
            Required(_l("Choose the result of the call.")),
            Offered(_l("Choose the result of the call from the list.")),
        ],
    )
    length = StringField(
        _l("Length (minutes:seconds)"),
        description=_l("Timed by itself; type it only to correct it"),
        validators=[AtMost(9)],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
    elapsed = timedelta()
    is_unclear = False
    """Whether there are subscriptions to choose from that the agent has not seen."""

    @classmethod
    def of(cls, sheet: Sheet, now: datetime) -> "CallForm":
        """Return the form of a call as it stands, with the choices that it has at this moment."""
        form = cls(sheet.typed)
        form.elapsed = now - sheet.started_at
        form.is_unclear = len(sheet.subscriptions) > 1 and not sheet.were_offered
        form.company.choices = [(str(one.id), one.name) for one in sheet.companies]
        form.company.choices.append((UNKNOWN, gettext("None of these, or not found")))
        form.person.choices = [(str(one.id), one.name) for one in sheet.people]
        form.person.choices.append((UNKNOWN, gettext("Somebody else")))
        form.subscriptions.choices = [(str(one.id), one.product) for one in sheet.subscriptions]
        form.endings.choices = [(str(one.id), one.product) for one in sheet.under_way]
        form.reason.choices = [("", gettext("Not said")), *labels.choices(Reason)]
        form.disposition.choices = labels.choices(Disposition)
        return form

    @property
    def elapsed_seconds(self) -> int:
        """How long ago the call began."""
        return max(0, int(self.elapsed.total_seconds()))

    @property
    def is_cancellation(self) -> bool:
        """Whether the call makes a request."""
        return self.disposition.data == Disposition.CANCELLATION

    @property
    def is_withdrawal(self) -> bool:
        """Whether the call takes back what was asked before."""
        return self.disposition.data == Disposition.WITHDRAWAL

    @property
    def seconds(self) -> int:
        """How long the call lasted: as typed, or as timed."""
        typed = LENGTH.fullmatch(self.length.data or "")
        if typed is None:
            return self.elapsed_seconds
        hours, minutes, seconds = (int(part or 0) for part in typed.groups())
        return (hours * 60 + minutes) * 60 + seconds

    def validate_number(self, field: Field) -> None:
        """Check the caller’s number, when there is one."""
        phone_number(desk_country())(self, field)

    def validate_length(self, field: Field) -> None:
        """Raise when it is no length, longer than the call can have been, or must be typed."""
        if field.data and not LENGTH.fullmatch(field.data):
            raise Wrong(gettext("Enter the length in minutes and seconds, for example 4:30."))
        if not field.data and self.elapsed > LONGEST_TIMED:
            raise Wrong(gettext("This call began over two hours ago: enter how long it lasted."))
        if field.data and self.seconds > self.elapsed.total_seconds() + 60:
            raise Wrong(gettext("The call began more recently than that: check its length."))

    @override
    def validate(self, extra_validators: object = None) -> bool:
        """Check each field, and that what the call makes says whose it is and who told us."""
        fine = super().validate(extra_validators)
        for field, message in self._missing() if self.is_cancellation else self._unchosen():
            self.refuse(field, message)
            fine = False
        return fine

    def _unchosen(self) -> list[tuple[Field, str]]:
        if not self.is_withdrawal or self.endings.data:
            return []
        if self.endings.choices:
            return [(self.endings, gettext("Choose what the caller wants to keep."))]
        if self.company.data in {None, "", UNKNOWN}:
            return [(self.company, gettext("Choose the business: only then can it be withdrawn."))]
        nothing = gettext("No cancellation is under way for this business: choose another result.")
        return [(self.disposition, nothing)]

    def _missing(self) -> list[tuple[Field, str]]:
        found: list[tuple[Field, str]] = []
        if self.company.data in {None, "", UNKNOWN} and not self.company_name.data:
            field = self.company_name if self.company.data == UNKNOWN else self.company
            found.append((field, gettext("Choose the business, or type its name.")))
        if self.is_unclear:
            message = gettext("Choose the subscriptions, or none of them if the caller cannot say.")
            found.append((self.subscriptions, message))
        if self.person.data in {None, "", UNKNOWN} and not self.caller_name.data:
            found.append((self.caller_name, gettext("Choose who is calling, or type their name.")))
        if not self.email.data:
            found.append((self.email, gettext("Enter the e-mail to which the confirmation goes.")))
        return found


def typed_in(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return what was typed into each field that a draft keeps."""
    names = ({field.name for field in CallForm(MultiDict())} - {"csrf_token"}) | BESIDE
    return {
        name: [str(clean(typed)) for typed in form.getlist(name)] for name in names if name in form
    }
