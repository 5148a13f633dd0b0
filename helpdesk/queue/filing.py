"""The one shape of what comes through any door: a frozen Filing."""

from dataclasses import dataclass
from datetime import datetime

from helpdesk.rules.vocabulary import Authority, Channel, Country, Language, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A cancellation as its door took it down; checked text, nothing looked up yet.

    `filed_at` is an aware instant and fixes the request date for ever (rules §1). A signed-in
    customer has `person_id` and `subscription_ids`; a visitor has `contracts` at most; an agent
    has what the caller could show.
    """

    key: str
    channel: Channel
    filed_at: datetime
    company_id: int | None = None
    company_name: str
    tax_number: str
    country: Country
    subscription_ids: tuple[int, ...] = ()
    contracts: str = ""
    person_id: int | None = None
    requester_name: str
    authority: Authority
    email: str
    phone: str | None = None
    language: Language
    reason: Reason | None = None
    reason_text: str = ""
    asked: str = ""
    call_id: int | None = None
    out_of_hours: bool = False
    # Read out on the phone before the call is filed; a free one is drawn without it.
    reference: str | None = None
    # Until when whoever filed it may still undo it; nothing goes out before.
    held_until: datetime | None = None
    by_person_id: int | None = None
