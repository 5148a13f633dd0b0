"""What is known while on the call: from what has been typed to whom, what, when and who may.

Everything is decided here from our own rows: what the browser sends only points at them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from helpdesk import legislations
from helpdesk.desk import hours
from helpdesk.desk.models import CallDraft
from helpdesk.directory import find
from helpdesk.directory.holds import is_held
from helpdesk.directory.models import Company, Person, Subscription
from helpdesk.drawing import Dated
from helpdesk.forms import read_phone
from helpdesk.queue import intake, phone, withdrawal
from helpdesk.queue.models import Ending
from helpdesk.rules.authority import may_cancel
from helpdesk.rules.instants import local
from helpdesk.rules.notice import next_renewal
from helpdesk.rules.vocabulary import Authority, Country, Language

DESK = "es"
UNKNOWN = "unknown"
"""Chosen as the company, or as the person, when it is none of those offered."""
DIGITS = 19
"""A number as long as this may be larger than any that a database knows."""


def desk_country() -> Country:
    """Return the country of the desk, as which its callers give their numbers."""
    return legislations.of_desk(DESK).country


@dataclass(frozen=True, slots=True)
class End:
    """The dates of one subscription, and the reference of the request that fixed them already."""

    subscription: Subscription
    dates: Dated
    earlier: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One call as it stands: what was typed, and what it points at."""

    key: str
    reference: str
    started_at: datetime
    saved_at: datetime
    typed: MultiDict[str, str]
    number: str | None
    companies: Sequence[Company]
    company: Company | None
    people: Sequence[Person]
    person: Person | None
    subscriptions: Sequence[Subscription]
    # Whether the agent has seen these subscriptions, so that ticking none means something.
    were_offered: bool
    ends: Sequence[End]
    # What ends this company's subscriptions already, and can be withdrawn.
    under_way: Sequence[Ending]
    out_of_hours: bool
    is_held: bool

    @property
    def is_unknown(self) -> bool:
        """Whether the agent said that the company is none of ours."""
        return self.company is None and self.typed.get("company") == UNKNOWN

    @property
    def is_callback(self) -> bool:
        """Whether it is us who call, because we were asked to."""
        return "callback" in self.typed

    @property
    def withdrawn(self) -> Sequence[Ending]:
        """The ends that the caller takes back."""
        ticked = set(self.typed.getlist("endings"))
        return [one for one in self.under_way if str(one.id) in ticked]

    @property
    def authority(self) -> Authority:
        """What lets the caller cancel; a name that was only typed shows nothing."""
        return self.person.authority if self.person else Authority.UNKNOWN

    @property
    def caller(self) -> str:
        """The name of who is calling."""
        return self.person.name if self.person else self.typed.get("caller_name", "").strip()

    @property
    def language(self) -> Language:
        """The language to speak and to write in."""
        known = self.person or self.company
        return known.language if known else Language.SPANISH

    @property
    def email(self) -> str:
        """The address on record to which the confirmation would go."""
        known = self.person or self.company
        return known.email if known else ""

    @property
    def zone(self) -> str:
        """The zone of whoever calls."""
        return self.company.zone if self.company else "Europe/Madrid"

    @property
    def renewals(self) -> Mapping[int, date]:
        """When each subscription next renews, from the day of the call on, by its number."""
        today = local(self.started_at, ZoneInfo(self.zone)).date()
        return {one.id: next_renewal(today, one.terms) for one in self.subscriptions}

    @property
    def needs_review(self) -> bool:
        """Whether a supervisor will look at the request before it is confirmed."""
        return (
            self.company is None
            or not may_cancel(self.authority)
            or self.out_of_hours
            or self.is_held
            or not self.ends
            or any(end.earlier for end in self.ends)
        )


def named(session: Session, drafts: Sequence[CallDraft]) -> list[tuple[CallDraft, str]]:
    """Return half-written calls, each with what it can be known by: empty when with nothing."""
    chosen = {draft.key: _number(_first(draft, "company")) for draft in drafts}
    companies = find.companies_by_id(session, {one for one in chosen.values() if one})
    names = ("company_name", "caller_name", "number", "search")
    return [
        (draft, companies[chosen[draft.key]].name)
        if chosen[draft.key] in companies
        else (draft, next(filter(None, (_first(draft, name) for name in names)), ""))
        for draft in drafts
    ]


