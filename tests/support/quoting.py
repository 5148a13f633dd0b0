"""A mail server that names the address in what it refuses, as many do."""

from dataclasses import replace
from datetime import datetime

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Connection
from sqlalchemy.orm import Session
from typing_extensions import override

from helpdesk.messages.delivery import deliver_due
from helpdesk.settings import Settings
from tests.support.smtp import Postbox, serving


class Quoting(Postbox):
    """A mail server that names the address in what it refuses."""

    @override
    async def handle_RCPT(
        self,
        server: SMTP,
        session: Connection,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        said = await super().handle_RCPT(server, session, envelope, address, options)
        return f"550 <{address}> is not known here" if said.startswith("550") else said


def send(
    session: Session, settings: Settings, now: datetime, *, refused: set[str] | None = None
) -> None:
    """Send what waits to a real server, which may refuse some addresses."""
    postbox = Quoting()
    postbox.refused = refused or set()
    with serving(postbox) as address:
        deliver_due(now, replace(settings, smtp_url=f"smtp://{address}"))
    session.rollback()
    assert postbox.taken
