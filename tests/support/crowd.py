"""Very many received requests, written by bulk statements, each as the one intake writes one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, inspect
from sqlalchemy.orm import Session

from helpdesk.database import Model
from helpdesk.directory.models import Company, Subscription
from helpdesk.messages.models import Message
from helpdesk.queue import events, references
from helpdesk.queue.models import Ending, Event, Request
from tests.builders import a_company, a_request, a_siren, a_subscription

Row = dict[str, Any]


def crowd(session: Session, count: int, filed_at: datetime) -> Request:
    """File a request for each of so many companies, a microsecond apart; return the first."""
    company = a_company(session)
    subscription = a_subscription(session, company)
    first = a_request(session, company, filed_at=filed_at)
    more = range(1, count)
    companies = _added(
        session,
        Company,
        ({**_values(company), "tax_number": a_siren(60_000_000 + n)} for n in more),
    )
    subscriptions = _added(
        session,
        Subscription,
        (
            {**_values(subscription), "company_id": number, "contract": f"SB-{number}"}
            for number in companies
        ),
    )
    requests = [
        {
            **_values(first),
            "company_id": number,
            "reference": references.new(),
            "filing_key": str(uuid4()),
            "filed_at": filed_at + timedelta(microseconds=turn),
            "due_at": filed_at + timedelta(microseconds=turn),
        }
        for turn, number in enumerate(companies, start=1)
    ]
    filed = [_sealed(row, _values(first.events[0])) for row in requests]
    numbers = _added(session, Request, requests)
    ending, message = _values(first.endings[0]), _values(first.messages[0])
    endings = [
        {**ending, "request_id": number, "subscription_id": ended, "contract": f"SB-{company}"}
        for number, ended, company in zip(numbers, subscriptions, companies, strict=True)
    ]
    happened = [{**row, "request_id": number} for row, number in zip(filed, numbers, strict=True)]
    messages = [
        {
            **message,
            "request_id": number,
            "key": f"{number}:{message['kind']}",
            "message_id": f"<{number}@crowd>",
        }
        for number in numbers
    ]
    for model, rows in ((Ending, endings), (Event, happened), (Message, messages)):
        session.execute(insert(model), rows)
    session.commit()
    return first


def _values(row: Model) -> Row:
    """Return what stands in a row, but for its number."""
    names = [one.key for one in inspect(type(row)).column_attrs]
    return {name: getattr(row, name) for name in names if name != "id"}


def _added(session: Session, model: type[Model], rows: Iterable[Row]) -> list[int]:
    """Write rows by bulk statements; return their numbers, in their order."""
    number = inspect(model).primary_key[0]
    added = insert(model).returning(number, sort_by_parameter_order=True)
    return [*session.scalars(added, list(rows))]


def _sealed(request: Row, event: Row) -> Row:
    """Return the first event of a request, sealed like the one it is like; seal the request."""
    told = SimpleNamespace(filing_key=request["filing_key"])
    digest = events.digest_of(told, 1, event["person_id"], event["why"])  # type: ignore[arg-type]
    row = {**event, "digest": digest}
    row["hash"] = request["seal"] = events.hash_of(Event(**row), request["reference"])
    return row
