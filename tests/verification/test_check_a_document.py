"""Whoever holds a document asks whether it is genuine and still holds."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company
from helpdesk.documents import codes
from helpdesk.documents.models import Document
from helpdesk.queue import references
from helpdesk.queue.events import PROCESSING
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.references import written
from helpdesk.queue.transitions import move, move_ending
from helpdesk.rules.vocabulary import Action, DocumentKind, State
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.conftest import Page

LATER = A_MONDAY + timedelta(minutes=1)
A_DAY = timedelta(days=1)


@pytest.fixture
def confirmed(session: Session, company: Company) -> Request:
    request = a_request(session, company)
    move(session, request, Action.CONFIRM, actor=PROCESSING, at=LATER)
    session.commit()
    return request


def papers(session: Session) -> list[Document]:
    session.rollback()
    return list(session.scalars(select(Document).order_by(Document.id)))


def ask(page: Page, reference: str, code: str, status: int = 200) -> str:
    page.get("/verify")
    return page.post("/verify", {"reference": reference, "code": code}, status=status).text


def told(page: Page, session: Session, request: Request, number: int = 0) -> str:
    document = papers(session)[number]
    return ask(page, written(request.reference), codes.written(document.code))


def test_a_genuine_one_is_told_as_it_should_read(
    session: Session, page: Page, confirmed: Request
) -> None:
    html = told(page, session, confirmed)

    assert "<h1>Authentique et toujours valable</h1>" in html
    for said in (
        "Confirmation de résiliation",
        confirmed.company_name,
        confirmed.endings[0].product,
        confirmed.endings[0].contract,
        "mercredi 15 avril 2026",
        "mardi 14 avril 2026",
        "jeudi 15 octobre 2026",
        "lundi 2 mars 2026",
    ):
        assert said in html
    assert confirmed.requester_name not in html


def test_any_spelling_will_do(session: Session, page: Page, confirmed: Request) -> None:
    (document,) = papers(session)
    spelled = f" {document.code[:4].lower()} {document.code[4:]}."

    assert "Authentique" in ask(page, confirmed.reference.lower(), spelled)


def test_a_wrong_pair_says_the_same_whatever_is_wrong(
    session: Session, page: Page, confirmed: Request
) -> None:
    other = a_request(session, a_company(session))
    session.commit()
    (document,) = papers(session)
    pairs = [
        (confirmed.reference, codes.new()),
        (references.new(), document.code),
        (other.reference, document.code),
        (confirmed.reference, document.code[:-1] + "?"),
        ("1", "1"),
        ("' OR 1=1 --", "🦊"),
    ]

    said = set()
    for reference, code in pairs:
        html = ask(page, reference, code, status=400)
        said.add(html.split('class="field-error"')[1].split("</p>")[0])
        assert confirmed.company_name not in html

    assert len(said) == 1
    assert "Aucun de nos documents" in said.pop()


def test_nothing_typed_says_what_is_missing(page: Page) -> None:
    html = ask(page, "", "", status=400)

    assert "indiqué sur le document" in html


def test_the_code_is_in_no_address(session: Session, page: Page, confirmed: Request) -> None:
    (document,) = papers(session)

    html = page.get(f"/verify?code={document.code}&reference={confirmed.reference}").text

    assert document.code not in html.split("<main")[1].split("</main>")[0]
    assert confirmed.company_name not in html


def test_guessing_is_slowed_down(page: Page) -> None:
    for _ in range(10):
        ask(page, references.new(), codes.new(), status=400)

    ask(page, references.new(), codes.new(), status=429)


def test_after_a_withdrawal_the_confirmation_says_so(
    session: Session, page: Page, confirmed: Request
) -> None:
    move(session, confirmed, Action.WITHDRAW, actor=PROCESSING, at=LATER + A_DAY)
    session.commit()

    assert "la résiliation a été annulée depuis" in told(page, session, confirmed)
    withdrawal = told(page, session, confirmed, 1)
    assert "Authentique et toujours valable" in withdrawal
    assert "Fin annoncée" in withdrawal


def test_a_new_cancellation_takes_the_place_of_the_withdrawal(
    session: Session, page: Page, company: Company, confirmed: Request
) -> None:
    move(session, confirmed, Action.WITHDRAW, actor=PROCESSING, at=LATER + A_DAY)
    again = a_request(session, company, filed_at=LATER + 2 * A_DAY)
    move(session, again, Action.CONFIRM, actor=PROCESSING, at=LATER + 2 * A_DAY)
    session.commit()

    assert "plus à jour" in told(page, session, confirmed, 1)
    assert "toujours valable" in told(page, session, again, 2)


def test_the_end_takes_the_place_of_the_confirmation(
    session: Session, page: Page, confirmed: Request
) -> None:
    process_due(confirmed.endings[0].access_ends_at)

    assert papers(session)[1].kind is DocumentKind.END
    assert "plus à jour" in told(page, session, confirmed)
    assert "toujours valable" in told(page, session, confirmed, 1)


def test_after_a_restart_neither_holds(session: Session, page: Page, confirmed: Request) -> None:
    ends_at = confirmed.endings[0].access_ends_at
    process_due(ends_at)
    session.rollback()
    move_ending(session, confirmed.endings[0], Action.RESTART, actor=PROCESSING, at=ends_at + A_DAY)
    session.commit()

    for number in (0, 1):
        assert "réactivé depuis" in told(page, session, confirmed, number)


def test_of_several_the_one_withdrawn_changes_the_confirmation_of_all(
    session: Session, page: Page, company: Company
) -> None:
    other = a_subscription(session, company)
    numbers = (company.subscriptions[0].id, other.id)
    request = a_request(session, company, subscription_ids=numbers)
    move(session, request, Action.CONFIRM, actor=PROCESSING, at=LATER)
    move_ending(session, request.endings[0], Action.WITHDRAW, actor=PROCESSING, at=LATER + A_DAY)
    session.commit()

    assert "plus à jour" in told(page, session, request)
    kept = told(page, session, request, 1)
    assert "toujours valable" in kept
    assert request.endings[1].contract not in kept


def test_once_the_data_is_deleted_it_is_genuine_and_names_nobody(
    session: Session, page: Page, confirmed: Request
) -> None:
    name, contract = confirmed.company_name, confirmed.endings[0].contract
    with transaction() as opened:
        request = opened.get_one(Request, confirmed.id)
        request.state = request.endings[0].state = State.PURGED
        request.company_name = request.endings[0].contract = ""
        document = opened.scalars(select(Document)).one()
        document.facts = document.pdf = None

    html = told(page, session, confirmed)

    assert "les données ont été supprimées depuis" in html
    assert "Confirmation de résiliation" in html
    assert name not in html
    assert contract not in html
