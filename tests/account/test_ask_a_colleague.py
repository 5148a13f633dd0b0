"""Whoever may not cancel asks those who may, in one click and not too often."""

import pytest
from sqlalchemy import select

from helpdesk.messages.models import Message
from helpdesk.rules.vocabulary import Language, MessageKind
from tests.account.conftest import ACCOUNTING, INVOICING, NEXT_DOOR, Account

ASKS = "/account/asks"


def messages(account: Account) -> list[Message]:
    account.session.rollback()
    return list(account.session.scalars(select(Message).order_by(Message.id)))


def test_each_who_may_cancel_is_written_to_in_their_language(account: Account) -> None:
    account.manager.language = Language.SPANISH
    account.session.commit()
    page = account.enter(account.colleague).page

    page.post(ASKS, {"contract": ACCOUNTING})

    told = messages(account)
    assert {one.recipient for one in told} == {account.holder.email, account.manager.email}
    assert {one.kind for one in told} == {MessageKind.PERMISSION_ASKED}
    assert {one.company_id for one in told} == {account.company.id}
    assert "le pide que cancele" in told[1].subject
    for one in told:
        assert "Luc Petit" in one.text
        assert f"/account/cancellation?contract={ACCOUNTING}" in one.text


def test_asking_again_on_the_same_day_writes_nothing_more(account: Account) -> None:
    page = account.enter(account.colleague).page

    for _ in range(3):
        page.post(ASKS, {"contract": ACCOUNTING})
    page.post(ASKS, {"contract": INVOICING})

    assert len(messages(account)) == 4


def test_it_is_said_who_was_asked_and_not_offered_again(account: Account) -> None:
    page = account.enter(account.colleague).page
    assert page.get("/account/subscriptions/manage").text.count("Demander sa résiliation") == 2

    html = page.get(page.post(ASKS, {"contract": ACCOUNTING}).location).text

    assert html.count("Demander sa résiliation") == 1
    assert "Demande envoyée aujourd’hui par e-mail à Inès Delorme et Hugo Delorme" in html


def test_nobody_writes_to_themselves(account: Account) -> None:
    account.enter(account.holder).page.post(ASKS, {"contract": ACCOUNTING})

    assert [one.recipient for one in messages(account)] == [account.manager.email]


@pytest.mark.parametrize("contract", ["", NEXT_DOOR, "SA-00001", "x" * 5000])
def test_one_asks_about_one_s_own_subscriptions_only(account: Account, contract: str) -> None:
    account.enter(account.colleague).page.post(ASKS, {"contract": contract}, 404)

    assert messages(account) == []


def test_nothing_is_asked_about_what_is_being_cancelled(account: Account) -> None:
    account.cancelled()
    before = len(messages(account))

    account.enter(account.colleague).page.post(ASKS, {"contract": ACCOUNTING}, 409)

    assert len(messages(account)) == before
