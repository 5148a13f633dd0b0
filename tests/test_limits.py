import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.builders import PASSWORD, a_company, a_person
from tests.conftest import Page


def test_ten_tries_a_minute_then_a_pause(page: Page) -> None:
    page.get("/sign-in")
    pair = {"email": "somebody@people.example", "password": ""}

    for _ in range(10):
        page.post("/sign-in", pair, 400)

    refused = page.post("/sign-in", pair, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert page.get("/sign-in")


def test_the_right_password_does_not_pass_the_pause(session: Session, page: Page) -> None:
    ines = a_person(session, a_company(session))
    pair = {"email": ines.email, "password": ""}
    session.commit()
    page.get("/sign-in")

    for _ in range(10):
        page.post("/sign-in", pair, 400)

    page.post("/sign-in", pair | {"password": PASSWORD}, 429)


@pytest.mark.parametrize("address", ["198.51.100.7", "2001:db8::7"])
def test_somebody_else_is_not_made_to_wait(page: Page, address: str) -> None:
    page.get("/sign-in")
    for _ in range(11):
        page.client.post("/sign-in", data={"csrf_token": page.token})

    answer = page.client.get("/sign-in", environ_base={"REMOTE_ADDR": address})
    other = page.client.post(
        "/sign-in", data={"csrf_token": page.token}, environ_base={"REMOTE_ADDR": address}
    )

    assert (answer.status_code, other.status_code) == (200, 400)


def test_a_made_up_address_in_a_header_is_not_believed(client: FlaskClient, page: Page) -> None:
    page.get("/sign-in")
    for number in range(11):
        answer = page.client.post(
            "/sign-in",
            data={"csrf_token": page.token},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )

    assert answer.status_code == 429
