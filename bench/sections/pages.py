"""The supervisors' pages over HTTP, on the largest database beside the smallest, turn by turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from time import perf_counter
from urllib.parse import quote

from bench import names
from bench.cluster import connect, number
from bench.figures import ROUNDS, Line, middle, p95
from bench.servers import OURS, serving
from bench.stage import SMALL, Stage
from bench.visitors import Refused, supervisor
from bench.wire import Client, get
from helpdesk.demo.names import FRANCE
from helpdesk.paging import ROWS

FEW, MANY = 40, 200
"""How many times a page is opened in one round, in the short run and in the big one."""
DEEP = 999 * ROWS
EDGE = """
    SELECT (extract(epoch FROM filed_at) * 1000000)::bigint, id FROM requests
    ORDER BY filed_at DESC, id DESC OFFSET %s LIMIT 1
"""
KNOWN = """
    SELECT reference FROM requests WHERE erased_at IS NULL AND state = 'confirmed'
    ORDER BY md5(reference) LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is measured; of several of the same name the worst is told."""

    name: str
    limit: float
    paths: Callable[[str], Sequence[str]]
    """Return the addresses of the page on a database, to be opened in turn."""


def _always(path: str) -> Callable[[str], Sequence[str]]:
    return lambda _url: [path]


def _search(word: str) -> Page:
    return Page("queue search by a word, p95", 2, _always(f"/queue/?search={quote(word)}"))


def _deep(url: str) -> list[str]:
    """Return the 1,000th page, or the last one of fewer."""
    with connect(url) as connection:
        many = number(connection, "SELECT count(*) FROM requests")
        skipped = min(DEEP, many - ROWS) - 1
        at, place = connection.execute(EDGE, [skipped]).fetchone() or (0, 0)
    return [f"/queue/?older={at}-{place}"]


def _requests(url: str) -> list[str]:
    with connect(url) as connection:
        return [f"/queue/requests/{one}" for (one,) in connection.execute(KNOWN).fetchall()]


PAGES = (
    Page("queue, first page, p95", 1.2, _always("/queue/")),
    Page("queue, 1,000th page, p95", 1.2, _deep),
    _search(names.COMMON[FRANCE]),
    _search(names.MIDDLING[FRANCE]),
    _search(names.RARE),
    Page("request page, p95", 1.1, _requests),
    Page("supervisors’ dashboard, p95", 1.5, _always("/queue/overview")),
    Page("supervisors’ counts, p95", 1.5, _always("/queue/?channel=phone&country=ES")),
)


class Visit:
    """A supervisor at one installation."""

    def __init__(self, port: int) -> None:
        self.cookie = supervisor(port)
        self.client = Client(port)

    def open(self, path: str) -> float:
        """Open a page; returns the seconds that it took."""
        began = perf_counter()
        answer = self.client.ask(get(path, self.cookie))
        took = perf_counter() - began
        if answer.status != 200:
            raise Refused(f"{answer.status} {path}")
        return took


def measure(stage: Stage) -> list[Line]:
    """Return a line for each page."""
    times = MANY if stage.is_full else FEW
    large, small = stage.environment(stage.size), stage.environment(SMALL)
    worst: dict[str, Line] = {}
    with serving(OURS, large, 1) as on_large, serving(OURS, small, 1) as on_small:
        visits = Visit(on_large.port), Visit(on_small.port)
        for done, page in enumerate(PAGES, start=1):
            urls = stage.url(stage.size), stage.url(SMALL)
            line = _line(page, visits, [page.paths(url) for url in urls], times)
            known = worst.get(page.name)
            worst[page.name] = line if known is None or line.ratio > known.ratio else known
            stage.say("Supervisors’ pages", done, len(PAGES))
    return list(worst.values())


def _line(page: Page, visits: Sequence[Visit], paths: Sequence[Sequence[str]], times: int) -> Line:
    turns = [cycle(one) for one in paths]
    p95s: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        took: list[list[float]] = [[], []]
        for _ in range(times):
            for seconds, visit, turn in zip(took, visits, turns, strict=True):
                seconds.append(visit.open(next(turn)))
        for found, seconds in zip(p95s, took, strict=True):
            found.append(p95(seconds) * 1000)
    return Line(
        page.name,
        middle(p95s[0]),
        middle(p95s[1]),
        "ms",
        f"the same at {SMALL:,} requests",
        limit=page.limit,
        more_is_better=False,
    )
