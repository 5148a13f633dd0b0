"""The life of a request: the one table of moves, and what each one says (rules §4).

A pair that is not in the table cannot happen; nothing leaves `purged`.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from helpdesk.rules.vocabulary import Action, DocumentKind, MessageKind, OutgoingKind, State

UNDECIDED = frozenset({State.RECEIVED, State.IN_REVIEW})
"""Nobody has confirmed or rejected it yet."""
OPEN = UNDECIDED | {State.CONFIRMED}
"""Something is still to be decided or ended."""
TIMED = frozenset({State.CONFIRMED, State.ENDED})
"""Its timetable runs: reminders, the end, the announcement of the deletion."""
ALIVE = UNDECIDED | TIMED
"""Something can still happen to it."""

MOVES: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.RECEIVED, Action.REVIEW): State.IN_REVIEW,
        (State.RECEIVED, Action.VERIFY): State.RECEIVED,
        (State.RECEIVED, Action.CONFIRM): State.CONFIRMED,
        (State.RECEIVED, Action.WITHDRAW): State.WITHDRAWN,
        (State.IN_REVIEW, Action.VERIFY): State.IN_REVIEW,
        (State.IN_REVIEW, Action.ASSIGN): State.IN_REVIEW,
        (State.IN_REVIEW, Action.ASK): State.IN_REVIEW,
        (State.IN_REVIEW, Action.ANSWER): State.IN_REVIEW,
        (State.IN_REVIEW, Action.CONFIRM): State.CONFIRMED,
        (State.IN_REVIEW, Action.REJECT): State.REJECTED,
        (State.IN_REVIEW, Action.LINK): State.REJECTED,
        (State.IN_REVIEW, Action.WITHDRAW): State.WITHDRAWN,
        (State.CONFIRMED, Action.REMIND): State.CONFIRMED,
        (State.CONFIRMED, Action.END): State.ENDED,
        (State.CONFIRMED, Action.WITHDRAW): State.WITHDRAWN,
        (State.ENDED, Action.ANNOUNCE_DELETION): State.ENDED,
        (State.ENDED, Action.PURGE): State.PURGED,
        (State.ENDED, Action.RESTART): State.RESTARTED,
        **{
            (state, action): state
            for state in State
            if state in ALIVE
            for action in (Action.HOLD, Action.RELEASE)
        },
    }
)
"""From a state, by an action, to a state (rules §4)."""

MESSAGE_OF: Mapping[Action, MessageKind] = MappingProxyType(
    {
        Action.FILE: MessageKind.ACKNOWLEDGEMENT,
        Action.ASK: MessageKind.INFORMATION_ASKED,
        Action.CONFIRM: MessageKind.CONFIRMATION,
        Action.REJECT: MessageKind.REJECTION,
        Action.LINK: MessageKind.LINKED,
        Action.END: MessageKind.ACCESS_ENDED,
        Action.ANNOUNCE_DELETION: MessageKind.DELETION_NOTICE,
        Action.PURGE: MessageKind.DELETION_DONE,
        Action.WITHDRAW: MessageKind.WITHDRAWAL,
        Action.RESTART: MessageKind.RESTART,
    }
)
"""The message that an action always causes; which reminder a REMIND sends is in `reminders.py`."""

DOCUMENT_OF: Mapping[Action, DocumentKind] = MappingProxyType(
    {
        Action.CONFIRM: DocumentKind.CONFIRMATION,
        Action.WITHDRAW: DocumentKind.WITHDRAWAL,
        Action.END: DocumentKind.END,
        Action.PURGE: DocumentKind.DELETION,
    }
)
"""The document on a durable medium that goes with the message of an action."""

OUTGOING_OF: Mapping[Action, OutgoingKind] = MappingProxyType(
    {
        Action.CONFIRM: OutgoingKind.SUBSCRIPTION_ENDING,
        Action.WITHDRAW: OutgoingKind.SUBSCRIPTION_KEPT,
        Action.END: OutgoingKind.SUBSCRIPTION_ENDED,
        Action.RESTART: OutgoingKind.SUBSCRIPTION_RESTARTED,
        Action.PURGE: OutgoingKind.SUBSCRIPTION_DELETED,
    }
)
"""What the service and its other systems are told of an action, for each subscription."""

_ADVANCE = (
    State.RECEIVED,
    State.IN_REVIEW,
    State.CONFIRMED,
    State.ENDED,
    State.RESTARTED,
    State.PURGED,
    State.REJECTED,
    State.WITHDRAWN,
)


class MoveRefused(Exception):
    """This action cannot happen in this state (rules §4)."""

    def __init__(self, state: State, action: Action) -> None:
        super().__init__(f"{action} cannot happen while {state}.")
        self.state = state
        self.action = action


def after(state: State, action: Action) -> State:
    """Return the state that `action` leads to from `state`; raises `MoveRefused`."""
    try:
        return MOVES[state, action]
    except KeyError:
        raise MoveRefused(state, action) from None


def allowed(state: State) -> tuple[Action, ...]:
    """Return what can happen in `state`, in the order of the table."""
    return tuple(action for before, action in MOVES if before is state)


def least_advanced(states: Iterable[State]) -> State:
    """Return the state that a request with several endings shows (rules §4).

    An ending that was rejected or withdrawn has left the way, so it only counts when no other is
    left (**choice**): a request with one ending withdrawn and one confirmed is confirmed. Raises
    `ValueError` without any state.
    """
    return min(states, key=_ADVANCE.index)


def is_open(state: State) -> bool:
    """Tell whether something is still to be decided or ended: received, in review, confirmed."""
    return state in OPEN
