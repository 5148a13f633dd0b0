"""Facts of documents for tests, without rows."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from helpdesk.documents.facts import DocumentEnding, DocumentFacts
from helpdesk.rules import explanation
from helpdesk.rules.notice import Terms, give_notice
from helpdesk.rules.vocabulary import Channel, DocumentKind, Language
from tests.support.countries import FRANCE

FILED_AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CODE = "K7PD93QDWX4TM"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def an_ending(
    product: str = "Sage Active Essentials",
    contract: str = "SA-10042",
    anchor: date = date(2025, 1, 15),
    term_months: int = 1,
) -> DocumentEnding:
    terms = Terms(anchor_on=anchor, term_months=term_months)
    notice = give_notice(FILED_AT, ZoneInfo("Europe/Paris"), terms)
    return DocumentEnding(
        product=product,
        contract=contract,
        price_cents=2900,
        term_months=term_months,
        requested_on=notice.requested_on,
        notice_ends_on=notice.notice_ends_on,
        effective_on=notice.effective_on,
        last_access_on=notice.last_access_on,
        deleted_on=notice.deleted_on,
        steps=explanation.kept(notice.steps),
    )


def facts(
    kind: DocumentKind = DocumentKind.CONFIRMATION,
    language: Language = Language.FRENCH,
    **given: object,
) -> DocumentFacts:
    at = {
        DocumentKind.CONFIRMATION: datetime(2026, 3, 1, 9, 2, tzinfo=UTC),
        DocumentKind.WITHDRAWAL: datetime(2026, 3, 20, 15, 30, tzinfo=UTC),
        DocumentKind.END: datetime(2026, 4, 14, 22, 0, tzinfo=UTC),
        DocumentKind.DELETION: datetime(2026, 10, 14, 22, 1, tzinfo=UTC),
    }[kind]
    values: dict[str, object] = {
        "country": FRANCE,
        "code": CODE,
        "reference": "P7K4-93QD-M",
        "service": "Sage Active",
        "verify_url": "https://helpdesk.example/verify",
        "zone": "Europe/Paris",
        "issued_at": at,
        "requested_at": FILED_AT,
        "happened_at": at,
        "channel": Channel.HELP_CENTER,
        "endings": (an_ending(),),
    }
    if kind is DocumentKind.DELETION:
        values |= {
            "counts": {"people": 3, "subscriptions": 1, "messages": 1214, "calls": 2, "notes": 5},
            "certificate": HASH,
        }
    else:
        values |= {
            "company_name": "Boulangerie Martin",
            "tax_number": "443061841",
            "requester_name": "Inès Martin",
        }
    return DocumentFacts(kind=kind, language=language, **(values | given))  # type: ignore[arg-type]
