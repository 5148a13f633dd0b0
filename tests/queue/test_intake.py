from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company, Subscription
from helpdesk.messages.models import Message
from helpdesk.queue import intake, proof, references
from helpdesk.queue.events import By
from helpdesk.queue.filing import Filing
from helpdesk.queue.models import Ending, Request
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    Country,
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
from tests.support.workers import at_once


@pytest.fixture
def company(session: Session) -> Company:
    """Return a company with one subscription; another has as much, and must not be touched."""
    noise = a_company(session)
    a_subscription(session, noise)
    made = a_company(session)
    a_subscription(session, made)
    session.commit()
    return made


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
    there = a_company(session, zone="Atlantic/Canary", country=Country.SPAIN)
    here = a_company(session, zone="Europe/Madrid", country=Country.SPAIN)
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
    assert any(proof.read(word.rsplit("/", 1)[-1], SECRET) == request.reference for word in tokens)
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


def test_a_company_without_active_subscription_is_reviewed(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company, ended_at=A_MONDAY)

    request = a_request(session, company)

    assert reasons(request) == [ReviewReason.NO_ACTIVE_SUBSCRIPTION]
    assert request.endings == []


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("SA-1", ["SA-1"]),
        ("sa-2", ["SA-2"]),
        (" sa-1 , SA-2;", ["SA-1", "SA-2"]),
        ("Contrats n° SA-1 et SA-2.", ["SA-1", "SA-2"]),
        ("SA-1\nSA-3", ["SA-1", "SA-3"]),
    ],
)
def test_contracts_are_found_in_what_a_visitor_typed(
    session: Session, typed: str, chosen: list[str]
) -> None:
    company = a_company(session)
    for number in (1, 2, 3):
        a_subscription(session, company, contract=f"SA-{number}")

    request = intake.accept(session, a_visit(company, contracts=typed), SECRET).request

    assert [one.subscription.contract for one in request.endings] == chosen
    assert reasons(request) == [ReviewReason.AUTHORITY_NOT_SHOWN]


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [("SA-9", []), ("SA-1 SA-9", ["SA-1"]), ("SA-10", []), ("SA-7", [])],
)
def test_a_contract_that_is_not_the_company_s_leaves_it_unclear_what_to_end(
    session: Session, typed: str, chosen: list[str]
) -> None:
    company = a_company(session)
    a_subscription(session, company, contract="SA-1")
    a_subscription(session, a_company(session), contract="SA-7")

    request = a_request(session, company, contracts=typed)

    assert [one.subscription.contract for one in request.endings] == chosen
    assert reasons(request) == [ReviewReason.SUBSCRIPTION_UNCLEAR]


def test_naming_none_means_the_only_one(session: Session, company: Company) -> None:
    assert len(a_request(session, company, contracts="le seul").endings) == 1


def test_naming_none_of_several_is_unclear(session: Session, company: Company) -> None:
    a_subscription(session, company)

    request = a_request(session, company)

    assert reasons(request) == [ReviewReason.SUBSCRIPTION_UNCLEAR]
    assert request.endings == []


def test_a_subscription_that_ended_meanwhile_is_not_replaced_by_another(
    session: Session, company: Company
) -> None:
    ended = a_subscription(session, company, ended_at=A_MONDAY)

    request = a_request(session, company, subscription_ids=(ended.id,))

    assert request.endings == []
    assert reasons(request) == [ReviewReason.SUBSCRIPTION_UNCLEAR]


def test_a_subscription_of_another_company_is_never_touched(
    session: Session, company: Company
) -> None:
    theirs = a_subscription(session, a_company(session))

    request = a_request(session, company, subscription_ids=(theirs.id,))

    assert request.endings == []
    assert request.state is State.IN_REVIEW


def test_several_subscriptions_give_one_ending_each_with_its_own_dates(session: Session) -> None:
    company = a_company(session)
    monthly = a_subscription(session, company, anchor_on=date(2025, 1, 20))
    yearly = a_subscription(session, company, anchor_on=date(2025, 6, 1), term_months=12)
    left_alone = a_subscription(session, company)

    request = a_request(session, company, subscription_ids=(monthly.id, yearly.id))

    assert {one.subscription: one.effective_on for one in request.endings} == {
        monthly: date(2026, 4, 20),
        yearly: date(2026, 6, 1),
    }
    assert left_alone not in {one.subscription for one in request.endings}
    assert request.state is State.RECEIVED


