"""What the rules propose to the person who reviews a request (rules §4); they decide."""

from collections.abc import Collection

from helpdesk.rules.vocabulary import Action, ReviewReason


def propose(
    reasons: Collection[ReviewReason], *, names_subscriptions: bool, is_linked: bool
) -> Action:
    """Return the decision that the open reasons lead to (**choice**).

    A second request is linked to the first, whose date stands; one for nothing that is active is
    rejected; one that names nothing needs it found first; authority is asked for. A call out of
    hours or a legal hold is no reason to refuse an end: the request was made, and the hold stops
    the deletion only.
    """
    if ReviewReason.DUPLICATE in reasons and is_linked:
        return Action.LINK
    if ReviewReason.NO_ACTIVE_SUBSCRIPTION in reasons:
        return Action.REJECT
    if not names_subscriptions:
        return Action.ASSIGN
    if ReviewReason.AUTHORITY_NOT_SHOWN in reasons:
        return Action.ASK
    return Action.CONFIRM
