"""The names of a believable crowd: a few words are everywhere, most are rare, some stand once."""

from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random

from faker import Faker

from helpdesk.demo.names import FRANCE, FRENCH_TRADES, SPAIN, SPANISH_TRADES
from helpdesk.rules.vocabulary import Country

COMMON = {FRANCE: "Boulangerie", SPAIN: "Panadería"}
"""The word that a supervisor would be unwise to search for: one company in six has it."""
COMMON_SHARE = 6
MIDDLING = {FRANCE: "Horlogerie", SPAIN: "Zapatería"}
RARE = "Ornithorynque"
"""Stands in the name of one company of all."""
FAMILIES, GIVEN, CITIES = 1500, 400, 600
LOCALES = {FRANCE: "fr_FR", SPAIN: "es_ES"}
TRADES = {FRANCE: FRENCH_TRADES, SPAIN: SPANISH_TRADES}


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of one country are made of; trades come with their cumulated weights."""

    trades: tuple[str, ...]
    weights: tuple[float, ...]
    families: tuple[str, ...]
    given: tuple[str, ...]
    cities: tuple[str, ...]

    def business(self, chance: Random) -> str:
        """Return the name of a business: what it does, whose it is, often where it is."""
        (trade,) = chance.choices(self.trades, cum_weights=self.weights)
        name = f"{trade} {chance.choice(self.families)}"
        return f"{name} {chance.choice(self.cities)}" if chance.random() < 0.5 else name

    def person(self, chance: Random) -> str:
        """Return the name of somebody."""
        return f"{chance.choice(self.given)} {chance.choice(self.families)}"


@cache
def pools(seed: int) -> dict[Country, Names]:
    """Return the names of each country, the same for the same seed."""
    return {country: _names(country, seed) for country in LOCALES}


def _names(country: Country, seed: int) -> Names:
    fake = Faker(LOCALES[country])
    fake.seed_instance(seed)
    trades = (COMMON[country], *TRADES[country])
    rest = [1 / (place + 1) for place in range(len(trades) - 1)]
    common = sum(rest) / (COMMON_SHARE - 1)
    return Names(
        trades,
        tuple(accumulate([common, *rest])),
        tuple(fake.last_name() for _ in range(FAMILIES)),
        tuple(fake.first_name() for _ in range(GIVEN)),
        tuple(fake.city() for _ in range(CITIES)),
    )
