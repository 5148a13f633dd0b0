"""The signed proof in the link sent to a company's address on record (rules §3)."""

from itsdangerous import BadSignature, URLSafeTimedSerializer

VALID_SECONDS = 30 * 24 * 3600


def _signer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="verify-request")


def sign(reference: str, secret: str) -> str:
    """Return the proof for one request."""
    return _signer(secret).dumps(reference)


def read(token: str, secret: str) -> str | None:
    """Return the reference a proof is for; None when it is false or older than thirty days."""
    try:
        return str(_signer(secret).loads(token, max_age=VALID_SECONDS))
    except BadSignature:
        return None
