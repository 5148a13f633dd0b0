"""How often one address may try what could be guessed: sign-in, tracking, contract numbers."""

from time import monotonic
from typing import Any

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits.storage import MemoryStorage

SWEEP_SECONDS = 60


class SweptStorage(MemoryStorage):
    """Counts in this process, and forgets now and then what no longer counts.

    The library's own begins a thread after nearly every try to look through all that it counts:
    with many addresses that soon takes longer than the answers.
    """

    STORAGE_SCHEME = ["memory"]  # noqa: RUF012 (the library's own form): instead of its own.
    _swept_at = 0.0

    def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802 (the library’s own name)
        if monotonic() >= self._swept_at + SWEEP_SECONDS:
            self._swept_at = monotonic()
            schedule: Any = super()
            schedule._MemoryStorage__schedule_expiry()  # noqa: SLF001 (there is no other way)


limiter = Limiter(get_remote_address)
SIGN_IN = "10 per minute; 60 per hour"
TRACK = "10 per minute; 60 per hour"
FILE = "20 per minute; 200 per hour"
COLLECT = "10 per minute; 60 per hour"
