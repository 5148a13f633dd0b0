"""Messages that wait in the outbox, and what became of them."""

from sqlalchemy.orm import Session

from helpdesk.messages.models import Message
from tests.builders import a_company, a_request, a_subscription

INES = "ines@boulangerie.example"
LUC = "luc@boulangerie.example"


def an_acknowledgement(session: Session, email: str = INES, **given: object) -> int:
    """File a request; return the number of the message that waits because of it."""
    company = a_company(session)
    a_subscription(session, company)
    request = a_request(session, company, email=email, **given)
    session.commit()
    return request.messages[0].id


def kept(session: Session, number: int) -> Message:
    session.rollback()
    return session.get_one(Message, number)


def errors(session: Session, number: int) -> list[str]:
    return [attempt.error for attempt in kept(session, number).attempts]
