"""What sign-in asks."""

from wtforms import EmailField, HiddenField, PasswordField

from helpdesk.forms import AccessibleForm, AtMost, Required
from helpdesk.languages import _l


class SignInForm(AccessibleForm):
    """E-mail and password, and where to go afterwards."""

    email = EmailField(
        _l("E-mail"),
        validators=[Required(_l("Enter your e-mail address.")), AtMost(254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[Required(_l("Enter your password.")), AtMost(200)],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
