from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk import paging
from helpdesk.database import db
from helpdesk.queue import listing, references
from helpdesk.queue.listing import Filters
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority, Channel, Country, Ends, ReviewReason, State
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
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
    assert listing.page(session, Filters(), None, TODAY) == listing.Listing((), None, None)


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
    assert row.zone == "Europe/Paris"


def test_a_row_without_a_business_has_the_zone_of_its_country(session: Session) -> None:
    a_request(session, country=Country.SPAIN)

    row = listing.page(session, Filters(), None, TODAY).rows[0]

    assert (row.products, row.ends_on, row.zone) == ([], None, "Europe/Madrid")


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
    assert len(asked) == 4
    assert not any("count(" in one for one in asked)


def test_each_filter_leaves_only_what_fits(session: Session) -> None:
    company = a_company(session)
    subscription = a_subscription(session, company)
    first = a_request(session, company, subscription_ids=(subscription.id,))
    called = a_request(session, company, channel=Channel.PHONE, subscription_ids=(subscription.id,))
    unknown = a_request(session, country=Country.SPAIN, tax_number="A58818501")
    unknown.failure = "ValueError: no such day"

    assert found(session, Filters(state=State.RECEIVED)) == [first]
    assert found(session, Filters(channel=Channel.PHONE)) == [called]
    assert found(session, Filters(country=Country.SPAIN)) == [unknown]
    assert found(session, Filters(reason=ReviewReason.DUPLICATE)) == [called]
    assert found(session, Filters(failed=True)) == [unknown]
    assert found(session, Filters(state=State.RECEIVED, country=Country.SPAIN)) == []


def test_a_settled_reason_is_no_reason_any_more(session: Session) -> None:
    request = a_request(session)
    request.reviews[0].settled_at = A_MONDAY

    assert found(session, Filters(reason=ReviewReason.COMPANY_NOT_FOUND)) == []


@pytest.mark.parametrize(
    ("today", "fitting"),
    [
        (date(2026, 3, 15), set()),
        (date(2026, 3, 16), {Ends.MONTH}),
        (date(2026, 4, 7), {Ends.MONTH}),
        (date(2026, 4, 8), {Ends.MONTH, Ends.WEEK}),
        (date(2026, 4, 15), {Ends.MONTH, Ends.WEEK, Ends.TODAY}),
        (date(2026, 4, 16), {Ends.OVERDUE}),
    ],
)
def test_ends_are_looked_for_by_the_days_left(
    session: Session, today: date, fitting: set[Ends]
) -> None:
    company = a_company(session)
    a_subscription(session, company)
    a_request(session, company)

    assert {ends for ends in Ends if found(session, Filters(ends=ends), today)} == fitting


def test_what_has_ended_no_longer_ends(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company)
    request = a_request(session, company)
    request.endings[0].state = State.ENDED

    assert found(session, Filters(ends=Ends.OVERDUE), date(2026, 5, 1)) == []


@pytest.mark.parametrize(
    "typed",
    [
        "panaderia",
        "PANADERÍA núñez",
        "nunez panaderia",
        "B-58378431",
        "b 58 378 431",
        "Marta@Example.com",
        "  marta@example.com  ",
    ],
)
def test_a_business_is_found_by_name_tax_number_or_e_mail(session: Session, typed: str) -> None:
    company = a_company(
        session, name="Panadería Núñez", tax_number="B58378431", country=Country.SPAIN
    )
    wanted = a_request(session, company, email="marta@example.com")
    a_request(session)

    assert found(session, Filters.read({"search": typed})) == [wanted]


def test_a_reference_is_found_in_any_spelling_and_by_its_beginning(session: Session) -> None:
    wanted = a_request(session)
    a_request(session)
    written = references.written(wanted.reference)

    for typed in (
        wanted.reference,
        written,
        written.lower(),
        f" {' '.join(written)} ",
        written[:7],
    ):
        assert found(session, Filters.read({"search": typed})) == [wanted]


@pytest.mark.parametrize(
    "typed", ["%", "_", "'; DROP TABLE requests;--", "\u202e", "-", "🥖", "é" * 10_000]
)
def test_nonsense_finds_nothing_or_all_and_breaks_nothing(session: Session, typed: str) -> None:
    made = a_request(session)

    assert found(session, Filters.read({"search": typed})) in ([], [made])


def test_a_sign_of_the_search_language_is_only_a_sign(session: Session) -> None:
    a_request(session, company_name="Plain")
    percent = a_request(session, company_name="100 % pain")

    assert found(session, Filters(search="%")) == [percent]


def test_filters_and_their_address_say_the_same() -> None:
    filters = Filters(
        state=State.IN_REVIEW,
        channel=Channel.PHONE,
        country=Country.FRANCE,
        reason=ReviewReason.LEGAL_HOLD,
        ends=Ends.WEEK,
        failed=True,
        search="boulangerie martin",
    )

    assert Filters.read(filters.as_address()) == filters
    assert Filters().as_address() == {}


def test_filters_that_make_no_sense_filter_nothing() -> None:
    given = dict.fromkeys(("state", "channel", "country", "reason", "ends", "failed"), "<b>")

    assert Filters.read(given) == Filters()


def test_a_search_is_trimmed_and_cut() -> None:
    assert Filters.read({"search": "  a \x00 b\n"}).search == "a b"
    assert len(Filters.read({"search": "x" * 5000}).search) == listing.LONGEST_SEARCH


def test_counts_follow_every_filter_but_the_state(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company)
    a_request(session, company)
    a_request(session, channel=Channel.PHONE)
    a_request(session)

    def counted(filters: Filters) -> dict[State, int]:
        counts = listing.counts(session, filters, TODAY)
        assert list(counts) == list(State)
        return {state: count for state, count in counts.items() if count}

    assert counted(Filters()) == {State.RECEIVED: 1, State.IN_REVIEW: 2}
    assert counted(Filters(state=State.RECEIVED)) == {State.RECEIVED: 1, State.IN_REVIEW: 2}
    assert counted(Filters(channel=Channel.PHONE)) == {State.IN_REVIEW: 1}


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
