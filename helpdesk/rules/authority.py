"""Who may cancel, who may take it back, and why a person must look at it first (rules §3, §4).

Nobody is refused here: a request whose author has no authority is accepted and reviewed.
"""

from helpdesk.rules.vocabulary import Authority, ReviewReason


def may_cancel(authority: Authority) -> bool:
    """Tell whether this is enough to cancel: account holder, subscription manager (rules §3)."""
    return authority in {Authority.ACCOUNT_HOLDER, Authority.SUBSCRIPTION_MANAGER}


def may_withdraw_unasked(authority: Authority, *, is_on_record: bool, is_decided: bool) -> bool:
    """Tell whether whoever knows reference and e-mail of a request may withdraw it at once.

    `authority` is that with which it was filed, `is_on_record` whether its e-mail is the company’s
    or that of somebody who may cancel, `is_decided` whether anything of it was confirmed. Of what
    nobody has confirmed, the word of who asked is enough; otherwise the company is asked
    (**choice**).
    """
    return may_cancel(authority) or is_on_record or not is_decided


def reasons_to_review(  # noqa: PLR0913 - the seven facts of rules §4, all by name
    *,
    authority: Authority,
    company_found: bool,
    active_subscriptions: int,
    chosen: int,
    duplicate: bool,
    out_of_hours: bool,
    on_hold: bool,
) -> tuple[ReviewReason, ...]:
    """Return every reason to review a request, in the order of rules §4; empty means confirm.

    `chosen` counts the subscriptions that the request clearly means, the only active one included
    when it names none: none while any is active is unclear. Of an unknown company nothing else
    can be told, so only what does not depend on it is said beside.
    """
    unclear = chosen == 0 and active_subscriptions > 0
    found = {
        ReviewReason.AUTHORITY_NOT_SHOWN: company_found and not may_cancel(authority),
        ReviewReason.NO_ACTIVE_SUBSCRIPTION: company_found and active_subscriptions == 0,
        ReviewReason.SUBSCRIPTION_UNCLEAR: company_found and unclear,
        ReviewReason.DUPLICATE: company_found and duplicate,
        ReviewReason.OUT_OF_HOURS: out_of_hours,
        ReviewReason.COMPANY_NOT_FOUND: not company_found,
        ReviewReason.LEGAL_HOLD: company_found and on_hold,
    }
    return tuple(reason for reason, holds in found.items() if holds)
