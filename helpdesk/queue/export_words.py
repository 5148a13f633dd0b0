"""What is said in an export of its own files: what each column means, and what is left out."""

from collections.abc import Mapping

from helpdesk.languages import _l

_WHO = _l("Who, when it is one of the people of the business: their number in people")
_HAPPENED = _l("When it happened")
_SETTLED = _l("When it was settled")
_ASKED_AT = _l("When it was asked for")

MEANINGS: Mapping[str, str] = {
    "id": _l("Number of the row"),
    "company_id": _l("The business: its number in companies"),
    "person_id": _WHO,
    "request_id": _l("The request: its number in requests"),
    "ending_id": _l("The end of a subscription: its number in endings"),
    "subscription_id": _l("The subscription: its number in subscriptions, while it is there"),
    "terms_version_id": _l("The terms and conditions: their number in terms_versions"),
    "document_id": _l("The document: its number in documents"),
    "call_id": _l("The call: its number in calls"),
    "linked_to_id": _l("The earlier request that it belongs to: its number in requests"),
    "name": _l("Name"),
    "country": _l("Country, in two letters (ISO 3166)"),
    "tax_number": _l("Tax number"),
    "zone": _l("Time zone in which its days are counted"),
    "language": _l("Language: fr, es or en"),
    "email": _l("E-mail address"),
    "phone": _l("Phone number, in international form"),
    "created_at": _l("When it was recorded"),
    "role": _l("Which pages the person may open"),
    "authority": _l("What lets the person cancel for the business"),
    "contract": _l("Contract number"),
    "product": _l("Product"),
    "anchor_on": _l("First date of entry into force, from which renewals are counted"),
    "term_months": _l("Length of a term, in months"),
    "price_cents": _l("Price of a term, in euro cents"),
    "ended_at": _l("When the subscription ended; empty while it is in force"),
    "valid_from": _l("First day on which it applies"),
    "notice_days": _l("Days of notice"),
    "retention_months": _l("Months for which data is kept after the end"),
    "kind": _l("What kind it is"),
    "reference": _l("Reference of the request, without its dashes"),
    "channel": _l("The way by which it came"),
    "state": _l("Where it stands"),
    "filed_at": _l("When it was received"),
    "due_at": _l("When something is next due; empty when nothing is"),
    "seal": _l("Hash of its latest event"),
    "company_name": _l("Name of the business, as it was given"),
    "requester_name": _l("Name of the person who asked"),
    "reason": _l("The reason"),
    "reason_text": _l("The reason, in the words of the person who asked"),
    "asked": _l("What was asked beside, in the same person’s words"),
    "contracts": _l("Contract numbers, as they were typed"),
    "erased_at": _l("When its personal data was erased"),
    "requested_on": _l("Day of the request"),
    "notice_ends_on": _l("Last day of the notice"),
    "effective_on": _l("Day on which the subscription ends"),
    "last_access_on": _l("Last day of access"),
    "access_ends_at": _l("Instant at which access ends"),
    "deleted_on": _l("Day from which the data is deleted"),
    "deletes_at": _l("Instant from which the data is deleted"),
    "steps": _l("Why the dates are these, step by step"),
    "done_until": _l("How far its timetable has been dealt with"),
    "number": _l("Its place among the events of its request"),
    "at": _HAPPENED,
    "action": _l("What happened"),
    "actor": _l("Who did it: by role, never by name, when it was one of us"),
    "from_state": _l("Where it stood before"),
    "to_state": _l("Where it stood afterwards"),
    "why": _l("What was said about it; empty for what we noted for our own use"),
    "digest": _l("Hash of its personal part"),
    "previous_hash": _l("Hash of the event before"),
    "hash": _l("Hash that seals it and all the events before"),
    "opened_at": _l("When it was opened"),
    "settled_at": _SETTLED,
    "began_at": _l("When it began"),
    "begun_at": _l("When the payment was begun"),
    "done_at": _l("When it was done"),
    "counts": _l("How many rows went, by kind"),
    "recipient": _l("The address that it goes to"),
    "subject": _l("Subject"),
    "text": _l("Its words as plain text"),
    "html": _l("Its words as HTML"),
    "calendar": _l("The dates that go with it, for a calendar (iCalendar)"),
    "message_id": _l("The message: its number in messages"),
    "messages.message_id": _l("The Message-ID by which mail programs know it"),
    "sent_at": _l("When the mail server accepted it"),
    "sha256": _l("SHA-256 of the file"),
    "messages.sha256": _l("SHA-256 of its words, kept when they are erased"),
    "error": _l("What the mail server answered; empty when it accepted the message"),
    "code": _l("Check code, without its dashes"),
    "issued_at": _l("When it was issued"),
    "facts": _l("What it says; empty once the data has been deleted"),
    "file": _l("Where its PDF is among these files"),
    "caller_number": _l("The number that called, in international form"),
    "caller_name": _l("Name of the caller"),
    "started_at": _l("When the call began"),
    "seconds": _l("How long the call lasted, in seconds"),
    "out_of_hours": _l("Whether the line was closed then"),
    "disposition": _l("How the call ended"),
    "notes": _l("What was noted of it"),
    "asked_at": _ASKED_AT,
    "payments.key": _l("The number by which the payment provider knows it"),
    "amount_cents": _l("Amount, in euro cents"),
    "ask_at": _l("When the provider is next asked what came of it"),
    "set_at": _l("When it was set"),
    "ends_at": _l("When it ends by itself; empty when it does not"),
    "released_at": _l("When it was lifted"),
    "ready_at": _l("When it was ready"),
    "expires_at": _l("Until when it can be downloaded"),
    "size": _l("Size, in bytes"),
    "payload": _l("What the service was told"),
}
"""By column, or by table and column where that table means something else."""

SECRET = _l("A secret that lets somebody in, or protects the proof.")
OF_STAFF = _l("It names somebody who works for us; the role is told instead.")
OURS = _l("It concerns how our software works, and nothing of the business.")
COPY = _l("A copy of other columns, made for searching.")
WORDED = _l("What the words of the message are made of; they stand here as they are sent.")
AS_FILE = _l("It stands among these files as a file of its own.")
HOLD_REASON = _l("The reason is kept by our customer service, which answers questions about it.")


def meaning(table: str, column: str) -> str:
    """Return what a column means, in the language of the moment; raises KeyError without words."""
    return str(MEANINGS.get(f"{table}.{column}") or MEANINGS[column])
