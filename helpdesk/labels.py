"""The words that people see for every member of the vocabulary, and for the reasons of a date."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from flask_babel import LazyString, gettext, ngettext

from helpdesk import legislations
from helpdesk.languages import _l, current, day_date, day_number, either, long_date, short_date
from helpdesk.rules.explanation import Step
from helpdesk.rules.vocabulary import (
    Action,
    Authority,
    Channel,
    Country,
    Currency,
    Disposition,
    DocumentKind,
    Ends,
    ExportState,
    Kind,
    MessageKind,
    MessageState,
    OutgoingKind,
    PaymentState,
    Reason,
    ReviewReason,
    Role,
    State,
    StepRule,
)

_PAIRS: tuple[tuple[StrEnum, str], ...] = (
    (Kind.CANCELLATION, _l("Cancellation")),
    (Channel.HELP_CENTER, _l("Help Centre")),
    (Channel.ACCOUNT, _l("Account")),
    (Channel.PHONE, _l("Phone")),
    (Role.CUSTOMER, _l("Customer")),
    (Role.AGENT, _l("Agent")),
    (Role.SUPERVISOR, _l("Supervisor")),
    (Role.ADMIN, _l("Administrator")),
    (Authority.ACCOUNT_HOLDER, _l("Business owner")),
    (Authority.SUBSCRIPTION_MANAGER, _l("Permission to manage subscriptions")),
    (Authority.NONE, _l("No authority to cancel")),
    (Authority.UNKNOWN, _l("Authority not known")),
    (State.RECEIVED, _l("Received")),
    (State.IN_REVIEW, _l("In review")),
    (State.CONFIRMED, _l("Confirmed")),
    (State.ENDED, _l("Ended")),
    (State.PURGED, _l("Data deleted")),
    (State.REJECTED, _l("Rejected")),
    (State.WITHDRAWN, _l("Withdrawn")),
    (State.RESTARTED, _l("Restarted")),
    (Action.FILE, _l("Request received")),
    (Action.REVIEW, _l("Sent to review")),
    (Action.ASSIGN, _l("Business and subscriptions found")),
    (Action.VERIFY, _l("Confirmed from the business’s own address")),
    (Action.ASK, _l("Information asked of the customer")),
    (Action.ANSWER, _l("Answer from the customer")),
    (Action.CONFIRM, _l("Cancellation confirmed")),
    (Action.REJECT, _l("Request rejected")),
    (Action.LINK, _l("Linked to an earlier request")),
    (Action.REMIND, _l("Reminder sent")),
    (Action.END, _l("Subscription ended, access closed")),
    (Action.ANNOUNCE_DELETION, _l("Deletion of the data announced")),
    (Action.PURGE, _l("Data deleted")),
    (Action.WITHDRAW, _l("Cancellation withdrawn")),
    (Action.RESTART, _l("Subscription restarted")),
    (Action.HOLD, _l("Legal hold set")),
    (Action.RELEASE, _l("Legal hold released")),
    (Reason.PRICE, _l("It is too expensive")),
    (Reason.NOT_USEFUL, _l("I do not use it")),
    (Reason.MISSING_FEATURE, _l("Something I need is missing")),
    (Reason.TOO_DIFFICULT, _l("It is too difficult to use")),
    (Reason.OTHER_SOFTWARE, _l("I am moving to other software")),
    (Reason.ACCOUNTANT_DECIDES, _l("My accountant works with something else")),
    (Reason.BUSINESS_CLOSES, _l("My business is closing or being sold")),
    (Reason.OTHER, _l("Another reason")),
    (ReviewReason.AUTHORITY_NOT_SHOWN, _l("Authority not shown")),
    (ReviewReason.NO_ACTIVE_SUBSCRIPTION, _l("No active subscription")),
    (ReviewReason.SUBSCRIPTION_UNCLEAR, _l("Subscription unclear")),
    (ReviewReason.DUPLICATE, _l("Second request for the same subscription")),
    (ReviewReason.OUT_OF_HOURS, _l("Call out of hours")),
    (ReviewReason.COMPANY_NOT_FOUND, _l("Business not found")),
    (ReviewReason.LEGAL_HOLD, _l("Legal hold")),
    (Ends.OVERDUE, _l("End passed")),
    (Ends.TODAY, _l("Ends today")),
    (Ends.WEEK, _l("Ends within 7 days")),
    (Ends.MONTH, _l("Ends within 30 days")),
    (Disposition.CANCELLATION, _l("Cancellation")),
    (Disposition.WITHDRAWAL, _l("Cancellation withdrawn")),
    (Disposition.INFORMATION, _l("Information")),
    (Disposition.CALLBACK, _l("Callback wanted")),
    (Disposition.WRONG_NUMBER, _l("Wrong number")),
    (Disposition.HUNG_UP, _l("Hung up")),
    (MessageKind.ACKNOWLEDGEMENT, _l("Acknowledgement")),
    (MessageKind.VERIFICATION, _l("Request to verify")),
    (MessageKind.INFORMATION_ASKED, _l("Question to the customer")),
    (MessageKind.CONFIRMATION, _l("Confirmation")),
    (MessageKind.REMINDER_30, _l("Reminder, 30 days before")),
    (MessageKind.REMINDER_7, _l("Reminder, 7 days before")),
    (MessageKind.REMINDER_1, _l("Reminder, the day before")),
    (MessageKind.ACCESS_ENDED, _l("End of access")),
    (MessageKind.DELETION_NOTICE, _l("Deletion in 30 days")),
    (MessageKind.DELETION_DONE, _l("Data deleted")),
    (MessageKind.REJECTION, _l("Rejection")),
    (MessageKind.LINKED, _l("Linked to the first request")),
    (MessageKind.WITHDRAWAL, _l("Withdrawal")),
    (MessageKind.RESTART, _l("Restart")),
    (MessageKind.WITHDRAWAL_ASKED, _l("Withdrawal to verify")),
    (MessageKind.PERMISSION_ASKED, _l("Question to who may cancel")),
    (MessageKind.EXPORT_READY, _l("Data ready to download")),
    (MessageState.WAITING, _l("Waiting")),
    (MessageState.SENT, _l("Sent")),
    (MessageState.FAILED, _l("Given up")),
    (MessageState.CANCELLED, _l("Not sent")),
    (DocumentKind.CONFIRMATION, _l("Confirmation of cancellation")),
    (DocumentKind.WITHDRAWAL, _l("Confirmation of withdrawal")),
    (DocumentKind.END, _l("Confirmation of the end of subscription")),
    (DocumentKind.DELETION, _l("Certificate of deletion")),
    (Currency.CURRENT, _l("Genuine and current")),
    (Currency.SUPERSEDED, _l("Genuine, but no longer current")),
    (Currency.WITHDRAWN, _l("Genuine, but withdrawn since")),
    (Currency.RESTARTED, _l("Genuine, but the subscription was restarted since")),
    (Currency.DELETED, _l("Genuine, but the data was deleted since")),
    (OutgoingKind.SUBSCRIPTION_ENDING, _l("Subscription will end")),
    (OutgoingKind.SUBSCRIPTION_KEPT, _l("Subscription goes on")),
    (OutgoingKind.SUBSCRIPTION_ENDED, _l("Access ended")),
    (OutgoingKind.SUBSCRIPTION_RESTARTED, _l("Subscription restarted")),
    (OutgoingKind.SUBSCRIPTION_DELETED, _l("Data of the subscription deleted")),
    (OutgoingKind.COMPANY_DELETED, _l("Data of the business deleted")),
    (ExportState.WAITING, _l("Waiting")),
    (ExportState.MAKING, _l("Being made")),
    (ExportState.READY, _l("Ready")),
    (ExportState.EXPIRED, _l("Expired")),
    (PaymentState.BEGUN, _l("Begun")),
    (PaymentState.UNANSWERED, _l("No answer yet")),
    (PaymentState.ACCEPTED, _l("Accepted")),
    (PaymentState.REFUSED, _l("Refused")),
    (PaymentState.CANCELLED, _l("Cancelled")),
)
# Members of two enums may share a word: the enum is part of the key.
WORDS: Mapping[tuple[type[StrEnum], str], str] = {
    (type(member), member.value): text for member, text in _PAIRS
}


ICONS: Mapping[State, str] = {
    State.RECEIVED: "inbox",
    State.IN_REVIEW: "eye",
    State.CONFIRMED: "check",
    State.ENDED: "lock",
    State.PURGED: "eraser",
    State.REJECTED: "x",
    State.WITHDRAWN: "arrow-back",
    State.RESTARTED: "refresh",
}

ACTION_ICONS: Mapping[Action, str] = {
    Action.FILE: "inbox",
    Action.REVIEW: "eye",
    Action.ASSIGN: "building",
    Action.VERIFY: "circle-check",
    Action.ASK: "question-mark",
    Action.ANSWER: "message",
    Action.CONFIRM: "check",
    Action.REJECT: "x",
    Action.LINK: "link",
    Action.REMIND: "bell",
    Action.END: "lock",
    Action.ANNOUNCE_DELETION: "mail",
    Action.PURGE: "eraser",
    Action.WITHDRAW: "arrow-back",
    Action.RESTART: "refresh",
    Action.HOLD: "gavel",
    Action.RELEASE: "player-play",
}


def word(member: StrEnum | Country) -> str:
    """Return the words for one member of the vocabulary, in the page's language."""
    if isinstance(member, Country):
        return legislations.of(member).name[current()]
    return str(WORDS[type(member), member.value])


