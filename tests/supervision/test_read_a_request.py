"""The page of a request: who, what, when, why, what happened, what each choice would send."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from helpdesk.directory import find
from helpdesk.directory.models import Company
from helpdesk.queue import references
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Channel, State
from tests.builders import (
    A_MONDAY,
    a_call,
    a_person,
    a_request,
    a_subscription,
    an_agent,
)
from tests.conftest import Page
from tests.support import addresses
from tests.support.supervisors import text_of


def test_the_page_says_who_what_when_and_why(desk: Page, waiting: Request) -> None:
    shown = text_of(desk.get(addresses.of_request(waiting)).text)

    for text in (
        "Boulangerie Martin & Fils",
        references.written(waiting.reference),
        "In review",
        "Wednesday 15 April 2026",
        "Inès Martin",
        "ines@boulangerie-martin.example",
        "+33 1 42 00 00 00",
        "No authority to cancel",
        "It is too expensive",
        "Sage Active Essentials",
        "Why this date?",
        "30 days of notice, until",
        "Nothing shows that this person may cancel",
        "The rules propose to ask who may cancel",
        "Request received",
        "Sent to review",
        "Acknowledgement",
        "There is no other.",
    ):
        assert text in shown


def test_what_happened_stands_newest_first_with_roles(desk: Page, waiting: Request) -> None:
    shown = text_of(desk.get(addresses.of_request(waiting)).text)

    story = shown.split("What happened")[1]
    assert story.index("Sent to review") < story.index("Request received")
    assert "· processing Authority not shown" in story
    assert "· customer" in story


def test_a_call_shows_who_took_it_and_the_notes(
    session: Session, desk: Page, company: Company
) -> None:
    agent = an_agent(session)
    call = a_call(session, agent, notes="Quiere que le llamen.", seconds=185, out_of_hours=True)
    called = a_request(
        session,
        company,
        channel=Channel.PHONE,
        call_id=call.id,
        out_of_hours=True,
        by_person_id=agent.id,
    )
    session.commit()

    shown = text_of(desk.get(addresses.of_request(called)).text)

    for text in (
        "Marta Gil",
        "3 min 5 s",
        "Quiere que le llamen.",
        "Out of hours Yes",
        "Marta Gil (agent)",
    ):
        assert text in shown


def test_a_request_that_failed_says_so(session: Session, desk: Page, waiting: Request) -> None:
    waiting.failure = "ValueError: <b>no such day</b>"
    session.commit()

    html = desk.get(addresses.of_request(waiting)).text

    assert "Set aside: processing this request failed" in html
    assert "&lt;b&gt;no such day" in html


def test_each_choice_shows_the_message_in_the_language_of_the_customer(
    desk: Page, waiting: Request
) -> None:
    html = desk.get(addresses.of_request(waiting)).text

    assert html.count('class="letter-subject"') == 4
    assert html.count('lang="fr"') >= 4
    assert "Résiliation confirmée" in html


def test_the_message_follows_the_words_that_are_typed(desk: Page, waiting: Request) -> None:
    path = addresses.of_request(waiting, "/decision/preview")

    html = desk.get(f"{path}?action=reject&text=Votre+comptable+n%27a+pas+ce+droit.").text

    assert "Votre comptable n&#39;a pas ce droit." in html
    assert "<html" not in html


def test_there_is_no_message_for_what_is_no_choice(desk: Page, waiting: Request) -> None:
    for query in ("", "action=", "action=purge", "action=%00"):
        desk.get(addresses.of_request(waiting, f"/decision/preview?{query}"), status=400)


def test_without_a_subscription_there_is_no_confirmation_to_show(
    session: Session, desk: Page
) -> None:
    unknown = a_request(session)
    session.commit()

    desk.get(addresses.of_request(unknown, "/decision/preview?action=confirm"), status=400)


def test_what_was_decided_can_be_seen_with_other_requests(
    session: Session, desk: Page, company: Company, waiting: Request, second: Request
) -> None:
    shown = text_of(desk.get(addresses.of_request(waiting)).text)

    assert references.written(second.reference) in shown.split("Other requests")[1]


def test_a_request_of_several_subscriptions_tells_them_apart(
    session: Session, desk: Page, company: Company
) -> None:
    payroll = a_subscription(session, company, product="Payroll", anchor_on=date(2025, 1, 20))
    active = find.active_subscriptions(session, company.id)
    request = a_request(session, company, subscription_ids=tuple(one.id for one in active))
    session.commit()
    process_due(A_MONDAY)
    process_due(datetime(2026, 4, 16, tzinfo=UTC))

    shown = text_of(desk.get(addresses.of_request(request)).text)

    assert f"Payroll · {payroll.contract}" in shown
    assert "Subscription ended, access closed · Sage Active Essentials" in shown
    assert "Subscription ended, access closed · Payroll" not in shown


def test_html_in_every_field_is_only_text(session: Session, desk: Page) -> None:
    evil = "<script>alert(1)</script>"
    request = a_request(
        session,
        company_name=evil,
        requester_name=evil,
        reason_text=evil,
        asked=evil,
        contracts=evil,
        email="x@example.com",
    )
    a_person(session)
    session.commit()

    for path in (addresses.of_request(request), "/queue/", "/queue/overview"):
        assert "<script>alert" not in desk.get(path).text


def test_a_settled_request_leads_to_the_next_one_to_review(
    session: Session, desk: Page, waiting: Request
) -> None:
    rejected = a_request(session)
    rejected.state = State.REJECTED
    session.commit()

    html = desk.get(addresses.of_request(rejected)).text
    assert f'href="{addresses.of_request(waiting)}">Next to review' in html
    assert "Next to review" not in desk.get(addresses.of_request(waiting)).text


def test_a_link_says_nothing_that_nobody_typed(desk: Page, waiting: Request) -> None:
    path = addresses.of_request(waiting, "/decision/preview?action=link&text=never")

    assert "never" not in desk.get(path).text
