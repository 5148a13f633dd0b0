"""What supervisors read about roles, review reasons, proposals and choices."""

import json
from collections.abc import Mapping

from flask_babel import gettext

from helpdesk import labels
from helpdesk.documents.parts import deleted
from helpdesk.languages import _l
from helpdesk.messages.shelf import AGAIN
from helpdesk.queue.events import By
from helpdesk.rules.vocabulary import Action, MessageState, ReviewReason

BY: Mapping[str, str] = {
    By.CUSTOMER: _l("customer"),
    By.BUSINESS: _l("the business, by its own link"),
    By.AGENT: _l("agent"),
    By.SUPERVISOR: _l("supervisor"),
    By.PROCESSING: _l("processing"),
}

WHY_REVIEWED: Mapping[ReviewReason, str] = {
    ReviewReason.AUTHORITY_NOT_SHOWN: _l(
        "Nothing shows that this person may cancel for the business."
        " Only the business owner, or somebody with permission to manage subscriptions, may."
    ),
    ReviewReason.NO_ACTIVE_SUBSCRIPTION: _l(
        "The business has no subscription that is still running, so there is nothing to end."
    ),
    ReviewReason.SUBSCRIPTION_UNCLEAR: _l(
        "The business has subscriptions, and the request does not say which one it means."
    ),
    ReviewReason.DUPLICATE: _l(
        "An earlier request already ends this subscription. The earliest one wins: its date stands."
    ),
    ReviewReason.OUT_OF_HOURS: _l(
        "The call came while the line was closed. The request counts from that moment all the same."
    ),
    ReviewReason.COMPANY_NOT_FOUND: _l(
        "No business has this tax number. Look for it under its name before you ask or reject."
    ),
    ReviewReason.LEGAL_HOLD: _l(
        "The law makes us keep the data of this business for now."
        " The subscription can end; nothing is deleted while the hold lasts."
    ),
}

PROPOSALS: Mapping[Action, str] = {
    Action.CONFIRM: _l("The rules propose to confirm it: nothing stands against the end."),
    Action.REJECT: _l("The rules propose to reject it: there is no subscription to end."),
    Action.ASK: _l("The rules propose to ask who may cancel for the business."),
    Action.LINK: _l("The rules propose to link it to the earlier request."),
    Action.ASSIGN: _l("The rules propose to find the business and its subscriptions first."),
}

CHOICES: Mapping[Action, str] = {
    Action.CONFIRM: _l("Confirm the cancellation"),
    Action.REJECT: _l("Reject the request"),
    Action.ASK: _l("Ask the customer for information"),
    Action.LINK: _l("Link to the earlier request"),
}

MESSAGE_ICONS: Mapping[MessageState, str] = {
    MessageState.WAITING: "hourglass",
    MessageState.SENT: "circle-check",
    MessageState.FAILED: "alert-triangle",
    MessageState.CANCELLED: "player-stop",
}

_DONE: Mapping[str, str] = {
    "failed": _l("Requests set aside"),
    "sent": _l("Messages sent"),
    "retried": _l("Messages to be tried again"),
    "given_up": _l("Messages given up"),
    "payments_asked": _l("Payments asked about"),
    "payments_refused": _l("Payments refused"),
    "payments_cancelled": _l("Payments cancelled"),
}


def done(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what a pass did, each with its words and how often."""
    actions = {action.value: labels.word(action) for action in Action}
    return [
        (str(_DONE.get(what) or actions.get(what, what)), count) for what, count in counts.items()
    ]


def answer(error: str) -> str:
    """Return what came of a try: our own words translated, the mail server’s as they are."""
    if error == AGAIN:
        return gettext("Put back among those that wait, by a supervisor")
    return gettext(error) if error else gettext("Accepted")


def certificate(why: str) -> str:
    """Return what a deletion let go, kind by kind, one a line."""
    counts = json.loads(why) if why.startswith("{") else {}
    return "\n".join(
        gettext("%(name)s: %(value)s", name=name, value=count) for name, count in deleted(counts)
    )
