"""A decision: carried out and told, refused with reason, or in conflict and nothing lost."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.directory.models import Person
from helpdesk.messages.models import Message
from helpdesk.queue import references
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Action, MessageKind, State
from tests.builders import (
    A_MONDAY,
    a_request,
    a_supervisor,
)
from tests.conftest import Page
from tests.support import addresses
from tests.support.supervisors import HIDDEN, decided, text_of


def test_a_confirmation_is_carried_out_and_told(
    session: Session, desk: Page, waiting: Request, pilar: Person
) -> None:
    sent = decided(desk, waiting, "confirm")

    answer = desk.post(addresses.of_request(waiting, "/decision"), sent)

    assert answer.location == addresses.of_request(waiting)
    assert (waiting.state, waiting.events[-1].person_id) == (State.CONFIRMED, pilar.id)
    shown = text_of(desk.get(answer.location).text)
    assert "Cancellation confirmed" in shown
    assert "Pilar Ruiz (supervisor)" in shown
    assert "Decision" not in shown


@pytest.mark.parametrize(
    ("action", "state", "kind"),
    [
        ("reject", State.REJECTED, MessageKind.REJECTION),
        ("ask", State.IN_REVIEW, MessageKind.INFORMATION_ASKED),
    ],
)
def test_the_customer_gets_the_words_that_were_typed(
    session: Session, desk: Page, waiting: Request, action: str, state: State, kind: MessageKind
) -> None:
    sent = decided(desk, waiting, action, text="  Qui êtes-vous ?\r\nMerci de répondre. ")

    desk.post(addresses.of_request(waiting, "/decision"), sent)

    assert waiting.state is state
    assert waiting.events[-1].why == "Qui êtes-vous ?\nMerci de répondre."
    letter = session.scalars(select(Message).where(Message.kind == kind)).one()
    assert "Merci de répondre." in letter.text


def test_after_a_question_the_page_says_that_it_waits(desk: Page, waiting: Request) -> None:
    sent = decided(desk, waiting, "ask", text="Qui êtes-vous ?")
    desk.post(addresses.of_request(waiting, "/decision"), sent)

    shown = text_of(desk.get(addresses.of_request(waiting)).text)

    assert "has been asked and has not answered yet" in shown


def test_words_that_are_missing_or_too_many_come_back_with_the_form(
    desk: Page, waiting: Request
) -> None:
    for action, text in itertools.product(("reject", "ask"), ("", "   \n ", "x" * 2001)):
        sent = decided(desk, waiting, action, text=text)
        html = desk.post(addresses.of_request(waiting, "/decision"), sent, status=400).text

        assert f'href="#{action}-text"' in html
        assert f'id="{action}-text-error"' in html
        assert text.strip() in html

    assert waiting.state is State.IN_REVIEW


def test_a_link_needs_a_reference_that_is_one(desk: Page, waiting: Request) -> None:
    for reference in ("", "nonsense", "P7K4-93QD-X"):
        sent = decided(desk, waiting, "link", linked_reference=reference)
        html = desk.post(addresses.of_request(waiting, "/decision"), sent, status=400).text

        assert 'href="#link-linked_reference"' in html
        assert f'value="{reference}"' in html


def test_a_duplicate_is_linked_in_any_spelling_of_the_first(
    desk: Page, waiting: Request, second: Request
) -> None:
    shown = desk.get(addresses.of_request(second)).text
    assert f'value="{references.written(waiting.reference)}"' in shown
    assert "The rules propose to link it" in shown
    typed = references.written(waiting.reference).lower()

    desk.post(
        addresses.of_request(second, "/decision"),
        decided(desk, second, "link", linked_reference=typed, text="never sent"),
    )

    assert (second.state, second.linked_to) == (State.REJECTED, waiting)
    assert second.events[-1].why == ""
    shown = text_of(desk.get(addresses.of_request(second)).text)
    assert (
        f"Earlier request for the same subscription: {references.written(waiting.reference)}"
        in shown
    )


def test_a_request_that_cannot_stand_for_this_one_is_refused_by_name(
    session: Session, desk: Page, waiting: Request
) -> None:
    stranger = a_request(session, filed_at=A_MONDAY - timedelta(days=1))
    session.commit()
    sent = decided(desk, waiting, "link", linked_reference=stranger.reference)

    html = desk.post(addresses.of_request(waiting, "/decision"), sent, status=409).text

    assert "can stand for it" in html
    assert stranger.reference in html
    assert waiting.state is State.IN_REVIEW


def test_what_another_request_ends_already_cannot_be_confirmed(
    desk: Page, waiting: Request, second: Request
) -> None:
    sent = decided(desk, second, "confirm")

    html = desk.post(addresses.of_request(second, "/decision"), sent, status=409).text

    assert f"Request {references.written(waiting.reference)} already ends this" in html
    assert second.state is State.IN_REVIEW


def test_nothing_can_be_confirmed_without_a_subscription(session: Session, desk: Page) -> None:
    unknown = a_request(session)
    session.commit()
    shown = text_of(desk.get(addresses.of_request(unknown)).text)
    assert "Until then there is nothing to confirm" in shown
    assert "Confirm the cancellation" not in shown

    sent = decided(desk, unknown, "confirm")
    html = desk.post(addresses.of_request(unknown, "/decision"), sent, status=409).text

    assert "there is no subscription to end yet" in html
    assert unknown.state is State.IN_REVIEW


def test_the_second_supervisor_is_told_what_the_first_did_and_loses_nothing(
    session: Session, desk: Page, another_page: Page, waiting: Request
) -> None:
    other = a_supervisor(session, name="Étienne Roux")
    session.commit()
    sent = decided(desk, waiting, "reject", text="Non : il faut le titulaire.")
    another_page.sign_in(other)
    another_page.post(
        addresses.of_request(waiting, "/decision"),
        decided(another_page, waiting, "ask", text="Qui êtes-vous ?"),
    )

    html = desk.post(addresses.of_request(waiting, "/decision"), sent, status=409).text

    shown = text_of(html)
    told = shown.split("Your decision was not carried out.")[1]
    since = told.split("What happened Information")[0]
    assert "Information asked of the customer" in since
    assert "Étienne Roux (supervisor)" in since
    assert "Sent to review" not in since.split("Boulangerie")[0]
    assert "Non : il faut le titulaire.</textarea>" in html
    assert [event.action for event in waiting.events][-1] is Action.ASK

    again = {**sent, **dict(HIDDEN.findall(html))}
    desk.post(addresses.of_request(waiting, "/decision"), again)
    assert waiting.state is State.REJECTED


def test_after_a_decision_that_ends_the_review_the_typed_words_can_still_be_read(
    session: Session, desk: Page, another_page: Page, waiting: Request
) -> None:
    other = a_supervisor(session)
    session.commit()
    sent = decided(desk, waiting, "reject", text="Des mots à garder.")
    another_page.sign_in(other)
    another_page.post(
        addresses.of_request(waiting, "/decision"), decided(another_page, waiting, "confirm")
    )

    html = desk.post(addresses.of_request(waiting, "/decision"), sent, status=409).text

    assert "What you had written" in html
    assert "Des mots à garder." in html
    assert waiting.state is State.CONFIRMED


@pytest.mark.parametrize(
    ("action", "typed"), [("confirm", {}), ("reject", {"text": "Non."}), ("ask", {"text": "Qui ?"})]
)
def test_the_same_decision_sent_twice_is_done_once_and_said_to_be_done(
    session: Session, desk: Page, waiting: Request, action: str, typed: dict[str, object]
) -> None:
    sent = decided(desk, waiting, action, **typed)
    desk.post(addresses.of_request(waiting, "/decision"), sent)
    before = (waiting.version, len(waiting.events), len(session.scalars(select(Message)).all()))

    html = desk.post(addresses.of_request(waiting, "/decision"), sent, status=409).text

    assert "It was done once, and not a second time." in html
    session.expire_all()
    after = (waiting.version, len(waiting.events), len(session.scalars(select(Message)).all()))
    assert after == before


def test_a_version_that_was_made_up_changes_nothing(desk: Page, waiting: Request) -> None:
    for version in ("", "x", "-1", "9" * 30, "٣"):
        sent = decided(desk, waiting, "confirm") | {"version": version, "seen": version}
        desk.post(addresses.of_request(waiting, "/decision"), sent, status=409)

    assert waiting.state is State.IN_REVIEW


def test_a_decision_that_is_none_is_refused(desk: Page, waiting: Request) -> None:
    for action in ("", "purge", "withdraw", "<b>"):
        sent = decided(desk, waiting, action)
        desk.post(addresses.of_request(waiting, "/decision"), sent, status=400)
