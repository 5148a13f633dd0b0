import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import Session

from helpdesk.database import DERIVED
from helpdesk.desk.models import Call
from helpdesk.directory.models import Company, Person, Subscription
from helpdesk.documents.models import Document
from helpdesk.messages import faults, shelf
from helpdesk.messages.delivery import deliver_due
from helpdesk.messages.models import Message
from helpdesk.payments.models import Payment, SandboxPayment
from helpdesk.queue import events
from helpdesk.queue.deletion import delete_due
from helpdesk.queue.models import Deletion, Event, Request
from helpdesk.queue.processing import process_due
from helpdesk.queue.records import Export, OutgoingEvent
from helpdesk.rules.vocabulary import (
    Action,
    DocumentKind,
    MessageKind,
    MessageState,
    OutgoingKind,
    State,
)
from helpdesk.settings import Settings
from tests.support.leaving import Leaving
from tests.support.quoting import Quoting, send
from tests.support.smtp import serving
from tests.support.traces import everything, traces

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)

# `left` puts the world in place before the app opens its database.
pytestmark = pytest.mark.usefixtures("left", "session")


def gone(leaver: Leaving, batch: int = 200) -> None:
    """Delete both subscriptions, each when its date comes, and with the last one the company."""
    assert delete_due(leaver.first_at, batch=batch) == {Action.PURGE: 1}
    assert delete_due(leaver.last_at, batch=batch) == {Action.PURGE: 1}


def wholes(session: Session, request_id: int) -> Request:
    session.rollback()
    return session.get_one(Request, request_id)


def test_the_world_has_left_its_trace_in_every_table_that_holds_some(left: Settings) -> None:
    found = {(table, column) for table, column, _word in traces(left)}

    # FTS5 keeps the words of its tables in others beside each.
    tables = {re.sub(r"_(content|data)$", "", table) for table, _column in found}
    assert tables == {
        "attempts", "call_drafts", "callbacks", "calls", "companies", "documents", "endings",
        "events", "export_pieces", "holds", "messages", "outgoing_events", "people", "requests",
        "sandbox_payments", "searchable_companies", "searchable_requests", "subscriptions",
    }  # fmt: skip
    assert ("documents", "pdf") in found
    assert ("attempts", "error") in found


def test_nothing_goes_before_its_date(left: Settings, leaver: Leaving) -> None:
    before = everything(left)

    assert delete_due(leaver.first_at - A_MINUTE) == {}
    assert everything(left) == before


def test_at_its_date_what_belongs_to_one_subscription_goes_and_the_rest_stays(
    session: Session, leaver: Leaving
) -> None:
    requests = {number: session.get_one(Request, number) for number in (leaver.early, leaver.late)}
    ending, other = (one.endings[0] for one in requests.values())
    early, late = ending.subscription_id, other.subscription_id
    session.rollback()

    assert delete_due(leaver.first_at) == {Action.PURGE: 1}

    assert session.get(Subscription, early) is None
    assert session.get(Subscription, late)
    assert session.scalars(select(Payment.subscription_id)).all() == [late]
    assert len(session.scalars(select(SandboxPayment)).all()) == 1
    assert session.scalars(select(Export)).all() == []
    assert (ending.state, ending.contract, ending.subscription_id) == (
        State.PURGED, "SA-777001", None,
    )  # fmt: skip
    assert (other.state, other.request.state) == (State.ENDED, State.ENDED)
    company = session.get_one(Company, leaver.company_id)
    assert len(company.people) == 2
    about = session.scalars(select(Message).where(Message.ending_id == ending.id)).all()
    assert {one.kind for one in about if not one.erased_at} == {MessageKind.DELETION_DONE}
    kept = [one for one in requests[leaver.late].messages if one.erased_at]
    assert kept == []


@pytest.mark.parametrize("batch", [7, 200])
def test_after_the_last_date_no_trace_is_left_in_any_column_of_any_table(
    session: Session, left: Settings, leaver: Leaving, batch: int
) -> None:
    gone(leaver, batch)
    still = {(table, column) for table, column, _word in traces(left)}
    assert still == {
        ("messages", "recipient"),
        ("messages", "letter"),
        ("outgoing_events", "payload"),
    }

    send(session, left, leaver.last_at + A_MINUTE)
    process_due(leaver.last_at + timedelta(minutes=15))
    assert {(table, column) for table, column, _ in traces(left)} == {
        ("outgoing_events", "payload")
    }

    process_due(leaver.last_at + 31 * A_DAY)
    assert list(traces(left)) == []
    assert process_due(leaver.last_at + 400 * A_DAY) == delete_due(leaver.last_at + A_DAY) == {}


def test_a_last_message_that_cannot_be_sent_goes_after_a_week(
    session: Session, left: Settings, leaver: Leaving
) -> None:
    gone(leaver)
    process_due(leaver.last_at + 6 * A_DAY)
    assert "messages" in {table for table, _column, _word in traces(left)}

    process_due(leaver.last_at + 8 * A_DAY)

    assert "messages" not in {table for table, _column, _word in traces(left)}
    last = session.scalars(select(Message).where(Message.kind == MessageKind.DELETION_DONE)).all()
    assert {one.state for one in last} == {MessageState.CANCELLED}


def test_another_company_and_what_is_ours_stay_as_they_are(left: Settings, leaver: Leaving) -> None:
    gone(leaver)

    after = everything(left)

    for table, rows in leaver.before.items():
        if not table.startswith(DERIVED):  # Sums and indexes follow what is counted and found.
            assert rows <= after[table], table


