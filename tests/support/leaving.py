"""A company that has left a trace in every table: its data is about to be deleted."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from helpdesk.desk.models import Callback, CallDraft
from helpdesk.directory.models import Company, Person
from helpdesk.messages.models import Message
from helpdesk.payments.models import Payment, SandboxPayment
from helpdesk.queue import holds
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.records import Export, ExportPiece
from helpdesk.queue.review import Decision, answer, decide
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    Country,
    Disposition,
    ExportState,
    Language,
    MessageState,
    PaymentState,
)
from helpdesk.settings import Settings
from tests.builders import (
    a_call,
    a_company,
    a_hold,
    a_person,
    a_request,
    a_subscription,
    a_supervisor,
    an_agent,
)
from tests.support.quoting import send
from tests.support.traces import TOLD, everything

FILED_AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
DAYS = 220
"""Until then everything has happened but the deletion."""


@dataclass(frozen=True)
class Leaving:
    """The company that leaves, its two requests that end something, and when their data goes.

    `before` are all rows that there were when it came.
    """

    company_id: int
    early: int
    late: int
    first_at: datetime
    last_at: datetime
    before: dict[str, set[str]]


def leaving(session: Session, settings: Settings) -> Leaving:
    """Make the company, let it end two subscriptions, and let everything leave its trace."""
    _another(session)
    before = everything(settings)
    agent, supervisor = an_agent(session), a_supervisor(session)
    company = a_company(
        session,
        name="Panadería Zubizarreta",
        country=Country("ES"),
        zone="Europe/Madrid",
        language=Language.SPANISH,
        tax_number="B58378431",
        email="Hola@zubizarreta.example",
        phone="+34915550101",
    )
    itziar = a_person(session, company, name="Itziar Olabarria", email="itziar@zubizarreta.example")
    koldo = a_person(
        session,
        company,
        name="Koldo Mendizábal",
        email="koldo@zubizarreta.example",
        phone="+34915550102",
        authority=Authority.NONE,
    )
    early = a_subscription(session, company, contract="SA-777001")
    late = a_subscription(
        session, company, contract="SA-777002", anchor_on=date(2025, 6, 20), product="Sage Facturas"
    )
    known = {
        "requester_name": itziar.name,
        "email": itziar.email,
        "phone": "+34915550103",
        "person_id": itziar.id,
        "language": Language.SPANISH,
        "reason_text": f"Por la {TOLD}.",
        "asked": f"Borrar la {TOLD}.",
    }
    call = a_call(
        session,
        agent,
        company_id=company.id,
        caller_number="+34915550103",
        caller_name=koldo.name,
        notes=f"Habló de la {TOLD}.",
        disposition=Disposition.CANCELLATION,
        started_at=FILED_AT,
    )
    first = a_request(
        session,
        company,
        **known,
        subscription_ids=(early.id,),
        filed_at=FILED_AT,
        channel=Channel.ACCOUNT,
    )
    second = a_request(
        session,
        company,
        **known,
        subscription_ids=(late.id,),
        contracts="SA-777002",
        filed_at=FILED_AT,
        channel=Channel.PHONE,
        call_id=call.id,
        by_person_id=agent.id,
    )
    _rejected(session, company, itziar.id, supervisor.id)
    _visits(session)
    session.commit()
    send(session, settings, FILED_AT + AN_HOUR, refused={"itziar@zubizarreta.example"})
    for day in range(1, DAYS, 3):
        process_due(FILED_AT + day * A_DAY)
    send(session, settings, FILED_AT + DAYS * A_DAY)
    _fill(session, company, agent.id, itziar.id)
    _hold(session, company.id, supervisor.id)
    session.commit()
    return Leaving(
        company.id,
        first.id,
        second.id,
        first.endings[0].deletes_at,
        second.endings[0].deletes_at,
        before,
    )


def _rejected(session: Session, company: Company, person_id: int, supervisor_id: int) -> None:
    """File one that is answered and rejected, with words on both sides."""
    request = a_request(
        session,
        company,
        requester_name="Koldo Mendizábal",
        email="koldo@zubizarreta.example",
        authority=Authority.NONE,
        contracts="SA-777009",
        filed_at=FILED_AT,
    )
    session.flush()
    supervisor = Actor(By.SUPERVISOR, supervisor_id)
    asked = Decision(action=Action.ASK, version=request.version, text=f"¿Qué {TOLD}?")
    decide(session, request, asked, actor=supervisor, at=FILED_AT)
    answer(session, request, f"Mi {TOLD}.", actor=Actor(By.CUSTOMER, person_id), at=FILED_AT)
    session.flush()
    no = Decision(action=Action.REJECT, version=request.version, text=f"No hay {TOLD}.")
    decide(session, request, no, actor=supervisor, at=FILED_AT)


def _visits(session: Session) -> None:
    """File two that never found the company, and reject them; one call that did not either."""
    for given in (
        {"tax_number": "B58378431", "company_name": "Zubizarreta SL", "email": "x@else.example"},
        {"email": "koldo@zubizarreta.example", "company_name": f"La {TOLD}"},
    ):
        request = a_request(session, **given, requester_name="Itziar", filed_at=FILED_AT)
        session.flush()
        request.company_id = None
        session.flush()
        no = Decision(action=Action.REJECT, version=request.version, text=f"No: {TOLD}.")
        decide(session, request, no, actor=Actor(By.SUPERVISOR), at=FILED_AT)


def _fill(session: Session, company: Company, agent_id: int, person_id: int) -> None:
    """Leave a row in every other table."""
    now = FILED_AT + DAYS * A_DAY
    agent = session.get_one(Person, agent_id)
    a_call(session, agent, caller_number="+34915550102", notes=f"Otra {TOLD}.")
    for fields in (
        {"company": [str(company.id)], "notes": ["nada"]},
        {"number": ["915 55 01 01"]},
        {"company_name": ["Panaderia Zubizarreta"]},
    ):
        session.add(
            CallDraft(
                key=str(uuid4()), agent_id=agent_id, started_at=now, saved_at=now, fields=fields
            )
        )
    session.add(
        Callback(
            desk_id=1,
            company_id=company.id,
            person_id=person_id,
            phone="+34915550103",
            language=Language.SPANISH,
            asked_at=now,
            due_at=now,
        )
    )
    export = Export(
        key=str(uuid4()),
        company_id=company.id,
        person_id=person_id,
        state=ExportState.READY,
        asked_at=now,
        ready_at=now,
        size=9,
        sha256="0" * 64,
    )
    session.add(export)
    session.flush()
    session.add(ExportPiece(export_id=export.id, number=1, content=TOLD.encode()))
    for subscription in company.subscriptions:
        key = str(uuid4())
        request = session.scalars(
            select(Request).where(Request.endings.any(subscription_id=subscription.id))
        ).one()
        session.add(
            Payment(
                key=key,
                subscription_id=subscription.id,
                ending_id=request.endings[0].id,
                person_id=person_id,
                amount_cents=2900,
                state=PaymentState.REFUSED,
                begun_at=now,
                settled_at=now,
            )
        )
        session.add(
            SandboxPayment(key=key, amount_cents=2900, back="/account/SA-777001", outcome="refused")
        )
    session.flush()


def _hold(session: Session, company_id: int, supervisor_id: int) -> None:
    """Set a hold and release it: its reason stands in the hold and in the events."""
    actor, now = Actor(By.SUPERVISOR, supervisor_id), FILED_AT + DAYS * A_DAY
    hold = holds.set_hold(
        session,
        company_id,
        holds.Wish(reason=f"Pleito de la {TOLD}.", ends_at=None, seen=0),
        actor=actor,
        at=now,
    )
    session.flush()
    holds.release(session, hold.id, actor=actor, at=now + AN_HOUR)


def _another(session: Session) -> None:
    """Make a company in the same plight that is on hold: nothing of it may be touched."""
    company = a_company(session)
    a_subscription(session, company)
    person = a_person(session, company, phone="+33142000199")
    agent = an_agent(session)
    call = a_call(session, agent, company_id=company.id, notes="Rien.", started_at=FILED_AT)
    a_request(session, company, filed_at=FILED_AT, person_id=person.id, call_id=call.id)
    fields = {"company": [str(company.id)], "number": ["01 42 00 01 99"]}
    kept = {"agent_id": agent.id, "started_at": FILED_AT, "saved_at": FILED_AT, "fields": fields}
    session.add(CallDraft(key=str(uuid4()), **kept))
    session.commit()
    for day in range(1, DAYS, 3):
        process_due(FILED_AT + day * A_DAY)
    a_hold(session, company)
    sent = {"state": MessageState.SENT, "sent_at": FILED_AT}
    session.execute(update(Message).values(**sent))
    session.commit()
