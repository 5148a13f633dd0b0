import unicodedata
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from wtforms import StringField, TextAreaField, ValidationError

from helpdesk import forms
from helpdesk.forms import AccessibleForm, AtMost, Required, read_phone, read_tax_number
from helpdesk.rules.vocabulary import Country
from tests.support.countries import FRANCE, SPAIN


class Letter(AccessibleForm):
    """A form with one field of each kind that matters."""

    name = StringField("Name", validators=[Required("Write your name."), AtMost(10)])
    email = StringField("E-mail", description="Where we answer.", validators=[forms.email_address])
    number = StringField("SIREN or NIF", validators=[forms.tax_number])
    phone = StringField("Phone", validators=[forms.phone_number("FR")])
    text = TextAreaField("Text", filters=[lambda text: text and text.upper()])


RIGHT = {"name": "Inès", "email": "ines@martin.example", "number": "404 833 048", "phone": ""}


@pytest.fixture
def fill(app: Flask) -> Callable[..., Letter]:
    """Return what fills the form as a request would."""
    app.config["WTF_CSRF_ENABLED"] = False

    def fill(**typed: str) -> Letter:
        with app.test_request_context(
            "/", method="POST", data=RIGHT | typed, headers={"Accept-Language": "en"}
        ):
            form = Letter()
            form.validate()
            form.html = {field.name: str(field()) for field in form}
            form.said = {name: str(errors[0]) for name, errors in form.errors.items()}
            return form

    return fill


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Inès  ", "Inès"),
        ("I\u0301ne\u0300s", "Ínès"),
        ("\u202egnirts\u202c", "gnirts"),
        ("a\x00b\x07c\x9fd", "abcd"),
        ("مرحبا", "مرحبا"),
        ("😀", "😀"),
        ("<b>&", "<b>&"),
        ("a\tb", "a b"),
    ],
)
def test_what_is_typed_is_trimmed_and_freed_of_what_is_not_text(
    fill: Callable[..., Letter], typed: str, kept: str
) -> None:
    assert fill(name=typed).name.data == kept


@pytest.mark.parametrize(
    "send",
    [
        lambda: {"data": {"name": (BytesIO(b"x"), "name.txt"), "email": "ines@martin.example"}},
        lambda: {"json": {"name": ["x"], "email": 5, "number": {}, "text": None}},
    ],
    ids=["a file", "JSON"],
)
def test_what_nobody_can_have_typed_is_not_read(
    app: Flask, send: Callable[[], dict[str, object]]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False

    with app.test_request_context("/", method="POST", **send()):
        form = Letter()

        assert not form.validate()
        assert not form.name.data
        assert "name" in form.errors


def test_lines_end_the_one_way_and_a_field_s_own_filter_still_runs(
    fill: Callable[..., Letter],
) -> None:
    assert fill(text="one\r\ntwo\rthree").text.data == "ONE\nTWO\nTHREE"


def test_a_letter_keeps_the_marks_of_any_language_and_not_thousands() -> None:
    asked = "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd ệ क़्त"

    assert forms.clean(asked) == unicodedata.normalize("NFC", asked)
    assert forms.clean("o" + "\u0323\u0307" * 40_000 + "k") == "\u1ecd" + "\u0323" * 14 + (
        "\u0307" * 15 + "k"
    )


def test_what_is_not_a_text_is_left_alone() -> None:
    assert forms.clean(None) is None
    assert forms.clean(["x "]) == ["x "]


def test_a_right_form_says_nothing(fill: Callable[..., Letter]) -> None:
    form = fill()

    assert form.said == {}
    assert form.html["email"].count("aria-describedby") == 1
    assert 'aria-describedby="email-hint"' in form.html["email"]
    assert "aria-invalid" not in "".join(form.html.values())


@pytest.mark.parametrize("typed", ["", "   ", "\n", "\u202e"])
def test_nothing_is_not_enough(fill: Callable[..., Letter], typed: str) -> None:
    form = fill(name=typed)

    assert form.said == {"name": "Write your name."}
    assert 'aria-invalid="true"' in form.html["name"]
    assert 'aria-describedby="name-error"' in form.html["name"]


def test_too_long_a_text_is_told_by_how_much_and_is_kept(fill: Callable[..., Letter]) -> None:
    assert fill(name="é" * 10).said == {}

    form = fill(name="é" * 10_000)

    assert form.said == {
        "name": "This is 9990 characters too long: write at most 10.",
    }
    assert form.name.data == "é" * 10_000


def test_a_field_with_hint_and_error_names_both(fill: Callable[..., Letter]) -> None:
    assert 'aria-describedby="email-hint email-error"' in fill(email="nonsense").html["email"]


def test_an_error_found_afterwards_is_added(fill: Callable[..., Letter]) -> None:
    form = fill()

    form.refuse(form.name, "Somebody else has this name.")
    form.refuse(form.name, "And this letter.")

    assert form.name.errors == ["Somebody else has this name.", "And this letter."]


@pytest.mark.parametrize(
    "typed",
    ["", "nonsense", "a@b", "a@localhost", "a b@c.example", "a@" + "b" * 300 + ".example", "@"],
)
def test_an_address_must_be_one(fill: Callable[..., Letter], typed: str) -> None:
    assert fill(email=typed).said == {"email": "Enter an e-mail address like name@example.com."}


def test_an_address_is_kept_in_its_normal_form(fill: Callable[..., Letter]) -> None:
    assert fill(email=" Ines@MARTIN.example ").email.data == "Ines@martin.example"


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("01 42 00 00 00", "FR", "+33142000000"),
        ("0142000000", "FR", "+33142000000"),
        ("+33 (0)1.42.00-00-00", "FR", "+33142000000"),
        ("0033 1 42 00 00 00", "ES", "+33142000000"),
        ("919 16 17 17", "ES", "+34919161717"),
        ("+34 919 16 17 17", "FR", "+34919161717"),
        ("12", "ES", None),
        ("", "ES", None),
        ("call me", "ES", None),
        ("9" * 10_000, "ES", None),
        ("😀", "ES", None),
    ],
)
def test_a_phone_number_is_read_however_it_is_spelt(
    typed: str, country: str, number: str | None
) -> None:
    assert read_phone(typed, country) == number


