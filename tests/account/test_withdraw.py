"""Keeping a subscription after all, in the account."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from helpdesk.queue.processing import process_due
from helpdesk.queue.references import written
from helpdesk.rules.vocabulary import MessageKind, State
from tests.account.conftest import ACCOUNTING, INVOICING, Account
from tests.builders import a_request

FILED_AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
Travel = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def _in_march(travel: Travel) -> None:
    travel(FILED_AT + timedelta(days=3))


def address(reference: str) -> str:
    return f"/account/requests/{written(reference)}/withdrawal"


def confirmed(account: Account, *contracts: str) -> str:
    """Cancel and have it confirmed; returns where it can be withdrawn."""
    reference = account.cancelled(*contracts, at=FILED_AT).reference
    process_due(FILED_AT)
    return address(reference)


def test_the_only_one_needs_no_choice(account: Account) -> None:
    where = confirmed(account)
    page = account.enter(account.holder).page

    html = page.get(where).text
    (ending,) = account.requests()[0].endings
    answer = page.post(where, {"ending": ending.id})

    assert "Comptabilité · SA-48203" in html
    assert "prochain renouvellement" in html or "échéance" in html
    assert "mercredi 15 avril 2026" in html
    assert 'type="checkbox"' not in html
    (request,) = account.requests()
    assert request.state is State.WITHDRAWN
    assert request.events[-1].person_id == account.holder.id
    assert answer.location == where.removesuffix("/withdrawal")
    then = page.get(page.get(answer.location, 303).location).text
    assert "votre abonnement continue" in then
    assert account.subscription().ended_at is None


def test_the_link_on_the_page_with_the_end_leads_there(account: Account) -> None:
    where = confirmed(account)
    page = account.enter(account.manager).page

    assert f'href="{where}"' in page.get(where.removesuffix("/withdrawal")).text


def test_of_several_one_chooses(account: Account) -> None:
    where = confirmed(account, ACCOUNTING, INVOICING)
    page = account.enter(account.manager).page
    first, second = account.requests()[0].endings

    html = page.get(where).text
    assert html.count('type="checkbox"') == 2
    assert "checked" not in html.split("<main")[1]
    refused = page.post(where, {}, status=400).text
    assert "Choisissez au moins un abonnement" in refused
    assert 'id="ending-0"' in refused
    assert 'href="#ending-0"' in refused
    answer = page.post(where, {"ending": first.id})

    (request,) = account.requests()
    assert [one.state for one in request.endings] == [State.WITHDRAWN, State.CONFIRMED]
    html = page.get(answer.location).text
    assert second.contract in html
    assert 'aria-label="Comptabilité' not in html


def test_posted_twice_it_is_withdrawn_once(account: Account) -> None:
    where = confirmed(account)
    page = account.enter(account.holder).page
    page.get(where)
    sent = {"ending": account.requests()[0].endings[0].id}

    for _ in range(2):
        page.post(where, sent)

    (request,) = account.requests()
    assert [one.kind for one in request.messages].count(MessageKind.WITHDRAWAL) == 1


def test_at_the_end_it_is_refused_plainly(account: Account, travel: Travel) -> None:
    where = confirmed(account)
    page = account.enter(account.holder).page
    (ending,) = account.requests()[0].endings
    page.get(where)
    travel(ending.access_ends_at)

    html = page.post(where, {"ending": ending.id}, status=409).text

    assert "Il est trop tard" in html
    assert account.requests()[0].state is State.CONFIRMED
    page.get(where, 303)


def test_only_who_may_cancel_may_take_it_back(account: Account) -> None:
    where = confirmed(account)
    page = account.enter(account.colleague).page
    page.get(where, 403)
    page.post(where, {"ending": account.requests()[0].endings[0].id}, status=403)
    account.enter(account.stranger).page.get(where, 404)

    assert account.requests()[0].state is State.CONFIRMED


def test_a_request_that_names_no_subscription_yet_has_its_page_and_can_be_withdrawn(
    account: Account,
) -> None:
    reference = a_request(account.session, tax_number=account.company.tax_number).reference
    account.session.commit()
    page, where = account.enter(account.holder).page, address(reference)

    then = page.get(where.removesuffix("/withdrawal"), 303).location
    page.get(where)
    page.post(where)

    assert then == f"/help-center/requests/{written(reference)}"
    assert account.requests()[0].state is State.WITHDRAWN
