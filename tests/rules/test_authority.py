import pytest

from helpdesk.rules.authority import may_cancel, may_withdraw_unasked, reasons_to_review
from helpdesk.rules.vocabulary import Authority, ReviewReason

CLEAR: dict[str, object] = {
    "authority": Authority.ACCOUNT_HOLDER,
    "company_found": True,
    "active_subscriptions": 1,
    "chosen": 1,
    "duplicate": False,
    "out_of_hours": False,
    "on_hold": False,
}


def reasons(**facts: object) -> tuple[ReviewReason, ...]:
    return reasons_to_review(**(CLEAR | facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("authority", "may"),
    [
        (Authority.ACCOUNT_HOLDER, True),
        (Authority.SUBSCRIPTION_MANAGER, True),
        (Authority.NONE, False),
        (Authority.UNKNOWN, False),
    ],
)
def test_the_holder_and_the_subscription_manager_may_cancel(
    authority: Authority, may: bool
) -> None:
    assert may_cancel(authority) is may


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, ()),
        ({"chosen": 0}, ("subscription_unclear",)),
        ({"active_subscriptions": 3, "chosen": 2}, ()),
        ({"authority": Authority.NONE}, ("authority_not_shown",)),
        ({"authority": Authority.UNKNOWN}, ("authority_not_shown",)),
        ({"active_subscriptions": 0, "chosen": 0}, ("no_active_subscription",)),
        ({"active_subscriptions": 2, "chosen": 0}, ("subscription_unclear",)),
        ({"duplicate": True}, ("duplicate",)),
        ({"out_of_hours": True}, ("out_of_hours",)),
        ({"on_hold": True}, ("legal_hold",)),
        ({"company_found": False, "active_subscriptions": 0, "chosen": 0}, ("company_not_found",)),
    ],
)
def test_each_doubt_is_a_reason_to_review(facts: dict[str, object], found: tuple[str, ...]) -> None:
    assert reasons(**facts) == found


def test_all_reasons_come_in_the_order_of_the_rules() -> None:
    found = reasons(
        authority=Authority.NONE,
        active_subscriptions=2,
        chosen=0,
        duplicate=True,
        out_of_hours=True,
        on_hold=True,
    )

    assert found == (
        ReviewReason.AUTHORITY_NOT_SHOWN,
        ReviewReason.SUBSCRIPTION_UNCLEAR,
        ReviewReason.DUPLICATE,
        ReviewReason.OUT_OF_HOURS,
        ReviewReason.LEGAL_HOLD,
    )


def test_of_an_unknown_company_only_the_hour_of_the_call_is_said_beside() -> None:
    found = reasons(
        company_found=False,
        authority=Authority.UNKNOWN,
        active_subscriptions=0,
        duplicate=True,
        out_of_hours=True,
        on_hold=True,
    )

    assert found == (ReviewReason.OUT_OF_HOURS, ReviewReason.COMPANY_NOT_FOUND)


@pytest.mark.parametrize(
    ("authority", "is_on_record", "is_decided", "expected"),
    [
        (Authority.ACCOUNT_HOLDER, False, True, True),
        (Authority.SUBSCRIPTION_MANAGER, False, True, True),
        (Authority.NONE, True, True, True),
        (Authority.UNKNOWN, True, True, True),
        (Authority.NONE, False, False, True),
        (Authority.UNKNOWN, False, False, True),
        (Authority.NONE, False, True, False),
        (Authority.UNKNOWN, False, True, False),
    ],
)
def test_who_may_take_a_request_back_without_asking_the_company(
    authority: Authority, *, is_on_record: bool, is_decided: bool, expected: bool
) -> None:
    may = may_withdraw_unasked(authority, is_on_record=is_on_record, is_decided=is_decided)

    assert may is expected
