import smtplib
import ssl
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.messages import faults
from helpdesk.messages.delivery import deliver_due
from helpdesk.messages.mail_server import MailServer
from helpdesk.messages.models import Attempt
from helpdesk.rules.vocabulary import Language
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.smtp import Postbox, serving

PASSWORD = "p%40ss%20word"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a certificate for loopback that nobody trusts yet, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made, key = folder / "certificate.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    extra = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run([*command.split(), *extra], check=True, capture_output=True)
    return made, key


@pytest.fixture
def tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


@pytest.fixture
def waiting(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company)
    a_request(session, company)
    session.commit()


def fault(session: Session, settings: Settings, url: str) -> str:
    """Deliver to a mail server; return what went wrong, or nothing."""
    deliver_due(A_MONDAY, replace(settings, smtp_url=url))
    session.rollback()
    return session.scalars(select(Attempt.error)).one()


@pytest.mark.parametrize(
    ("url", "host", "port", "is_tls", "starttls"),
    [
        ("smtp://mail.example", "mail.example", 25, False, "offered"),
        ("smtp://mail.example:587?starttls=required", "mail.example", 587, False, "required"),
        ("smtp://mail.example:587/?starttls=requierd", "mail.example", 587, False, "required"),
        ("smtp://mail.example?starttls=never", "mail.example", 25, False, "never"),
        ("smtps://mail.example", "mail.example", 465, True, "offered"),
        ("smtp://[::1]:2525", "::1", 2525, False, "offered"),
    ],
)
def test_the_address_says_where_and_how(
    url: str, host: str, port: int, is_tls: bool, starttls: str
) -> None:
    server = MailServer.from_url(url, 10)

    assert (server.host, server.port, server.is_tls, server.starttls) == (
        host,
        port,
        is_tls,
        starttls,
    )


def test_user_and_password_are_percent_decoded_and_never_shown() -> None:
    server = MailServer.from_url(f"smtp://d%C3%A9sk%40mail:{PASSWORD}@mail.example", 10)

    assert (server.user, server.password) == ("désk@mail", "p@ss word")
    assert "p@ss word" not in repr(server)


@pytest.mark.usefixtures("waiting")
def test_it_signs_in_when_the_address_says_so(session: Session, settings: Settings) -> None:
    postbox = Postbox()

    with serving(postbox) as address:
        assert fault(session, settings, f"smtp://desk:{PASSWORD}@{address}") == ""

    assert postbox.signed_in == [(b"desk", b"p@ss word")]


@pytest.mark.usefixtures("waiting")
def test_a_wrong_password_is_told_without_it(session: Session, settings: Settings) -> None:
    with serving(Postbox()) as address:
        told = fault(session, settings, f"smtp://desk:wrong-password@{address}")

    assert told.startswith("535 ")
    assert "wrong-password" not in told


@pytest.mark.usefixtures("waiting")
def test_a_server_without_sign_in_is_told(session: Session, settings: Settings) -> None:
    with serving(Postbox(), auth_exclude_mechanism=["LOGIN", "PLAIN"]) as address:
        told = fault(session, settings, f"smtp://desk:{PASSWORD}@{address}")

    assert told == "The mail server does not let us sign in."


@pytest.mark.usefixtures("waiting")
def test_required_encryption_that_is_not_offered_sends_nothing(
    session: Session, settings: Settings
) -> None:
    postbox = Postbox()

    with serving(postbox) as address:
        told = fault(session, settings, f"smtp://{address}?starttls=required")

    assert told == "The mail server offers no encryption, which is required."
    assert postbox.tried == []


@pytest.mark.usefixtures("waiting", "trusted")
@pytest.mark.parametrize("starttls", ["", "?starttls=required"])
def test_encryption_is_used_when_offered_or_required(
    session: Session, settings: Settings, tls: ssl.SSLContext, starttls: str
) -> None:
    postbox = Postbox()

    with serving(postbox, tls_context=tls, require_starttls=True) as address:
        assert fault(session, settings, f"smtp://{address}{starttls}") == ""

    assert len(postbox.taken) == 1


@pytest.mark.usefixtures("waiting", "trusted")
def test_smtps_is_encrypted_from_the_first_byte(
    session: Session, settings: Settings, tls: ssl.SSLContext
) -> None:
    postbox = Postbox()

    with serving(postbox, ssl_context=tls) as address:
        assert fault(session, settings, f"smtps://{address}") == ""

    assert len(postbox.taken) == 1


@pytest.mark.usefixtures("waiting")
def test_a_server_that_cannot_show_who_it_is_gets_nothing(
    session: Session, settings: Settings, tls: ssl.SSLContext
) -> None:
    postbox = Postbox()

    with serving(postbox, tls_context=tls) as address:
        told = fault(session, settings, f"smtp://{address}")

    assert told == "The mail server could not show that it is the right one."
    assert postbox.tried == []


@pytest.mark.usefixtures("waiting")
def test_encryption_can_be_declined(
    session: Session, settings: Settings, tls: ssl.SSLContext
) -> None:
    with serving(Postbox(), tls_context=tls) as address:
        assert fault(session, settings, f"smtp://{address}?starttls=never") == ""


def test_a_password_that_the_server_repeats_is_not_kept() -> None:
    error = smtplib.SMTPAuthenticationError(535, b"No entry for 'p@ss word'\r\ngo away")

    assert faults.told(error, "p@ss word") == "535 No entry for '…' go away"


def test_a_long_answer_is_cut_short() -> None:
    assert len(faults.told(smtplib.SMTPDataError(554, b"x" * 5000), "")) == faults.LONGEST


def test_what_went_wrong_is_told_in_the_language_of_the_reader(app: Flask) -> None:
    attempt = Attempt(at=A_MONDAY, error="The mail server did not answer in time.")

    with app.app_context(), force_locale(Language.FRENCH):
        assert attempt.told == "Le serveur de messagerie n’a pas répondu à temps."
        assert Attempt(at=A_MONDAY, error="550 No").told == "550 No"
        assert Attempt(at=A_MONDAY, error="").told == ""


def test_every_fault_of_ours_is_in_the_catalogues(app: Flask) -> None:
    with app.app_context(), force_locale(Language.ENGLISH):
        marked = {str(words) for words in faults.WORDS}

    assert marked == {*faults._WORDS.values(), faults.ERASED}
