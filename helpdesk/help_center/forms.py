"""What the help centre asks, and nothing that is not needed."""

from collections.abc import Sequence
from typing import Any

from flask_babel import LazyString, gettext
from typing_extensions import override
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    RadioField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms import (
    ValidationError as Wrong,
)

from helpdesk import labels, legislations
from helpdesk.directory.models import Person, Subscription
from helpdesk.forms import (
    AtMost,
    Boxes,
    FilingForm,
    Required,
    email_address,
    one_of_the_reasons,
    phone_number,
    read_tax_number,
    tax_number,
)
from helpdesk.languages import _l, current
from helpdesk.rules.vocabulary import Country, Reason


class ListedText(StringField):
    """A text; several values under its name become one, so that boxes survive a lost sign-in."""

    @override
    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = ", ".join(str(value) for value in valuelist if value)


class RequestForm(FilingForm):
    """What everybody is asked who leaves: who, what, why."""

    requester_name = StringField(
        _l("Your name"),
        validators=[Required(_l("Enter your name.")), AtMost(200)],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _l("E-mail"),
        description=_l("The acknowledgement and the confirmation are sent to this address."),
        validators=[Required(_l("Enter your e-mail address.")), AtMost(254), email_address],
        render_kw={"autocomplete": "email"},
    )
    phone = TelField(_l("Phone (optional)"), render_kw={"autocomplete": "tel"})
    reason = RadioField(
        _l("Why are you leaving? (optional)"),
        validate_choice=False,
        validators=[one_of_the_reasons],
    )
    reason_text = TextAreaField(
        _l("In your own words (optional)"), validators=[AtMost(2000)], render_kw={"rows": 3}
    )
    asked = TextAreaField(
        _l("Is there anything you ask of us? (optional)"),
        description=_l("For example a question, or help to download your data."),
        validators=[AtMost(2000)],
        render_kw={"rows": 3},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = labels.choices(Reason)

    @property
    def country(self) -> Country:
        """The legislation that the request falls under."""
        raise NotImplementedError

    def validate_phone(self, field: Field) -> None:
        """Check the phone number, when one is given, as its country writes it."""
        if field.data:
            phone_number(self.country)(self, field)


class SignedInForm(RequestForm):
    """For a company's own people: company and subscriptions are known."""

    # They go along unseen, so that nothing is lost when the sign-in is.
    company_name = HiddenField()
    tax_number = HiddenField()
    contracts = Boxes(_l("Subscriptions to cancel"), validate_choice=False)

    def __init__(self, person: Person, active: Sequence[Subscription], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.person, self.active = person, active
        company = person.company
        self.company_name.data = company.name if company else ""
        self.tax_number.data = company.tax_number if company else ""
        self.contracts.choices = [
            (one.contract, f"{one.product} · {one.contract}") for one in active
        ]

    @property
    @override
    def country(self) -> Country:
        company = self.person.company
        return company.country if company else legislations.for_reader(current())

    @property
    def chosen(self) -> tuple[Subscription, ...]:
        """The subscriptions that are ticked, of one's own only."""
        return tuple(one for one in self.active if one.contract in (self.contracts.data or ()))

    def validate_contracts(self, _field: Field) -> None:
        """Something must be chosen, where there is something to choose."""
        if self.active and not self.chosen:
            raise Wrong(gettext("Choose at least one subscription."))


class VisitorForm(RequestForm):
    """For anybody else: no account is needed to leave."""

    company_name = StringField(
        _l("Business name"),
        validators=[Required(_l("Enter the name of the business.")), AtMost(200)],
        render_kw={"autocomplete": "organization"},
    )
    tax_number = StringField(
        LazyString(labels.tax_numbers),
        description=_l("It is on each of our invoices, beside the business’s name."),
        validators=[
            Required(
                _l(
                    "Enter the number (%(names)s) of the business.",
                    names=LazyString(labels.tax_numbers),
                )
            ),
            tax_number,
        ],
        render_kw={"spellcheck": "false", "autocapitalize": "characters"},
    )
    contracts = ListedText(
        _l("Contract numbers (optional)"),
        description=_l("On each invoice, for example SA-48213. Leave empty to cancel them all."),
        validators=[AtMost(400)],
        render_kw={"spellcheck": "false", "autocapitalize": "characters"},
    )

    @property
    @override
    def country(self) -> Country:
        try:
            return read_tax_number(self.tax_number.data or "")[0]
        except Wrong:
            return legislations.for_reader(current())
