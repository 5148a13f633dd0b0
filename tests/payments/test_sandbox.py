from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from helpdesk.app import create_app
from helpdesk.payments import providers, sandbox
from helpdesk.payments.port import Bill, Outcome, Unanswered
from helpdesk.payments.sandbox import Choice, Sandbox
from helpdesk.settings import Mode, Payments, SettingRefused, Settings
from tests.conftest import Page
from tests.support.restarts import BANK

SECRET = "s" * 32


@pytest.fixture
def key(session: Session) -> str:
    """Return the key of a payment of 29 euros that the bank has been asked for."""
    made = str(uuid4())
    assert BANK.begin(Bill(made, 2900, "/account/payments/x")) == f"/sandbox-bank/{made}"
    return made


def read(**given: str) -> Settings:
    return Settings.from_environment({"SECRET_KEY": SECRET} | given)


def test_the_demo_has_the_sandbox_and_production_nobody() -> None:
    assert read(HELPDESK_MODE="demo").payments is Payments.SANDBOX
    assert read(HELPDESK_MODE="demo", PAYMENTS="none").payments is Payments.NONE
    assert read(HELPDESK_MODE="production").payments is Payments.NONE
    assert read(HELPDESK_MODE="production", PAYMENTS="").payments is Payments.NONE


@pytest.mark.parametrize(
    ("mode", "word"), [("demo", "bank"), ("production", "bank"), ("production", "sandbox")]
)
def test_an_unknown_provider_and_the_sandbox_for_real_are_refused(mode: str, word: str) -> None:
    with pytest.raises(SettingRefused, match="PAYMENTS"):
        read(HELPDESK_MODE=mode, PAYMENTS=word)


def test_without_the_sandbox_its_pages_are_not_there(settings: Settings) -> None:
    bare = replace(settings, mode=Mode.PRODUCTION, payments=Payments.NONE)

    assert providers.chosen(bare) is None
    assert isinstance(providers.chosen(settings), Sandbox)
    assert "sandbox" not in create_app(bare).blueprints


def test_the_bank_keeps_one_payment_for_a_key_until_somebody_chooses(key: str) -> None:
    BANK.begin(Bill(key, 5000, "/elsewhere"))

    payment = sandbox.payment(key)
    assert payment
    assert (payment.amount_cents, payment.back) == (2900, "/account/payments/x")
    assert BANK.outcome(key) is Outcome.OPEN
    assert BANK.outcome(str(uuid4())) is Outcome.OPEN


@pytest.mark.parametrize(
    ("choice", "outcome"), [(Choice.ACCEPT, Outcome.ACCEPTED), (Choice.REFUSE, Outcome.REFUSED)]
)
def test_what_the_bank_decided_stands(key: str, choice: Choice, outcome: Outcome) -> None:
    sandbox.choose(key, choice)
    for other in Choice:
        sandbox.choose(key, other)

    assert BANK.outcome(key) is outcome


def test_a_bank_that_gave_no_answer_can_answer_later(key: str) -> None:
    sandbox.choose(key, Choice.TIME_OUT)
    with pytest.raises(Unanswered):
        BANK.outcome(key)

    sandbox.choose(key, Choice.ACCEPT)
    assert BANK.outcome(key) is Outcome.ACCEPTED


def test_a_cancelled_payment_takes_no_money_whatever_is_chosen(key: str) -> None:
    for _ in range(2):
        BANK.cancel(key)
    BANK.cancel(str(uuid4()))
    sandbox.choose(key, Choice.ACCEPT)

    assert BANK.outcome(key) is Outcome.REFUSED


def test_its_page_says_what_it_is_and_asks_for_no_card(page: Page, key: str) -> None:
    html = page.get(f"/sandbox-bank/{key}").get_data(as_text=True)

    assert "n’est pas une banque" in html
    assert "29,00\xa0€" in html
    assert html.count('name="choice"') == 3
    assert "<input" not in html.replace('<input type="hidden" name="csrf_token"', "")


@pytest.mark.parametrize("choice", Choice)
def test_each_answer_sends_the_person_back(page: Page, key: str, choice: Choice) -> None:
    page.get(f"/sandbox-bank/{key}")

    answer = page.post(f"/sandbox-bank/{key}", {"choice": choice.value})

    assert answer.location == "/account/payments/x"
    again = page.get(f"/sandbox-bank/{key}").get_data(as_text=True)
    assert ('name="choice"' in again) is (choice is Choice.TIME_OUT)


def test_no_other_answer_and_no_other_payment(page: Page, key: str) -> None:
    page.get(f"/sandbox-bank/{key}")

    page.post(f"/sandbox-bank/{key}", {"choice": "perhaps"}, 400)
    page.post(f"/sandbox-bank/{uuid4()}", {"choice": "accepted"}, 404)
    page.get(f"/sandbox-bank/{uuid4()}", 404)
    assert BANK.outcome(key) is Outcome.OPEN
