"""The demo's companies, subscriptions and people."""

from datetime import date, datetime, timedelta
from random import Random

from faker import Faker
from sqlalchemy.orm import Session
from stdnum.es import cif, nif
from stdnum.fr import siren

from helpdesk import legislations, passwords
from helpdesk.demo.names import FRANCE, FRENCH_TRADES, PRODUCTS, SPAIN, SPANISH_TRADES
from helpdesk.directory import demo_sign_ins as sign_ins
from helpdesk.directory.models import Company, Person, Subscription
from helpdesk.rules.vocabulary import Authority, Country, Language, Role
from helpdesk.rules.words import plain

FRENCH_COMPANIES, SPANISH_COMPANIES = 22, 16


def make(session: Session, chance: Random, now: datetime, seed: int) -> None:
    """Make forty companies, two of them with the sign-ins of the demo, and the desk's people."""
    fakers = {}
    for country, locale in ((FRANCE, "fr_FR"), (SPAIN, "es_ES")):
        fakers[country] = Faker(locale)
        fakers[country].seed_instance(seed)
    maker = Maker(session, chance, now, passwords.hashed(sign_ins.PASSWORD))
    maker.bakery()
    maker.panaderia()
    for number in range(FRENCH_COMPANIES):
        maker.company(FRANCE, fakers[FRANCE], number)
    for number in range(SPANISH_COMPANIES):
        maker.company(SPAIN, fakers[SPAIN], number)
    maker.staff()


