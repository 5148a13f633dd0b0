"""What is asked before a subscription is cancelled: which, why if they like, and a promise."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms import Field, RadioField
from wtforms import ValidationError as Wrong

from helpdesk import labels
from helpdesk.forms import Boxes, FilingForm, one_of_the_reasons
from helpdesk.languages import _l
from helpdesk.queue.gate import Standing
from helpdesk.rules.vocabulary import Reason


class CancellationForm(FilingForm):
    """One cancellation, from the choice of subscriptions on; each step carries all of it."""

    class Meta(FilingForm.Meta):
        """Its steps are addresses; the token of the last one is checked for every post alike."""

        csrf = False

    contract = Boxes(_l("Subscriptions to cancel"), validate_choice=False)
    reason = RadioField(
        _l("Why are you leaving? (optional)"),
        description=_l("You may go on without an answer."),
        validate_choice=False,
        validators=[one_of_the_reasons],
    )

    def __init__(self, standing: Sequence[Standing], said: MultiDict[str, str]) -> None:
        super().__init__(said)
        self.standing = standing
        self.contract.choices = [
            (one.subscription.contract, one.subscription.product)
            for one in standing
            if one.may_be_cancelled
        ]
        self.reason.choices = labels.choices(Reason)

    @property
    def ticked(self) -> tuple[Standing, ...]:
        """The subscriptions of one's own that were chosen."""
        named = self.contract.data or ()
        return tuple(one for one in self.standing if one.subscription.contract in named)

    @property
    def chosen(self) -> tuple[Standing, ...]:
        """Those of them that can be cancelled."""
        return tuple(one for one in self.ticked if one.may_be_cancelled)

    @property
    def gone(self) -> tuple[Standing, ...]:
        """Those of them that something ends already."""
        return tuple(one for one in self.ticked if not one.may_be_cancelled)

    @property
    def said(self) -> dict[str, Any]:
        """All that was said so far, as the rest of an address."""
        answers = {
            "contract": [one.subscription.contract for one in self.chosen],
            "reason": self.reason.data,
            "collected": "y" if self.collected.data else None,
        }
        return {name: answer for name, answer in answers.items() if answer}

    def validate_contract(self, _field: Field) -> None:
        """Something must be chosen."""
        if not self.chosen:
            raise Wrong(gettext("Choose at least one subscription."))
