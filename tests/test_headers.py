from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from helpdesk import headers
from helpdesk.app import create_app
from helpdesk.directory.models import Company
from helpdesk.settings import Mode, Settings
from tests.builders import a_request, a_supervisor
from tests.conftest import Page


def kinds(client: FlaskClient) -> dict[str, TestResponse]:
    """Return an answer of every kind that anybody can get."""
    static = client.application.static_url_path
    style = client.get(f"{static}/css/app.css", buffered=True)
    known = {"If-None-Match": style.headers["ETag"]}
    return {
        "page": client.get("/help-center/"),
        "redirect": client.get("/queue/"),
        "400": client.post("/language"),
        "404": client.get("/nowhere"),
        "405": client.put("/help-center/"),
        "413": client.post("/language", data={"language": "x" * 300_000}),
        "style": style,
        "not modified": client.get(f"{static}/css/app.css", headers=known, buffered=True),
        "no such file": client.get(f"{static}/nothing.js"),
    }


def test_the_answers_are_of_the_kinds_they_are_named(client: FlaskClient) -> None:
    assert {name: answer.status_code for name, answer in kinds(client).items()} == {
        "page": 200,
        "redirect": 303,
        "400": 400,
        "404": 404,
        "405": 405,
        "413": 413,
        "style": 200,
        "not modified": 304,
        "no such file": 404,
    }


def test_every_answer_allows_nothing_inline_and_no_other_host(client: FlaskClient) -> None:
    for name, answer in kinds(client).items():
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'"), name
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "*" not in policy
        for word in ("script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert word in policy


def test_every_answer_has_the_other_headers_too(client: FlaskClient) -> None:
    for answer in kinds(client).values():
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]


def test_a_message_s_html_may_use_its_own_styles_by_their_hash_and_run_nothing(
    session: Session, page: Page, company: Company
) -> None:
    a_request(session, company)
    pilar = a_supervisor(session)
    session.commit()
    page.sign_in(pilar)

    policy = page.client.get("/queue/outbox/1/html").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "style-src 'sha256-" in policy
    assert policy.endswith("sandbox")


def test_a_message_without_styles_may_use_none() -> None:
    assert "style-src 'none'" in headers.mail_policy("<p>Bonjour</p>")


@pytest.mark.parametrize("host", ["a" * 300, "a" * 64 + ".example"], ids=len)
def test_a_host_that_cannot_be_one_is_told_so_in_words(client: FlaskClient, host: str) -> None:
    answer = client.get("/sign-in", headers={"Host": host})

    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert "Nous n’avons pas pu lire ce qui a été envoyé" in answer.text
    assert answer.headers["Content-Security-Policy"] == headers.POLICY


def test_pages_stay_with_the_reader_and_are_asked_for_again(client: FlaskClient) -> None:
    for name in ("page", "redirect", "400", "404"):
        assert kinds(client)[name].headers["Cache-Control"] == "private, no-cache"


def test_static_files_are_kept_for_a_year_under_an_address_of_their_release(
    client: FlaskClient,
) -> None:
    answer = kinds(client)["style"]

    assert answer.cache_control.max_age == 365 * 24 * 3600
    assert answer.cache_control.public
    assert client.application.static_url_path.startswith("/static/")
    assert len(client.application.static_url_path) == len("/static/") + 10


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_pages_styles_and_scripts_travel_compressed(client: FlaskClient, encoding: str) -> None:
    static = client.application.static_url_path

    for path in ("/help-center/", f"{static}/css/app.css", f"{static}/js/app.js"):
        plain = client.get(path, buffered=True)
        small = client.get(path, headers={"Accept-Encoding": encoding}, buffered=True)
        assert small.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in small.headers["Vary"]
        assert len(small.data) < len(plain.data)


def cookies(app: Flask, base_url: str) -> list[str]:
    client = app.test_client()
    token = client.get("/sign-in", base_url=base_url).get_data(as_text=True)
    token = token.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
    answers = (
        client.get("/sign-in", base_url=base_url),
        client.post(
            "/language",
            data={"language": "es", "csrf_token": token},
            base_url=base_url,
            headers={"Referer": f"{base_url}/sign-in"},
        ),
    )
    fresh = app.test_client().get("/sign-in", base_url=base_url)
    return [
        cookie for answer in (fresh, *answers) for cookie in answer.headers.getlist("Set-Cookie")
    ]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(app: Flask) -> None:
    found = cookies(app, "http://127.0.0.1")

    assert {cookie.split("=")[0] for cookie in found} == {"preavis", "language"}
    for cookie in found:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie


def test_in_production_cookies_travel_encrypted_only_and_browsers_are_told_so(
    settings: Settings,
) -> None:
    app = create_app(replace(settings, mode=Mode.PRODUCTION))

    found = cookies(app, "https://helpdesk.example")
    answer = app.test_client().get("/help-center/", base_url="https://helpdesk.example")

    assert {cookie.split("=")[0] for cookie in found} == {"preavis", "language"}
    assert all("Secure" in cookie for cookie in found)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_outside_production_no_browser_is_told_to_encrypt(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/help-center/").headers


def test_behind_a_proxy_that_is_trusted_the_visitor_s_address_is_believed(
    settings: Settings,
) -> None:
    app = create_app(replace(settings, trusted_proxies=1))
    client = app.test_client()

    statuses = {
        client.post("/sign-in", headers={"X-Forwarded-For": f"198.51.100.{number}"}).status_code
        for number in range(12)
    }

    assert statuses == {400}