def test_what_stays_is_the_proof_without_persons(session: Session, leaver: Leaving) -> None:
    said = {
        one.id: (one.subject, one.text, one.html)
        for one in session.scalars(select(Message).where(Message.kind == MessageKind.CONFIRMATION))
    }
    before = wholes(session, leaver.late)
    reference, filed_at, steps = before.reference, before.filed_at, before.endings[0].steps
    hashes = [one.hash for one in before.events]

    gone(leaver)

    request = wholes(session, leaver.late)
    ending = request.endings[0]
    assert (request.reference, request.filed_at, request.state) == (
        reference, filed_at, State.PURGED,
    )  # fmt: skip
    assert (ending.product, ending.price_cents, ending.steps) == ("Sage Facturas", 2900, steps)
    assert [one.hash for one in request.events][:-1] == hashes
    assert {one.person_id for one in request.events} == {None}
    for number, words in said.items():
        message = session.get_one(Message, number)
        if message.erased_at:
            assert message.sha256 == hashlib.sha256(json.dumps(words).encode()).hexdigest()
            assert message.sent_at
    papers = session.scalars(select(Document).where(Document.request_id == leaver.late)).all()
    assert all(one.code for one in papers)
    assert {one.kind for one in papers if one.facts} == {DocumentKind.DELETION}
    assert all(one.sha256 for one in papers if one.kind is DocumentKind.CONFIRMATION)


def test_it_is_told_once_with_a_certificate_a_message_a_document_and_what_goes_out(
    session: Session, leaver: Leaving
) -> None:
    gone(leaver)
    assert delete_due(leaver.last_at + A_DAY) == {}

    certificates = session.scalars(
        select(Event).where(Event.action == Action.PURGE).order_by(Event.id)
    ).all()
    assert [one.request_id for one in certificates] == [leaver.early, leaver.late]
    counts = json.loads(certificates[1].why)
    assert counts == session.scalars(select(Deletion.counts).order_by(Deletion.id.desc())).first()
    assert (counts["companies"], counts["people"], counts["subscriptions"]) == (1, 2, 1)
    assert (counts["requests"], counts["calls"], counts["call_drafts"]) == (5, 2, 3)
    assert (counts["holds"], counts["callbacks"], counts["payments"]) == (1, 1, 1)
    kinds = Counter(session.scalars(select(Message.kind)))
    assert kinds[MessageKind.DELETION_DONE] == 2
    papers = Counter(session.scalars(select(Document.kind)))
    assert papers[DocumentKind.DELETION] == 2
    told = session.scalars(select(OutgoingEvent).order_by(OutgoingEvent.id)).all()
    assert [(one.kind, one.payload["contract"]) for one in told][-3:] == [
        (OutgoingKind.SUBSCRIPTION_DELETED, "SA-777001"),
        (OutgoingKind.SUBSCRIPTION_DELETED, "SA-777002"),
        (OutgoingKind.COMPANY_DELETED, "SA-777002"),
    ]


def test_the_chain_of_events_holds_after_every_single_batch(
    app: Flask, session: Session, leaver: Leaving
) -> None:
    apart = create_engine(app.config["SETTINGS"].database_url)
    looked = []

    def look(_session: Session) -> None:
        with Session(apart) as other:
            looked.append(list(events.broken(other)))

    event.listen(Session, "after_commit", look)
    try:
        gone(leaver, batch=3)
    finally:
        event.remove(Session, "after_commit", look)
        apart.dispose()

    assert len(looked) > 20
    assert set(map(tuple, looked)) == {()}


def test_a_call_of_theirs_keeps_what_the_line_counts(session: Session, leaver: Leaving) -> None:
    number = wholes(session, leaver.late).call_id
    before = session.get_one(Call, number)
    kept = (before.started_at, before.seconds, before.disposition, before.agent_id)

    gone(leaver)

    call = session.get_one(Call, number)
    assert (call.started_at, call.seconds, call.disposition, call.agent_id) == kept
    assert (call.company_id, call.caller_number, call.caller_name, call.notes) == (
        None, None, "", "",
    )  # fmt: skip


def test_a_message_in_the_post_while_it_is_emptied_leaves_no_address_behind(
    app: Flask, session: Session, left: Settings, leaver: Leaving
) -> None:
    message = session.scalars(
        select(Message).where(
            Message.request_id == leaver.late, Message.kind == MessageKind.CONFIRMATION
        )
    ).one()
    message.state, message.due_at = MessageState.WAITING, message.created_at
    session.commit()
    postbox = Quoting()

    def meanwhile() -> None:
        postbox.during = None
        with app.app_context():
            gone(leaver)

    postbox.during, postbox.unwanted = meanwhile, {message.recipient}
    with serving(postbox) as address:
        deliver_due(leaver.first_at, replace(left, smtp_url=f"smtp://{address}"))

    session.rollback()
    assert (message.state, message.recipient) == (MessageState.CANCELLED, "")
    assert message.attempts[-1].error == faults.ERASED
    with pytest.raises(shelf.NotGivenUp):
        shelf.try_again(message, leaver.last_at)


def test_somebody_whom_a_request_of_another_business_names_stays_as_a_number(
    session: Session, left: Settings, leaver: Leaving
) -> None:
    person = session.scalars(select(Person).where(Person.name == "Koldo Mendizábal")).one()
    number = person.id
    other = session.scalars(select(Request).order_by(Request.id)).first()
    assert other
    assert other.company_id != leaver.company_id
    other.person_id = number
    session.commit()

    gone(leaver)
    process_due(leaver.last_at + 31 * A_DAY)

    person = session.get_one(Person, number)
    assert (person.name, person.company_id, person.phone) == ("", None, None)
    assert {(table, word) for table, _column, word in traces(left)} == set()
