"""A country that nobody wrote code for: one file in a folder, and its companies are served."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from helpdesk import labels, legislations
from helpdesk.app import create_app
from helpdesk.database import db, transaction
from helpdesk.jobs import tick
from helpdesk.messages.models import Message
from helpdesk.rules.vocabulary import Country, MessageKind, State
from helpdesk.settings import SettingRefused, Settings
from tests import builders
from tests.conftest import Browser, Page
from tests.help_center import forms
from tests.support.countries import PORTUGAL, portugal

NIF = "501442600"


@pytest.fixture(autouse=True)
def only_ours_again() -> Iterator[None]:
    """Leave the process as it was: what is loaded holds for all of it."""
    yield
    legislations.use(None)


@pytest.fixture
def portuguese(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """Return the app of an installation that serves Portugal too."""
    folder = portugal(tmp_path).parent
    made = create_app(replace(settings, legislations=folder))
    made.test_client_class = Browser
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def visitor(portuguese: Flask) -> Page:
    """Return a browser on that installation."""
    return Page(portuguese.test_client())


ENGLISH = {"Accept-Language": "en"}
FORM = "/help-center/request"


def test_a_visitor_files_with_a_portuguese_number(portuguese: Flask, visitor: Page) -> None:
    visitor.get(FORM)
    receipt = visitor.get(visitor.post(FORM, forms.sent(tax_number="501 442 600")).location).text

    assert "Votre demande est enregistrée" in receipt
    with portuguese.app_context():
        request = forms.only_request(db.session())
        told = db.session.scalars(select(Message)).one()
        assert "au Portugal, la loi vous demande" in told.text
    assert (request.country, request.tax_number) == (PORTUGAL, NIF)
    assert told.kind is MessageKind.ACKNOWLEDGEMENT


def test_its_form_names_its_number_and_says_how_to_mend_it(visitor: Page) -> None:
    html = visitor.get(FORM, headers=ENGLISH).text
    assert "SIREN or NIF" in html

    refused = forms.typed(tax_number="PT501442601")
    html = visitor.post(FORM, refused, status=400, headers=ENGLISH).text
    assert "This NIF is not correct: compare each digit." in html

    which = forms.typed(tax_number="501442669")
    html = visitor.post(FORM, which, status=400, headers=ENGLISH).text
    assert "write FR (France) or PT (Portugal) before it" in html


def test_its_company_leaves_by_the_clock_of_lisbon(portuguese: Flask, visitor: Page) -> None:
    with portuguese.app_context(), transaction() as session:
        company = builders.a_company(
            session, country=PORTUGAL, tax_number=NIF, zone="Europe/Lisbon", phone="+351213456789"
        )
        contract = builders.a_subscription(session, company).contract
        holder = builders.a_person(session, company)
        session.refresh(holder)
        session.expunge_all()
    visitor.sign_in(holder)
    visitor.get(FORM)
    visitor.post(FORM, forms.sent(contracts=contract))
    tick(portuguese, portuguese.config["SETTINGS"])

    with portuguese.app_context():
        request = forms.only_request(db.session())
        written = {one.kind: one for one in db.session.scalars(select(Message))}
        assert (request.state, request.endings[0].zone) == (State.CONFIRMED, "Europe/Lisbon")
        confirmation = written[MessageKind.CONFIRMATION].text
    assert "heure de Lisbonne" in confirmation
    assert "au Portugal, la loi vous demande" in confirmation


def test_its_readers_see_its_ways_and_why_there_is_no_other(visitor: Page) -> None:
    for path in ("/help-center/", "/help-center/cancel-subscription"):
        html = visitor.get(path, headers={"Accept-Language": "en-PT"}).text
        own = html.split('id="ways"')[1]
        assert "How to cancel" in html
        assert own.index("By yourself, in account management") < own.index("By a request")
        assert "In Portugal there is no phone line: send us a request." in own


def test_only_a_country_with_a_legislation_is_written_down(portuguese: Flask) -> None:
    with portuguese.app_context():
        builders.a_company(db.session(), country=PORTUGAL)
        with pytest.raises(StatementError, match="no legislation for IT"):
            builders.a_company(db.session(), country=Country("IT"))
        assert labels.word(PORTUGAL) == "Portugal"


def test_a_wrong_file_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "PT.toml").write_text('zone = "Europe/Lisbon"')
    environment = {"HELPDESK_MODE": "test", "SECRET_KEY": "s" * 32}

    with pytest.raises(SettingRefused, match=r"^PT.toml: ways is missing\.$"):
        Settings.from_environment(environment | {"LEGISLATIONS": str(tmp_path)})
    with pytest.raises(SettingRefused, match="LEGISLATIONS must be a folder"):
        Settings.from_environment(environment | {"LEGISLATIONS": str(tmp_path / "none")})


def test_its_folder_is_read_from_the_environment(tmp_path: Path) -> None:
    portugal(tmp_path)
    given = {"HELPDESK_MODE": "test", "SECRET_KEY": "s" * 32, "LEGISLATIONS": str(tmp_path)}

    assert Settings.from_environment(given).legislations == tmp_path


def test_its_phone_is_answered_by_a_desk_that_is_there(settings: Settings, tmp_path: Path) -> None:
    made = create_app(replace(settings, legislations=portugal(tmp_path, desk="es").parent))
    made.test_client_class = Browser
    html = Page(made.test_client()).get("/help-center/?country=PT", headers=ENGLISH).text

    assert "+351 21 345 6789" in html
    assert "data-changes-in" in html.split("+351")[0]


def test_a_phone_that_no_desk_answers_shows_no_hours(settings: Settings, tmp_path: Path) -> None:
    made = create_app(replace(settings, legislations=portugal(tmp_path, desk="pt").parent))
    made.test_client_class = Browser
    page = Page(made.test_client())
    html = page.get("/help-center/cancel-subscription?country=PT", headers=ENGLISH).text
    page.get("/help-center/line?country=PT", status=404)

    assert "+351 21 345 6789" in html
    assert "data-changes-in" not in html
