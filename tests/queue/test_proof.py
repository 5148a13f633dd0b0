from datetime import timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer

from helpdesk import clock
from helpdesk.queue import proof
from tests.builders import A_MONDAY, SECRET

A_SECOND = timedelta(seconds=1)


def test_the_proof_names_the_request_that_it_was_made_for() -> None:
    token = proof.sign("P7K493QDM", SECRET, A_MONDAY)

    assert proof.read(token, SECRET, A_MONDAY) == "P7K493QDM"


def test_it_holds_for_thirty_days() -> None:
    token = proof.sign("P7K493QDM", SECRET, A_MONDAY)

    assert proof.read(token, SECRET, A_MONDAY + proof.VALID) == "P7K493QDM"
    assert proof.read(token, SECRET, A_MONDAY + proof.VALID + A_SECOND) is None


def test_it_holds_where_the_clock_was_put_back_since() -> None:
    token = proof.sign("P7K493QDM", SECRET, A_MONDAY)

    assert proof.read(token, SECRET, A_MONDAY - timedelta(days=200)) == "P7K493QDM"


def test_a_link_sent_by_an_earlier_release_still_holds() -> None:
    token = str(URLSafeTimedSerializer(SECRET, salt="verify-request").dumps("P7K493QDM"))

    assert proof.read(token, SECRET, clock.now()) == "P7K493QDM"


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "é" * 10_000])
def test_nonsense_proves_nothing(token: str) -> None:
    assert proof.read(token, SECRET, A_MONDAY) is None


def test_a_changed_proof_or_one_of_another_secret_proves_nothing() -> None:
    token = proof.sign("P7K493QDM", SECRET, A_MONDAY)

    assert proof.read("X" + token[1:], SECRET, A_MONDAY) is None
    assert proof.read(token, SECRET + "!", A_MONDAY) is None


def test_a_signature_made_for_something_else_proves_nothing() -> None:
    token = str(URLSafeTimedSerializer(SECRET, salt="something else").dumps("P7K493QDM"))

    assert proof.read(token, SECRET, clock.now()) is None
