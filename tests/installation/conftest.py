from collections.abc import Iterator
from datetime import UTC, datetime, time
from uuid import uuid4

import pytest
from rich.progress import Progress
from sqlalchemy.orm import Session

from helpdesk.desk.models import CallDraft, DeskClosure
from helpdesk.directory.models import Company
from helpdesk.payments.models import SandboxPayment
from helpdesk.queue import export
from tests.support.databases import Databases, PostgresDatabases, SqliteFiles
from tests.support.exports import Lived, asked, lived, staff

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def bakery(session: Session, company: Company) -> Lived:
    """Return a business with a row in every table."""
    marta = staff(session)
    found = lived(session, company, marta, "Zéphirine")
    draft = {"reference": "", "fields": {"notes": ["«"]}, "started_at": NOON, "saved_at": NOON}
    session.add_all(
        (
            CallDraft(key=str(uuid4()), agent_id=marta.id, **draft),
            SandboxPayment(key=str(uuid4()), amount_cents=1, back="/", is_cancelled=True),
            DeskClosure(desk_id=1, closed_on=NOON.date(), name="Fiesta", starts=time(9)),
        )
    )
    session.commit()
    asked(company, found.holder, NOON)
    export.make_due(NOON)
    session.close()
    return found


@pytest.fixture
def others(
    databases: Databases, sqlite: SqliteFiles, postgresql: PostgresDatabases
) -> SqliteFiles | PostgresDatabases:
    """Return where databases of the other kind are."""
    return postgresql if databases is sqlite else sqlite


@pytest.fixture
def target(others: Databases) -> Iterator[str]:
    """Return the address of an empty database of the other kind."""
    url = others.empty()
    yield url
    others.forget(url)


@pytest.fixture
def quiet() -> Progress:
    """Return a progress bar that nobody sees."""
    return Progress(disable=True)
