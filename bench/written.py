"""The rows that a life leaves of its request: itself, its endings, the call that it came by."""

from typing import TYPE_CHECKING, Any

from bench.customers import Contract
from helpdesk.rules import explanation, lifecycle
from helpdesk.rules.notice import Notice
from helpdesk.rules.vocabulary import Authority, Channel, Disposition, Kind, Reason
from helpdesk.rules.words import plain

if TYPE_CHECKING:
    from bench.lives import Life

WRITTEN, REASONS = (Channel.HELP_CENTER, Channel.ACCOUNT), tuple(Reason)
AGENT_ID = 1
_NOBODY = dict.fromkeys(
    (
        "company_name",
        "tax_number",
        "requester_name",
        "email",
        "reason_text",
        "asked",
        "contracts",
        "search_words",
    ),
    "",
)
"""What stands in a request once what is personal in it was erased (erasure.py)."""


def call(life: "Life") -> dict[str, Any]:
    """Return the call that a request came by; what is personal in it goes with the request."""
    who, gone = life.who, life.erased_at is not None
    return {
        "id": who.id,
        "key": f"call-{who.id}",
        "desk_id": 1,
        "hours_version_id": 1,
        "agent_id": AGENT_ID,
        "company_id": None if gone else who.id,
        "caller_number": None if gone else who.phone,
        "caller_name": "" if gone else who.holder,
        "started_at": life.filed_at,
        "seconds": life.chance.randint(60, 900),
        "out_of_hours": False,
        "disposition": Disposition.CANCELLATION,
        "notes": "",
    }


def ending(life: "Life", place: int) -> dict[str, Any]:
    """Return one ending of a request, as it stands today."""
    contract, gone = life.who.contracts[place], life.erased_at is not None
    return {
        "id": contract.id,
        "request_id": life.who.id,
        "subscription_id": None if gone else contract.id,
        "state": life.states[place],
        "done_until": life.done_until[place],
        **_dates(life.notices[place]),
        **_terms(contract),
        "contract": "" if gone else contract.number,
    }


def request(life: "Life") -> dict[str, Any]:
    """Return the request itself, as it stands today."""
    who, chain, chance = life.who, life.chain, life.chance
    kept = {
        "id": who.id,
        "version": len(chain.rows),
        "kind": Kind.CANCELLATION,
        "reference": chain.reference,
        "filing_key": chain.filing_key,
        "channel": Channel.PHONE if life.call_id else chance.choice(WRITTEN),
        "state": lifecycle.least_advanced(life.states),
        "filed_at": life.filed_at,
        "due_at": life.due_at,
        "seal": chain.seal,
        "country": who.country,
        "language": who.language,
        "authority": Authority.ACCOUNT_HOLDER,
        "reason": chance.choice(REASONS),
        "erased_at": life.erased_at,
    }
    return kept | (_NOBODY if life.erased_at else _person(life))


def _person(life: "Life") -> dict[str, Any]:
    who = life.who
    said = f"{who.name} {who.tax_number} {who.holder_email} {who.holder}"
    return {
        "company_id": who.id,
        "company_name": who.name,
        "tax_number": who.tax_number,
        "person_id": who.holder_id,
        "requester_name": who.holder,
        "email": who.holder_email,
        "reason_text": "",
        "asked": "",
        "contracts": "",
        "call_id": life.call_id,
        "search_words": plain(said),
    }


def _terms(contract: Contract) -> dict[str, Any]:
    return {
        "product": contract.product,
        "term_months": contract.term_months,
        "price_cents": contract.price_cents,
        "terms_version_id": 1,
    }


def _dates(notice: Notice) -> dict[str, Any]:
    return {
        "zone": notice.zone,
        "requested_on": notice.requested_on,
        "notice_ends_on": notice.notice_ends_on,
        "effective_on": notice.effective_on,
        "last_access_on": notice.last_access_on,
        "access_ends_at": notice.access_ends_at,
        "deleted_on": notice.deleted_on,
        "deletes_at": notice.deletes_at,
        "steps": explanation.kept(notice.steps),
    }
