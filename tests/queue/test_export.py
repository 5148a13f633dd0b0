"""How an export is asked for, made, told of, kept and forgotten."""

import hashlib
from datetime import timedelta

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory import holds as directory
from helpdesk.directory.models import Company, Subscription
from helpdesk.documents.models import Document
from helpdesk.payments.models import Payment
from helpdesk.queue import export, export_content, holds, withdrawal
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Ending
from helpdesk.queue.records import Export, ExportPiece
from helpdesk.rules.vocabulary import Authority, ExportState, Language, MessageKind
from tests.builders import A_MONDAY, a_person, a_request
from tests.support.exports import Lived, Opened, asked, content, lived, made, row, staff, told
from tests.support.workers import at_once

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)
NAME = "Zéphirine"


@pytest.fixture
def bakery(session: Session, company: Company) -> Lived:
    """Return a business with a row in every table."""
    found = lived(session, company, staff(session), NAME)
    session.commit()
    return found


def state(session: Session, key: str) -> ExportState:
    return row(session, key).state


def test_a_second_click_finds_the_export_that_is_being_made(
    session: Session, bakery: Lived
) -> None:
    colleague = a_person(session, bakery.company, authority=Authority.SUBSCRIPTION_MANAGER)
    session.commit()
    first = asked(bakery.company, bakery.holder)

    assert asked(bakery.company, colleague) == first
    export.make_due(A_MONDAY)
    assert asked(bakery.company, colleague) != first


def test_two_who_ask_at_the_same_instant_get_the_same_one(
    app: Flask, session: Session, bakery: Lived
) -> None:
    company_id, person_id = bakery.company.id, bakery.holder.id

    def ask() -> str:
        with transaction() as writing:
            return export.ask(writing, company_id, person_id, A_MONDAY).key

    assert len({*at_once(app, *[ask] * 4)}) == 1


def test_a_company_collects_its_data_five_times_a_day_at_most(
    session: Session, bakery: Lived
) -> None:
    for _ in range(export.MOST_A_DAY):
        asked(bakery.company, bakery.holder)
        session.execute(update(Export).values(state=ExportState.READY))
        session.commit()

    with pytest.raises(export.Enough):
        asked(bakery.company, bakery.holder)
    assert asked(bakery.company, bakery.holder, A_MONDAY + A_DAY)


def test_what_we_noted_for_ourselves_does_not_go_out(session: Session, bakery: Lived) -> None:
    supervisor = Actor(By.SUPERVISOR)
    latest = directory.latest(session, bakery.company.id)
    wish = holds.Wish(reason="Fraude présumée", ends_at=None, seen=latest)
    holds.set_hold(session, bakery.company.id, wish, actor=supervisor, at=A_MONDAY)
    withdrawal.withdraw(
        session, bakery.request, None, actor=supervisor, at=A_MONDAY, why="Client fâché"
    )
    session.commit()

    opened = made(session, asked(bakery.company, bakery.holder))

    whys = {one["action"]: one["why"] for one in opened.json("events")}
    assert (whys["hold"], whys["withdraw"]) == ("", "")
    assert "authority_not_shown" in whys["review"]
    assert [said for said in ("Fraude", "fâché") if said in opened.everything()] == []


def test_what_is_ready_says_its_size_its_checksum_and_until_when(
    session: Session, bakery: Lived
) -> None:
    key = asked(bakery.company, bakery.holder)
    assert export.make_due(A_MONDAY) == {"export": 1}

    found = row(session, key)
    assert found.ready_at
    assert found.state is ExportState.READY
    assert found.done == found.total > 0
    archive = content(session, key)
    assert found.size == len(archive) > 0
    assert found.sha256 == hashlib.sha256(archive).hexdigest()
    assert found.expires_at == found.ready_at + timedelta(days=7)


def test_a_large_archive_comes_out_piece_by_piece_as_it_went_in(
    session: Session, bakery: Lived, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_content, "PIECE", 1000)
    key = asked(bakery.company, bakery.holder)
    export.make_due(A_MONDAY)

    found = row(session, key)
    sizes = [len(piece) for piece in export_content.pieces(session, found.id)]

    assert len(sizes) > 5
    assert set(sizes[:-1]) == {1000}
    assert hashlib.sha256(content(session, key)).hexdigest() == found.sha256


def test_who_asked_is_told_once_by_a_link_that_needs_their_sign_in(
    session: Session, bakery: Lived
) -> None:
    key = asked(bakery.company, bakery.holder)
    export.make_due(A_MONDAY)

    assert export.make_due(A_MONDAY + A_MINUTE) == {}
    (message,) = told(session)
    assert message.kind is MessageKind.EXPORT_READY
    assert (message.company_id, message.request_id) == (bakery.company.id, None)
    assert message.recipient == bakery.holder.email
    assert f"http://127.0.0.1:8000/account/exports/{key}" in message.text
    assert "lundi 9 mars 2026 à 11\u00a0h\u00a000" in message.text


