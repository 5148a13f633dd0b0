"""Figures: what was measured, what beside it, and whether their ratio holds the limit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any, Self

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: `measured` and `beside` in the same unit, `ratio` of the first to it.

    The ratio is at least the limit when more is better, at most the limit when less is.
    """

    what: str
    measured: float
    beside: float
    unit: str
    named: str
    """What stands beside it."""
    limit: float
    more_is_better: bool
    difference: bool = False
    """Whether the limit is on the difference of the two, in their unit."""

    @property
    def ratio(self) -> float:
        """What is compared with the limit."""
        if self.difference:
            return self.measured - self.beside
        return self.measured / self.beside

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.ratio >= self.limit if self.more_is_better else self.ratio <= self.limit

    def as_json(self) -> dict[str, Any]:
        """Return the line as plain values, with its ratio and whether it holds."""
        return asdict(self) | {"ratio": round(self.ratio, 4), "holds": self.holds}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Return the line that `as_json` wrote."""
        return cls(**{name: kept[name] for name in cls.__dataclass_fields__})


def p95(seconds: Sequence[float]) -> float:
    """Return the time that nineteen of twenty stay below."""
    return quantiles(seconds, n=20)[-1]


def middle(values: Sequence[float]) -> float:
    """Return the median of the rounds."""
    return median(values)
