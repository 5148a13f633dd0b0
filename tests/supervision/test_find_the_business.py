"""A request that names no subscription gets its business, with the dates of the day of filing."""

import pytest
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company, Subscription
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import State
from tests.builders import a_company, a_request, a_subscription
from tests.conftest import Page
from tests.support import addresses


@pytest.fixture
def unknown(session: Session, company: Company) -> Request:
    request = a_request(session, company_name="Boulangeri Martin")
    session.commit()
    return request


@pytest.fixture
def subscription(session: Session, company: Company) -> Subscription:
    made = a_subscription(session, company, product="Payroll")
    session.commit()
    return made


def sent(request: Request, subscription: Subscription, **given: object) -> dict[str, object]:
    return {
        "company_id": subscription.company_id,
        "version": request.version,
        "subscriptions": [subscription.id],
        **given,
    }


def test_the_page_of_the_request_leads_there(desk: Page, unknown: Request) -> None:
    html = desk.get(addresses.of_request(unknown)).text

    assert f'href="{addresses.of_request(unknown, "/subscriptions")}"' in html


def test_the_business_is_searched_by_what_was_typed(desk: Page, unknown: Request) -> None:
    html = desk.get(addresses.of_request(unknown, "/subscriptions")).text

    assert f'value="{unknown.tax_number}"' in html
    assert "No business fits" in html


def test_a_business_is_offered_with_its_subscriptions_and_their_ends(
    desk: Page, unknown: Request, subscription: Subscription
) -> None:
    html = desk.get(addresses.of_request(unknown, "/subscriptions?search=martin")).text

    assert "Boulangerie Martin &amp; Fils" in html
    assert f"Payroll · {subscription.contract} · monthly" in html
    assert "ends on Wednesday 15 April 2026" in html


def test_a_business_without_subscriptions_is_shown_as_such(
    session: Session, desk: Page, unknown: Request
) -> None:
    a_company(session, name="Café Vide")
    session.commit()

    html = desk.get(addresses.of_request(unknown, "/subscriptions?search=CAFE+vide")).text

    assert "This business has no active subscription." in html


def test_the_chosen_subscriptions_get_their_ends(
    desk: Page, unknown: Request, subscription: Subscription
) -> None:
    desk.get(addresses.of_request(unknown, "/subscriptions?search=martin"))

    answer = desk.post(addresses.of_request(unknown, "/subscriptions"), sent(unknown, subscription))

    assert answer.location == addresses.of_request(unknown)
    assert [one.subscription for one in unknown.endings] == [subscription]
    assert unknown.state is State.IN_REVIEW
    html = desk.get(answer.location).text
    assert "Business and subscriptions found" in html
    assert "Confirm the cancellation" in html
    html = desk.get(addresses.of_request(unknown, "/subscriptions")).text
    assert "there is nothing to find" in html


def test_nothing_chosen_comes_back_with_the_form(
    desk: Page, unknown: Request, subscription: Subscription
) -> None:
    path = addresses.of_request(unknown, "/subscriptions?search=martin")
    desk.get(path)

    html = desk.post(path, sent(unknown, subscription, subscriptions=[]), status=400).text

    assert f'href="#company-{subscription.company_id}-subscriptions-0"' in html
    assert "Choose at least one subscription." in html


def test_what_has_changed_meanwhile_is_a_conflict_and_the_choice_stays(
    desk: Page, unknown: Request, subscription: Subscription
) -> None:
    path = addresses.of_request(unknown, "/subscriptions?search=martin")
    desk.get(path)

    html = desk.post(path, sent(unknown, subscription, version=0), status=409).text

    assert "This request changed in the meantime" in html
    assert "checked" in html
    assert unknown.endings == []


def test_what_was_made_up_is_a_conflict(
    desk: Page, unknown: Request, subscription: Subscription
) -> None:
    path = addresses.of_request(unknown, "/subscriptions")
    desk.get(path)
    made_up: list[dict[str, object]] = [
        {"company_id": "x"},
        {"company_id": "999999999999"},
        {"company_id": ""},
        {"subscriptions": [10**30]},
    ]

    for given in made_up:
        desk.post(path, sent(unknown, subscription, **given), status=409)
    desk.post(path, sent(unknown, subscription, subscriptions=["x"]), status=400)

    assert unknown.endings == []


def test_a_search_of_nonsense_breaks_nothing(desk: Page, unknown: Request) -> None:
    for search in ("", "%25", "%00", "x" * 5000, "%3Cscript%3E"):
        desk.get(addresses.of_request(unknown, f"/subscriptions?search={search}"))
