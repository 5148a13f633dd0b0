"""What each kind of document says, in its own language: plain values, in the order to be read.

`parts.py` has the parts they share. Sentences that messages say too are the same ones, so that
both are translated once.
"""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import force_locale, gettext, ngettext

from helpdesk import legislations
from helpdesk.documents import codes, parts
from helpdesk.documents.facts import DocumentEnding, DocumentFacts
from helpdesk.documents.parts import Part, moment
from helpdesk.labels import word
from helpdesk.languages import day_date, listed, long_date
from helpdesk.rules.vocabulary import DocumentKind, Language, StepRule

# Where a sentence is cut, to set the day or the address that it names in its own way.
_HERE = "\u241e"
_REGIONS = {Language.FRENCH: "FR", Language.SPANISH: "ES", Language.ENGLISH: "GB"}


def of(facts: DocumentFacts) -> dict[str, Any]:
    """Return the words of a document, ready to be set; needs an app context."""
    with force_locale(facts.language.value):
        code = codes.written(facts.code)
        return {
            "language": facts.language.value,
            "region": _REGIONS[facts.language],
            "title": word(facts.kind),
            "service": facts.service,
            "issued": gettext("Issued on %(moment)s", moment=moment(facts.issued_at, facts.zone)),
            "reference": [gettext("Reference"), facts.reference],
            "code": [gettext("Check code"), code],
            "page": gettext("Page %(page)s of %(pages)s", page="{page}", pages="{pages}"),
            **_BODIES[facts.kind](facts),
            "check": _check(facts, code),
            "signed": gettext("%(service)s customer service", service=facts.service),
        }


def _lead(fact: str, *then: str, day: str = "") -> Part:
    """Return the first sentence, cut where its day stands large, and those that follow."""
    before, _, after = fact.partition(_HERE)
    return {"before": before, "day": day, "after": after, "then": [*then]}


def _check(facts: DocumentFacts, code: str) -> Part:
    how = gettext(
        "Enter the reference and the check code at %(address)s: the answer says whether this"
        " document is genuine and still holds.",
        address=_HERE,
    )
    before, _, after = how.partition(_HERE)
    return {
        "title": gettext("Check this document"),
        "before": before,
        "url": facts.verify_url,
        "after": after,
        "name": gettext("Check code"),
        "code": code,
        "note": gettext(
            "This document was made automatically and bears no handwritten signature:"
            " its check code proves that it is ours."
        ),
    }


def _confirmation(facts: DocumentFacts) -> Part:
    endings = facts.endings
    asked = parts.who(facts, gettext("Confirmed on"))
    change = parts.text(gettext("If you change your mind"), _keep(endings), _restart())
    if len(endings) == 1:
        one = endings[0]
        lead = _lead(
            gettext(
                "Your cancellation is confirmed: your subscription to %(product)s ends on %(day)s.",
                product=one.product,
                day=_HERE,
            ),
            gettext(
                "You have access up to and including %(day)s.", day=day_date(one.last_access_on)
            ),
            gettext("Your data will be deleted from %(day)s.", day=long_date(one.deleted_on)),
            day=long_date(one.effective_on),
        )
        dated = [parts.dates(one, _why_title())]
        return {
            "lead": lead,
            "parts": [parts.drawing(one), asked, *dated, _data(facts), change],
        }
    lead = _lead(
        gettext("Your cancellation is confirmed: each of these subscriptions ends on its own date.")
    )
    ends = parts.overview(facts, gettext("Your subscriptions and their dates"))
    return {"lead": lead, "parts": [ends, asked, _data(facts), change, *_each(endings)]}


def _each(endings: tuple[DocumentEnding, ...]) -> list[Part]:
    """Return line and dates of every ending, under the name of its subscription."""
    return [
        part
        for ending in endings
        for part in (
            parts.drawing(ending, parts.named(ending)),
            parts.dates(ending, ""),
        )
    ]


def _why_title() -> str:
    return gettext("All dates, and why")


def _data(facts: DocumentFacts) -> Part:
    """Return what happens to the data, and what to take along before."""
    if len(facts.endings) == 1:
        one = facts.endings[0]
        sentences = [
            gettext(
                "Everything you have entered can be downloaded up to and including %(day)s;"
                " after that day access is closed.",
                day=long_date(one.last_access_on),
            ),
            _retention(one),
        ]
    else:
        sentences = [
            gettext(
                "Everything you have entered in a subscription can be downloaded up to and"
                " including its last day of access; after that day its access is closed, and"
                " its data is kept until the day from which it is deleted."
            )
        ]
    return parts.text(gettext("What happens to your data"), *filter(None, sentences), _books(facts))


