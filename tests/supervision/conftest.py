from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company, Person
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority, Channel, Language
from tests.builders import A_MONDAY, a_company, a_request, a_subscription, a_supervisor
from tests.conftest import Page


@pytest.fixture
def pilar(session: Session) -> Person:
    supervisor = a_supervisor(session, language=Language.ENGLISH)
    session.commit()
    return supervisor


@pytest.fixture
def desk(page: Page, pilar: Person) -> Page:
    """Return the browser of a supervisor who is signed in."""
    page.sign_in(pilar)
    return page


@pytest.fixture
def company(session: Session) -> Company:
    company = a_company(session, name="Boulangerie Martin & Fils")
    a_subscription(session, company)
    return company


@pytest.fixture
def waiting(session: Session, company: Company) -> Request:
    """Return a request in review: somebody without authority filed it."""
    request = a_request(
        session, company, authority=Authority.NONE, channel=Channel.ACCOUNT, phone="+33142000000"
    )
    session.commit()
    return request


@pytest.fixture
def second(session: Session, company: Company, waiting: Request) -> Request:
    """Return a second request for the same subscription."""
    request = a_request(session, company, filed_at=A_MONDAY + timedelta(days=1))
    session.commit()
    return request
