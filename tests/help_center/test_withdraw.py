"""Keeping a subscription after all: by whoever follows its request, or by word of the business."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company
from helpdesk.queue import proof
from helpdesk.queue.events import PROCESSING, By
from helpdesk.queue.models import Request
from helpdesk.queue.references import written
from helpdesk.queue.transitions import move
from helpdesk.rules.vocabulary import Action, Authority, MessageKind, State
from tests.builders import A_MONDAY, SECRET, a_person, a_request, a_subscription, an_agent
from tests.conftest import Page

EMAIL = "jean@else.example"
LATER = A_MONDAY + timedelta(days=2)
Travel = Callable[[datetime], None]


@pytest.fixture(autouse=True)
def _in_march(travel: Travel) -> None:
    travel(LATER)


def filed(
    session: Session, company: Company, *, is_confirmed: bool = True, **given: object
) -> Request:
    request = a_request(session, company, **{"email": EMAIL, **given})
    if is_confirmed:
        move(session, request, Action.CONFIRM, actor=PROCESSING, at=A_MONDAY)
    session.commit()
    return request


def followed(page: Page, request: Request) -> str:
    """Track a request by reference and e-mail; returns the address of its page."""
    page.get("/help-center/track")
    typed = {"reference": request.reference, "email": request.email}
    page.post("/help-center/track", typed)
    return f"/help-center/requests/{written(request.reference)}"


def again(session: Session, request: Request) -> Request:
    session.rollback()
    return request


def test_who_follows_a_request_filed_with_authority_keeps_it_at_once(
    session: Session, page: Page, company: Company
) -> None:
    request = filed(session, company)
    where = followed(page, request)

    assert f'href="{where}/withdrawal"' in page.get(where).text
    html = page.get(f"{where}/withdrawal").text
    assert request.endings[0].contract in html
    answer = page.post(f"{where}/withdrawal", {"ending": request.endings[0].id})

    assert answer.location == where
    assert "votre abonnement continue" in page.get(where).text
    assert again(session, request).state is State.WITHDRAWN
    assert request.events[-1].actor == By.CUSTOMER
    assert f'href="{where}/withdrawal"' not in page.get(where).text
    assert page.get(f"{where}/withdrawal", 303).location == where


def test_of_what_nobody_confirmed_the_word_of_who_asked_is_enough(
    session: Session, page: Page, company: Company
) -> None:
    request = filed(session, company, is_confirmed=False, authority=Authority.NONE)
    where = followed(page, request)

    page.get(f"{where}/withdrawal")
    page.post(f"{where}/withdrawal", {"ending": request.endings[0].id})

    assert again(session, request).state is State.WITHDRAWN


def test_a_visitor_learns_nothing_of_the_company_on_the_way(
    session: Session, page: Page, company: Company
) -> None:
    tax_number = company.tax_number
    request = filed(
        session,
        company,
        is_confirmed=False,
        company_id=None,
        tax_number=tax_number,
        authority=Authority.UNKNOWN,
    )
    ending = request.endings[0]
    where = followed(page, request)

    html = page.get(f"{where}/withdrawal").text
    page.post(f"{where}/withdrawal")

    assert again(session, request).state is State.WITHDRAWN
    for shown in (html, page.get(where).text, request.messages[-1].text):
        assert ending.contract not in shown
        assert ending.product not in shown


def test_otherwise_the_business_is_asked_and_gives_its_word(
    session: Session, page: Page, another_page: Page, company: Company
) -> None:
    request = filed(session, company, authority=Authority.NONE)
    where = followed(page, request)

    assert "Demander à l’entreprise" in page.get(f"{where}/withdrawal").text
    answer = page.post(f"{where}/withdrawal", {"ending": request.endings[0].id})
    assert "Nous avons écrit à l’entreprise" in page.get(answer.location).text
    assert again(session, request).state is State.CONFIRMED
    asked = request.messages[-1]
    assert (asked.kind, asked.recipient) == (MessageKind.WITHDRAWAL_ASKED, company.email)

    found = re.search(r"/help-center/withdrawals/\S+", asked.text)
    assert found
    assert "Votre entreprise veut-elle" in another_page.get(found[0]).text
    another_page.post(found[0], {"ending": request.endings[0].id})

    assert "Merci" in another_page.get(found[0]).text
    assert again(session, request).state is State.WITHDRAWN
    assert request.events[-1].actor == By.BUSINESS


def test_who_may_is_asked_for_a_choice_among_several(
    session: Session, page: Page, company: Company
) -> None:
    other = a_subscription(session, company)
    numbers = (company.subscriptions[0].id, other.id)
    request = filed(session, company, subscription_ids=numbers)
    where = followed(page, request)

    page.get(f"{where}/withdrawal")
    refused = page.post(f"{where}/withdrawal", {}, status=400).text
    page.post(f"{where}/withdrawal", {"ending": request.endings[1].id})

    assert "Choisissez au moins un abonnement" in refused
    states = [one.state for one in again(session, request).endings]
    assert states == [State.CONFIRMED, State.WITHDRAWN]
    assert f'href="{where}/withdrawal"' in page.get(where).text


def test_the_business_too_chooses_among_several(
    session: Session, page: Page, company: Company
) -> None:
    other = a_subscription(session, company)
    numbers = (company.subscriptions[0].id, other.id)
    request = filed(session, company, subscription_ids=numbers)
    where = _word(request)

    page.get(where)
    page.post(where, {}, status=400)
    page.post(where, {"ending": request.endings[0].id})

    states = [one.state for one in again(session, request).endings]
    assert states == [State.WITHDRAWN, State.CONFIRMED]


@pytest.mark.parametrize("way", ["followed", "word"])
def test_at_the_end_it_is_refused_plainly(
    session: Session, page: Page, company: Company, travel: Travel, way: str
) -> None:
    request = filed(session, company)
    ending = request.endings[0]
    where = f"{followed(page, request)}/withdrawal" if way == "followed" else _word(request)
    page.get(where)
    travel(ending.access_ends_at)

    token = _word(request)  # The earlier one is too old by then.
    html = page.post(token if way == "word" else where, {"ending": ending.id}, status=409).text

    assert "Il est trop tard" in html
    assert again(session, request).state is State.CONFIRMED


def test_a_proof_for_something_else_opens_nothing(
    session: Session, page: Page, company: Company
) -> None:
    request = filed(session, company)
    for token in (proof.sign(request.reference, SECRET, LATER), "x", "🦊"):
        page.get(f"/help-center/withdrawals/{token}", 404)
        page.post(f"/help-center/withdrawals/{token}", {}, status=404)
    withdrawing = proof.sign(request.reference, SECRET, LATER, proof.WITHDRAW)
    page.get(f"/help-center/verify/{withdrawing}", 404)


def test_a_colleague_without_authority_asks_those_who_have_it(
    session: Session, page: Page, company: Company
) -> None:
    request = filed(session, company)
    colleague = a_person(session, company, authority=Authority.NONE)
    session.commit()
    page.sign_in(colleague)
    where = f"/help-center/requests/{written(request.reference)}/withdrawal"

    page.get(where)
    page.post(where, {"ending": request.endings[0].id})

    assert again(session, request).state is State.CONFIRMED
    assert request.messages[-1].kind is MessageKind.WITHDRAWAL_ASKED


def test_nobody_else_finds_it_and_our_own_people_have_pages_of_theirs(
    session: Session, page: Page, company: Company
) -> None:
    request = filed(session, company)
    where = f"/help-center/requests/{written(request.reference)}"
    page.get(f"{where}/withdrawal", 404)
    agent = an_agent(session)
    session.commit()
    page.sign_in(agent)

    page.get(f"{where}/withdrawal", 403)
    assert "/withdrawal" not in page.get(where).text


def _word(request: Request) -> str:
    at = max(LATER, request.endings[0].access_ends_at - timedelta(hours=1))
    return f"/help-center/withdrawals/{proof.sign(request.reference, SECRET, at, proof.WITHDRAW)}"


def test_what_is_confirmed_a_moment_before_needs_the_word_of_the_business(
    session: Session, page: Page, company: Company
) -> None:
    request = filed(session, company, is_confirmed=False, authority=Authority.NONE)
    where, number, engine = followed(page, request), request.id, session.get_bind()
    chosen = {"ending": request.endings[0].id}
    page.get(f"{where}/withdrawal")
    session.rollback()

    def confirm(_ended: Session) -> None:
        with Session(engine) as apart, apart.begin():
            other = apart.get_one(Request, number)
            move(apart, other, Action.CONFIRM, actor=PROCESSING, at=A_MONDAY)

    # As the view’s own transaction begins, which lets go of what was read before.
    event.listen(Session, "after_rollback", confirm, once=True)
    answer = page.post(f"{where}/withdrawal", chosen)

    assert answer.location == f"{where}/withdrawal"
    assert again(session, request).state is State.CONFIRMED
    assert request.messages[-1].kind is MessageKind.WITHDRAWAL_ASKED
