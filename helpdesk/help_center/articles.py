"""What the help centre can answer, and the search through it."""

from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.languages import _l
from helpdesk.rules.words import plain

LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Article:
    """A page, or a part of one: its endpoint, its anchor, its words, other words to find it by."""

    endpoint: str
    anchor: str
    title: str
    about: str
    words: str


ARTICLES = (
    Article(
        "help_center.cancel_subscription",
        "",
        _l("Cancel your subscription"),
        _l("When it ends, who may cancel, and how: online, by this Help Centre or by phone."),
        _l("cancellation terminate stop leave contract notice 30 days end"),
    ),
    Article(
        "help_center.ask",
        "",
        _l("Ask for personalised help"),
        _l("The form to cancel your contract, without an account."),
        _l("request form contact cancel contract write"),
    ),
    Article(
        "help_center.track",
        "",
        _l("Follow a request"),
        _l("Where your request stands, with its reference and your e-mail."),
        _l("reference status state track where"),
    ),
    Article(
        "help_center.cancel_subscription",
        "data",
        _l("What happens to your data"),
        _l("Available until the last day, then closed, and deleted after six months."),
        _l("data download collect export deletion retention books accounting FEC"),
    ),
    Article(
        "help_center.cancel_subscription",
        "who",
        _l("Who may cancel"),
        _l("The business owner, or whoever may manage subscriptions."),
        _l("authority permission rights owner account holder"),
    ),
    Article(
        "help_center.cancel_subscription",
        "restart",
        _l("Restart your subscription"),
        _l("Changed your mind? You can come back."),
        _l("reactivate resume subscribe again payment change mind"),
    ),
    Article(
        "help_center.start",
        "phone",
        _l("By phone"),
        _l("The number and the opening hours of the phone line."),
        _l("phone telephone call hours opening number line"),
    ),
)


def matching(search: str) -> Sequence[Article]:
    """Return the articles that have every word of a search, by how words begin."""
    wanted = plain(search[:LONGEST_SEARCH]).split()
    return [one for one in ARTICLES if wanted and _has(one, wanted)]


def _has(article: Article, wanted: Sequence[str]) -> bool:
    text = plain(f"{article.title} {article.about} {article.words}")
    words = "".join(sign if sign.isalnum() else " " for sign in text).split()
    return all(any(word.startswith(one) for word in words) for one in wanted)
