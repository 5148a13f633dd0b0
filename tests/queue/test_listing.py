from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk import paging
from helpdesk.database import db
from helpdesk.queue import listing
from helpdesk.queue.listing import Filters
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority, Channel, ReviewReason
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.countries import SPAIN
from tests.support.queries import recorded

TODAY = date(2026, 3, 2)


def found(session: Session, filters: Filters | None = None, today: date = TODAY) -> list[Request]:
    page = listing.page(session, filters or Filters(), None, today)
    return [row.request for row in page.rows]


def several(session: Session, count: int, step: timedelta = timedelta(minutes=1)) -> list[Request]:
    """File requests of one company, oldest first."""
    company = a_company(session)
    made = [
        a_request(session, company, filed_at=A_MONDAY + number * step) for number in range(count)
    ]
    session.commit()
    return made


def walk(session: Session, way: str, address: dict[str, str]) -> list[listing.Listing]:
    """Turn pages until there is none that way."""
    pages = []
    while True:
        place = paging.Place.read(address)
        pages.append(listing.page(session, Filters(), place, TODAY))
        edge = getattr(pages[-1], way)
        if edge is None:
            return pages
        address = {way: edge}


def test_an_empty_queue_is_an_empty_page(session: Session) -> None:
    page = listing.page(session, Filters(), None, TODAY)

    assert (page.rows, page.newer, page.older) == ((), None, None)
    assert sum(page.counts.by_state.values()) == 0


def test_all_channels_stand_in_one_queue_newest_first(session: Session) -> None:
    company = a_company(session)
    older = a_request(session, company, channel=Channel.PHONE)
    newer = a_request(session, filed_at=A_MONDAY + timedelta(hours=1))

    assert found(session) == [newer, older]


@pytest.mark.parametrize("step", [timedelta(minutes=1), timedelta(0)])
def test_pages_of_fifty_leave_nothing_out_and_repeat_nothing(
    session: Session, step: timedelta
) -> None:
    made = several(session, 120, step)

    pages = walk(session, "older", {})

    assert [len(page.rows) for page in pages] == [50, 50, 20]
    assert [row.request for page in pages for row in page.rows] == made[::-1]
    assert pages[0].newer is None


def test_the_way_back_shows_the_same_pages(session: Session) -> None:
    several(session, 120)
    there = walk(session, "older", {})

    back = walk(session, "newer", {"newer": there[-1].newer or ""})

    assert [page.rows for page in back] == [there[1].rows, there[0].rows]
    assert back[0].older == there[1].older


def test_what_is_filed_while_turning_pages_moves_nothing(session: Session) -> None:
    made = several(session, 60)
    first = listing.page(session, Filters(), None, TODAY)
    a_request(session, filed_at=A_MONDAY + timedelta(days=1))

    second = listing.page(
        session, Filters(), paging.Place.read({"older": first.older or ""}), TODAY
    )

    assert [row.request for row in second.rows] == made[9::-1]


def test_a_last_page_that_is_just_full_has_none_behind_it(session: Session) -> None:
    several(session, 50)

    page = listing.page(session, Filters(), None, TODAY)

    assert (len(page.rows), page.newer, page.older) == (50, None, None)


@pytest.mark.parametrize(
    "edge",
    ["", "x", "12", "-", "1-2-3", "1e3-1", "٣-٣", "9" * 18 + "-1", "1-" + "9" * 16, "1-1;--"],
)
def test_an_edge_that_is_none_is_the_first_page(edge: str) -> None:
    assert paging.Place.read({"older": edge, "newer": edge}) is None


def test_an_edge_far_in_the_future_or_past_is_no_fault(session: Session) -> None:
    made = several(session, 1)

    for address in ({"older": "9" * 17 + "-" + "9" * 15}, {"newer": "0-0"}):
        page = listing.page(session, Filters(), paging.Place.read(address), TODAY)
        assert [row.request for row in page.rows] == made

    assert listing.page(session, Filters(), paging.Place.read({"older": "0-0"}), TODAY).rows == ()


def test_a_row_says_all_that_the_list_shows(session: Session) -> None:
    company = a_company(session)
    first = a_subscription(session, company, product="Accounting", anchor_on=date(2025, 1, 20))
    second = a_subscription(session, company, product="Payroll")
    a_request(
        session,
        company,
        authority=Authority.NONE,
        subscription_ids=(first.id, second.id),
    )

    row = listing.page(session, Filters(), None, TODAY).rows[0]

    assert row.products == ["Accounting", "Payroll"]
    assert row.ends_on == date(2026, 4, 15)
    assert row.reasons == [ReviewReason.AUTHORITY_NOT_SHOWN]
    assert (row.last.action, row.last.actor) == ("review", "processing")
    assert row.requested_on == date(2026, 3, 2)


def test_a_row_without_a_business_has_the_zone_of_its_country(session: Session) -> None:
    a_request(session, country=SPAIN, filed_at=datetime(2026, 3, 1, 23, tzinfo=UTC))

    row = listing.page(session, Filters(), None, TODAY).rows[0]

    assert (row.products, row.ends_on, row.requested_on) == ([], None, date(2026, 3, 2))


@pytest.mark.parametrize("rows", [1, 25])
def test_twenty_five_rows_cost_as_many_queries_as_one(session: Session, rows: int) -> None:
    for _ in range(rows):
        company = a_company(session)
        a_subscription(session, company)
        a_request(session, company, authority=Authority.NONE)
    session.commit()

    with recorded(db.engine) as statements:
        page = listing.page(session, Filters(), None, TODAY)
        said = [(row.products, row.ends_on, row.reasons, row.last.actor) for row in page.rows]

    assert len(said) == rows
    asked = [one for one in statements if one.startswith("SELECT")]
    assert len(asked) == 5
    assert not any("count(" in one for one in asked)


def test_instants_keep_their_microseconds_in_an_edge(session: Session) -> None:
    at = datetime.fromisoformat("2026-03-02T10:00:00.123456+00:00")
    company = a_company(session)
    for number in range(51):
        a_request(session, company, filed_at=at + timedelta(microseconds=number))

    first = listing.page(session, Filters(), None, TODAY)
    second = listing.page(
        session, Filters(), paging.Place.read({"older": first.older or ""}), TODAY
    )

    assert len(second.rows) == 1


def test_all_that_were_looked_at_are_counted_exactly(session: Session) -> None:
    made = several(session, 60)
    a_request(session, a_company(session, name="Voisin"))
    session.commit()

    page = listing.page(session, Filters(search=made[0].company_name), None, TODAY)

    assert sum(page.counts.by_state.values()) == 60
    assert not page.counts.is_least
