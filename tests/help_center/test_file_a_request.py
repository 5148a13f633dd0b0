"""Filing a cancellation: the form, its dates, the page to check, the receipt."""

import re
from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.database import db, transaction
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import (
    Authority,
    Channel,
    Language,
    Reason,
    ReviewReason,
    State,
)
from tests import builders
from tests.conftest import Page
from tests.help_center.forms import CONTRACT, a_bakery, only_company, only_request, sent, typed
from tests.support.countries import FRANCE, SPAIN

FORM = "/help-center/request"


def receipt_of(page: Page, **given: object) -> str:
    """File what is given and return the receipt."""
    page.get(FORM)
    return page.get(page.post(FORM, sent(**given)).location).text


def test_a_visitor_files_without_an_account(page: Page, session: Session) -> None:
    html = receipt_of(page)

    request = only_request(session)
    assert request.channel is Channel.HELP_CENTER
    assert request.authority is Authority.UNKNOWN
    assert (request.country, request.tax_number) == (FRANCE, "552100554")
    assert request.language is Language.FRENCH
    assert request.reason is Reason.PRICE
    assert request.email == "jean@dupont.example"
    assert "Votre demande est enregistrée" in html
    assert f"{request.reference[:4]}-{request.reference[4:8]}-{request.reference[8:]}" in html


def test_a_spanish_number_makes_a_spanish_request_in_the_language_of_the_page(
    page: Page, session: Session
) -> None:
    page.get(FORM, headers={"Accept-Language": "es"})
    page.post(FORM, sent(tax_number="b-12345674"), headers={"Accept-Language": "es"})

    request = only_request(session)
    assert (request.country, request.language) == (SPAIN, Language.SPANISH)


def test_a_reason_is_not_asked_for(page: Page, session: Session) -> None:
    receipt_of(page, reason="")

    assert only_request(session).reason is None


def test_the_form_is_filled_for_who_is_signed_in(app: Flask, page: Page) -> None:
    person = a_bakery(app)
    page.sign_in(person)

    html = page.get(FORM).text

    assert "Boulangerie Delorme" in html
    assert f'value="{person.email}"' in html
    assert f'value="{CONTRACT}"' in html
    assert "Produit du voisin" not in html
    assert "date-large" in html  # The only subscription is chosen, its dates show at once.


def test_the_account_holder_files_for_the_chosen_subscription(
    app: Flask, page: Page, session: Session
) -> None:
    page.sign_in(a_bakery(app))
    html = receipt_of(page, contracts=[CONTRACT], requester_name="Inès Delorme")

    request = only_request(session)
    (ending,) = request.endings
    assert ending.subscription.contract == CONTRACT
    assert (request.company, request.authority) == (
        only_company(session),
        Authority.ACCOUNT_HOLDER,
    )
    assert request.state is State.RECEIVED
    assert "dates-drawing" in html
    assert "Pourquoi cette date" in html


def test_a_colleague_without_authority_is_accepted_and_reviewed(
    app: Flask, page: Page, session: Session
) -> None:
    page.sign_in(a_bakery(app, Authority.NONE))
    assert "Vous n’êtes ni titulaire" in page.get(FORM).text
    html = receipt_of(page, contracts=[CONTRACT])

    request = only_request(session)
    assert request.state is State.IN_REVIEW
    assert [one.reason for one in request.reviews] == [ReviewReason.AUTHORITY_NOT_SHOWN]
    assert "La date de votre demande reste valable" in html


def test_somebody_elses_contract_cannot_be_chosen(app: Flask, page: Page) -> None:
    person = a_bakery(app)
    with app.app_context(), transaction() as session:
        other = builders.a_company(session)
        builders.a_subscription(session, other, contract="SA-99999")
    page.sign_in(person)
    page.get(FORM)

    html = page.post(FORM, sent(contracts=["SA-99999"]), status=400).text

    assert "Choisissez au moins un abonnement" in html


def test_a_business_without_subscription_may_still_file(
    app: Flask, page: Page, session: Session
) -> None:
    with app.app_context(), transaction() as writing:
        person = builders.a_person(writing, builders.a_company(writing))
        writing.refresh(person)
        writing.expunge_all()
    page.sign_in(person)
    assert "Nous ne connaissons pas d’abonnement actif" in page.get(FORM).text
    receipt_of(page)

    assert [one.reason for one in only_request(session).reviews] == [
        ReviewReason.NO_ACTIVE_SUBSCRIPTION
    ]


