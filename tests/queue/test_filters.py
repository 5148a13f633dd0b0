from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk import paging
from helpdesk.queue import listing, matching, references
from helpdesk.queue.listing import Filters
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Channel, Ends, ReviewReason, State
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.countries import FRANCE, SPAIN

TODAY = date(2026, 3, 2)


def found(session: Session, filters: Filters, today: date = TODAY) -> list[Request]:
    return [row.request for row in listing.page(session, filters, None, today).rows]


def test_each_filter_leaves_only_what_fits(session: Session) -> None:
    company = a_company(session)
    subscription = a_subscription(session, company)
    first = a_request(session, company, subscription_ids=(subscription.id,))
    called = a_request(session, company, channel=Channel.PHONE, subscription_ids=(subscription.id,))
    unknown = a_request(session, country=SPAIN, tax_number="A58818501")
    unknown.failure = "ValueError: no such day"

    assert found(session, Filters(state=State.RECEIVED)) == [first]
    assert found(session, Filters(channel=Channel.PHONE)) == [called]
    assert found(session, Filters(country=SPAIN)) == [unknown]
    assert found(session, Filters(reason=ReviewReason.DUPLICATE)) == [called]
    assert found(session, Filters(failed=True)) == [unknown]
    assert found(session, Filters(state=State.RECEIVED, country=SPAIN)) == []


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
    company = a_company(session, name="Panadería Núñez", tax_number="B58378431", country=SPAIN)
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
        f" {written.replace('-', ' ')} ",
        written[:7],
    ):
        assert found(session, Filters.read({"search": typed})) == [wanted]


@pytest.mark.parametrize(
    "typed", ["%", "_", "'; DROP TABLE requests;--", "\u202e", "-", "🥖", "é" * 10_000]
)
def test_nonsense_finds_nothing_or_all_and_breaks_nothing(session: Session, typed: str) -> None:
    made = a_request(session)

    assert found(session, Filters.read({"search": typed})) in ([], [made])


@pytest.mark.parametrize(
    "typed",
    [
        "100 % pain",
        '"100" pain',
        "100* pain:*",
        "100 & pain",
        "(100 pain)",
        "-100 ^pain !",
        "100|pain",
    ],
)
def test_a_sign_of_the_search_language_is_only_a_sign(session: Session, typed: str) -> None:
    a_request(session, company_name="Plain")
    percent = a_request(session, company_name="100 % pain")

    assert found(session, Filters(search=typed)) == [percent]


@pytest.mark.parametrize("typed", ["NEAR", "and", "Or", "NOT", "AND OR NOT", "pain NEAR 100"])
def test_a_word_of_the_search_language_is_only_a_word(session: Session, typed: str) -> None:
    named = a_request(session, company_name="Near, Pain, And or Not 100")
    a_request(session, company_name="Plain")

    assert found(session, Filters(search=typed)) == [named]


def test_filters_and_their_address_say_the_same() -> None:
    filters = Filters(
        state=State.IN_REVIEW,
        channel=Channel.PHONE,
        country=FRANCE,
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
        counts = listing.page(session, filters, None, TODAY).counts.by_state
        assert list(counts) == list(State)
        return {state: count for state, count in counts.items() if count}

    assert counted(Filters()) == {State.RECEIVED: 1, State.IN_REVIEW: 2}
    assert counted(Filters(state=State.RECEIVED)) == {State.RECEIVED: 1, State.IN_REVIEW: 2}
    assert counted(Filters(channel=Channel.PHONE)) == {State.IN_REVIEW: 1}


def test_what_many_have_is_counted_among_the_newest_and_the_page_says_so(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST_COUNTED", 3)
    for _ in range(4):
        a_request(session, company_name="Panadería")
    a_request(session, company_name="Ferretería")

    many = listing.page(session, Filters(search="panaderia"), None, TODAY).counts
    few = listing.page(session, Filters(search="ferreteria"), None, TODAY).counts

    assert (sum(many.by_state.values()), many.is_least) == (3, True)
    assert (sum(few.by_state.values()), few.is_least) == (1, False)
    assert not listing.page(session, Filters(), None, TODAY).counts.is_least


def test_pages_under_filters_leave_nothing_out_whichever_index_is_read(session: Session) -> None:
    company = a_company(session, name="Panadería Núñez")
    a_subscription(session, company)
    made = [
        a_request(session, company, filed_at=A_MONDAY + timedelta(minutes=number // 2))
        for number in range(60)
    ]
    for number in range(30):
        a_request(session, channel=Channel.PHONE, filed_at=A_MONDAY + timedelta(minutes=number))
    wanted = made[::-1]
    some = (
        Filters(search="panad"),
        Filters(channel=Channel.HELP_CENTER),
        Filters(channel=Channel.HELP_CENTER, country=FRANCE),
        Filters(channel=Channel.HELP_CENTER, search="panaderias"),
        Filters(ends=Ends.MONTH, search="nunez"),
    )

    for filters in some:
        today = date(2026, 4, 1)
        first = listing.page(session, filters, None, today)
        there = paging.Place.read({"older": first.older or ""})
        second = listing.page(session, filters, there, today)
        back = paging.Place.read({"newer": second.newer or ""})

        assert [row.request for row in (*first.rows, *second.rows)] == wanted
        assert listing.page(session, filters, back, today).rows == first.rows
