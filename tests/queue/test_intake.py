from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company
from helpdesk.messages.models import Message
from helpdesk.queue import intake, references
from helpdesk.queue.events import By
from helpdesk.queue.models import Ending, Request
from helpdesk.rules.vocabulary import (
    Action,
    Channel,
    Language,
    MessageKind,
    MessageState,
    ReviewReason,
    State,
)
from tests.builders import (
    A_MONDAY,
    SECRET,
    a_call,
    a_company,
    a_filing,
    a_person,
    a_request,
    a_subscription,
    an_agent,
)
from tests.support.countries import SPAIN


def reasons(request: Request) -> list[ReviewReason]:
    return [review.reason for review in request.reviews]


def kinds(request: Request) -> list[MessageKind]:
    return [message.kind for message in request.messages]


def test_what_the_account_holder_files_is_received_and_acknowledged_at_once(
    session: Session, company: Company
) -> None:
    request = a_request(session, company)

    assert request.state is State.RECEIVED
    assert (request.filed_at, request.due_at) == (A_MONDAY, A_MONDAY)
    assert reasons(request) == []
    assert kinds(request) == [MessageKind.ACKNOWLEDGEMENT]
    message = request.messages[0]
    assert (message.recipient, message.state) == (request.email, MessageState.WAITING)
    assert (message.created_at, message.due_at) == (A_MONDAY, A_MONDAY)
    assert references.written(request.reference) in message.subject


def test_the_dates_of_the_ending_are_those_of_the_rules_with_their_reasons(
    session: Session, company: Company
) -> None:
    ending = a_request(
        session, company, filed_at=datetime(2026, 3, 16, 22, 59, tzinfo=UTC)
    ).endings[0]

    assert ending.subscription is company.subscriptions[0]
    assert ending.state is State.RECEIVED
    assert (ending.requested_on, ending.notice_ends_on) == (date(2026, 3, 16), date(2026, 4, 15))
    assert (ending.effective_on, ending.last_access_on) == (date(2026, 4, 15), date(2026, 4, 14))
    assert ending.access_ends_at == datetime(2026, 4, 14, 22, tzinfo=UTC)
    assert ending.deleted_on == date(2026, 10, 15)
    assert ending.deletes_at == datetime(2026, 10, 14, 22, tzinfo=UTC)
    assert (ending.zone, ending.terms_version_id) == ("Europe/Paris", 1)
    assert [step.day for step in ending.explanation] == [
        date(2026, 3, 16),
        date(2026, 4, 15),
        date(2026, 4, 15),
        date(2026, 4, 14),
        date(2026, 10, 15),
    ]


def test_the_same_instant_is_another_day_in_the_canary_islands(session: Session) -> None:
    filed_at = datetime(2026, 3, 16, 23, 30, tzinfo=UTC)
    there = a_company(session, zone="Atlantic/Canary", country=SPAIN)
    here = a_company(session, zone="Europe/Madrid", country=SPAIN)
    for company in (there, here):
        a_subscription(session, company)

    island, mainland = (
        a_request(session, company, filed_at=filed_at).endings[0] for company in (there, here)
    )

    assert (island.requested_on, mainland.requested_on) == (date(2026, 3, 16), date(2026, 3, 17))
    assert (island.effective_on, mainland.effective_on) == (date(2026, 4, 15), date(2026, 5, 15))
    assert island.access_ends_at == datetime(2026, 4, 14, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("channel", "by"),
    [
        (Channel.HELP_CENTER, By.CUSTOMER),
        (Channel.ACCOUNT, By.CUSTOMER),
        (Channel.PHONE, By.AGENT),
    ],
)
def test_every_channel_leads_to_the_same_queue_and_says_who_filed(
    session: Session, company: Company, channel: Channel, by: By
) -> None:
    ines, marta = a_person(session, company), an_agent(session)
    who = ines.id if by is By.CUSTOMER else marta.id

    request = a_request(session, company, channel=channel, person_id=ines.id, by_person_id=marta.id)

    assert (request.channel, request.state) == (channel, State.RECEIVED)
    event = request.events[0]
    assert (event.action, event.from_state, event.to_state) == (Action.FILE, None, State.RECEIVED)
    assert (event.actor, event.person_id, event.at) == (by, who, A_MONDAY)


def test_a_request_by_phone_keeps_its_call(session: Session, company: Company) -> None:
    call = a_call(session, an_agent(session))

    request = a_request(session, company, channel=Channel.PHONE, call_id=call.id)

    assert request.call is call


def test_the_same_key_twice_files_once(session: Session, company: Company) -> None:
    filing = a_filing(company)

    first = intake.accept(session, filing, SECRET)
    second = intake.accept(session, filing, SECRET)

    assert (first.is_new, second.is_new) == (True, False)
    assert second.request is first.request
    assert len(first.request.events) == 1
    assert len(first.request.messages) == 1


def test_a_filing_undone_with_its_transaction_leaves_nothing(
    session: Session, company: Company
) -> None:
    number = company.id
    filing = a_filing(company)

    def file_and_fail() -> None:
        with transaction() as writing:
            intake.accept(writing, filing, SECRET)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        file_and_fail()

    for table in (Request, Ending, Message):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert session.get(Company, number) is not None


def test_what_can_still_be_undone_goes_out_later(session: Session, company: Company) -> None:
    later = A_MONDAY + timedelta(seconds=10)

    request = a_request(session, company, channel=Channel.PHONE, held_until=later)

    assert request.due_at == later
    assert [message.due_at for message in request.messages] == [later]
    assert request.endings[0].requested_on == date(2026, 3, 2)


def test_the_search_words_have_no_accents_and_no_case(session: Session) -> None:
    company = a_company(session, name="Pâtisserie L’ÉTOILE", tax_number="404833048")

    request = a_request(session, company, email="Inès@Étoile.example", requester_name="INÈS Ça")

    assert request.search_words == ("patisserie l’etoile 404833048 ines@etoile.example ines ca")


@pytest.mark.parametrize(
    "text", ["😀 مرحبا", "<script>alert(1)</script>", "'; DROP TABLE requests; --", "é" * 10_000]
)
def test_any_text_is_kept_as_it_was_typed(session: Session, company: Company, text: str) -> None:
    with transaction() as writing:
        key = a_request(
            writing, writing.get_one(Company, company.id), reason_text=text, asked=text
        ).filing_key

    kept = session.scalars(select(Request).where(Request.filing_key == key)).one()
    assert (kept.reason_text, kept.asked) == (text, text)


def test_a_reference_can_be_given_out_before_filing(session: Session, company: Company) -> None:
    promised = references.new()

    first = a_request(session, company, reference=promised)
    second = a_request(session, company, reference=promised, language=Language.SPANISH)

    assert first.reference == promised
    assert second.reference != promised
    assert references.read(second.reference) == second.reference
