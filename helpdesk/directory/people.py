"""Make people and give them roles: what an administrator does from the command line."""

import secrets
from collections.abc import Iterable

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from helpdesk import passwords
from helpdesk.directory import find
from helpdesk.directory.models import Person
from helpdesk.rules.vocabulary import Authority, Language, Role

SHORTEST_PASSWORD = 12


class PersonRefused(Exception):
    """A person cannot be made or changed so; the message says why."""


def create(  # noqa: PLR0913 (a person, field by field)
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    password: str,
    language: Language,
    tax_number: str | None = None,
    authority: Authority = Authority.NONE,
) -> Person:
    """Make somebody who may sign in; customers belong to the company with the tax number.

    Raises PersonRefused for an address that is none or already taken, a short password, a company
    that is missing or unknown.
    """
    email = _address(email)
    if len(password) < SHORTEST_PASSWORD:
        raise PersonRefused(f"A password has at least {SHORTEST_PASSWORD} characters.")
    if find.person_by_email(session, email) is not None:
        raise PersonRefused(f"{email} already has an account.")
    company = find.company_by_tax_number(session, tax_number or "")
    if (company is None) is (role is Role.CUSTOMER):
        raise PersonRefused("A customer, and only a customer, belongs to a company we know.")
    person = Person(
        company_id=company.id if company else None,
        name=name,
        email=email,
        password_hash=passwords.hashed(password),
        role=role,
        authority=authority,
        language=language,
        session_key=secrets.token_hex(16),
    )
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:  # Somebody else has taken it a moment ago.
        raise PersonRefused(f"{email} already has an account.") from None
    return person


def set_role(session: Session, email: str, role: Role) -> Person:
    """Give somebody another role and end their sessions; raises PersonRefused for nobody."""
    person = find.person_by_email(session, email, lock=True)
    if person is None:
        raise PersonRefused(f"Nobody signs in as {email}.")
    if (person.company_id is None) is (role is Role.CUSTOMER):
        raise PersonRefused("A customer, and only a customer, belongs to a company.")
    person.role = role
    person.session_key = secrets.token_hex(16)
    return person


def names(session: Session, numbers: Iterable[int]) -> dict[int, str]:
    """Return the names of the people with these numbers."""
    query = select(Person.id, Person.name).where(Person.id.in_(set(numbers)))
    return dict(session.execute(query).all())


def _address(email: str) -> str:
    """Return an address as signing in compares it."""
    try:
        return validate_email(email.strip().lower(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise PersonRefused(f"{email} is not an e-mail address.") from None
