"""When data may go (rules §5)."""

from datetime import datetime
from typing import Protocol


class Deletes(Protocol):
    """Anything that knows the UTC instant from which its data may be deleted."""

    @property
    def deletes_at(self) -> datetime:
        """The UTC instant from which data is deleted."""


def may_delete(dates: Deletes, now: datetime, *, on_hold: bool) -> bool:
    """Tell whether the data may be deleted: its instant has come and no legal hold stops it."""
    return now >= dates.deletes_at and not on_hold
