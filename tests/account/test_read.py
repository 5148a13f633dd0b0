"""What the account shows: the way in, the subscriptions, their conditions, their dates."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.database import db
from helpdesk.rules.vocabulary import Authority, Role
from tests import builders
from tests.account.conftest import ACCOUNTING, INVOICING, Account
from tests.conftest import Page
from tests.support.queries import recorded

SUBSCRIPTIONS, MANAGE = "/account/subscriptions", "/account/subscriptions/manage"


def test_the_business_s_name_opens_its_account_on_every_customer_page(account: Account) -> None:
    page = account.enter(account.colleague).page

    for path in ("/help-center/", "/help-center/request", "/account/", SUBSCRIPTIONS):
        html = page.get(path).text
        assert '<span class="menu-name">Boulangerie Delorme</span>' in html
        assert '<a href="/account/">Gestion du compte d’entreprise</a>' in html
        assert "Se déconnecter" in html


def test_one_of_us_has_no_account_to_manage(page: Page, session: Session) -> None:
    agent = builders.an_agent(session)
    session.commit()
    page.sign_in(agent)

    assert "/account/" not in page.get("/help-center/").text
    page.get("/account/", 403)


def test_somebody_without_a_business_has_no_account(page: Page, session: Session) -> None:
    person = builders.a_person(session, role=Role.CUSTOMER, authority=Authority.NONE)
    session.commit()
    page.sign_in(person)

    for path in ("/account/", SUBSCRIPTIONS, MANAGE, "/account/ways-out", "/account/cancellation"):
        page.get(path, 404)


def test_each_subscription_says_product_price_term_renewal_and_state(account: Account) -> None:
    html = account.enter(account.holder).page.get(SUBSCRIPTIONS).text

    for words in ("Comptabilité", "29,00", "Mensuel", "Prochaine échéance", "En cours"):
        assert words in html
    assert "Produit du voisin" not in html


def test_the_conditions_say_the_notice_and_what_happens_to_the_data(account: Account) -> None:
    html = account.enter(account.holder).page.get(MANAGE).text

    assert "30 jours" in html
    assert "conservées 6 mois" in html
    assert html.count("Si vous résiliez aujourd’hui") == 2
    assert html.count("Pourquoi cette date") == 2
    assert html.count("Annuler l’abonnement") == 2


def test_what_is_being_cancelled_has_its_end_and_no_box(account: Account) -> None:
    account.cancelled(at=clock.now())
    page = account.enter(account.holder).page

    assert "Prend fin le" in page.get(SUBSCRIPTIONS).text
    html = page.get(MANAGE).text
    assert f'value="{ACCOUNTING}"' not in html
    assert f'value="{INVOICING}"' in html
    assert "Votre abonnement prend fin le" in html


def test_when_a_few_days_change_the_month_it_is_said(account: Account) -> None:
    today = clock.now().date()
    account.subscription().anchor_on = today + timedelta(days=31 - 365)
    account.subscription().term_months = 12
    account.session.commit()

    html = account.enter(account.holder).page.get(MANAGE).text

    assert "la fin reste au" in html


def test_what_has_ended_stands_apart_with_what_is_kept(account: Account) -> None:
    account.cancelled(at=datetime(2026, 3, 1, tzinfo=UTC))
    html = account.enter(account.holder).page.get(SUBSCRIPTIONS).text

    assert "Abonnements terminés" in html
    assert "Terminé le mercredi 15 avril 2026" in html


def test_who_may_not_cancel_sees_who_can_and_no_box(account: Account) -> None:
    html = account.enter(account.colleague).page.get(MANAGE).text

    assert "Inès Delorme" in html
    assert "Hugo Delorme" in html
    assert "Étienne Voisin" not in html
    assert 'type="checkbox"' not in html
    assert "Appliquer les sélections" not in html


def test_without_anybody_who_may_a_request_can_still_be_sent(account: Account) -> None:
    account.holder.authority = account.manager.authority = Authority.NONE
    account.session.commit()

    html = account.enter(account.colleague).page.get(MANAGE).text

    assert "Nous ne connaissons personne" in html
    assert "/help-center/request" in html


def test_a_page_asks_the_database_as_often_for_many_as_for_one(
    app: Flask, account: Account, session: Session
) -> None:
    page = account.enter(account.holder).page
    with app.app_context(), recorded(db.engine) as few:
        page.get(SUBSCRIPTIONS)
    for _ in range(23):
        builders.a_subscription(session, account.company)
    session.commit()

    with app.app_context(), recorded(db.engine) as many:
        page.get(SUBSCRIPTIONS)

    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            (
                "Gestion du compte d’entreprise|Gestion des abonnements|Annuler l’abonnement"
                "|Appliquer les sélections|Retourner à l’application"
            ),
        ),
        (
            "es",
            (
                "Gestionar cuenta empresarial|Gestionar suscripciones|Cancelar la suscripción"
                "|Aplicar selecciones|Volver al producto"
            ),
        ),
        (
            "en",
            (
                "Manage business account|Manage subscriptions|Cancel subscription"
                "|Apply selections|Back to product"
            ),
        ),
    ],
)
def test_it_speaks_as_the_service_does(account: Account, language: str, words: str) -> None:
    page = account.enter(account.holder).page
    page.client.set_cookie("language", language)

    html = page.get(MANAGE).text

    assert [one for one in words.split("|") if one not in html] == []
