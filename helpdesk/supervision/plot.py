"""Where each bar of a plot stands: the server draws, the page only colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH = 600
HEIGHT = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: whose it is, how many it stands for, and its rectangle."""

    name: str
    day: date
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars over days, one upon the other where a day has several; `top` is the highest day."""

    bars: tuple[Bar, ...]
    first: date
    last: date
    top: int
    total: int


def draw(days: Sequence[tuple[date, Mapping[str, int]]]) -> Plot:
    """Return the plot of the counts by name of each day, oldest first."""
    top = max(max((sum(counts.values()) for _day, counts in days), default=0), 1)
    step = WIDTH / len(days)
    bars = []
    for number, (day, counts) in enumerate(days):
        floor = float(HEIGHT)
        for name, count in counts.items():
            height = round(HEIGHT * count / top, 2)
            floor = round(floor - height, 2)
            x = round(number * step + step * 0.15, 2)
            bars.append(Bar(name, day, count, x, floor, round(step * 0.7, 2), height))
    total = sum(bar.count for bar in bars)
    return Plot(tuple(bars), days[0][0], days[-1][0], top, total)
