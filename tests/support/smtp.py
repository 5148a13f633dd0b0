"""A real mail server on loopback that can be told to behave badly towards an address."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

ACCEPTED = "250 Kept"


class Postbox:
    """What the server does with mail for an address, and what it has been given so far.

    `refused`: 550 to the recipient. `unwanted`: 554 to the mail itself. `dropped`: the connection
    ends once the mail is there. `slow`: no answer until the server stops.
    """

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.unwanted: set[str] = set()
        self.dropped: set[str] = set()
        self.slow: set[str] = set()
        self.taken: list[EmailMessage] = []
        self.tried: list[str] = []
        self.ids: list[str] = []
        self.connections = 0
        # Ends the connection instead of saying that it still listens.
        self.tires = False
        # Called, if given, while a mail is being handed in.
        self.during: Callable[[], None] | None = None
        self.signed_in: list[tuple[bytes, bytes]] = []
        self._lock = threading.Lock()

    async def handle_EHLO(  # noqa: N802 (the name of aiosmtpd)
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802 (the name of aiosmtpd)
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        self.tried.append(address)
        if address in self.refused:
            return "550 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 (the name of aiosmtpd)
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        mail = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        self.ids.append(str(mail["Message-ID"]))
        recipients = set(envelope.rcpt_tos)
        if self.during:
            await asyncio.to_thread(self.during)
        if recipients & self.dropped:
            server.transport.abort()
        elif recipients & self.slow:
            await asyncio.Event().wait()
        elif recipients & self.unwanted:
            return "554 Not this mail"
        else:
            with self._lock:
                self.taken.append(mail)
        return ACCEPTED

    async def handle_NOOP(  # noqa: N802 (the name of aiosmtpd)
        self, server: SMTP, _session: Session, _envelope: Envelope, _words: str
    ) -> str:
        if self.tires:
            server.transport.abort()
        return "250 OK"

    def sign_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        """Let in whoever knows the password of the tests."""
        assert isinstance(data, LoginPassword)
        self.signed_in.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss word", handled=False)


class _OnAnyPort(Controller):
    """Listens on a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving(postbox: Postbox, **options: object) -> Iterator[str]:
    """Run a mail server while the block runs; gives its host and port as an address has them."""
    server = _OnAnyPort(
        postbox,
        hostname="127.0.0.1",
        port=0,
        authenticator=postbox.sign_in,
        auth_require_tls=False,
        **options,
    )
    server.start()
    try:
        yield f"127.0.0.1:{server.port}"
    finally:
        server.stop()
