"""A world in which every screen has something to show, and the way to those behind a form."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.desk import calls
from helpdesk.directory.models import Company, Person, Subscription
from helpdesk.documents.models import Document
from helpdesk.messages.models import Message
from helpdesk.queue import export, holds, proof, references, transitions
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    Disposition,
    Language,
    MessageKind,
)
from tests import builders
from tests.support.countries import SPAIN
from tests.support.restarts import Ended, a_payment

LONG_NAME = "Menuiserie Delacroix-Beauregard & Fils, successeurs associés depuis 1924, S.A.R.L."
OWNER, COLLEAGUE, SPANIARD = "ines@people.example", "luc@people.example", "ana@people.example"
AGENT, SUPERVISOR = "marta@people.example", "pilar@people.example"
# What was asked for in March has ended, what was asked for the day before has not.
FIRST, TODAY = builders.A_MONDAY, datetime(2026, 5, 5, 10, 0, tzinfo=UTC)
NOWHERE = "/nowhere"
PRODUCTS = ("open", "ending", "reviewed", "ended", "paying")

Screen = str | Callable[[Page, "Cast"], None]


@dataclass(frozen=True)
class Cast:
    """What the addresses of the screens name."""

    open: str
    ending: str
    ended: str
    confirmed: str
    reviewed: str
    over: str
    call: str
    payment: str
    ready: str
    waiting: str
    letter: int
    code: str
    word: str


def shown(page: Page, cast: Cast, screen: Screen) -> None:
    """Go to a screen."""
    if isinstance(screen, str):
        answer = page.goto(screen.format(**asdict(cast)))
        assert answer
        assert (answer.status == 404) == (screen == NOWHERE), screen
    else:
        screen(page, cast)


def checked_document(page: Page, cast: Cast) -> None:
    """Have a document checked."""
    page.goto("/verify")
    page.fill("input[name=reference]", cast.over)
    page.fill("input[name=code]", cast.code)
    page.click("main form button[type=submit]")
    page.locator("main dl").wait_for()


def a_world(app: Flask) -> Cast:
    """Make one request of each look, all that hangs on them, and the people who see them."""
    with app.app_context():
        with transaction() as session:
            company = _people(session)
            owned = {one.product: one for one in company.subscriptions}
            owner = _person(session, OWNER)
            for name in ("ended", "paying"):
                _asked(session, company, owned[name], FIRST)
            _asked(session, company, owned["ending"], TODAY - timedelta(days=1))
            _examined(session, company, owned["reviewed"])
            call = calls.begin(session, _person(session, AGENT).id, references.new(), TODAY).key
            numbers = company.id, owner.id
        process_due(FIRST)
        process_due(TODAY)
        return _more(app, *numbers, call)


def _people(session: Session) -> Company:
    company = builders.a_company(session, name=LONG_NAME)
    for product in PRODUCTS:
        builders.a_subscription(session, company, product=product)
    builders.a_person(session, company, email=OWNER)
    builders.a_person(session, company, email=COLLEAGUE, authority=Authority.NONE)
    elsewhere = builders.a_company(session, country=SPAIN, zone="Europe/Madrid")
    builders.a_subscription(session, elsewhere)
    builders.a_person(session, elsewhere, email=SPANIARD, language=Language.SPANISH)
    builders.an_agent(session, email=AGENT)
    builders.a_supervisor(session, email=SUPERVISOR)
    return company


def _person(session: Session, email: str) -> Person:
    return session.scalars(select(Person).where(Person.email == email)).one()


def _asked(session: Session, company: Company, one: Subscription, at: datetime) -> None:
    builders.a_request(
        session,
        company,
        subscription_ids=(one.id,),
        contracts=one.contract,
        channel=Channel.ACCOUNT,
        filed_at=at,
    )


def _examined(session: Session, company: Company, one: Subscription) -> None:
    """Let a call ask for the end of a subscription, and let a question stand open."""
    agent = _person(session, AGENT)
    call = builders.a_call(session, agent, disposition=Disposition.CANCELLATION, out_of_hours=True)
    request = builders.a_request(
        session,
        company,
        subscription_ids=(one.id,),
        contracts=one.contract,
        channel=Channel.PHONE,
        authority=Authority.NONE,
        out_of_hours=True,
        call_id=call.id,
        by_person_id=agent.id,
    )
    asking = "¿Qué suscripción desea cancelar?"
    supervisor = Actor(By.SUPERVISOR)
    transitions.move(session, request, Action.ASK, actor=supervisor, at=FIRST, why=asking)


def _more(app: Flask, company_id: int, owner_id: int, call: str) -> Cast:
    """Collect the data, begin a payment, hold the deletion; return how to find everything."""
    with transaction() as session:
        ready = export.ask(session, company_id, owner_id, TODAY).key
    export.make_due(TODAY)
    with transaction() as session:
        waiting = export.ask(session, company_id, owner_id, TODAY).key
        supervisor = Actor(By.SUPERVISOR, _person(session, SUPERVISOR).id)
        wish = holds.Wish(reason="Contrôle fiscal.", ends_at=None, seen=0)
        holds.set_hold(session, company_id, wish, actor=supervisor, at=TODAY)
        endings = {one.product: one for made in _requests(session) for one in made.endings}
        paying = endings["paying"]
        payment = Ended(company_id, owner_id, paying.contract, paying.id)
        ending, over = endings["ending"].request, endings["ended"].request
        secret = app.config["SETTINGS"].secret_key
        free = session.scalars(select(Subscription).where(Subscription.product == "open")).one()
        letter = select(Message.id).where(Message.kind == MessageKind.CONFIRMATION)
        code = select(Document.code).where(Document.request_id == over.id)
        found = {
            "open": free.contract,
            "ending": endings["ending"].contract,
            "ended": endings["ended"].contract,
            "confirmed": references.written(ending.reference),
            "reviewed": references.written(endings["reviewed"].request.reference),
            "over": references.written(over.reference),
            "letter": session.scalars(letter.order_by(Message.id)).first(),
            "code": session.scalars(code.order_by(Document.id)).first(),
            "word": proof.sign(ending.reference, secret, TODAY, proof.WITHDRAW),
        }
    key = a_payment(payment, TODAY)
    return Cast(call=call, payment=key, ready=ready, waiting=waiting, **found)


def _requests(session: Session) -> list[Request]:
    return [*session.scalars(select(Request))]
