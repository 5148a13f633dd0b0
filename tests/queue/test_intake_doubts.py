from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company
from helpdesk.queue import intake, proof
from helpdesk.queue.events import By
from helpdesk.queue.filing import Filing
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    MessageKind,
    ReviewReason,
    State,
)
from tests.builders import (
    A_MONDAY,
    SECRET,
    a_company,
    a_filing,
    a_hold,
    a_request,
    a_subscription,
)


def reasons(request: Request) -> list[ReviewReason]:
    return [review.reason for review in request.reviews]


def kinds(request: Request) -> list[MessageKind]:
    return [message.kind for message in request.messages]


@pytest.mark.parametrize(
    ("authority", "found"),
    [
        (Authority.ACCOUNT_HOLDER, []),
        (Authority.SUBSCRIPTION_MANAGER, []),
        (Authority.NONE, [ReviewReason.AUTHORITY_NOT_SHOWN]),
        (Authority.UNKNOWN, [ReviewReason.AUTHORITY_NOT_SHOWN]),
    ],
)
def test_anybody_may_file_and_without_authority_it_is_reviewed(
    session: Session, company: Company, authority: Authority, found: list[ReviewReason]
) -> None:
    request = a_request(session, company, authority=authority, channel=Channel.ACCOUNT)

    assert reasons(request) == found
    assert request.state is (State.IN_REVIEW if found else State.RECEIVED)
    assert request.endings[0].state is request.state
    assert request.endings[0].requested_on == date(2026, 3, 2)
    assert kinds(request) == [MessageKind.ACKNOWLEDGEMENT]


def test_a_review_is_an_event_of_processing_with_its_reasons_and_nothing_is_due(
    session: Session, company: Company
) -> None:
    request = a_request(session, company, authority=Authority.NONE, out_of_hours=True)

    event = request.events[-1]
    assert (event.action, event.actor, event.at) == (Action.REVIEW, By.PROCESSING, A_MONDAY)
    assert (event.from_state, event.to_state) == (State.RECEIVED, State.IN_REVIEW)
    assert event.why == "authority_not_shown, out_of_hours"
    assert request.due_at is None
    assert [review.opened_at for review in request.reviews] == [A_MONDAY, A_MONDAY]
    assert [review.settled_at for review in request.reviews] == [None, None]


def a_visit(company: Company, **given: object) -> Filing:
    """Return what somebody files for a company without signing in."""
    visit = {
        "company_id": None,
        "company_name": "Le nom comme on l’a tapé",
        "tax_number": company.tax_number,
        "authority": Authority.UNKNOWN,
        "email": "visitor@elsewhere.example",
    }
    return a_filing(**(visit | given))


def test_a_visitor_is_verified_at_the_address_on_record_and_nowhere_else(
    session: Session, company: Company
) -> None:
    request = intake.accept(session, a_visit(company), SECRET).request

    acknowledgement, verification = request.messages
    assert acknowledgement.recipient == "visitor@elsewhere.example"
    assert verification.kind is MessageKind.VERIFICATION
    assert verification.recipient == company.email
    tokens = [word for word in verification.text.split() if "/" in word]
    read = {proof.read(word.rsplit("/", 1)[-1], SECRET, request.filed_at) for word in tokens}
    assert request.reference in read
    assert (request.company, request.company_name) == (company, company.name)
    assert reasons(request) == [ReviewReason.AUTHORITY_NOT_SHOWN]


@pytest.mark.parametrize(
    "known",
    [
        {"authority": Authority.NONE},
        {"authority": Authority.ACCOUNT_HOLDER},
        {"channel": Channel.PHONE},
        {"tax_number": "999999999"},
    ],
)
def test_nobody_else_is_verified_by_a_link(
    session: Session, company: Company, known: Mapping[str, object]
) -> None:
    request = intake.accept(session, a_visit(company, **known), SECRET).request

    assert MessageKind.VERIFICATION not in kinds(request)


def test_a_company_that_we_do_not_find_is_reviewed_under_the_name_that_was_typed(
    session: Session, company: Company
) -> None:
    request = a_request(session, company_name="Atelier Inconnu", tax_number="552100554")

    assert reasons(request) == [ReviewReason.COMPANY_NOT_FOUND]
    assert (request.state, request.company, request.endings) == (State.IN_REVIEW, None, [])
    assert (request.company_name, request.tax_number) == ("Atelier Inconnu", "552100554")
    assert kinds(request) == [MessageKind.ACKNOWLEDGEMENT]


def test_a_call_out_of_hours_counts_from_that_day_and_is_reviewed(
    session: Session, company: Company
) -> None:
    sunday = datetime(2026, 3, 1, 20, tzinfo=UTC)

    request = a_request(session, company, channel=Channel.PHONE, out_of_hours=True, filed_at=sunday)

    assert reasons(request) == [ReviewReason.OUT_OF_HOURS]
    assert request.endings[0].requested_on == date(2026, 3, 1)


def test_a_company_on_legal_hold_is_reviewed(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company)
    a_hold(session, company)

    assert reasons(a_request(session, company)) == [ReviewReason.LEGAL_HOLD]
