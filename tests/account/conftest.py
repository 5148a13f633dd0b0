"""The bakery and its people, a business next door, and quick ways in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company, Person, Subscription
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority
from tests import builders
from tests.conftest import Page

ACCOUNTING, INVOICING, NEXT_DOOR = "SA-48203", "SA-48207", "SA-99999"


@dataclass
class Account:
    """The bakery’s account as one of its people sees it in a browser."""

    page: Page
    session: Session
    company: Company
    holder: Person
    manager: Person
    colleague: Person
    stranger: Person

    def enter(self, person: Person) -> "Account":
        """Sign somebody in without the form, which has its own tests and is slow on purpose."""
        with self.page.client.session_transaction() as cookie:
            cookie["_user_id"] = person.get_id()
        self.page.get("/help-center/")
        return self

    def requests(self) -> list[Request]:
        """Return every request, as the database has it now."""
        self.session.rollback()
        return list(self.session.scalars(select(Request).order_by(Request.id)))

    def subscription(self, contract: str = ACCOUNTING) -> Subscription:
        """Return a subscription by its contract."""
        return self.session.scalars(
            select(Subscription).where(Subscription.contract == contract)
        ).one()

    def cancelled(self, *contracts: str, at: datetime | None = None, **given: object) -> Request:
        """Cancel through the one intake at an instant, long ago by default."""
        chosen = contracts or (ACCOUNTING,)
        values = {
            "person_id": self.holder.id,
            "subscription_ids": tuple(self.subscription(one).id for one in chosen),
            "filed_at": at or datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
        } | given
        request = builders.a_request(self.session, self.company, **values)
        self.session.commit()
        return request


@pytest.fixture
def account(page: Page, session: Session) -> Account:
    elsewhere = builders.a_company(session, name="Voisin")
    builders.a_subscription(session, elsewhere, contract=NEXT_DOOR, product="Produit du voisin")
    company = builders.a_company(session, name="Boulangerie Delorme")
    accounting = {"contract": ACCOUNTING, "product": "Comptabilité", "anchor_on": date(2025, 1, 15)}
    invoicing = {"contract": INVOICING, "product": "Facturation", "anchor_on": date(2025, 3, 28)}
    builders.a_subscription(session, company, **accounting)
    builders.a_subscription(session, company, **invoicing)
    people = {
        "holder": builders.a_person(session, company, name="Inès Delorme"),
        "manager": builders.a_person(
            session, company, name="Hugo Delorme", authority=Authority.SUBSCRIPTION_MANAGER
        ),
        "colleague": builders.a_person(
            session, company, name="Luc Petit", authority=Authority.NONE
        ),
        "stranger": builders.a_person(session, elsewhere, name="Étienne Voisin"),
    }
    session.commit()
    return Account(page, session, company, **people)
