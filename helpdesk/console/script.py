"""What to say on this call, line by line, in the caller's language (screens.md, the right column).

The law wants the agent's name at the start, the key of the query, and no selling (docs/law.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import force_locale, gettext, ngettext

from helpdesk.console.sheet import End, Sheet
from helpdesk.console.spelling import spelled
from helpdesk.languages import long_date, phone
from helpdesk.queue import references
from helpdesk.rules.authority import may_cancel
from helpdesk.rules.vocabulary import Disposition

Words = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say; the name stays the same when its words change, so a tick stays too."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, and for which service."""

    name: str
    service: str


def lines(sheet: Sheet, disposition: str | None, speaker: Speaker) -> list[Line]:
    """Return what to say, in the caller's language; a cancellation until it is something else."""
    with force_locale(sheet.language.value):
        match disposition:
            case Disposition.WITHDRAWAL:
                said = [*_greeting(sheet, speaker), *_withdrawal(sheet)]
            case Disposition.INFORMATION:
                said = [*_greeting(sheet, speaker), *_information(sheet)]
            case Disposition.CALLBACK:
                said = [*_greeting(sheet, speaker), *_callback(sheet)]
            case Disposition.WRONG_NUMBER:
                said = [*_wrong_number(speaker)]
            case Disposition.HUNG_UP:
                said = []
            case _:
                said = [*_greeting(sheet, speaker), *_cancellation(sheet)]
        return [Line(name, text) for name, text in said]


def _greeting(sheet: Sheet, speaker: Speaker) -> Words:
    who = {"service": speaker.service, "name": speaker.name.split()[0]}
    if sheet.is_callback:
        yield (
            "greeting",
            gettext(
                "Hello, this is %(service)s customer service, my name is %(name)s. You asked us to"
                " call you back: how can I help you?",
                **who,
            ),
        )
    else:
        yield (
            "greeting",
            gettext(
                "Hello, this is %(service)s customer service, my name is %(name)s."
                " How can I help you?",
                **who,
            ),
        )
    yield (
        "identify",
        gettext("Could you tell me the name or the tax number of your business, and your name?"),
    )


def _cancellation(sheet: Sheet) -> Words:
    if sheet.company and not sheet.ends and len(sheet.subscriptions) > 1:
        yield "which", gettext("Which of your subscriptions do you want to cancel?")
    if not sheet.company and not sheet.is_unknown:
        return
    yield (
        "reference",
        gettext(
            "Your request is registered under the number %(reference)s: %(spelled)s.",
            reference=references.written(sheet.reference),
            spelled=spelled(sheet.reference, sheet.language),
        ),
    )
    for end in sheet.ends:
        yield from _end(end, is_on_hold=sheet.is_held)
    if sheet.ends:
        yield (
            "books",
            gettext(
                "Before your access ends, please download your data:"
                " keeping your books is still your duty afterwards."
            ),
        )
    yield from _closing(sheet)


def _end(end: End, *, is_on_hold: bool) -> Words:
    number, dates = end.subscription.id, end.dates
    if end.earlier:
        yield (
            f"earlier-{number}",
            gettext(
                "For %(product)s we already have your request %(reference)s: its date stands.",
                product=end.subscription.product,
                reference=references.written(end.earlier),
            ),
        )
    yield (
        f"end-{number}",
        gettext(
            "Your subscription to %(product)s ends on %(day)s;"
            " you have access up to and including the day before.",
            product=end.subscription.product,
            day=long_date(dates.effective_on),
        ),
    )
    if is_on_hold:
        yield (
            f"kept-{number}",
            gettext(
                "The law asks us to keep your data for now, so I cannot give you a date for its"
                " deletion."
            ),
        )
        return
    yield (
        f"kept-{number}",
        ngettext(
            "We keep your data for %(num)s month and delete it from %(day)s.",
            "We keep your data for %(num)s months and delete it from %(day)s.",
            end.subscription.terms.retention_months,
            day=long_date(dates.deleted_on),
        ),
    )


def _closing(sheet: Sheet) -> Words:
    email = sheet.typed.get("email")
    if sheet.needs_review:
        yield (
            "review",
            gettext(
                "We check your request before confirming it. It counts from today,"
                " however long we take."
            ),
        )
    if email:
        sent = (
            gettext("We are sending you the acknowledgement now, to %(email)s.", email=email)
            if sheet.needs_review
            else gettext("We are sending you the confirmation now, to %(email)s.", email=email)
        )
        yield "mail", sent
    if sheet.ends:
        yield "change", gettext("You can change your mind until your access ends.")
    yield from _goodbye(sheet)


def _withdrawal(sheet: Sheet) -> Words:
    if sheet.company is None:
        return
    if not sheet.under_way:
        yield "nothing", gettext("I find no cancellation under way for your business.")
    elif not sheet.withdrawn:
        yield "which", gettext("Which of your subscriptions do you want to keep?")
    elif may_cancel(sheet.authority):
        yield from _goes_on(sheet)
    else:
        yield (
            "ask",
            gettext(
                "I find no authority to decide this in your name. We are writing now to the address"
                " that we have on record for your business: by the link in that message it keeps"
                " the subscription at once."
            ),
        )
        yield "stands", gettext("Until then the cancellation stands, with its dates.")
    yield from _goodbye(sheet)


def _goes_on(sheet: Sheet) -> Words:
    for one in sheet.withdrawn:
        yield (
            f"keep-{one.id}",
            gettext(
                "Your subscription to %(product)s goes on: it no longer ends on %(day)s.",
                product=one.product,
                day=long_date(one.effective_on),
            ),
        )
    yield "data", gettext("Your access stays open, and no data is deleted.")
    for reference in dict.fromkeys(one.request.reference for one in sheet.withdrawn):
        yield (
            f"mail-{reference}",
            gettext(
                "We are sending the confirmation now, to the address given with request"
                " %(reference)s.",
                reference=references.written(reference),
            ),
        )
    yield (
        "again",
        gettext("You can cancel again at any time; the notice then counts from that day."),
    )


def _goodbye(sheet: Sheet) -> Words:
    is_ours = sheet.is_callback
    said = gettext("Thank you; goodbye.") if is_ours else gettext("Thank you for calling; goodbye.")
    yield "goodbye", said


def _information(sheet: Sheet) -> Words:
    yield "more", gettext("Is there anything else I can help you with?")
    yield from _goodbye(sheet)


def _callback(sheet: Sheet) -> Words:
    if sheet.number:
        yield (
            "number",
            gettext("May we call you back on %(number)s?", number=phone(sheet.number)),
        )
    else:
        yield "number", gettext("On which number may we call you back?")
    yield "when", gettext("When would suit you?")
    yield "goodbye", gettext("We will call you back. Thank you; goodbye.")


def _wrong_number(speaker: Speaker) -> Words:
    yield (
        "wrong",
        gettext(
            "This is %(service)s customer service: I think you have dialled the wrong number."
            " Goodbye.",
            service=speaker.service,
        ),
    )
