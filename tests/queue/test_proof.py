from datetime import timedelta

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from typing_extensions import override

from helpdesk.queue import proof
from tests.builders import SECRET


class _SignerOf(TimestampSigner):
    """Signs as of some time ago."""

    ago = timedelta()

    @override
    def get_timestamp(self) -> int:
        return super().get_timestamp() - int(self.ago.total_seconds())


class _Older(_SignerOf):
    ago = timedelta(days=30, seconds=5)


class _Younger(_SignerOf):
    ago = timedelta(days=29)


def test_the_proof_names_the_request_that_it_was_made_for() -> None:
    assert proof.read(proof.sign("P7K493QDM", SECRET), SECRET) == "P7K493QDM"


@pytest.mark.parametrize(("signer", "read"), [(_Younger, "P7K493QDM"), (_Older, None)])
def test_it_holds_for_thirty_days(signer: type[TimestampSigner], read: str | None) -> None:
    made = URLSafeTimedSerializer(SECRET, salt="verify-request", signer=signer)

    assert proof.read(str(made.dumps("P7K493QDM")), SECRET) == read


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "é" * 10_000])
def test_nonsense_proves_nothing(token: str) -> None:
    assert proof.read(token, SECRET) is None


def test_a_changed_proof_or_one_of_another_secret_proves_nothing() -> None:
    token = proof.sign("P7K493QDM", SECRET)

    assert proof.read("X" + token[1:], SECRET) is None
    assert proof.read(token, SECRET + "!") is None


def test_a_signature_made_for_something_else_proves_nothing() -> None:
    token = str(URLSafeTimedSerializer(SECRET, salt="something else").dumps("P7K493QDM"))

    assert proof.read(token, SECRET) is None
