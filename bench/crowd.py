"""A crowd of customers and their requests over three years, shard by shard, the same each time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from bench import customers, names
from bench.customers import customer
from bench.lives import Came, Life
from bench.papers import Rows

SEED = 1
YEARS = timedelta(days=3 * 365)
FRESH = timedelta(days=20)
"""Requests in review are younger than that."""
REVIEW_SHARE = 0.28
"""Of the fresh ones; of all requests that is one in two hundred."""
OUTCOMES = (Came.CONFIRMED, Came.WITHDRAWN, Came.REJECTED, Came.RESTARTED)
WEIGHTS = (925, 40, 25, 10)
RECEIVED = 5
"""So many of the newest are still received, held until the day after."""
HELD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shard:
    """The requests numbered from `first` to before `last`, of a crowd of `size`, as of `now`."""

    first: int
    last: int
    size: int
    now: datetime

    def rows(self) -> Iterator[Rows]:
        """Yield the rows of each customer; those numbered beyond `size` never wrote to us."""
        chance, pools = Random(f"{SEED}:{self.first}"), names.pools(SEED)
        for number in range(self.first, self.last):
            if number > self.size:
                yield customers.rows(customer(number, pools, chance, self.now.date()), None)
                continue
            filed_at = self.now - YEARS * ((self.size - number + chance.random()) / self.size)
            who = customer(number, pools, chance, filed_at.date())
            came = self._came(number, filed_at, chance)
            if came is Came.WITHDRAWN:
                filed_at -= timedelta(days=4)
            yield Life(who, filed_at, self.now, came, chance).told(self.now + HELD)

    def _came(self, number: int, filed_at: datetime, chance: Random) -> Came:
        if number > self.size - RECEIVED:
            return Came.RECEIVED
        if filed_at > self.now - FRESH and chance.random() < REVIEW_SHARE:
            return Came.IN_REVIEW
        return chance.choices(OUTCOMES, WEIGHTS)[0]


@dataclass(frozen=True, slots=True)
class Due:
    """Requests just filed that wait to be confirmed, numbered from `first` to before `last`."""

    first: int
    last: int
    now: datetime

    def rows(self) -> Iterator[Rows]:
        """Yield the rows of each customer with their request."""
        chance, pools = Random(f"{SEED}:{self.first}"), names.pools(SEED)
        for number in range(self.first, self.last):
            who = customer(number, pools, chance, self.now.date())
            yield Life(who, self.now, self.now, Came.RECEIVED, chance).told()
