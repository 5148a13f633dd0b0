from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.payments.models import Payment
from helpdesk.queue import restart
from helpdesk.queue.models import Deletion, Ending, Request
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import PaymentState, State
from helpdesk.settings import Payments
from tests.account.conftest import ACCOUNTING, INVOICING, NEXT_DOOR, Account
from tests.conftest import Page
from tests.support.restarts import BANK

RESTART = f"/account/subscriptions/{ACCOUNTING}/restart"
A_FRIDAY = datetime(2026, 5, 1, 10, tzinfo=UTC)


@pytest.fixture
def ended(account: Account, travel: Callable[[datetime], None]) -> Account:
    """Return the account in May: its accounting, cancelled in March, ended on 15 April."""
    account.cancelled()
    process_due(datetime(2026, 3, 1, 10, tzinfo=UTC))
    process_due(datetime(2026, 4, 15, tzinfo=UTC))
    travel(A_FRIDAY)
    return account


def text(page: Page, path: str, status: int = 200) -> str:
    """Return a page with its spaces made plain."""
    html = page.get(path, status).get_data(as_text=True)
    return html.replace("\u202f", " ").replace("\xa0", " ")


def to_the_bank(account: Account) -> str:
    """Restart as a person does; returns the address of the bank’s page."""
    account.page.get(RESTART)
    return str(account.page.post(RESTART).location)


def choose(account: Account, bank: str, choice: str) -> str:
    """Let the bank answer; returns the address that one comes back to."""
    account.page.get(bank)
    return str(account.page.post(bank, {"choice": choice}).location)


def ending(account: Account) -> Ending:
    account.session.rollback()
    return account.session.scalars(select(Ending)).one()


def payments(session: Session) -> list[Payment]:
    session.rollback()
    return list(session.scalars(select(Payment).order_by(Payment.id)))


def test_the_page_says_what_begins_again_when_and_what_is_kept(ended: Account) -> None:
    ended.enter(ended.holder)

    html = text(ended.page, RESTART)

    assert "Comptabilité" in html
    assert "29,00 €" in html
    assert "vendredi 1er mai 2026" in html
    assert "lundi 1er juin 2026" in html
    assert "jeudi 15 octobre 2026" in html
    assert "Réactiver l’abonnement" in html


def test_signing_in_works_after_the_end_and_the_way_back_is_found(ended: Account) -> None:
    ended.page.sign_in(ended.holder)

    closed = text(ended.page, f"/account/applications/{ACCOUNTING}", 403)

    assert RESTART in closed


def test_accepted_it_is_in_force_again_and_everything_says_so(ended: Account) -> None:
    ended.enter(ended.holder)
    back = choose(ended, to_the_bank(ended), "accepted")

    html = text(ended.page, back)

    assert "Votre abonnement est réactivé" in html
    assert "lundi 1er juin 2026" in html
    assert ending(ended).state is State.RESTARTED
    assert ended.subscription().anchor_on == date(2026, 5, 1)
    cards = text(ended.page, "/account/subscriptions")
    assert "Abonnements terminés" not in cards
    assert "lundi 1er juin 2026" in cards
    ended.page.get(f"/account/applications/{ACCOUNTING}")
    assert text(ended.page, back).count("Votre abonnement est réactivé")
    ended.page.get(RESTART, 303)


def test_it_can_be_cancelled_again_with_a_notice_of_its_own(ended: Account) -> None:
    ended.enter(ended.holder)
    ended.page.get(choose(ended, to_the_bank(ended), "accepted"))

    manage = text(ended.page, "/account/subscriptions/manage")

    assert "mercredi 1er juillet 2026" not in manage
    assert "lundi 1er juin 2026" in manage
    again = ended.cancelled(at=A_FRIDAY + timedelta(days=3))
    assert again.endings[0].effective_on == date(2026, 7, 1)


def test_refused_nothing_has_changed_and_one_can_try_again(ended: Account) -> None:
    ended.enter(ended.holder)
    back = choose(ended, to_the_bank(ended), "refused")

    html = text(ended.page, back)

    assert "Le paiement a été refusé" in html
    assert RESTART in html
    assert ending(ended).state is State.ENDED
    choose(ended, to_the_bank(ended), "accepted")
    assert [one.state for one in payments(ended.session)] == [
        PaymentState.REFUSED,
        PaymentState.BEGUN,
    ]


def test_without_an_answer_the_page_says_that_nobody_knows_and_looks_again(
    ended: Account,
) -> None:
    ended.enter(ended.holder)
    bank = to_the_bank(ended)
    back = choose(ended, bank, "timed_out")

    html = text(ended.page, back)
    assert "Nous ne savons pas encore si le paiement est accepté" in html
    assert 'data-hx-trigger="every 10s"' in html
    assert 'type="submit"' not in html.partition('id="payment"')[2].partition("</main>")[0]

    choose(ended, bank, "accepted")
    restart.settle_due(BANK, A_FRIDAY + timedelta(hours=1))
    html = text(ended.page, back)
    assert "Votre abonnement est réactivé" in html
    assert "data-hx-trigger" not in html


