"""A message of the outbox as mail: two parts that say the same, in one language.

With them go its dates as a calendar file, and its document as PDF.
"""

import hashlib
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

from helpdesk.documents import shelf
from helpdesk.messages import calendar
from helpdesk.messages.models import Message

# Narrow on purpose: what the forms let in, and nothing that mail programs read in two ways.
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def mail(message: Message, sender: str, service: str, pdf: bytes | None = None) -> EmailMessage:
    """Return a message as it goes to the mail server; each try sends the same, byte for byte.

    `pdf` is its document, when it has one.

    Raises ValueError when an address or the words cannot be written as mail.
    """
    name, address = parseaddr(sender)
    made = EmailMessage()
    made["From"] = Address(name or service, *_parts(address))
    made["To"] = Address("", *_parts(message.recipient))
    made["Subject"] = message.subject
    made["Date"] = message.created_at
    made["Message-ID"] = message.message_id
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(message.text, cte="quoted-printable")
    made.add_alternative(message.html, subtype="html", cte="quoted-printable")
    if message.calendar:
        made.add_attachment(
            message.calendar.encode(),
            maintype="text",
            subtype="calendar",
            params={"charset": "utf-8", "method": calendar.method_of(message.calendar)},
            filename=calendar.NAMES[message.language],
        )
    if pdf is not None and message.document:
        name = shelf.name_of(message.document)
        made.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    _bound(made, message.message_id)
    # Last, or it would be taken for the first part's own.
    made["Content-Language"] = message.language.value
    return made


def written(address: str) -> str:
    """Return an address with its domain as mail servers write it; raises ValueError for none."""
    local, domain = _parts(address)
    return f"{local}@{domain}"


def _bound(made: EmailMessage, message_id: str) -> None:
    """Set the lines between the parts, which would be other ones at each try."""
    known = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    for number, part in enumerate(one for one in made.walk() if one.is_multipart()):
        # No encoding that is used here writes these two signs together.
        part.set_boundary(f"=_{known}_{number}")


def _parts(address: str) -> tuple[str, str]:
    local, _, domain = address.rpartition("@")
    ascii_domain = domain.encode("idna").decode("ascii")
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        raise ValueError("This is not an address.")
    return local, ascii_domain
