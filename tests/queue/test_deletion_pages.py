"""Every page outlives the deletion of what it showed."""

from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.desk.models import Call
from helpdesk.directory.models import Person
from helpdesk.messages.models import Message
from helpdesk.queue import outgoing, proof, references
from helpdesk.queue.deletion import delete_due
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Action, Language
from helpdesk.rules.words import plain
from helpdesk.settings import Settings
from tests.builders import SECRET, a_supervisor
from tests.conftest import Page
from tests.support.leaving import Leaving
from tests.support.quoting import send
from tests.support.supervisors import text_of
from tests.support.traces import TRACES

A_DAY = timedelta(days=1)


@pytest.fixture
def after(session: Session, left: Settings, leaver: Leaving) -> Leaving:
    """Return the company once all of it has gone."""
    assert delete_due(leaver.first_at) == delete_due(leaver.last_at) == {Action.PURGE: 1}
    send(session, left, leaver.last_at)
    process_due(leaver.last_at + 31 * A_DAY)
    session.rollback()
    return leaver


@pytest.fixture
def desk(session: Session, page: Page, after: Leaving) -> Page:
    """Return the browser of a supervisor, once all has gone."""
    supervisor = a_supervisor(session, language=Language.ENGLISH)
    session.commit()
    page.sign_in(supervisor)
    return page


def untraced(html: str) -> str:
    """Return what a page shows, which names nobody."""
    assert [word for word in TRACES if word in plain(html)] == []
    return text_of(html)


def theirs(session: Session) -> list[Request]:
    session.rollback()
    return [*session.scalars(select(Request).where(Request.erased_at.is_not(None)))]


def test_a_supervisor_sees_reference_dates_and_the_certificate_and_nobody_s_name(
    session: Session, desk: Page, after: Leaving
) -> None:
    requests = theirs(session)
    assert len(requests) == 5
    for request in requests:
        reference = references.written(request.reference)
        shown = untraced(desk.get(f"/queue/requests/{reference}").text)
        assert "Data deleted" in shown
        assert reference in shown
        assert "Set a legal hold" not in shown
        desk.get(f"/queue/requests/{reference}/subscriptions")
        desk.post(f"/queue/requests/{reference}/hold", {"reason": "Trop tard."}, status=404)

    late = session.get_one(Request, after.late)
    shown = untraced(desk.get(f"/queue/requests/{references.written(late.reference)}").text)
    assert "Sage Facturas" in shown
    assert "Businesses: 1 People and their sign-ins: 2" in shown


def test_the_lists_of_supervisors_show_what_is_left(session: Session, desk: Page) -> None:
    for path in ("/queue/", "/queue/?state=purged", "/queue/overview"):
        untraced(desk.get(path).text)
    assert "No request matches" in desk.get("/queue/?search=zubizarreta").text
    assert "Data deleted" in desk.get("/queue/?state=purged").text
    reference = references.written(theirs(session)[0].reference)
    assert reference in desk.get(f"/queue/?search={reference}").text
    untraced(desk.get("/queue/holds?state=past").text)


def test_the_outbox_keeps_that_a_message_was_sent_and_its_fingerprint(
    session: Session, desk: Page
) -> None:
    untraced(desk.get("/queue/outbox").text)
    for message in session.scalars(select(Message).where(Message.erased_at.is_not(None))).all():
        shown = untraced(desk.get(f"/queue/outbox/{message.id}").text)
        assert message.sha256
        assert message.sha256 in shown
        answer = desk.client.get(f"/queue/outbox/{message.id}/html")
        assert (answer.status_code, answer.text) == (200, "")
        desk.post(f"/queue/outbox/{message.id}/attempt", status=409)


def test_the_agent_of_a_call_still_sees_their_day(
    session: Session, page: Page, after: Leaving
) -> None:
    call = session.scalars(select(Call).where(Call.caller_name == "")).first()
    assert call
    agent = session.get_one(Person, call.agent_id)
    page.sign_in(agent)

    untraced(page.get("/console/").text)
    untraced(page.get(f"/console/calls/{call.key}/filed").text)


def test_whoever_filed_it_still_follows_it_where_they_did_and_no_longer_by_their_address(
    session: Session, client: FlaskClient, page: Page, after: Leaving
) -> None:
    reference = session.get_one(Request, after.late).reference
    with client.session_transaction() as browser:
        browser["references"] = [reference]

    shown = untraced(page.get(f"/help-center/requests/{reference}").text)

    assert "suppression" in plain(shown) or "supprim" in plain(shown)
    page.get("/help-center/track")
    for email in ("itziar@zubizarreta.example", ""):
        page.post("/help-center/track", {"reference": reference, "email": email}, status=400)


def test_an_old_link_to_give_one_s_word_names_nobody(
    session: Session, page: Page, after: Leaving
) -> None:
    now = after.last_at
    for request in theirs(session):
        token = proof.sign(request.reference, SECRET, now)
        answer = page.client.get(f"/help-center/verify/{token}")
        assert answer.status_code in {200, 404}
        untraced(unescape(answer.text))


def test_who_was_signed_in_is_signed_out(
    session: Session, left: Settings, page: Page, leaver: Leaving
) -> None:
    page.sign_in(session.scalars(select(Person).where(Person.name == "Itziar Olabarria")).one())
    page.get("/account/")

    delete_due(leaver.first_at)
    delete_due(leaver.last_at)

    assert page.get("/account/", status=303).location.startswith("/sign-in")


def test_the_service_still_reads_that_something_was_deleted(
    session: Session, after: Leaving
) -> None:
    kinds = [one.kind for one in outgoing.after(session, 0, 100)]

    assert kinds[-1] == "company_deleted"
