"""The documents of a request: on its pages, as files, and only for whoever may see the request."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company
from helpdesk.documents.models import Document
from helpdesk.queue.events import PROCESSING
from helpdesk.queue.models import Request
from helpdesk.queue.references import written
from helpdesk.queue.transitions import move
from helpdesk.rules.vocabulary import Action, Authority, Language
from tests.builders import A_MONDAY, a_company, a_person, a_request, a_supervisor
from tests.conftest import Page

EMAIL = "ines@boulangerie-martin.example"


@pytest.fixture
def confirmed(session: Session, company: Company) -> Request:
    request = a_request(session, company, filed_at=A_MONDAY)
    move(session, request, Action.CONFIRM, actor=PROCESSING, at=A_MONDAY + timedelta(minutes=1))
    session.commit()
    return request


def address(session: Session, request: Request) -> str:
    document = session.scalars(select(Document).where(Document.request_id == request.id)).one()
    return f"/help-center/requests/{written(request.reference)}/documents/{document.id}"


def track(page: Page, request: Request) -> str:
    reference = written(request.reference)
    page.get("/help-center/track")
    page.post("/help-center/track", {"reference": reference, "email": EMAIL})
    return page.get(f"/help-center/requests/{reference}").text


def test_who_tracks_a_request_finds_its_confirmation_there(
    session: Session, page: Page, confirmed: Request
) -> None:
    html = track(page, confirmed)

    assert f'href="{address(session, confirmed)}"' in html
    assert "Confirmation de résiliation (PDF)" in html
    answer = page.client.get(address(session, confirmed))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    name = f"resiliation-{written(confirmed.reference)}.pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.data.startswith(b"%PDF-")


def test_every_time_it_is_the_same_file(session: Session, page: Page, confirmed: Request) -> None:
    track(page, confirmed)

    first = page.client.get(address(session, confirmed)).data

    assert page.client.get(address(session, confirmed)).data == first


def test_the_page_alone_makes_no_pdf(session: Session, page: Page, confirmed: Request) -> None:
    track(page, confirmed)

    session.rollback()
    assert session.scalars(select(Document)).one().sha256 is None


def test_the_company_and_our_own_people_find_it_too(
    app: Flask, session: Session, company: Company, confirmed: Request
) -> None:
    where = address(session, confirmed)
    people = [a_person(session, company), a_supervisor(session, language=Language.ENGLISH)]
    session.commit()

    for person in people:
        browser = Page(app.test_client())
        browser.sign_in(person)
        assert browser.client.get(where).status_code == 200
    assert f'href="{where}"' in browser.get(f"/queue/requests/{written(confirmed.reference)}").text


def test_nobody_else_does(session: Session, page: Page, confirmed: Request) -> None:
    where = address(session, confirmed)
    page.get(where, 404)
    stranger = a_person(session, a_company(session))
    session.commit()
    page.sign_in(stranger)

    page.get(where, 404)


def test_the_document_of_another_request_is_not_there(
    session: Session, page: Page, company: Company, confirmed: Request
) -> None:
    other = a_request(session, company, email=EMAIL)
    session.commit()
    number = address(session, confirmed).rpartition("/")[2]
    track(page, other)

    page.get(f"/help-center/requests/{written(other.reference)}/documents/{number}", 404)


def test_who_only_named_a_company_learns_nothing_of_it_by_withdrawing(
    session: Session, page: Page, company: Company
) -> None:
    request = a_request(
        session,
        authority=Authority.UNKNOWN,
        email=EMAIL,
        company_name="Quelqu’un",
        tax_number=company.tax_number,
    )
    assert request.endings
    move(session, request, Action.WITHDRAW, actor=PROCESSING, at=A_MONDAY + timedelta(hours=1))
    session.commit()

    html = track(page, request)

    assert session.scalars(select(Document)).all() == []
    assert request.endings[0].product not in html
    assert request.endings[0].product not in request.messages[-1].text


def test_after_the_deletion_it_is_gone(session: Session, page: Page, confirmed: Request) -> None:
    track(page, confirmed)
    where = address(session, confirmed)
    page.client.get(where)
    with transaction() as opened:
        document = opened.scalars(select(Document)).one()
        document.facts = document.pdf = None

    html = page.get(where, 410).text

    assert "n’est plus conservé" in html