def test_a_second_request_for_a_subscription_is_linked_to_the_first_whose_date_stands(
    session: Session, company: Company
) -> None:
    first = a_request(session, company)

    second = a_request(session, company, filed_at=A_MONDAY + timedelta(days=20))

    assert reasons(second) == [ReviewReason.DUPLICATE]
    assert (second.state, second.linked_to) == (State.IN_REVIEW, first)
    assert (first.state, first.linked_to) == (State.RECEIVED, None)
    assert first.endings[0].effective_on < second.endings[0].effective_on


def test_one_subscription_in_common_is_enough_for_a_second_request(
    session: Session, company: Company
) -> None:
    one, other = company.subscriptions[0], a_subscription(session, company)
    first = a_request(session, company, subscription_ids=(one.id,))

    apart = a_request(session, company, subscription_ids=(other.id,))
    both = a_request(session, company, subscription_ids=(one.id, other.id))

    assert (apart.state, apart.linked_to) == (State.RECEIVED, None)
    assert both.linked_to is first


@pytest.mark.parametrize("state", [State.REJECTED, State.WITHDRAWN, State.RESTARTED])
def test_what_is_no_longer_open_does_not_stand_in_the_way(
    session: Session, company: Company, state: State
) -> None:
    first = a_request(session, company)
    first.state = first.endings[0].state = state

    assert a_request(session, company).state is State.RECEIVED


def test_one_that_was_filed_earlier_but_came_in_later_stands_before_one_not_yet_confirmed(
    session: Session, company: Company
) -> None:
    online = a_request(session, company, filed_at=A_MONDAY)

    call = a_request(session, company, filed_at=A_MONDAY - timedelta(hours=1))

    assert (call.state, call.linked_to) == (State.RECEIVED, None)
    assert online.state is State.RECEIVED


def test_one_that_was_filed_earlier_but_came_in_after_the_confirmation_is_reviewed(
    session: Session, company: Company
) -> None:
    online = a_request(session, company)
    online.state = online.endings[0].state = State.CONFIRMED

    call = a_request(session, company, filed_at=A_MONDAY - timedelta(hours=1))

    assert (call.state, call.linked_to) == (State.IN_REVIEW, online)
    assert reasons(call) == [ReviewReason.DUPLICATE]


def test_a_call_out_of_hours_counts_from_that_day_and_is_reviewed(
    session: Session, company: Company
) -> None:
    sunday = datetime(2026, 3, 1, 20, tzinfo=UTC)

    request = a_request(session, company, channel=Channel.PHONE, out_of_hours=True, filed_at=sunday)

    assert reasons(request) == [ReviewReason.OUT_OF_HOURS]
    assert request.endings[0].requested_on == date(2026, 3, 1)


def test_a_company_on_legal_hold_is_reviewed(session: Session) -> None:
    company = a_company(session, on_hold=True)
    a_subscription(session, company)

    assert reasons(a_request(session, company)) == [ReviewReason.LEGAL_HOLD]


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


def test_two_who_file_for_one_subscription_at_once_one_stands_and_one_is_linked(
    app: Flask, session: Session, company: Company
) -> None:
    number = company.id

    def file() -> None:
        with transaction() as writing:
            a_request(writing, writing.get_one(Company, number))

    at_once(app, *[file] * 6)

    session.rollback()  # What was read before the others wrote is let go.
    first, *others = session.scalars(select(Request).order_by(Request.id)).all()
    assert (first.state, first.linked_to) == (State.RECEIVED, None)
    assert [(one.state, one.linked_to) for one in others] == [(State.IN_REVIEW, first)] * 5


def test_one_who_presses_the_button_in_two_windows_files_once(
    app: Flask, session: Session, company: Company
) -> None:
    filing = a_filing(company, key=str(uuid4()))

    def file() -> tuple[str, bool]:
        with transaction() as writing:
            accepted = intake.accept(writing, filing, SECRET)
            return accepted.request.reference, accepted.is_new

    answers = at_once(app, *[file] * 6)

    session.rollback()
    assert len({reference for reference, _is_new in answers}) == 1
    assert sorted(is_new for _reference, is_new in answers) == [False] * 5 + [True]
    assert session.scalar(select(func.count()).select_from(Message)) == 1
    assert session.scalar(select(func.count()).select_from(Subscription)) == 2


def test_a_reference_can_be_given_out_before_filing(session: Session, company: Company) -> None:
    promised = references.new()

    first = a_request(session, company, reference=promised)
    second = a_request(session, company, reference=promised, language=Language.SPANISH)

    assert first.reference == promised
    assert second.reference != promised
    assert references.read(second.reference) == second.reference
