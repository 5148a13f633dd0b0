"""The signed proof in the link sent to a company's address on record (rules §3).

What it proves is part of it: who may verify a request has not been asked to withdraw it.
"""

from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer
from typing_extensions import override

VALID = timedelta(days=30)


class _SignerAt(TimestampSigner):
    """Dates what it signs by the instant that it is given."""

    def __init__(self, *keys: Any, at: datetime, **options: Any) -> None:
        super().__init__(*keys, **options)
        self.at = at

    @override
    def get_timestamp(self) -> int:
        return int(self.at.timestamp())


VERIFY = "verify-request"
WITHDRAW = "withdraw-request"


def _serializer(secret: str, at: datetime, what: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt=what, signer=_SignerAt, signer_kwargs={"at": at})


def sign(reference: str, secret: str, at: datetime, what: str = VERIFY) -> str:
    """Return the proof for one request, made at an instant."""
    return str(_serializer(secret, at, what).dumps(reference))


def read(token: str, secret: str, at: datetime, what: str = VERIFY) -> str | None:
    """Return the reference a proof is for; None when it is false or older than thirty days."""
    try:
        reference, made_at = _serializer(secret, at, what).loads(token, return_timestamp=True)
    except BadSignature:
        return None
    return str(reference) if at - made_at <= VALID else None