def test_a_phone_number_is_checked_only_when_given(fill: Callable[..., Letter]) -> None:
    assert fill(phone="").phone.data == ""
    assert fill(phone="01 42 00 00 00").phone.data == "+33142000000"
    assert fill(phone="12").said == {
        "phone": "Enter the phone number with its area or country code."
    }


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("404833048", FRANCE, "404833048"),
        (" 404 833 048 ", FRANCE, "404833048"),
        ("404.833.048-00022", FRANCE, "404833048"),
        ("FR 83 404 833 048", FRANCE, "404833048"),
        ("fr404833048", FRANCE, "404833048"),
        ("４０４ ８３３—０４８", FRANCE, "404833048"),
        ("B-58378431", SPAIN, "B58378431"),
        ("esb58378431", SPAIN, "B58378431"),
        ("54362315K", SPAIN, "54362315K"),
        ("x 5253868 r", SPAIN, "X5253868R"),
    ],
)
def test_a_tax_number_is_read_in_any_spelling(typed: str, country: Country, number: str) -> None:
    assert read_tax_number(typed) == (country, number)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("4048330", "A SIREN has 9 digits; 2 missing."),
        (
            "40483304",
            "Enter a SIREN (9 digits) or a NIF (9 letters and digits): a sign is missing.",
        ),
        ("404833049", "This SIREN is not correct: compare each digit."),
        ("4048330481", "A SIREN has 9 digits; 1 too many."),
        ("40483304800023", "This SIRET is not correct: compare each digit."),
        ("54362315Z", "This NIF is not correct: check its last character."),
        ("B58378432", "This NIF is not correct: check its last character."),
        ("", "Enter a SIREN (9 digits) or a NIF (9 letters and digits)."),
        ("FR", "Enter a SIREN (9 digits) or a NIF (9 letters and digits)."),
        ("' OR 1=1 --", "Enter a SIREN (9 digits) or a NIF (9 letters and digits)."),
        ("😀" * 9, "Enter a SIREN (9 digits) or a NIF (9 letters and digits)."),
    ],
)
def test_a_wrong_tax_number_is_told_how_to_mend_it(app: Flask, typed: str, says: str) -> None:
    with (
        app.test_request_context("/", headers={"Accept-Language": "en"}),
        pytest.raises(ValidationError) as wrong,
    ):
        read_tax_number(typed)

    assert str(wrong.value) == says


def test_a_field_keeps_its_tax_number_in_the_normal_form(fill: Callable[..., Letter]) -> None:
    assert fill(number="404 833 048 00022").number.data == "404833048"
