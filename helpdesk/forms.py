"""What every form shares: trimmed and cleaned text, controls tied to their hints and errors."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain, groupby, islice
from typing import Any
from uuid import UUID, uuid4

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from flask import abort, request
from flask_babel import LazyString, gettext
from flask_wtf import FlaskForm
from typing_extensions import override
from wtforms import BooleanField, Field, Form, HiddenField, SelectMultipleField
from wtforms import ValidationError as Wrong
from wtforms.meta import DefaultMeta
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk import labels, legislations
from helpdesk.languages import _l, current, either, short_date
from helpdesk.rules import tax_numbers
from helpdesk.rules.vocabulary import Country, Reason

# Everything that is not text: control characters but line breaks, and bidirectional overrides.
_NOT_TEXT = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)

MOST_MARKS = 30
"""How many marks one letter may carry (Unicode’s Stream-Safe Text Format): no language needs as
many, and putting thousands in order would keep the server busy for minutes."""


def clean(text: object) -> object:
    """Trim a typed text, join its lines the one way, drop what is not text."""
    if not isinstance(text, str):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return unicodedata.normalize("NFC", _unpiled(_NOT_TEXT.sub("", text))).strip()


def _unpiled(text: str) -> str:
    """Return a text whose letters carry no more marks than letters do."""
    if text.isascii():
        return text
    runs = groupby(text, key=lambda sign: unicodedata.combining(sign) > 0)
    kept = (islice(run, MOST_MARKS) if are_marks else run for are_marks, run in runs)
    return "".join(chain.from_iterable(kept))


class _TokenWhenShown(FlaskForm.Meta.csrf_class):
    """Makes a form’s token where it is shown: what was sent well is answered by another page."""

    @override
    def generate_csrf_token(self, csrf_token_field: Field) -> LazyString:
        return LazyString(super().generate_csrf_token, csrf_token_field)


class AccessibleForm(FlaskForm):
    """A form whose fields are cleaned, and whose controls name their hint and their error."""

    class Meta(FlaskForm.Meta):
        """Read text alone; clean each field; tie each control to what is said about it."""

        csrf_class = _TokenWhenShown

        @override
        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            # Not FlaskForm's own choice, which also takes files and JSON: neither was typed.
            is_given = formdata is None or hasattr(formdata, "getlist")
            return formdata if is_given else request.form or None

        @property
        def locales(self) -> list[str]:
            """Whose words the library's own messages are in."""
            return [current().value]

        @override
        def get_translations(self, form: Form) -> Any:
            # Not Flask-WTF's own choice, which reads them from the disk for every form.
            return DefaultMeta.get_translations(self, form)

        @override
        def bind_field(self, form: Form, unbound_field: Any, options: Any) -> Any:
            filters = [clean, *unbound_field.kwargs.get("filters", ())]
            return DefaultMeta.bind_field(
                self, form, unbound_field, {**options, "filters": filters}
            )

        @override
        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
            said = [f"{field.id}-hint"] if field.description else []
            if field.errors:
                said.append(f"{field.id}-error")
                render_kw.setdefault("aria-invalid", "true")
            if said:
                render_kw.setdefault("aria-describedby", " ".join(said))
            return DefaultMeta.render_field(self, field, render_kw)

    def refuse(self, field: Field, message: str) -> None:
        """Add an error that was found after the fields' own checks."""
        field.errors = [*field.errors, message]


class FilingForm(AccessibleForm):
    """What files a request: a key, so that it files once, and the promise about one's data."""

    key = HiddenField()
    collected = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.key.data = str(uuid4())

    def check_key(self) -> None:
        """Refuse what did not come from our page: the key is what files a request only once."""
        try:
            self.key.data = str(UUID(self.key.data or ""))
        except ValueError:
            abort(400)

    def promise(self, last_access_on: date | None) -> None:
        """Word the promise to collect one's data by the last day of access."""
        self.collected.label.text = (
            gettext(
                "I have downloaded my data, or I will do so before %(day)s.",
                day=short_date(last_access_on),
            )
            if last_access_on
            else gettext("I have downloaded my data, or I will do so before my subscription ends.")
        )

    def is_promised(self) -> bool:
        """Tell whether the box about one's data is ticked; say so at the box when it is not."""
        if not self.collected.data:
            self.refuse(self.collected, gettext("Tick this box to go on."))
        return bool(self.collected.data)


