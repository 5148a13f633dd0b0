"""What can go wrong between us and the mail server, in words for the supervisors."""

import smtplib
import ssl
from collections.abc import Mapping

from helpdesk.languages import _l

LONGEST = 300


class NoEncryption(OSError):
    """The server offers no encryption though the settings require it, or a password needs it."""


class NoSuchLetters(ValueError):
    """The address has letters that this server has no way to write (SMTPUTF8)."""


NOT_MAIL = "The message or its address cannot be written as mail."
# Left of an answer that may have named the address, once the message’s data was deleted.
ERASED = "What the mail server answered was deleted with the message."
# The nearest class of an error names it. Kept with the attempt as it stands here, and translated
# where a supervisor reads it.
_WORDS: Mapping[type[BaseException], str] = {
    NoEncryption: "The mail server offers no encryption, which is required.",
    NoSuchLetters: "The mail server cannot send to an address with letters such as these.",
    smtplib.SMTPException: "The mail server does not let us sign in.",
    smtplib.SMTPServerDisconnected: "The mail server closed the connection.",
    TimeoutError: "The mail server did not answer in time.",
    ssl.SSLError: "The mail server could not show that it is the right one.",
    OSError: "The mail server could not be reached.",
    Exception: NOT_MAIL,
}
WORDS = (
    _l("The mail server offers no encryption, which is required."),
    _l("The mail server cannot send to an address with letters such as these."),
    _l("The mail server does not let us sign in."),
    _l("The mail server closed the connection."),
    _l("The mail server did not answer in time."),
    _l("The mail server could not show that it is the right one."),
    _l("The mail server could not be reached."),
    _l("The message or its address cannot be written as mail."),
    _l("What the mail server answered was deleted with the message."),
)
"""The same for translators."""


def told(error: Exception, password: str) -> str:
    """Return what went wrong, in the server’s own words where it said some; never the password."""
    said = " ".join(_said(error).split())
    return (said.replace(password, "…") if password else said)[:LONGEST]


def is_the_servers(error: Exception) -> bool:
    """Tell whether the next mail would meet the same: no connection, no welcome, no answer."""
    one_mails = smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError
    return isinstance(error, OSError) and not isinstance(error, one_mails)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answer(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error.__context__, TimeoutError):  # smtplib hides it behind its own.
        return _WORDS[TimeoutError]
    return next(_WORDS[one] for one in type(error).mro() if one in _WORDS)


def _answer(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
