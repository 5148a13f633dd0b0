"""What is written of a filing is written once, by few statements, and never under a taken name."""

from dataclasses import replace

from sqlalchemy.orm import Session

from helpdesk.directory.models import Company
from helpdesk.messages.models import Message
from helpdesk.queue import events, intake
from helpdesk.queue.models import Ending, Event, Request, Review
from helpdesk.rules.vocabulary import Authority, Channel
from tests.builders import SECRET, a_call, a_filing, a_request, an_agent
from tests.support.at_once import count
from tests.support.queries import recorded

MOST_STATEMENTS = {"postgresql": 7, "sqlite": 10}


def test_a_visitors_filing_takes_few_statements(session: Session, company: Company) -> None:
    filing = a_filing(
        tax_number=company.tax_number, authority=Authority.UNKNOWN, email="v@elsewhere.example"
    )
    session.commit()

    with recorded(session.get_bind()) as said:
        request = intake.accept(session, filing, SECRET).request
        session.commit()

    assert request.endings
    assert len(said) <= MOST_STATEMENTS[session.get_bind().dialect.name]


def test_a_filing_whose_key_is_taken_leaves_nothing_of_itself(
    session: Session, company: Company
) -> None:
    filing = a_filing(company)
    first = intake.accept(session, filing, SECRET).request
    session.commit()
    written = {one: count(session, one) for one in (Request, Ending, Event, Review, Message)}

    again = intake.accept(session, replace(filing, reason_text="Encore."), SECRET)

    session.commit()
    assert (again.is_new, again.request) == (False, first)
    assert {one: count(session, one) for one in written} == written
    assert again.request.reason_text == ""


def test_what_was_filed_is_there_as_it_was_returned(session: Session, company: Company) -> None:
    request = intake.accept(session, a_filing(company), SECRET).request
    held = {one.id: one.effective_on for one in request.endings}
    number, seal = request.id, request.seal

    session.commit()

    assert (request.id, request.seal) == (number, seal)
    assert {one.id: one.effective_on for one in request.endings} == held
    assert [one.request_id for one in request.endings] == [number]
    assert request.events[-1].hash == seal


def test_a_reference_that_is_taken_is_drawn_anew_and_its_events_are_sealed_with_it(
    session: Session, company: Company
) -> None:
    first = a_request(session, company)

    second = a_request(session, reference=first.reference)

    assert second.reference != first.reference
    assert list(events.broken(session)) == []


def test_one_call_files_one_request(session: Session, company: Company) -> None:
    call = a_call(session, an_agent(session))
    first = a_request(session, company, channel=Channel.PHONE, call_id=call.id)

    again = a_filing(company, channel=Channel.PHONE, call_id=call.id)
    second = intake.accept(session, again, SECRET)

    assert (second.is_new, second.request) == (False, first)
    assert len(first.messages) == 1
