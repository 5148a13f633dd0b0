"""Whether a document still holds: genuine it stays, current it may not (rules §4, §5)."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from helpdesk.rules.vocabulary import Currency, DocumentKind, State

_SAID: Mapping[DocumentKind, State] = MappingProxyType(
    {
        DocumentKind.CONFIRMATION: State.CONFIRMED,
        DocumentKind.WITHDRAWAL: State.WITHDRAWN,
        DocumentKind.END: State.ENDED,
        DocumentKind.DELETION: State.PURGED,
    }
)
"""The state in which each kind of document leaves what it tells of."""


def currency(
    kind: DocumentKind, states: Collection[State], *, is_followed: bool, is_erased: bool
) -> Currency:
    """Tell whether a document still holds.

    `states` are those of the ends that it tells of, `is_followed` whether a later document speaks
    of the same subscriptions, `is_erased` whether what it told was deleted with its company. The
    certificate of a deletion holds for ever: nothing comes after it.
    """
    now = frozenset(states)
    if kind is DocumentKind.DELETION:
        return Currency.CURRENT
    if is_erased or now == {State.PURGED}:
        return Currency.DELETED
    if State.RESTARTED in now and now <= {State.RESTARTED, State.WITHDRAWN}:
        return Currency.RESTARTED
    if now == {State.WITHDRAWN} and kind is not DocumentKind.WITHDRAWAL:
        return Currency.WITHDRAWN
    return Currency.CURRENT if now == {_SAID[kind]} and not is_followed else Currency.SUPERSEDED
