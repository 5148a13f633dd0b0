"""What people do at the same instant: each in a transaction of their own, and what came of it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.queue import intake, review
from helpdesk.queue.filing import Filing
from helpdesk.queue.models import Request
from tests.builders import SECRET

Use = Callable[[Session], object]
ROUNDS = range(6)


def use(do: Use) -> Callable[[], Any]:
    """Return what does something in a transaction; it returns how that was refused, if it was."""

    def run() -> object:
        try:
            with transaction() as session:
                return do(session)
        except Exception as refused:  # noqa: BLE001 (which one it is, the test asks)
            return type(refused)

    return run


def filed(filing: Filing) -> Callable[[], Any]:
    """Return what files something; it returns the reference, and whether it was new."""

    def file(session: Session) -> tuple[str, bool]:
        accepted = intake.accept(session, filing, SECRET)
        return accepted.request.reference, accepted.is_new

    return use(file)


def found(session: Session, reference: str, *companies: int) -> Request:
    """Return a request that is there, locked."""
    request = review.locked(session, reference, *companies)
    assert request
    return request


def count(session: Session, model: type, *which: Any) -> int:
    """Return how many such rows there are by now."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(model).where(*which)) or 0
