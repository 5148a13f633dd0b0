"""What is asked of those who follow a request, answer us, or verify one."""

from wtforms import EmailField, StringField, TextAreaField

from helpdesk.forms import AccessibleForm, AtMost, Required
from helpdesk.languages import _l


class TrackForm(AccessibleForm):
    """A reference and the e-mail that it was filed with."""

    reference = StringField(
        _l("Reference"),
        description=_l("For example P7K4-93QD-M. It is in each of our e-mails."),
        validators=[Required(_l("Enter the reference of the request."))],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    email = EmailField(
        _l("E-mail"),
        description=_l("The address that you gave in the request."),
        validators=[Required(_l("Enter your e-mail address."))],
        render_kw={"autocomplete": "email"},
    )


class AnswerForm(AccessibleForm):
    """The answer to what we asked."""

    text = TextAreaField(
        _l("Your answer"),
        validators=[Required(_l("Write your answer.")), AtMost(4000)],
        render_kw={"rows": 5},
    )


class VerifyForm(AccessibleForm):
    """Nothing to fill in: the link is the proof, the button is the word."""
