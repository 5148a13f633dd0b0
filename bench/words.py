"""What the papers of the crowd say: as long as real ones, put together of a few sentences."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from helpdesk.documents.facts import DocumentEnding, DocumentFacts
from helpdesk.rules import explanation
from helpdesk.rules.vocabulary import Channel, DocumentKind, Language, MessageKind

if TYPE_CHECKING:
    from bench.papers import Papers

_SENTENCES = {
    Language.FRENCH: "Bonjour {name}, votre demande {reference} pour {business} : {kind}. "
    "Vous trouverez ci-dessous les dates de la fin, la raison de chacune, et comment récupérer "
    "vos données avant le dernier jour d’accès. Le préavis compte trente jours entiers. ",
    Language.SPANISH: "Hola, {name}: su solicitud {reference} para {business}: {kind}. "
    "A continuación encontrará las fechas del fin, el motivo de cada una y cómo descargar sus "
    "datos antes del último día de acceso. El preaviso es de treinta días completos. ",
}
PARAGRAPHS = 3


def words(
    language: Language, kind: MessageKind, reference: str, business: str, name: str
) -> dict[str, str]:
    """Return the columns that a message's words stand in."""
    sentence = _SENTENCES[language].format(
        name=name, reference=reference, business=business, kind=kind.value
    )
    lines = [sentence] * PARAGRAPHS
    paragraphs = "".join(f'<p style="margin: 0 0 16px">{line}</p>' for line in lines)
    html = f'<!doctype html><html lang="{language}"><body><main>{paragraphs}</main></body></html>'
    return {"subject": f"{reference} : {business}", "text": "\n\n".join(lines), "html": html}


def erased(number: int, at: datetime) -> dict[str, Any]:
    """Return the columns of a message whose words are gone; their hash stays."""
    empty = dict.fromkeys(("recipient", "subject", "text", "html"), "")
    return {**empty, "key": f"erased-{number}", "erased_at": at, "sha256": f"{number:064x}"}


def facts(
    kind: DocumentKind, code: str, of: "Papers", at: datetime, places: Sequence[int]
) -> dict[str, Any]:
    """Return what a document says."""
    who, deletion = of.who, kind is DocumentKind.DELETION
    return DocumentFacts(
        kind=kind,
        language=who.language,
        country=who.country,
        code=code,
        reference=of.written,
        service="",
        verify_url="",
        zone=who.zone,
        issued_at=at,
        requested_at=at,
        happened_at=at,
        channel=Channel.HELP_CENTER,
        endings=tuple(_ending(of, place, deletion=deletion) for place in places),
        company_name="" if deletion else who.name,
        tax_number="" if deletion else who.tax_number,
        requester_name="" if deletion else who.holder,
        certificate=f"{who.id:064x}" if deletion else "",
    ).as_json()


def _ending(of: "Papers", place: int, *, deletion: bool) -> DocumentEnding:
    contract, notice = of.who.contracts[place], of.notices[place]
    return DocumentEnding(
        product=contract.product,
        contract="" if deletion else contract.number,
        price_cents=contract.price_cents,
        term_months=contract.term_months,
        requested_on=notice.requested_on,
        notice_ends_on=notice.notice_ends_on,
        effective_on=notice.effective_on,
        last_access_on=notice.last_access_on,
        deleted_on=notice.deleted_on,
        steps=explanation.kept(notice.steps),
    )