def test_back_without_having_paid_one_goes_on_with_the_same_payment(ended: Account) -> None:
    ended.enter(ended.holder)
    bank = to_the_bank(ended)
    (payment,) = payments(ended.session)

    html = text(ended.page, f"/account/payments/{payment.key}")

    assert "Le paiement n’est pas terminé" in html
    assert to_the_bank(ended) == bank
    assert len(payments(ended.session)) == 1


def test_what_the_browser_says_is_not_believed(ended: Account) -> None:
    ended.enter(ended.holder)
    to_the_bank(ended)
    (payment,) = payments(ended.session)

    ended.page.get(f"/account/payments/{payment.key}?outcome=accepted&choice=accepted")

    assert ending(ended).state is State.ENDED


def test_accepted_once_the_deletion_has_begun_the_money_is_given_back(ended: Account) -> None:
    ended.enter(ended.holder)
    back = choose(ended, to_the_bank(ended), "accepted")
    gone = ending(ended)
    ended.session.add(Deletion(ending_id=gone.id, began_at=A_FRIDAY, due_at=A_FRIDAY, counts={}))
    ended.session.commit()

    html = text(ended.page, back)

    assert "Le paiement a été annulé" in html
    assert "La suppression des données avait commencé" in html
    assert ending(ended).state is State.ENDED
    assert "ne peut plus être réactivé" in text(ended.page, RESTART, 409)
    assert to_the_bank_is_closed(ended)


def to_the_bank_is_closed(account: Account) -> bool:
    return str(account.page.post(RESTART).location) == RESTART


def test_from_the_deletion_date_on_it_can_no_longer_be_restarted(
    ended: Account, travel: Callable[[datetime], None]
) -> None:
    travel(datetime(2026, 10, 14, 22, tzinfo=UTC))
    ended.enter(ended.holder)

    assert "ne peut plus être réactivé" in text(ended.page, RESTART, 409)
    assert payments(ended.session) == []


def test_in_notice_to_come_back_is_to_withdraw_and_is_named_so(
    account: Account, travel: Callable[[datetime], None]
) -> None:
    request = account.cancelled()
    process_due(datetime(2026, 3, 1, 10, tzinfo=UTC))
    travel(datetime(2026, 3, 20, 10, tzinfo=UTC))
    account.enter(account.holder)

    html = text(account.page, RESTART)

    reference = f"{request.reference[:4]}-{request.reference[4:8]}-{request.reference[8:]}"
    assert "Votre abonnement n’est pas terminé" in html
    assert f"/account/requests/{reference}/withdrawal" in html
    assert "mardi 14 avril 2026" in html
    assert str(account.page.post(RESTART).location) == RESTART
    assert payments(account.session) == []


def test_what_is_in_force_is_not_restarted(ended: Account) -> None:
    ended.enter(ended.holder)
    path = f"/account/subscriptions/{INVOICING}/restart"

    assert ended.page.get(path, 303).location == "/account/subscriptions"
    ended.page.post(path)
    assert payments(ended.session) == []


def test_another_company_s_contract_and_payment_do_not_exist(ended: Account) -> None:
    ended.enter(ended.holder)
    to_the_bank(ended)
    (payment,) = payments(ended.session)
    ended.enter(ended.stranger)

    ended.page.get(RESTART, 404)
    ended.page.post(RESTART, None, 404)
    ended.page.get(f"/account/payments/{payment.key}", 404)
    ended.page.get(f"/account/subscriptions/{NEXT_DOOR}-1/restart", 404)


def test_a_manager_restarts_too_and_is_who_did_it(ended: Account) -> None:
    ended.enter(ended.manager)

    ended.page.get(choose(ended, to_the_bank(ended), "accepted"))

    assert ending(ended).request.events[-1].person_id == ended.manager.id


def test_without_authority_one_sees_who_can(ended: Account) -> None:
    ended.enter(ended.holder)
    to_the_bank(ended)
    (payment,) = payments(ended.session)
    ended.enter(ended.colleague)

    assert "Inès Delorme" in text(ended.page, RESTART, 403)
    ended.page.post(RESTART, None, 403)
    ended.page.get(f"/account/payments/{payment.key}", 403)
    assert len(payments(ended.session)) == 1


def test_without_a_provider_the_page_says_whom_to_contact(ended: Account) -> None:
    settings = ended.page.client.application.config["SETTINGS"]
    ended.page.client.application.config["SETTINGS"] = replace(settings, payments=Payments.NONE)
    try:
        ended.enter(ended.holder)
        html = text(ended.page, RESTART)
        assert "Pour redémarrer votre abonnement, contactez le service clients" in html
        assert "/help-center/request" in html
        assert str(ended.page.post(RESTART).location) == RESTART
    finally:
        ended.page.client.application.config["SETTINGS"] = settings
    assert payments(ended.session) == []
    assert ended.session.scalars(select(Request)).one().state is State.ENDED
