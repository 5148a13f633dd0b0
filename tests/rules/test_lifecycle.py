import itertools

import pytest

from helpdesk.rules.lifecycle import (
    MESSAGE_OF,
    MOVES,
    MoveRefused,
    after,
    allowed,
    is_open,
    least_advanced,
)
from helpdesk.rules.vocabulary import Action, MessageKind, State

WAY = [
    ("received", "review", "in_review"),
    ("received", "verify", "received"),
    ("received", "confirm", "confirmed"),
    ("received", "withdraw", "withdrawn"),
    ("in_review", "verify", "in_review"),
    ("in_review", "assign", "in_review"),
    ("in_review", "ask", "in_review"),
    ("in_review", "answer", "in_review"),
    ("in_review", "confirm", "confirmed"),
    ("in_review", "reject", "rejected"),
    ("in_review", "link", "rejected"),
    ("in_review", "withdraw", "withdrawn"),
    ("confirmed", "remind", "confirmed"),
    ("confirmed", "end", "ended"),
    ("confirmed", "withdraw", "withdrawn"),
    ("ended", "announce_deletion", "ended"),
    ("ended", "purge", "purged"),
    ("ended", "restart", "restarted"),
    *(
        (state, action, state)
        for state in ("received", "in_review", "confirmed", "ended")
        for action in ("hold", "release")
    ),
]


@pytest.mark.parametrize(("before", "action", "then"), WAY)
def test_a_move_leads_on(before: str, action: str, then: str) -> None:
    assert after(State(before), Action(action)) is State(then)


def test_nothing_else_can_happen() -> None:
    known = {(before, action) for before, action, _ in WAY}

    for state, action in itertools.product(State, Action):
        if (state.value, action.value) not in known:
            with pytest.raises(MoveRefused, match="cannot happen") as refused:
                after(state, action)
            assert (refused.value.state, refused.value.action) == (state, action)


@pytest.mark.parametrize("state", [State.PURGED, State.REJECTED, State.WITHDRAWN, State.RESTARTED])
def test_nothing_leaves_the_last_states(state: State) -> None:
    assert allowed(state) == ()


def test_the_table_says_what_is_allowed() -> None:
    assert allowed(State.ENDED) == (
        Action.ANNOUNCE_DELETION,
        Action.PURGE,
        Action.RESTART,
        Action.HOLD,
        Action.RELEASE,
    )
    assert sum(len(allowed(state)) for state in State) == len(MOVES)


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        (["confirmed"], "confirmed"),
        (["ended", "confirmed"], "confirmed"),
        (["confirmed", "received", "in_review"], "received"),
        (["purged", "restarted"], "restarted"),
        (["withdrawn", "confirmed"], "confirmed"),
        (["rejected", "purged"], "purged"),
        (["withdrawn", "rejected"], "rejected"),
        (["withdrawn", "withdrawn"], "withdrawn"),
    ],
)
def test_a_request_shows_its_least_advanced_ending(states: list[str], shown: str) -> None:
    assert least_advanced(map(State, states)) is State(shown)


def test_without_endings_there_is_nothing_to_show() -> None:
    with pytest.raises(ValueError, match="empty"):
        least_advanced([])


def test_a_request_is_open_until_its_end() -> None:
    assert [state.value for state in State if is_open(state)] == [
        "received",
        "in_review",
        "confirmed",
    ]


def test_every_message_but_questions_reminders_and_downloads_has_its_action() -> None:
    others = {
        MessageKind.VERIFICATION,
        MessageKind.WITHDRAWAL_ASKED,
        MessageKind.PERMISSION_ASKED,
        MessageKind.EXPORT_READY,
        MessageKind.REMINDER_30,
        MessageKind.REMINDER_7,
        MessageKind.REMINDER_1,
    }

    assert set(MESSAGE_OF.values()) == set(MessageKind) - others
    assert len(MESSAGE_OF) == len(set(MESSAGE_OF.values()))
