"""A database that is away: the page says so, keeps what was sent, and the same form files once."""

import html as escapes
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request_finished
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from helpdesk import schema
from helpdesk.app import create_app
from helpdesk.database import db
from helpdesk.engine import is_away
from helpdesk.queue.models import Request
from helpdesk.settings import Settings
from tests.conftest import Browser, Page
from tests.help_center.forms import a_bakery, sent
from tests.support.postgres import Cluster, NoPostgres

FORM = "/help-center/request"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Return a PostgreSQL that a test may stop."""
    try:
        made = Cluster(options={})  # It really keeps what it has accepted.
    except NoPostgres:
        pytest.skip("There is no PostgreSQL.")
    yield made
    made.remove()


@pytest.fixture
def stoppable(cluster: Cluster, settings: Settings) -> Iterator[Flask]:
    """Return the app on that PostgreSQL."""
    schema.upgrade(cluster.url)
    app = create_app(replace(settings, database_url=cluster.url))
    app.test_client_class = Browser
    yield app
    with app.app_context():
        db.engine.dispose()


def requests_of(app: Flask) -> list[Request]:
    with app.app_context():
        return [*db.session.scalars(select(Request))]


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_what_is_sent_while_it_is_away_is_kept_and_files_once_when_it_is_back(
    cluster: Cluster, stoppable: Flask
) -> None:
    person = a_bakery(stoppable)
    page = Page(stoppable.test_client())
    page.sign_in(person)
    page.get(FORM)

    cluster.stop("immediate")
    typed = sent(contracts=["SA-48213"], reason_text="Trop cher & trop long")
    answer = page.post(FORM, typed, status=503)
    again = page.post(FORM, typed, status=503)
    cluster.start()
    kept = {name: escapes.unescape(text) for name, text in HIDDEN.findall(again.text)}
    location = page.post(FORM, kept).location
    twice = page.post(FORM, kept).location

    assert 10 <= int(answer.headers["Retry-After"]) <= 60  # Its own tries are counted as well.
    assert person.name not in answer.text
    assert kept["reason_text"] == "Trop cher & trop long"
    assert location == twice
    [request] = requests_of(stoppable)
    assert request.reason_text == "Trop cher & trop long"
    assert request.person_id == person.id


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_its_page_is_in_the_readers_language_and_keeps_no_password(
    cluster: Cluster, stoppable: Flask
) -> None:
    page = Page(stoppable.test_client())
    page.get("/sign-in", headers={"Accept-Language": "es"})

    cluster.stop("immediate")
    pair = {"email": "marta@desk.example", "password": "a secret one"}
    answer = page.post("/sign-in", pair, status=503, headers={"Accept-Language": "es"})
    shown = page.get("/help-center/", status=503, headers={"Accept-Language": "en"})
    page.get("/nowhere", 404)

    assert "En este momento no podemos acceder" in answer.text
    assert "marta@desk.example" in answer.text
    assert "a secret one" not in answer.text
    assert "We cannot reach our records just now" in shown.text
    assert 'href="/help-center/"' in shown.text


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_who_is_signed_in_reads_it_in_their_own_language(
    cluster: Cluster, stoppable: Flask
) -> None:
    person = a_bakery(stoppable)
    page = Page(stoppable.test_client())
    page.sign_in(person)

    cluster.stop("immediate")
    shown = page.get("/account/", status=503, headers={"Accept-Language": "en"})
    lost = page.get("/nowhere", status=503, headers={"Accept-Language": "en"})

    assert "Nos données sont momentanément inaccessibles" in shown.text
    assert "Nos données sont momentanément inaccessibles" in lost.text
    cluster.start()
    assert page.get("/account/", headers={"Accept-Language": "en"})


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_an_answer_that_is_made_is_given_though_the_database_leaves_just_then(
    cluster: Cluster, stoppable: Flask
) -> None:
    def leave(_app: Flask, **_given: object) -> None:
        cluster.stop("immediate")

    with request_finished.connected_to(leave, stoppable):
        answer = stoppable.test_client().get("/help-center/")

    assert answer.status_code == 200


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_another_site_cannot_have_its_own_words_offered_meanwhile(
    cluster: Cluster, stoppable: Flask
) -> None:
    page = Page(stoppable.test_client())
    page.get(FORM)

    cluster.stop("immediate")
    shown = page.post(FORM, sent(), status=503, headers={"Sec-Fetch-Site": "cross-site"})

    assert "jean@dupont.example" not in shown.text


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_an_sqlite_file_that_may_not_be_written_is_said_calmly(
    app: Flask, session: Session, page: Page
) -> None:
    def refuse(connection: object, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA query_only=ON")  # type: ignore[attr-defined]

    page.get(FORM)
    event.listen(db.engine, "checkout", refuse)
    try:
        refused = page.post(FORM, sent(), status=503)
    finally:
        event.remove(db.engine, "checkout", refuse)
    db.engine.dispose()

    assert "jean@dupont.example" in refused.text
    assert session.scalars(select(Request)).all() == []


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_an_sqlite_disk_that_is_full_is_said_calmly(
    app: Flask, session: Session, page: Page
) -> None:
    page.get(FORM)
    pages = session.scalar(text("PRAGMA page_count"))
    session.rollback()

    def fill(connection: object, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 12}")  # type: ignore[attr-defined]

    event.listen(db.engine, "checkout", fill)
    try:
        answers = {
            page.client.post(FORM, data=sent(csrf_token=page.token, asked="?" * 1900))
            for _ in range(19)
        }
    finally:
        event.remove(db.engine, "checkout", fill)
    db.engine.dispose()

    codes = [answer.status_code for answer in answers]
    assert set(codes) == {303, 503}
    assert len(session.scalars(select(Request)).all()) == codes.count(303)


def test_a_wrong_statement_is_our_fault_and_not_the_databases(session: Session) -> None:
    for wrong in ("SELECT * FROM nothing", "SELECT oops("):
        with pytest.raises(Exception, match=r"nothing|oops|syntax|incomplete") as failed:
            session.execute(text(wrong))
        session.rollback()
        assert not is_away(failed.value)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_file_that_is_no_database_is_away(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"not a database at all, but long enough to be looked at" * 20)
    app = create_app(replace(settings, database_url=f"sqlite:///{broken}"))

    answer = app.test_client().get("/help-center/")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"


def test_what_somebody_else_has_changed_meanwhile_is_a_conflict(app: Flask, page: Page) -> None:
    def stale(**_given: object) -> None:
        raise StaleDataError

    original = app.view_functions["help_center.start"]
    app.view_functions["help_center.start"] = stale
    try:
        page.get("/help-center/", 409)
    finally:
        app.view_functions["help_center.start"] = original


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_a_statement_that_takes_too_long_is_ended_and_counts_as_away(
    settings: Settings,
) -> None:
    app = create_app(replace(settings, statement_timeout_seconds=1))

    with app.app_context():
        with pytest.raises(OperationalError) as ended:
            db.session.execute(text("SELECT pg_sleep(30)"))
        db.session.rollback()
        db.engine.dispose()

    assert is_away(ended.value)
