"""Nonsense in every field, lost sessions, missing tokens: a clear answer, nothing lost or shown."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.database import db
from helpdesk.queue.models import Request
from tests.conftest import Page
from tests.help_center.forms import a_bakery, only_request, sent, typed

FORM = "/help-center/request"
FIELDS = (
    "company_name",
    "tax_number",
    "contracts",
    "requester_name",
    "email",
    "phone",
    "reason",
    "reason_text",
    "asked",
)
NONSENSE = (
    "a" * 10_000,
    "🦊🥖" * 50,
    "\u202eמחק הכל\u2066",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "'; DROP TABLE requests; --",
    "{{ 7 * 7 }} %(day)s %s {0}",
    "\x00\x07\ud800",
    "31/02/2026",
)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("text", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_refused_or_shown_as_typed_and_never_breaks(
    page: Page, field: str, text: str
) -> None:
    page.get(FORM)

    response = page.client.post(
        FORM,
        data={"csrf_token": page.token, **typed(**{field: text.encode("utf-8", "ignore")})},
    )

    assert response.status_code in {200, 400}
    assert "<script>alert" not in response.text
    assert "<img src=x" not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize("step", ["", "delete", "🦊", "edit' OR 1=1"])
def test_an_unknown_step_only_checks(page: Page, session: Session, step: str) -> None:
    page.get(FORM)

    page.post(FORM, sent(step=step), status=200)

    assert session.query(Request).count() == 0


def test_a_key_spelt_otherwise_is_the_same_filing(page: Page, session: Session) -> None:
    key = "11111111-2222-4333-8444-aaaaaaaaaaaa"
    for spelt in (key, key.upper(), "urn:uuid:{" + key.replace("-", "") + "}"):
        page.get(FORM)
        page.post(FORM, sent(key=spelt))

    assert session.query(Request).one().filing_key == key


def test_too_much_at_once_is_refused_with_its_own_page(page: Page) -> None:
    page.get(FORM)
    html = page.post(FORM, typed(asked="a" * 400_000), status=413).text

    assert "trop long" in html


def test_a_lost_session_loses_nothing(app: Flask, page: Page) -> None:
    page.get(FORM)
    page.client.delete_cookie("preavis")
    asked = "Deux lignes\net « guillemets » & <balises>"

    again = page.post(FORM, typed(asked=asked), status=400).text

    assert "Votre session a expiré" in again
    carried = dict(re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', again))
    carried = {name: unescape(text) for name, text in carried.items()}
    assert carried["asked"].replace("\r\n", "\n") == asked
    assert "Vérifier votre demande" in page.post(FORM, carried, status=200).text
    filed = page.post(FORM, {**carried, "step": "send", "collected": "y"})
    assert filed.location.startswith("/help-center/requests/")
    with app.app_context():
        assert only_request(db.session()).asked == asked


def test_a_lost_sign_in_still_files_as_a_visitor(app: Flask, page: Page) -> None:
    person = a_bakery(app)
    page.sign_in(person)
    html = page.get(FORM).text
    kept = dict(re.findall(r'name="(company_name|tax_number)"[^>]*value="([^"]*)"', html))
    page.client.delete_cookie("preavis")
    page.get("/help-center/track")

    html = page.post(FORM, typed(**kept, contracts=["SA-48213"]), status=200).text

    assert "SA-48213" in html
    assert "Boulangerie Delorme" in html


@pytest.mark.parametrize("token", [None, "", "forged"])
def test_a_missing_token_files_nothing(page: Page, session: Session, token: str | None) -> None:
    page.get(FORM)

    page.post(FORM, sent(csrf_token=token or ""), status=400)

    assert session.query(Request).count() == 0


def test_another_site_is_not_offered_to_send_again(page: Page) -> None:
    page.get(FORM)

    html = page.post(
        FORM, sent(csrf_token="x"), status=400, headers={"Sec-Fetch-Site": "cross-site"}
    ).text

    assert "jean@dupont.example" not in html


def test_only_so_many_tries_a_minute(page: Page) -> None:
    page.get(FORM)
    for _ in range(20):
        page.post(FORM, typed(), status=200)

    assert "Trop de tentatives" in page.post(FORM, typed(), status=429).text
