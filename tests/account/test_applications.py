"""Back to the product, and the gate before it, which closes at the exact instant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.queue import gate
from helpdesk.rules.vocabulary import State
from tests.account.conftest import ACCOUNTING, INVOICING, NEXT_DOOR, Account

PLACE = f"/account/applications/{ACCOUNTING}"
# Asked on 1 March in Paris, monthly from a 15th: access ends when 15 April begins there.
END = datetime(2026, 4, 14, 22, 0, tzinfo=UTC)
AN_INSTANT = timedelta(microseconds=1)


def is_open(account: Account, at: datetime) -> bool:
    standing = gate.of_contract(account.session, account.company.id, ACCOUNTING, at)
    assert standing
    return standing.is_open


def test_all_applications_are_offered_on_every_page_of_the_account(account: Account) -> None:
    page = account.enter(account.colleague).page

    for path in ("/account/", "/account/subscriptions", "/account/ways-out"):
        html = page.get(path).text
        assert "Retourner à l’application" in html
        assert f'<a href="{PLACE}">Comptabilité</a>' in html
        assert f'<a href="/account/applications/{INVOICING}">Facturation</a>' in html


def test_without_an_address_it_says_that_access_is_open(account: Account) -> None:
    page = account.enter(account.colleague).page

    assert "L’accès à Comptabilité est ouvert" in page.get(PLACE).text


def test_while_it_is_ending_it_says_until_when(account: Account) -> None:
    last = account.cancelled(at=clock.now()).endings[0].last_access_on

    html = account.enter(account.holder).page.get(PLACE).text

    assert str(last.year) in html
    assert "Vous y avez accès jusqu’au" in html


def test_with_an_address_it_goes_on_to_the_product(app: Flask, account: Account) -> None:
    address = "https://app.example.com/?contract={contract}"
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], application_url=address)
    page = account.enter(account.colleague).page

    assert page.get(PLACE, 303).location == "https://app.example.com/?contract=SA-48203"


def test_it_closes_at_the_exact_instant(account: Account) -> None:
    account.cancelled()

    assert is_open(account, END - AN_INSTANT)
    assert not is_open(account, END)


@pytest.mark.parametrize("state", [State.RECEIVED, State.CONFIRMED, State.ENDED])
def test_it_closes_whatever_processing_has_had_time_to_do(account: Account, state: State) -> None:
    (ending,) = account.cancelled().endings
    ending.state = state
    account.session.commit()

    assert not is_open(account, END)


@pytest.mark.parametrize(
    "state", [State.IN_REVIEW, State.REJECTED, State.WITHDRAWN, State.RESTARTED]
)
def test_what_does_not_end_it_closes_nothing(account: Account, state: State) -> None:
    (ending,) = account.cancelled().endings
    ending.state = state
    account.session.commit()

    assert is_open(account, END)


def test_an_end_without_a_request_closes_it_too(account: Account) -> None:
    account.subscription().ended_at = END
    account.session.commit()

    assert is_open(account, END - AN_INSTANT)
    assert not is_open(account, END)


def test_once_closed_nothing_goes_on_to_the_product(app: Flask, account: Account) -> None:
    account.cancelled()
    settings = replace(app.config["SETTINGS"], application_url="https://app.example.com/{contract}")
    app.config["SETTINGS"] = settings

    html = account.enter(account.holder).page.get(PLACE, 403).text

    assert "L’accès à Comptabilité est fermé" in html
    assert "jeudi 15 octobre 2026" in html
    assert f"/account/subscriptions/{ACCOUNTING}/restart" in html


def test_who_may_not_restart_is_told_who_can(account: Account) -> None:
    account.cancelled()

    html = account.enter(account.colleague).page.get(PLACE, 403).text

    assert "/restart" not in html
    assert "Le titulaire du compte principal peut le faire" in html


@pytest.mark.parametrize("contract", [NEXT_DOOR, "SA-00001", "🦊"])
def test_only_one_s_own_is_there(account: Account, contract: str) -> None:
    account.enter(account.holder).page.get(f"/account/applications/{contract}", 404)


def test_one_application_open_does_not_open_another(account: Account, session: Session) -> None:
    account.cancelled()
    standing = gate.of_company(session, account.company.id, END)

    assert [(one.subscription.contract, one.is_open) for one in standing] == [
        (ACCOUNTING, False),
        (INVOICING, True),
    ]
