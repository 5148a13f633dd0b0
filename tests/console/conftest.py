"""The desk on a Monday: Marta takes calls, the bakery of Carmen and Luis may call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk.desk.models import Call, CallDraft
from helpdesk.directory.models import Person
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority, Language
from tests import builders
from tests.builders import A_MONDAY
from tests.conftest import Page
from tests.support.countries import SPAIN


class OwnContext(FlaskClient):
    """Each request in a context of its own, as on a server: no one's language, no one's name."""

    def open(self, *args: Any, **given: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **given)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.test_client_class = OwnContext
    return app.test_client()


@dataclass
class World:
    """Who and what there is, by number."""

    agent: int
    company: int
    subscription: int
    owner: int
    colleague: int


@pytest.fixture
def world(session: Session) -> World:
    noise = builders.a_company(session)
    builders.a_subscription(session, noise)
    builders.a_person(session, noise)
    company = builders.a_company(
        session,
        name="Panadería La Espiga",
        country=SPAIN,
        tax_number="B58818501",
        zone="Europe/Madrid",
        language=Language.SPANISH,
        email="contacto@panaderia.example",
        phone="+34915318842",
    )
    spanish = Language.SPANISH
    subscription = builders.a_subscription(session, company)
    owner = builders.a_person(
        session,
        company,
        name="Carmen Ortega",
        email="carmen@panaderia.example",
        phone="+34600112233",
        language=spanish,
    )
    colleague = builders.a_person(
        session, company, name="Luis Ortega", authority=Authority.NONE, language=spanish
    )
    agent = builders.an_agent(session)
    session.commit()
    return World(agent.id, company.id, subscription.id, owner.id, colleague.id)


class Desk:
    """Marta at her desk, and what is in the database after she did something."""

    def __init__(self, page: Page, session: Session, world: World) -> None:
        self.page = page
        self.session = session
        self.world = world

    def ring(self, at: datetime = A_MONDAY, **typed: object) -> str:
        """Let a call begin at an instant; returns its address."""
        self.page.post("/console/calls")
        draft = self.drafts()[-1]
        draft.started_at = draft.saved_at = at
        draft.fields = {name: [str(value)] for name, value in typed.items()}
        self.session.commit()
        return f"/console/calls/{draft.key}"

    def cancellation(self, **given: object) -> dict[str, object]:
        """Return the form of a clear case, as Marta leaves it."""
        world = self.world
        return {
            "company": world.company,
            "offered": world.company,
            "subscriptions": [world.subscription],
            "person": world.owner,
            "reason": "price",
            "email": "carmen@panaderia.example",
            "disposition": "cancellation",
            "length": "4:30",
        } | given

    def file(self, status: int = 303, at: datetime = A_MONDAY, **given: object) -> TestResponse:
        """Take a cancellation down and file it."""
        return self.page.post(self.ring(at), self.cancellation(**given), status)

    def drafts(self) -> list[CallDraft]:
        return self._all(select(CallDraft).order_by(CallDraft.saved_at))

    def calls(self) -> list[Call]:
        return self._all(select(Call).order_by(Call.id))

    def requests(self) -> list[Request]:
        return self._all(select(Request).order_by(Request.id))

    def _all(self, query: Any) -> list[Any]:
        self.session.rollback()
        return list(self.session.scalars(query))


@pytest.fixture
def desk(page: Page, session: Session, world: World) -> Desk:
    enter(page, session.get_one(Person, world.agent))
    page.get("/console/")
    return Desk(page, session, world)


def enter(page: Page, person: Person) -> None:
    """Sign somebody in without the form, which has its own tests and is slow on purpose."""
    with page.client.session_transaction() as cookie:
        cookie["_user_id"] = person.get_id()


def draft_of_another(session: Session) -> str:
    """Return the address of a call that another agent has begun."""
    draft = CallDraft(
        key="22222222-2222-4222-8222-222222222222",
        agent_id=builders.an_agent(session).id,
        started_at=A_MONDAY,
        saved_at=A_MONDAY + timedelta(minutes=1),
        fields={"notes": ["Secreto"]},
    )
    session.add(draft)
    session.commit()
    return f"/console/calls/{draft.key}"
