"""The customers of the crowd: each a company with its subscriptions and its account holder."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from bench import names
from bench.names import Names
from bench.signs import tax_number
from helpdesk import legislations, passwords
from helpdesk.demo.names import FRANCE, PRODUCTS, SPAIN
from helpdesk.rules.notice import Terms
from helpdesk.rules.vocabulary import Authority, Country, Language, Role
from helpdesk.rules.words import plain

LANGUAGES = {FRANCE: Language.FRENCH, SPAIN: Language.SPANISH}
TERMS = (1, 1, 1, 1, 3, 12)
PRICES = (1900, 2900, 3900, 5900)
SUPERVISOR, PASSWORD = "supervisor@desk.example", "benchmark-password-1"
STAFF = 20
"""The numbers of the people up to this one belong to people of ours."""


@dataclass(frozen=True, slots=True)
class Contract:
    """One subscription of a customer."""

    id: int
    number: str
    product: str
    anchor_on: date
    term_months: int
    price_cents: int

    @property
    def terms(self) -> Terms:
        """The terms as the notice rules want them."""
        return Terms(anchor_on=self.anchor_on, term_months=self.term_months)


@dataclass(frozen=True, slots=True)
class Customer:
    """A company, its account holder, its subscriptions; `id` numbers all of them."""

    id: int
    name: str
    holder: str
    country: Country
    language: Language
    zone: str
    tax_number: str
    email: str
    phone: str
    contracts: tuple[Contract, ...]
    since: datetime

    @property
    def holder_id(self) -> int:
        """The number of its account holder among the people."""
        return STAFF + 2 * self.id

    @property
    def holder_email(self) -> str:
        """Where its account holder is written to."""
        return f"holder{self.id}@people.example"


def customer(number: int, pools: dict[Country, Names], chance: Random, before: date) -> Customer:
    """Return the customer with a number, who has been one since long before a day."""
    country = FRANCE if chance.random() < 0.6 else SPAIN
    pool = pools[country]
    name = pool.business(chance)
    if number == 1:
        name = f"{names.RARE} {name}"
    age = chance.randint(60, 1500)
    anchor = before - timedelta(days=age)
    term, many = chance.choice(TERMS), 2 if chance.random() < 0.15 else 1
    contracts = tuple(
        Contract(
            id=2 * number - 1 + place,
            number=f"SA-{2 * number - 1 + place}",
            product=product,
            anchor_on=anchor,
            term_months=term,
            price_cents=chance.choice(PRICES) * term,
        )
        for place, product in enumerate(chance.sample(PRODUCTS[country], many))
    )
    return Customer(
        id=number,
        name=name,
        holder=pool.person(chance),
        country=country,
        language=LANGUAGES[country],
        zone=legislations.of(country).zone,
        tax_number=tax_number(country, number),
        email=f"contact{number}@business.example",
        phone=f"+331{40_000_000 + number}" if country == FRANCE else f"+34{910_000_000 + number}",
        contracts=contracts,
        since=datetime.combine(anchor, datetime.min.time()).astimezone(),
    )


def rows(of: Customer, ended_at: datetime | None) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of a customer who is still one, or was one less than six months ago."""
    company = {
        "id": of.id,
        "name": of.name,
        "country": of.country,
        "tax_number": of.tax_number,
        "zone": of.zone,
        "language": of.language,
        "email": of.email,
        "phone": of.phone,
        "search_words": plain(f"{of.name} {of.tax_number} {of.phone}"),
        "created_at": of.since,
    }
    subscriptions = [
        {
            "id": one.id,
            "company_id": of.id,
            "terms_version_id": 1,
            "contract": one.number,
            "product": one.product,
            "anchor_on": one.anchor_on,
            "term_months": one.term_months,
            "price_cents": one.price_cents,
            "ended_at": ended_at,
        }
        for one in of.contracts
    ]
    holder = {
        "id": of.holder_id,
        "company_id": of.id,
        "name": of.holder,
        "email": of.holder_email,
        "phone": None,
        "password_hash": None,
        "role": Role.CUSTOMER,
        "authority": Authority.ACCOUNT_HOLDER,
        "language": of.language,
        "session_key": f"{of.id:032x}",
    }
    return [
        ("companies", company),
        *(("subscriptions", one) for one in subscriptions),
        ("people", holder),
    ]


def staff() -> list[dict[str, Any]]:
    """Return the rows of the people of the desk: an agent, a supervisor."""
    return [
        {
            "id": number,
            "company_id": None,
            "name": name,
            "email": email,
            "password_hash": passwords.hashed(PASSWORD),
            "role": role,
            "authority": Authority.NONE,
            "language": Language.SPANISH,
            "session_key": f"{number:032x}",
        }
        for number, name, email, role in (
            (1, "Marta Gil", "agent@desk.example", Role.AGENT),
            (2, "Pilar Ruiz", SUPERVISOR, Role.SUPERVISOR),
        )
    ]
