"""How a command line ended."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: object
    out: str
    err: str
