"""The dates that show before anything is sent."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.queue.outlook import outlook
from tests import builders
from tests.conftest import Page
from tests.help_center.forms import CONTRACT, a_bakery, typed

DATES = "/help-center/request/dates"


def dates(page: Page, **given: object) -> str:
    """Return the dates shown for what is typed so far."""
    page.get("/help-center/request")
    return page.post(DATES, typed(**given), status=200).text


def test_they_change_with_the_choice(app: Flask, page: Page) -> None:
    page.sign_in(a_bakery(app))

    assert "date-large" in dates(page, contracts=[CONTRACT])
    assert "Vos dates s’afficheront ici" in dates(page, contracts=[])


def test_a_visitor_sees_exact_dates_for_a_contract_with_its_own_number(
    app: Flask, page: Page
) -> None:
    a_bakery(app)

    html = dates(page, tax_number="400 170 312", contracts=f" {CONTRACT.lower()} ")

    assert "votre abonnement prend fin le" in html


def test_a_wrong_pair_says_what_an_unknown_one_says(app: Flask, page: Page) -> None:
    a_bakery(app)

    wrong = dates(page, tax_number="552100554", contracts=CONTRACT)
    unknown = dates(page, tax_number="552100554", contracts="SA-00001")
    known_business = dates(page, tax_number="400170312", contracts="SA-00001")

    assert wrong == unknown == known_business
    assert "le préavis court jusqu’au" in wrong


@pytest.mark.parametrize("typed_number", ["", "1", "40017031", "🦊", "x" * 5000])
def test_half_a_number_shows_no_date_yet(page: Page, typed_number: str) -> None:
    assert "Vos dates s’afficheront ici" in dates(page, tax_number=typed_number)


def test_one_known_and_one_unknown_contract_show_both(app: Flask, page: Page) -> None:
    a_bakery(app)

    html = dates(page, tax_number="400170312", contracts=f"{CONTRACT}, SA-00001")

    assert "votre abonnement prend fin le" in html
    assert "le préavis court jusqu’au" in html


def test_when_a_day_or_two_change_the_month_it_is_said(session: Session) -> None:
    company = builders.a_company(session)
    subscription = builders.a_subscription(session, company, anchor_on=date(2025, 1, 15))

    near = outlook(subscription, datetime(2026, 3, 14, 10, tzinfo=UTC))
    far = outlook(subscription, datetime(2026, 3, 2, 10, tzinfo=UTC))

    assert (near.same_until, near.later) == (date(2026, 3, 16), date(2026, 5, 15))
    assert (far.same_until, far.later) == (None, None)


def test_every_subscription_of_a_choice_has_its_dates(app: Flask, page: Page) -> None:
    person = a_bakery(app)
    with app.app_context(), transaction() as session:
        builders.a_subscription(
            session,
            session.merge(person).company,  # type: ignore[arg-type]
            contract="SA-2",
            anchor_on=date(2025, 3, 28),
        )
    page.sign_in(person)

    assert dates(page, contracts=[CONTRACT, "SA-2"]).count("date-large") == 2
