"""What is written of a filing is written once, by few statements, and never under a taken name."""

from sqlalchemy.orm import Session

from helpdesk.directory.models import Company
from helpdesk.queue import events, intake
from helpdesk.rules.vocabulary import Authority, Channel
from tests.builders import SECRET, a_call, a_filing, a_request, an_agent
from tests.support.queries import recorded

MOST_STATEMENTS = 11


def test_a_visitors_filing_takes_few_statements(session: Session, company: Company) -> None:
    filing = a_filing(
        tax_number=company.tax_number, authority=Authority.UNKNOWN, email="v@elsewhere.example"
    )
    session.commit()

    with recorded(session.get_bind()) as said:
        request = intake.accept(session, filing, SECRET).request
        session.commit()

    assert request.endings
    assert len(said) <= MOST_STATEMENTS


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