def _first(draft: CallDraft, name: str) -> str:
    return next(iter(draft.fields.get(name, ())), "")


def _number(typed: str) -> int:
    """Return the number of a row that was sent; 0, which is none, for anything else."""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) < DIGITS
    return int(typed) if is_number else 0


def read(session: Session, draft: CallDraft) -> Sheet:
    """Return what a half-written call points at."""
    typed: MultiDict[str, str] = MultiDict(
        (name, value) for name, values in draft.fields.items() for value in values
    )
    number = read_phone(typed.get("number", ""), desk_country())
    callers = find.people_at(session, number) if number else ()
    company = _company(session, typed, callers)
    people = sorted(company.people, key=lambda one: one.phone != number) if company else ()
    subscriptions = find.active_subscriptions(session, company.id) if company else ()
    were_offered = _offered(typed, company, subscriptions)
    known = Sheet(
        key=draft.key,
        reference=draft.reference or "",
        started_at=draft.started_at,
        saved_at=draft.saved_at,
        typed=typed,
        number=number,
        companies=_companies(session, typed, company, callers),
        company=company,
        people=people,
        person=next((one for one in people if str(one.id) == typed.get("person")), None),
        subscriptions=subscriptions,
        were_offered=were_offered,
        ends=_ends(session, _ticked(typed, subscriptions), draft.started_at),
        under_way=withdrawal.of_company(session, company.id, draft.started_at) if company else (),
        out_of_hours=not hours.is_open(session, DESK, draft.started_at),
        is_held=company is not None and is_held(session, company.id, draft.started_at),
    )
    _suggest(typed, known.email)
    return known


def _company(
    session: Session, typed: Mapping[str, str], callers: Sequence[Person]
) -> Company | None:
    """Return the company chosen; before any was, the only one that the number points at."""
    chosen = typed.get("company")
    if chosen is None:
        known = {person.company_id: person.company for person in callers}
        return next(iter(known.values())) if len(known) == 1 else None
    return session.get(Company, _number(chosen))


def _companies(
    session: Session, typed: Mapping[str, str], company: Company | None, callers: Sequence[Person]
) -> Sequence[Company]:
    """Return the companies to choose from: the chosen one, those of the number, those searched."""
    words = typed.get("search", "").strip()
    found = find.companies_matching(session, words) if words else ()
    known = [company, *(person.company for person in callers), *found]
    return list({one.id: one for one in known if one}.values())


def _offered(
    typed: MultiDict[str, str], company: Company | None, active: Sequence[Subscription]
) -> bool:
    """Tell whether these subscriptions stood on the page; the only one is ticked when they did not.

    Writes into the fields what follows from the company, or takes out what hung on another one.
    """
    if company is None:
        for name in ("offered", "subscriptions", "person"):
            typed.poplist(name)
        return False
    typed.setdefault("company", str(company.id))
    were_offered = typed.get("offered") == str(company.id)
    typed["offered"] = str(company.id)
    ticked = _ticked(typed, active)
    if not were_offered and not ticked and len(active) == 1:
        ticked = active
    if not were_offered:
        typed.setlist("subscriptions", [str(one.id) for one in ticked])
    return were_offered or bool(ticked)


def _ticked(typed: MultiDict[str, str], active: Sequence[Subscription]) -> Sequence[Subscription]:
    ticked = set(typed.getlist("subscriptions"))
    return [one for one in active if str(one.id) in ticked]


def _suggest(typed: MultiDict[str, str], email: str) -> None:
    """Write in the address on record, unless another has been typed."""
    if typed.get("email", "") in {"", typed.get("suggested")}:
        typed["email"] = email
    typed["suggested"] = email


def _ends(session: Session, chosen: Sequence[Subscription], at: datetime) -> Sequence[End]:
    earlier = phone.ending_already(session, [one.id for one in chosen])
    return [
        End(one, earlier[one.id], earlier[one.id].request.reference)
        if one.id in earlier
        else End(one, intake.notice_of(one, at), None)
        for one in chosen
    ]
