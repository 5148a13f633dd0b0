"""What names a company without pointing at it: a tax number, an address, a phone number, words."""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import Session, aliased

from helpdesk.desk.models import CallDraft
from helpdesk.directory.models import Company, Person
from helpdesk.queue.models import Request
from helpdesk.rules.words import plain

FEWEST_DIGITS = 8
"""A shorter row of digits is no phone number, and may be anything."""


def of_company(company: Company) -> ColumnElement[bool]:
    """Return the condition that a request is a company’s, even one that did not find it.

    Each way is one that an index answers.
    """
    one = aliased(Request)
    nobodys = select(one.id).where(one.company_id.is_(None))
    people = select(Person.email).where(Person.company_id == company.id)
    ways = (
        select(one.id).where(one.company_id == company.id),
        nobodys.where(one.tax_number == company.tax_number),
        nobodys.where(one.email == company.email),
        nobodys.where(one.email.in_(people)),
    )
    return Request.id.in_(union(*ways))


def phones(session: Session, company: Company) -> Collection[str]:
    """Return the phone numbers that are a company’s and nobody else’s."""
    asked = select(Request.phone).where(of_company(company), Request.phone.is_not(None))
    people = select(Person.phone).where(Person.company_id == company.id, Person.phone.is_not(None))
    own = {company.phone, *session.scalars(people), *session.scalars(asked)} - {None}
    shared: list[Select[Any]] = [
        select(Company.phone).where(Company.phone.in_(own), Company.id != company.id),
        select(Person.phone).where(
            Person.phone.in_(own), Person.company_id.is_distinct_from(company.id)
        ),
    ]
    others = {number for query in shared for number in session.scalars(query)}
    return {number for number in own if number and number not in others}


def drafts(session: Session, company: Company) -> list[CallDraft]:
    """Return the half-written calls that are about a company, or name it."""
    written = session.scalars(select(CallDraft)).all()
    said, number = _said(session, company) if written else frozenset(), str(company.id)
    return [
        draft
        for draft in written
        if number in draft.fields.get("company", ()) or _is_named(draft, said)
    ]


def _said(session: Session, company: Company) -> frozenset[str]:
    """Return what a company would be named by, as `plain` writes it."""
    requests = session.scalars(select(Request).where(of_company(company))).all()
    said = [company.name, company.tax_number, company.email, *phones(session, company)]
    said += session.scalars(select(Person.email).where(Person.company_id == company.id))
    said += [one.email for one in requests]
    said += [ending.contract for one in requests for ending in one.endings]
    return frozenset(plain(one) for one in said if one)


def _is_named(draft: CallDraft, said: frozenset[str]) -> bool:
    """Tell whether a half-written call names a company, or has its number in any spelling."""
    words = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in said))
    for typed in (value for values in draft.fields.values() for value in values):
        digits = re.sub(r"[^0-9]", "", typed).lstrip("0")
        is_number = len(digits) >= FEWEST_DIGITS and any(one.endswith(digits) for one in said)
        if is_number or words.search(plain(typed)):
            return True
    return False
