"""What people type into the request form, for the tests of this door."""

from datetime import date
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company, Person
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority
from tests import builders

CONTRACT = "SA-48213"


def typed(**given: object) -> dict[str, object]:
    """Return what a visitor types, everything right."""
    values: dict[str, object] = {
        "key": str(uuid4()),
        "step": "check",
        "company_name": "Atelier Dupont",
        "tax_number": "552 100 554",
        "contracts": "",
        "requester_name": "Jean Dupont",
        "email": "jean@dupont.example",
        "phone": "",
        "reason": "price",
        "reason_text": "",
        "asked": "",
    }
    return values | given


def sent(**given: object) -> dict[str, object]:
    """Return what the page to check sends."""
    return typed(**{"step": "send", "collected": "y", **given})


def a_bakery(app: Flask, authority: Authority = Authority.ACCOUNT_HOLDER) -> Person:
    """Make a company with one subscription, somebody of it, and another company beside."""
    with app.app_context(), transaction() as session:
        other = builders.a_company(session, name="Voisin")
        builders.a_subscription(session, other, product="Produit du voisin")
        company = builders.a_company(session, name="Boulangerie Delorme", tax_number="400170312")
        builders.a_subscription(session, company, contract=CONTRACT, anchor_on=date(2025, 1, 15))
        person = builders.a_person(session, company, authority=authority)
        session.refresh(person)
        session.expunge_all()
        return person


def only_request(session: Session) -> Request:
    """Return the one request there is."""
    return session.scalars(select(Request)).one()


def only_company(session: Session) -> Company:
    """Return the bakery."""
    return session.scalars(select(Company).where(Company.tax_number == "400170312")).one()