def test_when_who_asked_may_no_longer_have_it_the_business_is_told(
    session: Session, bakery: Lived
) -> None:
    asked(bakery.company, bakery.holder)
    bakery.holder.authority = Authority.NONE
    session.commit()

    export.make_due(A_MONDAY)

    assert [one.recipient for one in told(session)] == [bakery.company.email]


@pytest.mark.parametrize(
    ("language", "title", "counted"),
    [
        (Language.SPANISH, "Datos de", "- companies: La empresa (1 fila)"),
        (Language.ENGLISH, "Data of", "- companies: The business (1 row)"),
    ],
)
def test_it_is_explained_in_the_language_of_who_asked(
    session: Session, bakery: Lived, language: Language, title: str, counted: str
) -> None:
    bakery.holder.language = language
    session.commit()

    opened = made(session, asked(bakery.company, bakery.holder))

    read_me = opened.zip.read("README.txt").decode()
    assert read_me.startswith(f"{title} {bakery.company.name}\n")
    assert counted in read_me.splitlines()
    assert "sha256sum -c SHA256SUMS" in read_me
    assert opened.manifest["language"] == language.value
    assert told(session)[-1].language is language


def test_a_document_that_nobody_needed_yet_is_set_now_and_kept(
    session: Session, bakery: Lived
) -> None:
    session.execute(update(Document).values(pdf=None, sha256=None))
    session.commit()

    opened = made(session, asked(bakery.company, bakery.holder))

    (document,) = opened.json("documents")
    kept = session.get_one(Document, document["id"])
    assert opened.zip.read(document["file"]) == kept.pdf
    assert NAME in PdfReader(opened.zip.open(document["file"])).pages[0].extract_text()


def test_a_document_that_cannot_be_set_still_tells_its_facts(
    session: Session, bakery: Lived
) -> None:
    session.execute(update(Document).values(pdf=None, sha256=None, facts={"kind": "nothing"}))
    session.commit()

    (document,) = made(session, asked(bakery.company, bakery.holder)).json("documents")

    assert document["facts"] == {"kind": "nothing"}
    assert document["file"] is None


def test_it_is_made_after_a_subscription_s_data_has_gone(session: Session, bakery: Lived) -> None:
    session.execute(update(Ending).values(subscription_id=None))
    session.execute(delete(Payment))
    session.execute(delete(Subscription))
    session.commit()

    opened = made(session, asked(bakery.company, bakery.holder))

    assert opened.json("subscriptions") == opened.csv("subscriptions") == []
    assert opened.json("endings")[0]["product"] == "Sage Active Essentials"
    assert opened.json("terms_versions") != []


def test_what_is_written_meanwhile_is_not_half_in_it(session: Session, bakery: Lived) -> None:
    """All tables are read from one moment: no row points at another that is not there."""
    number, key = bakery.company.id, asked(bakery.company, bakery.holder)

    class Disturbed(export._Claim):
        """Somebody files a request at each step."""

        def advance(self, done: int, total: int) -> None:
            super().advance(done, total)
            with transaction() as writing:
                a_request(writing, writing.get_one(Company, number))

    claim = Disturbed.take(lambda: A_MONDAY)
    assert claim
    claim.make()

    opened = Opened(content(session, key))
    numbers = {one["id"] for one in opened.json("requests")}
    assert numbers == {one["request_id"] for one in opened.json("events")} == {bakery.request.id}


def test_after_seven_days_it_has_expired_and_its_content_goes(
    session: Session, bakery: Lived
) -> None:
    key = asked(bakery.company, bakery.holder)
    export.make_due(A_MONDAY)
    found = row(session, key)
    expires_at = found.expires_at
    assert expires_at

    assert export.expire_due(expires_at - A_MINUTE) == {}
    assert export.state_at(found, expires_at - A_MINUTE) is ExportState.READY
    assert export.state_at(found, expires_at) is ExportState.EXPIRED
    assert export.expire_due(expires_at) == {"export_expired": 1}
    assert export.expire_due(expires_at) == {}
    assert row(session, key).state is ExportState.EXPIRED
    assert content(session, key) == b""


def test_an_export_is_told_of_though_an_earlier_one_had_its_number(
    session: Session, bakery: Lived
) -> None:
    numbers = []
    for _ in range(2):
        key = asked(bakery.company, bakery.holder)
        export.make_due(A_MONDAY)
        numbers.append(row(session, key).id)
        session.execute(delete(ExportPiece))
        session.execute(delete(Export))
        session.commit()

    assert len(told(session)) == 2
    if session.get_bind().dialect.name == "sqlite":  # It gives the highest number again.
        assert numbers[0] == numbers[1]
