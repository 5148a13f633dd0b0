"""The mail server that takes our messages: one connection for a batch."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from helpdesk.messages.envelope import written
from helpdesk.messages.faults import NoEncryption, NoSuchLetters

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
DONE = 250


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where to hand messages in, as `SMTP_URL` says; `starttls` is required, never or offered."""

    host: str
    port: int
    is_tls: bool
    starttls: str
    user: str
    password: str = field(repr=False)
    timeout_seconds: int

    @classmethod
    def from_url(cls, url: str, timeout_seconds: int) -> "MailServer":
        """Read `smtp://user:password@host:port?starttls=required`, or `smtps://…`.

        The user and the password are percent-decoded. Without `starttls` the connection is
        encrypted when the server offers it; any other word than `never` requires it.
        """
        parts = urlsplit(url)
        is_tls = parts.scheme == "smtps"
        asked = parse_qs(parts.query).get("starttls", ["offered"])[-1]
        return cls(
            host=parts.hostname or "",
            port=parts.port or (465 if is_tls else 25),
            is_tls=is_tls,
            starttls=asked if asked in {"offered", "never"} else "required",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            timeout_seconds=timeout_seconds,
        )


class Connection:
    """A conversation with the mail server, opened when first needed and again after a break."""

    def __init__(self, server: MailServer, sender: str) -> None:
        """Keep where and as whom to hand in; `sender` is the address that returns go to."""
        self._server = server
        self._sender = written(sender)
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def send(self, mail: EmailMessage, recipient: str) -> None:
        """Hand in one mail; returns when the server has taken it, and raises otherwise."""
        smtp, address = self._ready(), written(recipient)
        if not address.isascii() and not smtp.has_extn("smtputf8"):
            raise NoSuchLetters
        try:
            smtp.send_message(mail, self._sender, [address])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
            raise  # The server answers no to this mail, and will listen to the next one.
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """End the conversation, politely when the server still listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.quit()
        except OSError:
            smtp.close()

    def _ready(self) -> smtplib.SMTP:
        if self._smtp is not None and not self._answers(self._smtp):
            self.close()
        if self._smtp is None:
            self._smtp = self._opened()
        return self._smtp

    def _answers(self, smtp: smtplib.SMTP) -> bool:
        try:
            return smtp.noop()[0] == DONE
        except OSError:
            return False

    def _opened(self) -> smtplib.SMTP:
        server, name = self._server, self._sender.rpartition("@")[2]
        make = smtplib.SMTP_SSL if server.is_tls else smtplib.SMTP
        smtp = make(server.host, server.port, name, timeout=server.timeout_seconds)
        try:
            self._greet(smtp)
        except (OSError, ValueError):
            smtp.close()
            raise
        return smtp

    def _greet(self, smtp: smtplib.SMTP) -> None:
        server = self._server
        smtp.ehlo_or_helo_if_needed()
        offered = smtp.has_extn("starttls")
        is_encrypted = server.is_tls
        if not is_encrypted and offered and server.starttls != "never":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
            is_encrypted = True
        if not is_encrypted and _needs_encryption(server):
            raise NoEncryption
        if server.user:
            smtp.login(server.user, server.password)


def _needs_encryption(server: MailServer) -> bool:
    if server.starttls == "offered":
        return bool(server.user) and server.host not in LOOPBACK
    return server.starttls == "required"
