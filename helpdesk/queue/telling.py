"""What may be told to whoever filed a request, before the company has stood behind it.

A SIREN is public: whoever gave one without a contract number learns nothing of the company behind
it, on no page and in no message, until it has shown that the request is its own.
"""

import re
from collections.abc import Sequence

from helpdesk.queue.models import Ending, Request
from helpdesk.rules import lifecycle
from helpdesk.rules.vocabulary import Action, Authority, State

_UNSETTLED = lifecycle.UNDECIDED | {State.REJECTED}
_STOOD_BEHIND = frozenset({Action.VERIFY, Action.CONFIRM})


def named(contracts: str) -> frozenset[str]:
    """Return the contract numbers in what somebody typed: the words that have a figure."""
    words = re.split(r"[\s,;]+", contracts.upper())
    return frozenset(word.strip(".:()") for word in words if re.search(r"[0-9]", word))


def is_trusted(request: Request) -> bool:
    """Tell whether somebody known to the company filed it, or a decision stands behind it."""
    if request.authority is not Authority.UNKNOWN:
        return True
    if request.state is State.WITHDRAWN:  # Whoever filed it may have done that alone.
        return any(event.action in _STOOD_BEHIND for event in request.events)
    return request.state not in _UNSETTLED


def tellable(request: Request) -> Sequence[Ending]:
    """Return the endings whose dates and products may be told."""
    if is_trusted(request):
        return request.endings
    known = named(request.contracts)
    return [one for one in request.endings if one.contract in known]
