import pytest

from helpdesk.rules.proposal import propose
from helpdesk.rules.vocabulary import Action, ReviewReason


@pytest.mark.parametrize(
    ("reasons", "proposed"),
    [
        (["out_of_hours"], "confirm"),
        (["legal_hold"], "confirm"),
        (["out_of_hours", "legal_hold"], "confirm"),
        (["authority_not_shown"], "ask"),
        (["authority_not_shown", "out_of_hours"], "ask"),
        (["authority_not_shown", "duplicate"], "link"),
        (["duplicate"], "link"),
        ([], "confirm"),
    ],
)
def test_each_reason_leads_to_a_proposal(reasons: list[str], proposed: str) -> None:
    given = [ReviewReason(reason) for reason in reasons]

    found = propose(given, names_subscriptions=True, is_linked="duplicate" in reasons)

    assert found is Action(proposed)


@pytest.mark.parametrize("reason", ["company_not_found", "subscription_unclear"])
def test_what_names_no_subscription_needs_it_found_first(reason: str) -> None:
    found = propose([ReviewReason(reason)], names_subscriptions=False, is_linked=False)

    assert found is Action.ASSIGN


def test_where_nothing_is_active_there_is_nothing_to_end() -> None:
    reasons = [ReviewReason.NO_ACTIVE_SUBSCRIPTION, ReviewReason.AUTHORITY_NOT_SHOWN]

    assert propose(reasons, names_subscriptions=False, is_linked=False) is Action.REJECT