def _retention(ending: DocumentEnding) -> str:
    steps = (one for one in ending.explanation if one.rule is StepRule.DELETION)
    months = next((dict(one.given).get("months") for one in steps), None)
    if months is None:
        return gettext("Your data will be deleted from %(day)s.", day=long_date(ending.deleted_on))
    return ngettext(
        "We keep your data for %(num)s month and delete it from %(day)s.",
        "We keep your data for %(num)s months and delete it from %(day)s.",
        int(months),
        day=long_date(ending.deleted_on),
    )


def _books(facts: DocumentFacts) -> str:
    return legislations.of(facts.country).books[facts.language]


def _keep(endings: tuple[DocumentEnding, ...]) -> str:
    return gettext(
        "Whoever may cancel for the business can also keep the subscription, up to and"
        " including %(day)s, and it goes on as if nothing had been asked.",
        day=long_date(min(ending.last_access_on for ending in endings)),
    )


def _restart() -> str:
    return gettext(
        "Until the data is deleted, you can restart your subscription: sign in and give your"
        " payment details, or contact us. You can also subscribe again at any time later,"
        " starting with no data."
    )


def _withdrawal(facts: DocumentFacts) -> Part:
    products = listed(dict.fromkeys(ending.product for ending in facts.endings))
    return {
        "lead": _lead(
            gettext(
                "The cancellation is withdrawn: your subscription to %(products)s goes on as if"
                " nothing had been asked.",
                products=products,
            ),
            gettext(
                "The dates that were announced no longer hold: access stays open and no data is"
                " deleted."
            ),
        ),
        "parts": [
            parts.who(facts, gettext("Withdrawn on")),
            parts.going_on(facts, gettext("What goes on")),
            parts.text(
                gettext("If you want to cancel again"),
                gettext(
                    "You can cancel again at any time. A new request counts from the day you"
                    " send it."
                ),
            ),
        ],
    }


def _end(facts: DocumentFacts) -> Part:
    one = facts.endings[0]
    deleted = long_date(one.deleted_on)
    return {
        "lead": _lead(
            gettext(
                "Your subscription to %(product)s ended on %(day)s, as you asked.",
                product=one.product,
                day=_HERE,
            ),
            gettext("Access is closed."),
            gettext("Your data is kept for now, and will be deleted from %(day)s.", day=deleted),
            day=long_date(one.effective_on),
        ),
        "parts": [
            parts.drawing(one),
            parts.who(facts, gettext("Access ended on")),
            parts.dates(one, _why_title()),
            parts.text(
                gettext("If you still need your data"),
                gettext("Contact us, or restart your subscription, before %(day)s.", day=deleted),
                _books(facts),
            ),
            parts.text(gettext("If you want to come back"), _restart()),
        ],
    }


def _deletion(facts: DocumentFacts) -> Part:
    one = facts.endings[0]
    figures = parts.figures(facts.counts, gettext("What was deleted"))
    seal = parts.seal(facts.certificate)
    return {
        "lead": _lead(
            gettext(
                "The data of the subscription to %(product)s was deleted on %(day)s.",
                product=one.product,
                day=_HERE,
            ),
            gettext("Nobody can bring it back."),
            gettext("This certificate holds no personal data, so that it can be kept for good."),
            day=long_date(facts.happened_at.astimezone(ZoneInfo(facts.zone)).date()),
        ),
        "parts": [
            parts.drawing(one),
            parts.who(facts, gettext("Data deleted on")),
            *figures,
            parts.text(
                gettext("What is kept"),
                gettext(
                    "We keep only the proof that the law asks of us: the reference of the request,"
                    " its dates and the amounts, without personal data."
                ),
            ),
            *seal,
            parts.dates(one, _why_title()),
        ],
    }


_BODIES: Mapping[DocumentKind, Callable[[DocumentFacts], Part]] = {
    DocumentKind.CONFIRMATION: _confirmation,
    DocumentKind.WITHDRAWAL: _withdrawal,
    DocumentKind.END: _end,
    DocumentKind.DELETION: _deletion,
}
