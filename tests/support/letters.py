"""Letters for tests, without rows."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from helpdesk.desk.standard import DESKS
from helpdesk.messages.letter import Letter, LetterEnding, PhoneLine
from helpdesk.rules import explanation
from helpdesk.rules.notice import Terms, give_notice
from helpdesk.rules.vocabulary import Language, MessageKind

REFERENCE = "P7K4-93QD-M"
FILED_AT = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SPANISH_LINE = PhoneLine(DESKS["es"].phone, DESKS["es"].seasons)


def a_letter_ending(
    product: str = "Sage Active Essentials", anchor: date = date(2025, 1, 15), number: int = 1
) -> LetterEnding:
    terms = Terms(anchor_on=anchor, term_months=1, notice_days=30, retention_months=6)
    notice = give_notice(FILED_AT, ZoneInfo("Europe/Paris"), terms)
    return LetterEnding(
        number=number,
        product=product,
        requested_on=notice.requested_on,
        notice_ends_on=notice.notice_ends_on,
        effective_on=notice.effective_on,
        last_access_on=notice.last_access_on,
        deleted_on=notice.deleted_on,
        steps=explanation.kept(notice.steps),
    )


def a_letter(
    kind: MessageKind = MessageKind.CONFIRMATION,
    language: Language = Language.FRENCH,
    **given: object,
) -> Letter:
    values: dict[str, object] = {
        "key": f"1:{kind}",
        "request_id": 1,
        "recipient": "ines@boulangerie-martin.example",
        "reference": REFERENCE,
        "company_name": "Boulangerie Martin",
        "requester_name": "Inès Martin",
        "country": "FR",
        "endings": (a_letter_ending(),),
        "at": FILED_AT,
        "due_at": FILED_AT,
        "token": "a-signed.token",
        "until": FILED_AT + timedelta(days=7),
    } | given
    return Letter(kind=kind, language=language, **values)  # type: ignore[arg-type]
