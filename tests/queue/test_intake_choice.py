from datetime import date

import pytest
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company
from helpdesk.queue import intake
from helpdesk.queue.filing import Filing
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import (
    Authority,
    ReviewReason,
    State,
)
from tests.builders import (
    A_MONDAY,
    SECRET,
    a_company,
    a_filing,
    a_request,
    a_subscription,
)


def reasons(request: Request) -> list[ReviewReason]:
    return [review.reason for review in request.reviews]


def a_visit(company: Company, **given: object) -> Filing:
    """Return what somebody files for a company without signing in."""
    visit = {
        "company_id": None,
        "company_name": "Le nom comme on l’a tapé",
        "tax_number": company.tax_number,
        "authority": Authority.UNKNOWN,
        "email": "visitor@elsewhere.example",
    }
    return a_filing(**(visit | given))


def test_a_company_without_active_subscription_is_reviewed(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company, ended_at=A_MONDAY)

    request = a_request(session, company)

    assert reasons(request) == [ReviewReason.NO_ACTIVE_SUBSCRIPTION]
    assert request.endings == []


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("SA-1", ["SA-1"]),
        ("sa-2", ["SA-2"]),
        (" sa-1 , SA-2;", ["SA-1", "SA-2"]),
        ("Contrats n° SA-1 et SA-2.", ["SA-1", "SA-2"]),
        ("SA-1\nSA-3", ["SA-1", "SA-3"]),
    ],
)
def test_contracts_are_found_in_what_a_visitor_typed(
    session: Session, typed: str, chosen: list[str]
) -> None:
    company = a_company(session)
    for number in (1, 2, 3):
        a_subscription(session, company, contract=f"SA-{number}")

    request = intake.accept(session, a_visit(company, contracts=typed), SECRET).request

    assert [one.subscription.contract for one in request.endings] == chosen
    assert reasons(request) == [ReviewReason.AUTHORITY_NOT_SHOWN]


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [("SA-9", []), ("SA-1 SA-9", ["SA-1"]), ("SA-10", []), ("SA-7", [])],
)
def test_a_contract_that_is_not_the_company_s_leaves_it_unclear_what_to_end(
    session: Session, typed: str, chosen: list[str]
) -> None:
    company = a_company(session)
    a_subscription(session, company, contract="SA-1")
    a_subscription(session, a_company(session), contract="SA-7")

    request = a_request(session, company, contracts=typed)

    assert [one.subscription.contract for one in request.endings] == chosen
    assert reasons(request) == [ReviewReason.SUBSCRIPTION_UNCLEAR]


def test_naming_none_means_the_only_one(session: Session, company: Company) -> None:
    assert len(a_request(session, company, contracts="le seul").endings) == 1


def test_naming_none_of_several_is_unclear(session: Session, company: Company) -> None:
    a_subscription(session, company)

    request = a_request(session, company)

    assert reasons(request) == [ReviewReason.SUBSCRIPTION_UNCLEAR]
    assert request.endings == []


def test_a_subscription_that_ended_meanwhile_is_not_replaced_by_another(
    session: Session, company: Company
) -> None:
    ended = a_subscription(session, company, ended_at=A_MONDAY)

    request = a_request(session, company, subscription_ids=(ended.id,))

    assert request.endings == []
    assert reasons(request) == [ReviewReason.SUBSCRIPTION_UNCLEAR]


def test_a_subscription_of_another_company_is_never_touched(
    session: Session, company: Company
) -> None:
    theirs = a_subscription(session, a_company(session))

    request = a_request(session, company, subscription_ids=(theirs.id,))

    assert request.endings == []
    assert request.state is State.IN_REVIEW


def test_several_subscriptions_give_one_ending_each_with_its_own_dates(session: Session) -> None:
    company = a_company(session)
    monthly = a_subscription(session, company, anchor_on=date(2025, 1, 20))
    yearly = a_subscription(session, company, anchor_on=date(2025, 6, 1), term_months=12)
    left_alone = a_subscription(session, company)

    request = a_request(session, company, subscription_ids=(monthly.id, yearly.id))

    assert {one.subscription: one.effective_on for one in request.endings} == {
        monthly: date(2026, 4, 20),
        yearly: date(2026, 6, 1),
    }
    assert left_alone not in {one.subscription for one in request.endings}
    assert request.state is State.RECEIVED
