"""What is said of a genuine document, so that it can be compared with the paper."""

from collections.abc import Iterator, Mapping

from flask_babel import gettext

from helpdesk.documents.facts import DocumentEnding, DocumentFacts
from helpdesk.documents.parts import moment, named
from helpdesk.labels import word
from helpdesk.languages import _l, long_date
from helpdesk.queue.checking import Checked
from helpdesk.rules.vocabulary import Currency, DocumentKind

Row = tuple[str, str, None]

MEANINGS: Mapping[Currency, str] = {
    Currency.CURRENT: _l("We issued this document, and what it says still holds."),
    Currency.SUPERSEDED: _l(
        "We issued this document, but something of what it says has changed since: a later"
        " document tells what holds."
    ),
    Currency.WITHDRAWN: _l(
        "We issued this document, but the cancellation was withdrawn afterwards: the subscription"
        " goes on."
    ),
    Currency.RESTARTED: _l(
        "We issued this document, but the subscription was restarted afterwards: it goes on."
    ),
    Currency.DELETED: _l(
        "We issued this document. The data that it tells was deleted afterwards, as announced, so"
        " that we cannot show it here any more."
    ),
}


def rows(checked: Checked) -> list[Row]:
    """Return what the document should say; nothing that names anybody once that was deleted."""
    said = [
        (gettext("Document"), word(checked.kind)),
        (gettext("Issued"), moment(checked.issued_at, checked.zone)),
    ]
    if checked.facts is not None:
        said += _told(checked.facts)
    return [(name, value, None) for name, value in said if value]


def _told(facts: DocumentFacts) -> Iterator[tuple[str, str]]:
    yield gettext("Business"), facts.company_name
    for ending in facts.endings:
        yield gettext("Subscription"), "\n".join((named(ending), *_dates(facts.kind, ending)))


def _dates(kind: DocumentKind, ending: DocumentEnding) -> Iterator[str]:
    if kind is DocumentKind.WITHDRAWAL:
        yield gettext(
            "%(name)s: %(value)s",
            name=gettext("End announced, no longer valid"),
            value=long_date(ending.effective_on),
        )
        return
    dates = (
        (gettext("Last day of access"), long_date(ending.last_access_on)),
        (gettext("Subscription ends"), long_date(ending.effective_on)),
        (gettext("Deletion of data"), gettext("from %(day)s", day=long_date(ending.deleted_on))),
    )
    for name, value in dates:
        yield gettext("%(name)s: %(value)s", name=name, value=value)
