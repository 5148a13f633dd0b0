"""Rows for tests: honest defaults, everything by name. Call inside a transaction, or with one."""

import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from argon2 import PasswordHasher
from sqlalchemy.orm import Session
from stdnum import luhn

from helpdesk.desk.models import Call
from helpdesk.directory.models import Company, Hold, Person, Subscription
from helpdesk.queue import intake
from helpdesk.queue.filing import Filing
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import (
    Authority,
    Channel,
    Disposition,
    Language,
    Reason,
    Role,
)
from helpdesk.rules.words import plain
from tests.support.countries import FRANCE

SECRET = "a secret of the tests, long enough"
PASSWORD = "demo-password-1"
# One hash for all, and a cheap one: Argon2 is slow on purpose, each time that it is checked too.
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
A_MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

_numbers = itertools.count(1)


def a_siren(number: int) -> str:
    """Return a SIREN with the right check digit."""
    stem = f"{number:08}"
    return stem + luhn.calc_check_digit(stem)


def a_company(session: Session, **given: object) -> Company:
    number = next(_numbers)
    values: dict[str, object] = {
        "name": f"Boulangerie Martin {number}",
        "country": FRANCE,
        "tax_number": a_siren(44_306_100 + number),
        "zone": "Europe/Paris",
        "language": Language.FRENCH,
        "email": f"contact{number}@boulangerie-martin.example",
        "phone": f"+331420000{number % 100:02}",
        "created_at": datetime(2025, 1, 15, tzinfo=UTC),
    } | given
    values.setdefault(
        "search_words",
        plain(f"{values['name']} {values['tax_number']} {values['phone']}"),
    )
    company = Company(**values)
    session.add(company)
    session.flush()
    return company


def a_subscription(session: Session, company: Company, **given: object) -> Subscription:
    values: dict[str, object] = {
        "company_id": company.id,
        "terms_version_id": 1,
        "contract": f"SA-{10_000 + next(_numbers)}",
        "product": "Sage Active Essentials",
        "anchor_on": date(2025, 1, 15),
        "term_months": 1,
        "price_cents": 2900,
    } | given
    subscription = Subscription(**values)
    session.add(subscription)
    session.flush()
    return subscription


def a_person(session: Session, company: Company | None = None, **given: object) -> Person:
    number = next(_numbers)
    values: dict[str, object] = {
        "company_id": company.id if company else None,
        "name": f"Inès Martin {number}",
        "email": f"person{number}@people.example",
        "password_hash": PASSWORD_HASH,
        "role": Role.CUSTOMER,
        "authority": Authority.ACCOUNT_HOLDER if company else Authority.NONE,
        "language": Language.FRENCH,
        "is_demo": False,
        "session_key": uuid4().hex,
    } | given
    person = Person(**values)
    session.add(person)
    session.flush()
    return person


def an_agent(session: Session, **given: object) -> Person:
    values = {"name": "Marta Gil", "role": Role.AGENT, "language": Language.SPANISH} | given
    return a_person(session, **values)


def a_supervisor(session: Session, **given: object) -> Person:
    values = {"name": "Pilar Ruiz", "role": Role.SUPERVISOR, "language": Language.SPANISH} | given
    return a_person(session, **values)


def a_filing(company: Company | None = None, **given: object) -> Filing:
    """Return what the account holder of a company files; without one, what a visitor does."""
    values: dict[str, object] = {
        "key": str(uuid4()),
        "channel": Channel.HELP_CENTER,
        "filed_at": A_MONDAY,
        "company_id": company.id if company else None,
        "company_name": company.name if company else "Atelier Inconnu",
        "tax_number": company.tax_number if company else "552100554",
        "country": company.country if company else FRANCE,
        "requester_name": "Inès Martin",
        "authority": Authority.ACCOUNT_HOLDER if company else Authority.UNKNOWN,
        "email": "ines@boulangerie-martin.example",
        "language": Language.FRENCH,
        "reason": Reason.PRICE,
    } | given
    return Filing(**values)  # type: ignore[arg-type]


def a_request(session: Session, company: Company | None = None, **given: object) -> Request:
    """File a request through the one intake, and return it."""
    return intake.accept(session, a_filing(company, **given), SECRET).request


def a_call(session: Session, agent: Person, **given: object) -> Call:
    started_at = given.pop("started_at", A_MONDAY)
    values: dict[str, object] = {
        "key": str(uuid4()),
        "desk_id": 1,
        "hours_version_id": 1,
        "agent_id": agent.id,
        "caller_number": "+34919000000",
        "caller_name": "Titular",
        "started_at": started_at,
        "seconds": int(timedelta(minutes=3).total_seconds()),
        "out_of_hours": False,
        "disposition": Disposition.INFORMATION,
        "notes": "",
    } | given
    call = Call(**values)
    session.add(call)
    session.flush()
    return call


def a_hold(session: Session, company: Company, **given: object) -> Hold:
    values = {"reason": "Contrôle fiscal en cours.", "set_at": A_MONDAY} | given
    hold = Hold(company_id=company.id, **values)
    session.add(hold)
    session.flush()
    return hold
