"""The words for customers: why a request is in review, where it stands, who did what."""

from collections.abc import Mapping

from helpdesk.languages import _l
from helpdesk.queue.events import By
from helpdesk.rules.vocabulary import Action, ReviewReason, State

WHY_IN_REVIEW: Mapping[ReviewReason, str] = {
    ReviewReason.AUTHORITY_NOT_SHOWN: _l(
        "We make sure that the business itself asks for this. If you are not its business"
        " owner, we have written to the address that we have on record for it."
    ),
    ReviewReason.NO_ACTIVE_SUBSCRIPTION: _l(
        "We find no active subscription for this business: we check what there is to end."
    ),
    ReviewReason.SUBSCRIPTION_UNCLEAR: _l(
        "The business has several subscriptions: we make sure which of them you want to end."
    ),
    ReviewReason.DUPLICATE: _l(
        "There is already a request for the same subscription: the earlier one counts."
    ),
    ReviewReason.OUT_OF_HOURS: _l("The call came outside our opening hours: we read it again."),
    ReviewReason.COMPANY_NOT_FOUND: _l(
        "We do not find this business by the number given: we look it up by hand."
    ),
    ReviewReason.LEGAL_HOLD: _l("The law asks us to look at this request by hand."),
}
# To somebody who did not sign in, the other reasons would tell of a company that may not be theirs.
WHY_A_VISITOR = _l(
    "It was sent without signing in: we check it with the business, at the address that we have on"
    " record, before we confirm it."
)
WHO: Mapping[str, str] = {
    By.CUSTOMER: _l("you"),
    By.BUSINESS: _l("the business, by its link"),
    By.AGENT: _l("customer service"),
    By.SUPERVISOR: _l("customer service"),
    By.PROCESSING: _l("automatic"),
}
WHERE: Mapping[State, str] = {
    State.RECEIVED: _l("Your request is registered."),
    State.IN_REVIEW: _l("Your request is registered and is being examined."),
    State.ENDED: _l("Ended: your subscription is over and access is closed."),
    State.PURGED: _l("Ended: your data has been deleted."),
    State.REJECTED: _l("Rejected: your subscription goes on."),
    State.WITHDRAWN: _l("Withdrawn: your subscription goes on."),
    State.RESTARTED: _l("Restarted: your subscription goes on."),
}
# What was written to the customer, or by them; other notes are ours.
SAID_TO_CUSTOMERS = frozenset({Action.ASK, Action.ANSWER, Action.REJECT})
