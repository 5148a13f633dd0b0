"""Cancelling in the account, from the choice of subscriptions to the page with their end."""

import re
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from helpdesk.rules.vocabulary import Authority, Channel, Reason, ReviewReason, State
from tests.account.conftest import ACCOUNTING, INVOICING, NEXT_DOOR, Account

MANAGE, STEPS = "/account/subscriptions/manage", "/account/cancellation"
KEY = str(uuid4())


def step(name: str = "", **said: object) -> str:
    """Return the address of a step with what was said so far."""
    return f"{STEPS}{name}?{urlencode({'contract': ACCOUNTING, **said}, doseq=True)}"


def sent(*contracts: str, **given: object) -> dict[str, object]:
    """Return what the last page sends."""
    values = {"key": KEY, "contract": list(contracts or (ACCOUNTING,)), "collected": "y"}
    return {**values, **given}


def kept(html: str) -> dict[str, list[str]]:
    """Return what a page carries on unseen."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html):
        found.setdefault(name, []).append(value)
    return found


def test_the_nine_steps_end_with_the_date(account: Account) -> None:
    page = account.enter(account.holder).page

    assert "Gestion du compte d’entreprise" in page.get("/account/").text
    assert "Gestion des abonnements" in page.get("/account/subscriptions").text
    assert "Appliquer les sélections" in page.get(MANAGE).text
    information = page.get(step()).text
    assert "Pourquoi partez-vous" in information
    data = page.get(step("/data", **kept(information), reason="price")).text
    assert "Conservation des données" in data
    assert 'name="collected" type="checkbox" value="y"' in data
    check = page.get(step("/check", **kept(data), collected="y")).text
    assert "Annuler l’abonnement" in check
    done = page.get(page.post(STEPS, dict(kept(check))).location).text

    (request,) = account.requests()
    (ending,) = request.endings
    assert (request.channel, request.state) == (Channel.ACCOUNT, State.RECEIVED)
    assert (request.authority, request.reason) == (Authority.ACCOUNT_HOLDER, Reason.PRICE)
    assert request.email == account.holder.email
    assert ending.contract == ACCOUNTING
    assert "Votre abonnement prend fin le" in done
    assert "Retourner à l’application" in done
    assert "/withdrawal" in done


def test_no_box_is_ticked_before_one_ticks_it(account: Account) -> None:
    page = account.enter(account.holder).page

    pages = [page.get(path).text for path in (MANAGE, step(), step("/data"))]

    assert "checked" not in "".join(pages)


def test_several_are_one_request_with_an_end_for_each(account: Account) -> None:
    page = account.enter(account.manager).page
    done = page.get(page.post(STEPS, sent(ACCOUNTING, INVOICING)).location).text

    (request,) = account.requests()
    assert {one.contract for one in request.endings} == {ACCOUNTING, INVOICING}
    assert request.authority is Authority.SUBSCRIPTION_MANAGER
    assert "Vos abonnements prennent fin à ces dates" in done


def test_pressing_twice_files_once(account: Account) -> None:
    page = account.enter(account.holder).page

    first = page.post(STEPS, sent())
    second = page.post(STEPS, sent())

    assert first.location == second.location
    assert len(account.requests()) == 1


def test_the_reason_may_be_left_out(account: Account) -> None:
    page = account.enter(account.holder).page
    page.post(STEPS, sent())

    assert account.requests()[0].reason is None


def test_going_back_keeps_everything(account: Account) -> None:
    page = account.enter(account.holder).page
    said = {"reason": "price", "collected": "y"}

    information = page.get(step(**said)).text
    manage = page.get(f"{MANAGE}?contract={ACCOUNTING}&reason=price&collected=y").text
    data = page.get(step("/data", **said)).text
    check = page.get(step("/check", **said)).text

    assert re.search(r'<input checked[^>]*value="price"', information)
    assert re.search(rf'<input checked[^>]*value="{ACCOUNTING}"', manage)
    assert kept(manage)["reason"] == ["price"]
    assert re.search(r"<input checked[^>]*collected", data)
    for back in ("/account/subscriptions/manage?", f"{STEPS}?", f"{STEPS}/data?"):
        assert f'href="{back}contract={ACCOUNTING}&amp;reason=price&amp;collected=y"' in check


def test_another_choice_asks_again_about_the_data(account: Account) -> None:
    page = account.enter(account.holder).page

    manage = page.get(f"{MANAGE}?contract={ACCOUNTING}&collected=y").text

    assert "collected" not in kept(manage)


def test_without_the_promise_nothing_is_sent(account: Account) -> None:
    page = account.enter(account.holder).page

    html = page.post(STEPS, sent(collected=""), status=400).text

    assert "Cochez cette case" in html
    assert account.requests() == []


@pytest.mark.parametrize("contract", ["", NEXT_DOOR, "SA-00001", "🦊", "x" * 5000])
def test_something_of_one_s_own_must_be_chosen(account: Account, contract: str) -> None:
    page = account.enter(account.holder).page

    html = page.post(STEPS, sent(contract), status=400).text

    assert "Choisissez au moins un abonnement" in html
    assert "Produit du voisin" not in html
    assert account.requests() == []


def test_a_reason_that_is_none_is_refused(account: Account) -> None:
    page = account.enter(account.holder).page

    assert "Choisissez l’un des motifs" in page.post(STEPS, sent(reason="spite"), status=400).text


@pytest.mark.parametrize("key", ["", "1", "🦊", "' OR 1=1"])
def test_what_did_not_come_from_our_page_is_refused(account: Account, key: str) -> None:
    page = account.enter(account.holder).page

    page.post(STEPS, sent(key=key), status=400)

    assert account.requests() == []


def test_what_a_colleague_has_just_cancelled_is_told_and_not_filed_twice(account: Account) -> None:
    account.cancelled(ACCOUNTING)
    page = account.enter(account.manager).page

    html = page.post(STEPS, sent(ACCOUNTING, INVOICING), status=409).text

    assert "est déjà en cours de résiliation" in html
    assert re.search(rf'<input checked[^>]*value="{INVOICING}"', html)
    assert len(account.requests()) == 1


def test_what_has_ended_cannot_be_cancelled_again(account: Account) -> None:
    account.subscription().ended_at = datetime(2026, 3, 1, tzinfo=UTC)
    account.session.commit()
    page = account.enter(account.holder).page

    page.post(STEPS, sent(), status=409)

    assert account.requests() == []


def test_a_key_of_another_business_files_nothing_and_shows_nothing(account: Account) -> None:
    page = account.enter(account.stranger).page
    page.post(STEPS, sent(NEXT_DOOR))
    account.enter(account.holder)

    page.post(STEPS, sent(), status=409)

    assert [one.company_name for one in account.requests()] == ["Voisin"]


def test_a_request_still_examined_bars_nobody_who_may_cancel(account: Account) -> None:
    account.cancelled(authority=Authority.NONE, person_id=account.colleague.id)
    page = account.enter(account.holder).page
    assert "est en examen" in page.get(MANAGE).text

    done = page.get(page.post(STEPS, sent()).location).text

    request = account.requests()[-1]
    assert [one.reason for one in request.reviews] == [ReviewReason.DUPLICATE]
    assert "nous l’examinons" in done


def test_the_prepared_step_is_found_again_after_sign_in(account: Account) -> None:
    link = f"{STEPS}?contract={ACCOUNTING}&contract={INVOICING}"
    asked = account.page.get(account.page.get(link, 303).location).text
    assert "/account/cancellation?contract=SA-48203&amp;contract=SA-48207" in asked

    html = account.enter(account.holder).page.get(link).text

    assert kept(html)["contract"] == [ACCOUNTING, INVOICING]


@pytest.mark.parametrize("name", ["", "/data", "/check"])
def test_a_step_without_anything_chosen_goes_back_to_the_choice(
    account: Account, name: str
) -> None:
    page = account.enter(account.holder).page

    html = page.get(f"{STEPS}{name}?contract={NEXT_DOOR}", 400).text

    assert "Gestion des abonnements" in html
    assert page.get(STEPS, 303).location == MANAGE


def test_the_last_step_is_not_reached_without_the_one_before(account: Account) -> None:
    page = account.enter(account.holder).page

    assert "Cochez cette case" in page.get(step("/check"), 400).text


@pytest.mark.parametrize("name", ["", "/data", "/check"])
def test_a_prepared_step_that_came_too_late_says_so(account: Account, name: str) -> None:
    account.cancelled()
    page = account.enter(account.holder).page

    assert "est déjà en cours de résiliation" in page.get(step(name), 409).text


@pytest.mark.parametrize("name", ["", "/data", "/check"])
def test_only_those_with_authority_see_a_step(account: Account, name: str) -> None:
    html = account.enter(account.colleague).page.get(step(name), 403).text

    assert "Inès Delorme" in html
    assert "Hugo Delorme" in html
    assert "Étienne" not in html


def test_only_those_with_authority_can_post(account: Account) -> None:
    page = account.enter(account.colleague).page

    page.post(STEPS, sent(), status=403)

    assert account.requests() == []


def test_what_came_of_it_is_only_for_one_s_own_business(account: Account) -> None:
    reference = account.cancelled().reference

    account.enter(account.colleague).page.get(f"/account/requests/{reference}")
    account.enter(account.stranger).page.get(f"/account/requests/{reference}", 404)
    account.enter(account.holder).page.get("/account/requests/AAAA-AAAA-A", 404)
