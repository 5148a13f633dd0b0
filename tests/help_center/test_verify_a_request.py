"""The link sent to the business at its address on record."""

import pytest
from flask import Flask

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.queue import proof
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority, State
from tests import builders
from tests.conftest import Page
from tests.help_center.forms import CONTRACT, a_bakery, only_company


def a_link(app: Flask) -> str:
    """File as a visitor for the bakery, and return the link that goes to it."""
    a_bakery(app)
    with app.app_context(), transaction() as session:
        request = builders.a_request(
            session,
            only_company(session),
            authority=Authority.UNKNOWN,
            contracts=CONTRACT,
            filed_at=clock.now(),
        )
        return f"/help-center/verify/{proof.sign(request.reference, builders.SECRET, clock.now())}"


def state(app: Flask) -> State:
    """Return the state of the only request."""
    with app.app_context():
        return db.session.query(Request).one().state


def test_opening_the_link_changes_nothing(app: Flask, page: Page) -> None:
    html = page.get(a_link(app)).text

    assert "Est-ce votre entreprise qui le demande" in html
    assert "Inès Martin" in html
    assert state(app) is State.IN_REVIEW


def test_the_button_is_the_word_of_the_business(app: Flask, page: Page) -> None:
    link = a_link(app)
    page.get(link)

    location = page.post(link).location

    assert state(app) is State.CONFIRMED
    html = page.get(location).text
    assert "Merci" in html
    assert "Oui, résilier" not in html
    page.post(link)  # A second press changes nothing.
    assert state(app) is State.CONFIRMED


@pytest.mark.parametrize("token", ["x", "a.b.c", "🦊", "InA3SzQ5M1FETSI.aaaaaa.bbbbbb"])
def test_a_false_link_says_what_to_do(app: Flask, page: Page, token: str) -> None:
    a_link(app)

    assert "Ce lien ne fonctionne pas" in page.get(f"/help-center/verify/{token}", 404).text
    page.get("/help-center/track")
    page.post(f"/help-center/verify/{token}", status=404)
    assert state(app) is State.IN_REVIEW


def test_a_proof_of_another_secret_is_false(app: Flask, page: Page) -> None:
    a_bakery(app)
    token = proof.sign("P7K493QDM", "another secret of 32 letters", clock.now())

    page.get(f"/help-center/verify/{token}", 404)