def test_pressing_twice_files_once(page: Page, session: Session) -> None:
    once = sent()
    page.get(FORM)

    first = page.post(FORM, once)
    second = page.post(FORM, once)

    assert first.location == second.location
    only_request(session)


def test_reloading_the_receipt_files_nothing(page: Page, session: Session) -> None:
    page.get(FORM)
    location = page.post(FORM, sent()).location
    page.get(location)
    page.get(location)

    only_request(session)


def test_a_strangers_key_shows_nothing_of_their_request(page: Page, another_page: Page) -> None:
    key = str(uuid4())
    page.get(FORM)
    page.post(FORM, sent(key=key))
    another_page.get(FORM)

    html = another_page.post(FORM, sent(key=key, email="other@x.example"), status=409).text

    assert "jean@dupont.example" not in html


@pytest.mark.parametrize("key", ["", "1", "../../etc", "🦊", "x" * 300])
def test_a_key_that_is_none_of_ours_is_refused(page: Page, key: str) -> None:
    page.get(FORM)
    page.post(FORM, sent(key=key), status=400)


def test_the_check_page_shows_all_and_files_nothing(
    app: Flask, page: Page, session: Session
) -> None:
    page.get(FORM)

    html = page.post(FORM, typed(asked="Une copie\nde mes factures"), status=200).text

    assert "Notifier la résiliation" in html
    assert "Revenir en arrière" in html
    assert "Conservation des données" in html
    for answer in ("Atelier Dupont", "552100554", "C’est trop cher", "Jean Dupont"):
        assert answer in html
    assert session.query(Request).count() == 0


def test_the_box_about_the_data_must_be_ticked(page: Page, session: Session) -> None:
    page.get(FORM)

    html = page.post(FORM, typed(step="send"), status=400).text

    assert "Cochez cette case" in html
    assert "Notifier la résiliation" in html
    assert session.query(Request).count() == 0


def test_going_back_keeps_everything(page: Page) -> None:
    page.get(FORM)

    html = page.post(FORM, typed(step="edit", asked="Merci", contracts="SA-1"), status=200).text

    assert 'value="Atelier Dupont"' in html
    assert 'value="SA-1"' in html
    assert "Merci</textarea>" in html
    assert re.search(r'<input[^>]*checked[^>]*value="price"', html)


def test_each_fault_is_told_and_everything_typed_stays(page: Page) -> None:
    page.get(FORM)

    html = page.post(
        FORM,
        typed(tax_number="55210055", email="jean", phone="12", requester_name="", asked="Merci"),
        status=400,
    ).text

    for said in (
        "Saisissez votre nom",
        "Saisissez une adresse e-mail comme",
        "Saisissez le numéro de téléphone avec son indicatif",
    ):
        assert html.count(said) == 2  # In the summary, and at its field.
    assert 'href="#requester_name"' in html
    assert "Merci</textarea>" in html


def test_staff_are_sent_to_their_console(app: Flask, page: Page) -> None:
    with app.app_context(), transaction() as writing:
        agent = builders.an_agent(writing)
        writing.refresh(agent)
        writing.expunge_all()
    page.sign_in(agent)
    page.get(FORM)

    html = page.post(FORM, sent(), status=403).text

    assert "Registre la solicitud de un cliente en la consola" in html
    with app.app_context():
        assert db.session.query(Request).count() == 0


def test_a_request_already_under_way_is_told_at_its_subscription(app: Flask, page: Page) -> None:
    page.sign_in(a_bakery(app))
    receipt_of(page, contracts=[CONTRACT])

    assert "Déjà en cours de résiliation" in page.get(FORM).text


def test_with_several_subscriptions_nothing_is_chosen_for_you(app: Flask, page: Page) -> None:
    person = a_bakery(app)
    with app.app_context(), transaction() as session:
        company = only_company(session)
        builders.a_subscription(session, company, contract="SA-2", anchor_on=date(2025, 3, 28))
    page.sign_in(person)

    html = page.get(FORM).text

    assert not re.search(r"<input[^>]*name=\"contracts\"[^>]*checked|checked[^>]*contracts", html)
    assert "Vos dates s’afficheront ici" in html
    assert "date-large" in page.get(f"{FORM}?contract=SA-2").text
