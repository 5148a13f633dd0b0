"""What the page of a request shows of withdrawing it, and the form that does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext
from wtforms import HiddenField, TextAreaField

from helpdesk.forms import AtMost, KeepForm
from helpdesk.languages import _l, long_date
from helpdesk.queue import withdrawal
from helpdesk.queue.listing import Request
from helpdesk.queue.withdrawal import Kept

LONGEST_NOTE = 500


class WithdrawForm(KeepForm):
    """Which ends are withdrawn, of the request as it was seen, and a note why."""

    version = HiddenField()
    # The number of the latest event on the page.
    seen = HiddenField()
    note = TextAreaField(
        _l("Note (optional)"),
        validators=[AtMost(LONGEST_NOTE)],
        description=_l("For our own people: the customer does not read this."),
        render_kw={"rows": 2},
    )

    def __init__(self, kept: Sequence[Kept], **given: Any) -> None:
        super().__init__([(one.ending.id, _named(one)) for one in kept], **given)
        for field in self:
            field.id = field.label.field_id = f"withdraw-{field.name}"

    @property
    def seen_version(self) -> int:
        """The version of the request that was seen."""
        return _number(self.version.data)

    @property
    def last_seen(self) -> int:
        """The number of the latest event that was seen."""
        return _number(self.seen.data)


@dataclass(frozen=True, slots=True)
class WithdrawalPanel:
    """The form, and what is said of each subscription that would go on."""

    form: WithdrawForm
    kept: Sequence[Kept]
    notes: Mapping[str, str]
    is_typed: bool


def panel(
    request: Request, at: datetime, typed: WithdrawForm | None = None
) -> WithdrawalPanel | None:
    """Return what the page shows; None when nothing can be withdrawn any more."""
    if not withdrawal.is_possible(request, at):
        return None
    kept = withdrawal.kept(request, at, is_own=True)
    form = typed or WithdrawForm(kept, formdata=None)
    form.version.data = str(request.version)
    form.seen.data = str(request.events[-1].number)
    return WithdrawalPanel(
        form=form,
        kept=kept,
        notes={str(one.ending.id): _note(one) for one in kept},
        is_typed=typed is not None,
    )


def _named(one: Kept) -> str:
    return f"{one.ending.product} · {one.ending.contract}"


def _note(one: Kept) -> str:
    return gettext(
        "End announced: %(end)s. It goes on, and next renews on %(renewal)s.",
        end=long_date(one.ending.effective_on),
        renewal=long_date(one.renews_on),
    )


def _number(typed: str | None) -> int:
    """Return a hidden field's number; -1, which nothing has, when somebody made it up."""
    return int(typed or "") if re.fullmatch(r"[0-9]{1,9}", typed or "") else -1
