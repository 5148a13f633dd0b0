"""Every word that the rules, the tables and the screens share (words-and-law, rules §4).

The words that people see for each member are in `labels.py`.
"""

import re
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """What a request is about; question and complaint will follow."""

    CANCELLATION = "cancellation"


class Channel(StrEnum):
    """The door through which a request came."""

    HELP_CENTER = "help_center"
    ACCOUNT = "account"
    PHONE = "phone"


class Country(str):
    """The country whose legislation a company lives under: an open word, of two capital letters.

    Which countries there are is data, a file for each (`legislation.py`).
    """

    __slots__ = ()

    def __new__(cls, code: str) -> Self:
        """Return the country with this code (ISO 3166); raises `ValueError` when it is none."""
        if not re.fullmatch("[A-Z]{2}", code):
            raise ValueError(f"{code!r} is not the code of a country.")
        return super().__new__(cls, code)


class Language(StrEnum):
    """The languages that every screen and message exists in."""

    FRENCH = "fr"
    SPANISH = "es"
    ENGLISH = "en"


class Role(StrEnum):
    """What a signed-in person may do here."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Authority(StrEnum):
    """What lets a person cancel for a company (rules §3)."""

    ACCOUNT_HOLDER = "account_holder"
    SUBSCRIPTION_MANAGER = "subscription_manager"
    NONE = "none"
    UNKNOWN = "unknown"


class State(StrEnum):
    """Where a request, or one of its endings, stands (rules §4)."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    CONFIRMED = "confirmed"
    ENDED = "ended"
    PURGED = "purged"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    RESTARTED = "restarted"


class Action(StrEnum):
    """What can happen to a request; the first word of every event."""

    FILE = "file"
    REVIEW = "review"
    ASSIGN = "assign"
    VERIFY = "verify"
    ASK = "ask"
    ANSWER = "answer"
    CONFIRM = "confirm"
    REJECT = "reject"
    LINK = "link"
    REMIND = "remind"
    END = "end"
    ANNOUNCE_DELETION = "announce_deletion"
    PURGE = "purge"
    WITHDRAW = "withdraw"
    RESTART = "restart"
    HOLD = "hold"
    RELEASE = "release"


class Reason(StrEnum):
    """Why a customer leaves."""

    PRICE = "price"
    NOT_USEFUL = "not_useful"
    MISSING_FEATURE = "missing_feature"
    TOO_DIFFICULT = "too_difficult"
    OTHER_SOFTWARE = "other_software"
    ACCOUNTANT_DECIDES = "accountant_decides"
    BUSINESS_CLOSES = "business_closes"
    OTHER = "other"


class ReviewReason(StrEnum):
    """Why a person must look at a request before it is confirmed (rules §4)."""

    AUTHORITY_NOT_SHOWN = "authority_not_shown"
    NO_ACTIVE_SUBSCRIPTION = "no_active_subscription"
    SUBSCRIPTION_UNCLEAR = "subscription_unclear"
    DUPLICATE = "duplicate"
    OUT_OF_HOURS = "out_of_hours"
    COMPANY_NOT_FOUND = "company_not_found"
    LEGAL_HOLD = "legal_hold"


class Ends(StrEnum):
    """Which ends a supervisor looks at: past ones first, then today's, then those ahead."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    MONTH = "month"


class Disposition(StrEnum):
    """How a call ended."""

    CANCELLATION = "cancellation"
    WITHDRAWAL = "withdrawal"
    INFORMATION = "information"
    CALLBACK = "callback"
    WRONG_NUMBER = "wrong_number"
    HUNG_UP = "hung_up"


class MessageKind(StrEnum):
    """Every message that a change of state causes (rules §4)."""

    ACKNOWLEDGEMENT = "acknowledgement"
    VERIFICATION = "verification"
    INFORMATION_ASKED = "information_asked"
    CONFIRMATION = "confirmation"
    REMINDER_30 = "reminder_30"
    REMINDER_7 = "reminder_7"
    REMINDER_1 = "reminder_1"
    ACCESS_ENDED = "access_ended"
    DELETION_NOTICE = "deletion_notice"
    DELETION_DONE = "deletion_done"
    REJECTION = "rejection"
    LINKED = "linked"
    WITHDRAWAL = "withdrawal"
    WITHDRAWAL_ASKED = "withdrawal_asked"
    RESTART = "restart"
    PERMISSION_ASKED = "permission_asked"
    EXPORT_READY = "export_ready"


class MessageState(StrEnum):
    """Where a message stands on its way out."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepRule(StrEnum):
    """One step of the explanation why the dates are these (rules §1)."""

    REQUEST_DATE = "request_date"
    NOTICE_END = "notice_end"
    RENEWAL = "renewal"
    LAST_DAY = "last_day"
    DELETION = "deletion"


class OutgoingKind(StrEnum):
    """What the service and its other systems are told (rules §4, §5)."""

    SUBSCRIPTION_ENDING = "subscription_ending"
    SUBSCRIPTION_KEPT = "subscription_kept"
    SUBSCRIPTION_ENDED = "subscription_ended"
    SUBSCRIPTION_RESTARTED = "subscription_restarted"
    SUBSCRIPTION_DELETED = "subscription_deleted"
    COMPANY_DELETED = "company_deleted"


class ExportState(StrEnum):
    """Where the export of a company’s data stands."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    EXPIRED = "expired"


class PaymentState(StrEnum):
    """Where a payment stands; nobody knows what came of one that is unanswered."""

    BEGUN = "begun"
    UNANSWERED = "unanswered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class DocumentKind(StrEnum):
    """Every document on a durable medium."""

    CONFIRMATION = "confirmation"
    WITHDRAWAL = "withdrawal"
    END = "end"
    DELETION = "deletion"


class Currency(StrEnum):
    """Whether a genuine document still holds, and if not, what came since."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    RESTARTED = "restarted"
    DELETED = "deleted"
