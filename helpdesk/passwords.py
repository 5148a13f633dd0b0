"""Passwords by Argon2id, with the library's current parameters."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
# Checked when there is no such person, so that the answer takes as long either way: the hash of no
# password, with the parameters of all others.
_NOBODY = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    f"${'A' * 22}${'A' * 43}"
)


def hashed(password: str) -> str:
    """Return the hash to keep."""
    return _hasher.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Say whether a password is the one whose hash was kept."""
    try:
        _hasher.verify(kept or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None
