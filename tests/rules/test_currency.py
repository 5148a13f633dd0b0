import itertools

import pytest

from helpdesk.rules.currency import currency
from helpdesk.rules.vocabulary import Currency, DocumentKind, State

CONFIRMATION, WITHDRAWAL = DocumentKind.CONFIRMATION, DocumentKind.WITHDRAWAL
END, DELETION = DocumentKind.END, DocumentKind.DELETION
CONFIRMED, ENDED, PURGED = State.CONFIRMED, State.ENDED, State.PURGED
WITHDRAWN, RESTARTED = State.WITHDRAWN, State.RESTARTED


def told(kind: DocumentKind, *states: State, followed: bool = False) -> Currency:
    return currency(kind, states, is_followed=followed, is_erased=False)


@pytest.mark.parametrize(
    ("kind", "states", "expected"),
    [
        (CONFIRMATION, (CONFIRMED,), Currency.CURRENT),
        (CONFIRMATION, (CONFIRMED, CONFIRMED), Currency.CURRENT),
        (CONFIRMATION, (ENDED,), Currency.SUPERSEDED),
        (CONFIRMATION, (WITHDRAWN,), Currency.WITHDRAWN),
        (CONFIRMATION, (WITHDRAWN, CONFIRMED), Currency.SUPERSEDED),
        (CONFIRMATION, (WITHDRAWN, ENDED), Currency.SUPERSEDED),
        (CONFIRMATION, (RESTARTED,), Currency.RESTARTED),
        (CONFIRMATION, (RESTARTED, WITHDRAWN), Currency.RESTARTED),
        (CONFIRMATION, (RESTARTED, CONFIRMED), Currency.SUPERSEDED),
        (CONFIRMATION, (PURGED,), Currency.DELETED),
        (CONFIRMATION, (PURGED, CONFIRMED), Currency.SUPERSEDED),
        (END, (ENDED,), Currency.CURRENT),
        (END, (RESTARTED,), Currency.RESTARTED),
        (END, (PURGED,), Currency.DELETED),
        (WITHDRAWAL, (WITHDRAWN,), Currency.CURRENT),
        (DELETION, (PURGED,), Currency.CURRENT),
    ],
)
def test_what_came_since_is_told(
    kind: DocumentKind, states: tuple[State, ...], expected: Currency
) -> None:
    assert told(kind, *states) is expected


@pytest.mark.parametrize("kind", [CONFIRMATION, WITHDRAWAL, END])
def test_a_later_document_takes_its_place(kind: DocumentKind) -> None:
    said = {CONFIRMATION: CONFIRMED, WITHDRAWAL: WITHDRAWN, END: ENDED}[kind]

    assert told(kind, said, followed=True) is Currency.SUPERSEDED


@pytest.mark.parametrize(
    ("kind", "states"),
    [*itertools.product([CONFIRMATION, WITHDRAWAL, END], [(), (PURGED,), (WITHDRAWN,)])],
)
def test_what_was_deleted_cannot_be_current(kind: DocumentKind, states: tuple[State, ...]) -> None:
    assert currency(kind, states, is_followed=False, is_erased=True) is Currency.DELETED


def test_the_certificate_of_a_deletion_holds_for_ever() -> None:
    assert currency(DELETION, (), is_followed=True, is_erased=True) is Currency.CURRENT
