"""What stands on a document, and proves it."""

from wtforms import StringField

from helpdesk.forms import AccessibleForm, AtMost, Required
from helpdesk.languages import _l


class CheckForm(AccessibleForm):
    """The reference and the check code of a document, in any spelling."""

    reference = StringField(
        _l("Reference"),
        description=_l("For example P7K4-93QD-M."),
        validators=[Required(_l("Enter the reference that stands on the document.")), AtMost(40)],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
    )
    code = StringField(
        _l("Check code"),
        description=_l("Thirteen letters and figures, for example K7PD-93QD-WX4T-M."),
        validators=[Required(_l("Enter the check code that stands on the document.")), AtMost(60)],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
    )