class Maker:
    """Makes companies one after the other, with what is common to all of them."""

    def __init__(self, session: Session, chance: Random, now: datetime, password: str) -> None:
        self.session = session
        self.chance = chance
        self.now = now
        self.password = password
        self.contract = 48_200

    def bakery(self) -> None:
        """Make the French bakery: two monthly subscriptions with different renewal days."""
        company = self._company("Boulangerie Delorme", FRANCE, "+33478372015")
        company.email = "contact@boulangerie.example"
        self._subscription(company, "Sage Active Comptabilité", date(2025, 1, 15), 1)
        self._subscription(company, "Sage Active Facturation", date(2025, 3, 28), 1)
        holder = Authority.ACCOUNT_HOLDER
        self._person(company, "Inès Delorme", sign_ins.HOLDER, authority=holder, is_demo=True)
        self._person(company, "Luc Moreau", sign_ins.COLLEAGUE, is_demo=True)

    def panaderia(self) -> None:
        """Make the Spanish bakery: one yearly subscription, renewed in a few months."""
        company = self._company("Panadería La Espiga", SPAIN, "+34915318842")
        company.email = "contacto@panaderia.example"
        anchor = (self.now - timedelta(days=290)).date()
        self._subscription(company, "Sage Active Contabilidad", anchor, 12)
        holder = Authority.ACCOUNT_HOLDER
        self._person(
            company, "Carmen Ortega", sign_ins.SPANISH_HOLDER, authority=holder, is_demo=True
        )

    def company(self, country: Country, fake: Faker, number: int) -> None:
        """Make one more company with its subscriptions and people."""
        trades = FRENCH_TRADES if country == FRANCE else SPANISH_TRADES
        name = f"{trades[number % len(trades)]} {fake.last_name()}"
        if number == 1:  # Every screen must bear a long name.
            name = f"{trades[1]} {fake.last_name()} & {fake.last_name()}, " + (
                "successeurs associés depuis 1924"
                if country == FRANCE
                else "hijos y nietos desde 1924, S.L."
            )
        company = self._company(name, country, _phone(country, self.chance))
        if country == SPAIN and number % 6 == 5:
            company.zone = "Atlantic/Canary"
        for product in self.chance.sample(PRODUCTS[country], self.chance.choice((2, 3, 3, 4))):
            term = self.chance.choice((1, 1, 1, 3, 12))
            self._subscription(company, product, self._anchor(), term)
        self._people(company, fake)

    def staff(self) -> None:
        """Make the people of the desk."""
        spanish = Language.SPANISH
        for name, email, role in (
            ("Marta Gil", sign_ins.AGENT, Role.AGENT),
            ("Pilar Ruiz", sign_ins.SUPERVISOR, Role.SUPERVISOR),
            ("Jorge Vidal", sign_ins.ADMIN, Role.ADMIN),
        ):
            self._person(None, name, email, role=role, language=spanish, is_demo=True)
        for name, email in (
            ("Nuria Sanz", "nuria@desk.example"),
            ("Andrés Peña", "andres@desk.example"),
        ):
            colleague = self._person(None, name, email, role=Role.AGENT, language=spanish)
            colleague.password_hash = None

    def _anchor(self) -> date:
        return (self.now - timedelta(days=self.chance.randint(420, 1500))).date()

    def _people(self, company: Company, fake: Faker) -> None:
        domain = company.email.partition("@")[2]
        first = True
        for _ in range(self.chance.choice((2, 3))):
            given, family = fake.first_name(), fake.last_name()
            address = plain(f"{given}.{family}").replace(" ", "").replace("'", "")
            other = self.chance.choice((Authority.SUBSCRIPTION_MANAGER, Authority.NONE))
            person = self._person(
                company,
                f"{given} {family}",
                f"{address}@{domain}",
                authority=Authority.ACCOUNT_HOLDER if first else other,
            )
            person.password_hash = None
            person.phone = _phone(company.country, self.chance)
            first = False

    def _company(self, name: str, country: Country, phone: str) -> Company:
        french = country == FRANCE
        tax_number = _siren(self.chance) if french else _cif(self.chance)
        trade = "".join(sign for sign in plain(name) if sign.isascii() and sign.isalnum())
        company = Company(
            name=name,
            country=country,
            tax_number=tax_number,
            zone=legislations.of(country).zone,
            language=Language.FRENCH if french else Language.SPANISH,
            email=f"contact@{trade[:40]}.example",
            phone=phone,
            search_words=plain(f"{name} {tax_number} {phone}"),
            created_at=self.now - timedelta(days=1500),
        )
        self.session.add(company)
        self.session.flush()
        return company

    def _subscription(self, company: Company, product: str, anchor: date, term: int) -> None:
        self.contract += self.chance.randint(1, 17)
        self.session.add(
            Subscription(
                company_id=company.id,
                terms_version_id=1,
                contract=f"SA-{self.contract}",
                product=product,
                anchor_on=anchor,
                term_months=term,
                price_cents=self.chance.choice((1900, 2900, 3900, 5900)) * term,
            )
        )

    def _person(  # noqa: PLR0913 (a person, field by field)
        self,
        company: Company | None,
        name: str,
        email: str,
        *,
        authority: Authority = Authority.NONE,
        role: Role = Role.CUSTOMER,
        language: Language | None = None,
        is_demo: bool = False,
    ) -> Person:
        person = Person(
            company_id=company.id if company else None,
            name=name,
            email=email,
            password_hash=self.password,
            role=role,
            authority=authority,
            language=language or (company.language if company else Language.SPANISH),
            is_demo=is_demo,
            session_key=f"{self.chance.getrandbits(128):032x}",
        )
        self.session.add(person)
        self.session.flush()
        return person


def _phone(country: Country, chance: Random) -> str:
    if country == FRANCE:
        return f"+331{chance.randint(42_000_000, 48_999_999)}"
    return f"+3491{chance.randint(3_000_000, 5_999_999)}"


def _siren(chance: Random) -> str:
    stem = f"{chance.randint(31_000_000, 89_999_999)}"
    return next(stem + digit for digit in "0123456789" if siren.is_valid(stem + digit))


def _cif(chance: Random) -> str:
    stem = f"B{chance.randint(1_000_000, 8_999_999)}"
    digit = cif.calc_check_digits(stem)[0]
    return str(nif.validate(stem + digit))