def choices(members: Iterable[StrEnum | Country]) -> list[tuple[str, str]]:
    """Return the members as a form's choices, put into the page's language where they are shown."""
    return [(str(one), LazyString(word, one)) for one in members]


def tax_numbers() -> str:
    """Name the numbers by which companies are known: “SIREN or NIF”."""
    return either(one.tax_number.name for one in legislations.all())


def zone(name: str) -> str:
    """Say whose time a zone is: “Paris time”."""
    return legislations.zone_names(name)[current()]


YEAR_MONTHS = 12


def term(months: int) -> str:
    """Say how long a term is: monthly, yearly, every 3 months."""
    if months == 1:
        return gettext("monthly")
    if months == YEAR_MONTHS:
        return gettext("yearly")
    return ngettext("every %(num)s month", "every %(num)s months", months)


def why(step: Step) -> str:
    """Put one step of the explanation into words (rules §1: one source for every place)."""
    given = dict(step.given)
    match step.rule:
        case StepRule.REQUEST_DATE:
            return gettext(
                "request received on %(day)s (%(zone)s)",
                day=long_date(step.day),
                zone=zone(given["zone"]),
            )
        case StepRule.NOTICE_END:
            return ngettext(
                "%(num)s day of notice, until %(day)s",
                "%(num)s days of notice, until %(day)s",
                int(given["days"]),
                day=day_date(step.day),
            )
        case StepRule.RENEWAL:
            return _renewal(step.day, given)
        case StepRule.LAST_DAY:
            return gettext("access until the day before, included: %(day)s", day=day_date(step.day))
        case StepRule.DELETION:
            return ngettext(
                "data kept %(num)s month, then deleted from %(day)s",
                "data kept %(num)s months, then deleted from %(day)s",
                int(given["months"]),
                day=long_date(step.day),
            )


def _renewal(day: date, given: Mapping[str, str]) -> str:
    anchor, months = date.fromisoformat(given["anchor"]), int(given["term_months"])
    if months == 1:
        return gettext(
            "your subscription renews on day %(number)s of each month:"
            " the first renewal from there on is %(day)s",
            number=day_number(anchor.day),
            day=long_date(day),
        )
    return ngettext(
        "your subscription renews every %(num)s month, counted from %(anchor)s:"
        " the first renewal from there on is %(day)s",
        "your subscription renews every %(num)s months, counted from %(anchor)s:"
        " the first renewal from there on is %(day)s",
        months,
        anchor=short_date(anchor),
        day=long_date(day),
    )