class Boxes(SelectMultipleField):
    """Several choices as boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class KeepForm(AccessibleForm):
    """Which subscriptions go on after all; where there is but one, there is nothing to choose."""

    ending = Boxes(_l("Subscriptions to keep"), validate_choice=False)

    def __init__(self, offered: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ending.choices = [(str(number), name) for number, name in offered]

    @property
    def chosen(self) -> frozenset[int] | None:
        """The numbers of the ends to withdraw; None for the whole request."""
        numbers = re.compile("[0-9]{1,9}")
        typed = [one for one in self.ending.data or () if numbers.fullmatch(one)]
        return frozenset(int(one) for one in typed) or None

    def validate_ending(self, _field: Field) -> None:
        """Something must be chosen, where there is something to choose."""
        if self.ending.choices and self.chosen is None:
            raise Wrong(gettext("Choose at least one subscription."))


def one_of_the_reasons(_form: Form, field: Field) -> None:
    """Check that a reason, when one is given, is one of ours."""
    if field.data and field.data not in set(Reason):
        field.data = None
        raise Wrong(gettext("Choose one of the reasons."))


class Required:
    """Something must be typed or chosen; says what in the field's own words."""

    # No `required` attribute: the browser's own bubble is not ours to word or translate.
    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        """Raise when nothing was given."""
        if not field.data:
            raise Wrong(str(self.message))


class AtMost:
    """No more than so many characters."""

    def __init__(self, characters: int) -> None:
        self.characters = characters

    def __call__(self, _form: Form, field: Field) -> None:
        """Raise when the text is too long, saying by how much."""
        excess = len(field.data or "") - self.characters
        if excess > 0:
            raise Wrong(
                gettext(
                    "This is %(excess)s characters too long: write at most %(limit)s.",
                    excess=excess,
                    limit=self.characters,
                )
            )


def email_address(_form: Form, field: Field) -> None:
    """Check and normalise an e-mail address; no look-up of its domain."""
    try:
        given = validate_email(field.data or "", check_deliverability=False, test_environment=False)
    except EmailNotValidError:
        raise Wrong(gettext("Enter an e-mail address like name@example.com.")) from None
    field.data = given.normalized


def read_phone(typed: str, country: str) -> str | None:
    """Return a number in E.164, however it was spelt; None when it is no number at all."""
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_number(country: str) -> Callable[[Form, Field], None]:
    """Check a phone number, when one is given, and store it in E.164."""

    def check(_form: Form, field: Field) -> None:
        if not field.data:
            return
        number = read_phone(field.data, country)
        if number is None:
            raise Wrong(gettext("Enter the phone number with its area or country code."))
        field.data = number

    return check


def read_tax_number(typed: str) -> tuple[Country, str]:
    """Return the country and the normal form of a company’s number, however it was spelt.

    Raises ValidationError with words that say how to mend it.
    """
    try:
        return tax_numbers.read(typed, legislations.all())
    except tax_numbers.Incorrect as fault:
        raise Wrong(_mend(fault)) from None
    except tax_numbers.WrongLength as fault:
        raise Wrong(_length(fault)) from None
    except tax_numbers.Ambiguous as fault:
        raise Wrong(_which(fault)) from None
    except tax_numbers.Unreadable as fault:
        forms = either(one.tax_number.form[current()] for one in legislations.all())
        if fault.is_one_short:
            raise Wrong(gettext("Enter %(numbers)s: a sign is missing.", numbers=forms)) from None
        raise Wrong(gettext("Enter %(numbers)s.", numbers=forms)) from None


def _mend(fault: tax_numbers.Incorrect) -> str:
    if fault.how is None:
        return gettext("This number is not correct: compare each letter and digit.")
    return fault.how[current()]


def _length(fault: tax_numbers.WrongLength) -> str:
    rule = fault.number.rule[current()]
    if fault.excess < 0:
        return gettext("%(rule)s; %(count)s missing.", rule=rule, count=-fault.excess)
    return gettext("%(rule)s; %(count)s too many.", rule=rule, count=fault.excess)


def _which(fault: tax_numbers.Ambiguous) -> str:
    """Ask for the code of the country, where a number is right in several."""
    return gettext(
        "This number exists in several countries: write %(codes)s before it.",
        codes=either(f"{one} ({labels.word(one)})" for one in fault.countries),
    )


def tax_number(_form: Form, field: Field) -> None:
    """Check a company’s number by its check digit and keep its normal form."""
    _country, field.data = read_tax_number(field.data or "")
