from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.desk import calls
from helpdesk.desk.calls import Taken
from helpdesk.desk.models import Call, CallDraft, Desk, HoursVersion
from helpdesk.rules.vocabulary import Disposition
from tests import builders
from tests.builders import A_MONDAY

DESK = "es"


@pytest.fixture
def agent_id(session: Session) -> int:
    noise = builders.an_agent(session)
    calls.save(calls.begin(session, noise.id, "NNNNNNNNN", A_MONDAY), {"notes": ["?"]}, A_MONDAY)
    builders.a_call(session, noise)
    return builders.an_agent(session).id


def taken(**given: object) -> Taken:
    values = {
        "company_id": None,
        "caller_number": None,
        "caller_name": "",
        "seconds": 60,
        "disposition": Disposition.HUNG_UP,
        "notes": "",
    }
    return Taken(**values | given)  # type: ignore[arg-type]


def begun(session: Session, agent_id: int, at: datetime, reference: str = "AAAAAAAAA") -> CallDraft:
    draft = calls.begin(session, agent_id, reference, at)
    session.flush()
    return draft


def test_a_call_begins_empty_with_its_reference_and_its_clock(
    session: Session, agent_id: int
) -> None:
    draft = begun(session, agent_id, A_MONDAY)

    assert (draft.started_at, draft.reference, draft.fields) == (A_MONDAY, "AAAAAAAAA", {})
    assert calls.unfinished(session, agent_id) == []


def test_what_was_typed_is_kept_and_waits_until_it_is_filed(
    session: Session, agent_id: int
) -> None:
    draft = begun(session, agent_id, A_MONDAY)
    later = A_MONDAY + timedelta(minutes=2)

    calls.save(draft, {"notes": ["¿Qué?"], "said": ["greeting", "books"]}, later)
    session.commit()

    (found,) = calls.unfinished(session, agent_id)
    assert found.fields == {"notes": ["¿Qué?"], "said": ["greeting", "books"]}
    assert (found.started_at, found.saved_at) == (A_MONDAY, later)


def test_a_draft_belongs_to_its_agent(session: Session, agent_id: int) -> None:
    key = begun(session, agent_id, A_MONDAY).key
    stranger = builders.an_agent(session).id

    assert calls.draft_of(session, agent_id, key, lock=True) is not None
    assert calls.draft_of(session, stranger, key) is None


def test_a_call_never_written_in_is_forgotten_after_a_day(session: Session, agent_id: int) -> None:
    untouched = begun(session, agent_id, A_MONDAY).key
    written = begun(session, agent_id, A_MONDAY, "BBBBBBBBB")
    calls.save(written, {"number": ["91"]}, A_MONDAY)

    begun(session, agent_id, A_MONDAY + timedelta(days=2), "CCCCCCCCC")

    assert calls.draft_of(session, agent_id, untouched) is None
    assert calls.draft_of(session, agent_id, written.key) is not None


def test_a_logged_call_keeps_the_hours_that_it_was_judged_by(
    session: Session, agent_id: int
) -> None:
    draft = begun(session, agent_id, A_MONDAY)
    call = calls.log(session, DESK, draft, taken(notes="Nada"))
    assert (call.out_of_hours, call.started_at, call.notes) == (False, A_MONDAY, "Nada")
    assert calls.draft_of(session, agent_id, call.key) is None

    desk = session.scalars(select(Desk)).one()
    week: list[object] = [[]] * 7
    closed = [{"name": "closed", "first": [1, 1], "last": [12, 31], "week": week}]
    desk.versions.append(HoursVersion(valid_from=date(2026, 3, 1), seasons=closed))
    session.commit()
    again = calls.log(session, DESK, begun(session, agent_id, A_MONDAY), taken())

    assert session.get_one(Call, call.id).out_of_hours is False
    assert session.get_one(Call, call.id).hours_version_id == 1
    assert (again.out_of_hours, again.hours_version_id) == (True, desk.versions[-1].id)


@pytest.mark.parametrize(
    ("started_at", "out_of_hours"),
    [
        (datetime(2026, 3, 2, 12, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 2, 13, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 7, 10, 0, tzinfo=UTC), True),
    ],
    ids=["before it closes", "as it closes", "saturday"],
)
def test_out_of_hours_is_told_by_when_the_call_began(
    session: Session, agent_id: int, started_at: datetime, out_of_hours: bool
) -> None:
    call = calls.log(session, DESK, begun(session, agent_id, started_at), taken())

    assert call.out_of_hours is out_of_hours


def test_todays_calls_are_those_of_the_desks_day_and_the_agents_own(
    session: Session, agent_id: int
) -> None:
    now = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # 0:30 of the 3rd in Madrid.
    for minutes in (31, 29, 10):
        draft = begun(session, agent_id, now - timedelta(minutes=minutes))
        calls.log(session, DESK, draft, taken())

    found = calls.today(session, DESK, agent_id, now)

    assert [now - call.started_at for call in found] == [
        timedelta(minutes=10),
        timedelta(minutes=29),
    ]
    assert calls.filed(session, agent_id, found[0].key) is found[0]
    assert calls.filed(session, builders.an_agent(session).id, found[0].key) is None
