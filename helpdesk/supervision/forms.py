"""What supervisors fill in: filters, a decision, the subscriptions of a request."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from wtforms import (
    Field,
    HiddenField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import (
    ValidationError as Wrong,
)
from wtforms.widgets import CheckboxInput, ListWidget

from helpdesk import labels, legislations
from helpdesk.forms import AccessibleForm, AtMost
from helpdesk.languages import _l
from helpdesk.queue import references
from helpdesk.queue.assign import Assignment
from helpdesk.queue.listing import LONGEST_SEARCH
from helpdesk.queue.review import DECISIONS, Decision
from helpdesk.rules.vocabulary import (
    Action,
    Channel,
    Country,
    Ends,
    MessageKind,
    ReviewReason,
)

LONGEST_TEXT = 2000
WORDED = frozenset({Action.REJECT, Action.ASK})


class _FormAmongOthers(AccessibleForm):
    """One of several forms of a page: its controls carry its name, so that no two share an id."""

    def name_controls(self, name: str) -> None:
        """Put this name before the id of each control."""
        for field in self:
            field.id = field.label.field_id = f"{name}-{field.name}"


class DecisionForm(_FormAmongOthers):
    """What a supervisor decided, on the request as they saw it."""

    action = HiddenField()
    version = HiddenField()
    # The number of the latest event on the page that they decided on.
    seen = HiddenField()
    text = TextAreaField(
        _l("Your words to the customer"),
        validators=[AtMost(LONGEST_TEXT)],
        description=_l("The customer will read this, in the message below."),
        render_kw={"rows": 4},
    )
    linked_reference = StringField(
        _l("Reference of the earlier request"),
        description=_l("Its date stands, and this request closes."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.name_controls(self.action.data or "decision")

    @property
    def chosen(self) -> Action | None:
        """The decision taken; None when it is none of ours."""
        return next((one for one in DECISIONS if one.value == self.action.data), None)

    @property
    def last_seen(self) -> int:
        """The number of the latest event that was seen."""
        return _number(self.seen.data)

    def validate_text(self, field: Field) -> None:
        """Require words for the customer where they must know why."""
        if self.chosen in WORDED and not field.data:
            raise Wrong(gettext("Write what the customer will read."))

    def validate_linked_reference(self, field: Field) -> None:
        """Require a reference that is one."""
        if self.chosen is Action.LINK and references.read(field.data or "") is None:
            raise Wrong(gettext("Enter the reference of the earlier request, like P7K4-93QD-M."))

    def decision(self, action: Action) -> Decision:
        """Return what was decided; an action without words of its own says nothing."""
        linked = references.read(self.linked_reference.data or "")
        return Decision(
            action=action,
            version=_number(self.version.data),
            text=(self.text.data or "") if action in WORDED else "",
            linked_reference=linked if action is Action.LINK else None,
        )


class BoxesField(SelectMultipleField):
    """Several of a few, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AssignForm(_FormAmongOthers):
    """Which subscriptions of one company a request means."""

    company_id = HiddenField()
    version = HiddenField()
    subscriptions = BoxesField(_l("Subscriptions"), coerce=int, choices=(), validate_choice=False)

    def validate_subscriptions(self, field: Field) -> None:
        """Require at least one."""
        if not field.data:
            raise Wrong(gettext("Choose at least one subscription."))

    def assignment(self) -> Assignment:
        """Return what was found."""
        return Assignment(
            company_id=_number(self.company_id.data),
            subscription_ids=tuple(self.subscriptions.data or ()),
            version=_number(self.version.data),
        )


class _Filter(AccessibleForm):
    """A form whose answers are the address: it changes nothing, so it needs no token."""

    class Meta(AccessibleForm.Meta):
        """Without a token."""

        csrf = False


class FilterForm(_Filter):
    """What to look for in the queue, beside the state."""

    state = HiddenField()
    failed = HiddenField()
    search = SearchField(
        _l("Search"),
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": LONGEST_SEARCH},
        description=_l("Reference, business, tax number or e-mail"),
    )
    channel = SelectField(_l("Channel"), choices=lambda: _choices(Channel))
    country = SelectField(_l("Country"), choices=lambda: _choices(legislations.countries()))
    reason = SelectField(_l("Why in review"), choices=lambda: _choices(ReviewReason))
    ends = SelectField(_l("End"), choices=lambda: _choices(Ends))


class OutboxFilterForm(_Filter):
    """Which messages to look for, beside their state."""

    state = HiddenField()
    kind = SelectField(_l("Message"), choices=lambda: _choices(MessageKind))


class CompanySearchForm(_Filter):
    """Which company a request may mean."""

    search = SearchField(
        _l("Name, tax number or phone of the business"),
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": LONGEST_SEARCH},
    )


def _choices(vocabulary: Iterable[StrEnum | Country]) -> list[tuple[str, str]]:
    return [("", gettext("All")), *labels.choices(vocabulary)]


def _number(typed: str | None) -> int:
    """Return a hidden field's number; -1, which nothing has, when somebody made it up."""
    return int(typed or "") if re.fullmatch(r"[0-9]{1,9}", typed or "") else -1
