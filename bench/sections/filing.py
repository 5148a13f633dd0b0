"""File requests through the real form, eight visitors at once, beside a bare Flask."""

from collections import Counter
from collections.abc import Sequence

from bench.cluster import connect, number
from bench.figures import ROUNDS, Line, middle
from bench.servers import HELLO, OURS, Server, serving
from bench.stage import Stage
from bench.visitors import filings
from bench.wire import drive, get

PROCESSES, CLIENTS = 2, 8
FEW, MANY = 10, 60
"""How many requests each client files in one round, in the short run and in the big one."""
COUNT = "SELECT count(*) FROM requests"
HELLOS = 20
"""For each request filed, so many hellos, since they are that much quicker."""
NUMBERS = """
    SELECT tax_number FROM companies c WHERE NOT EXISTS
        (SELECT 1 FROM requests r WHERE r.company_id = c.id) LIMIT %s
"""


class Lost(Exception):
    """Fewer requests are there than receipts were given, or more."""


def measure(stage: Stage) -> list[Line]:
    """Return the line of filing."""
    url, each = stage.url(stage.size), MANY if stage.is_full else FEW
    env = stage.environment(stage.size)
    filed, hellos = [], []
    with connect(url) as connection:
        most = each * CLIENTS * (ROUNDS + 1)
        numbers = [str(one) for (one,) in connection.execute(NUMBERS, [most]).fetchall()]
    with serving(OURS, env, PROCESSES) as ours, serving(HELLO, env, PROCESSES) as hello:
        for turn in range(ROUNDS + 1):
            pace = _file(ours, url, numbers, turn, each)
            beside = _greet(hello, each * HELLOS)
            if turn:  # The first round warms up.
                filed.append(pace)
                hellos.append(beside)
            stage.say("File requests", turn, ROUNDS)
    return [
        Line(
            "file a request, 2 web processes, 8 clients",
            middle(filed),
            middle(hellos),
            "per s",
            "a bare Flask hello",
            limit=1 / 8,
            more_is_better=True,
        )
    ]


def _file(ours: Server, url: str, numbers: Sequence[str], turn: int, each: int) -> float:
    """File as many requests as all clients together do; returns how many a second."""
    with connect(url) as connection:
        before = number(connection, COUNT)
        sendings = [
            filings(ours.port, _dealt(numbers, client, each), client)
            for client in range(turn * CLIENTS, (turn + 1) * CLIENTS)
        ]
        took, answers = drive(ours.port, sendings)
        receipts = sum(one.status == 303 for one in answers)
        there = number(connection, COUNT) - before
        if not each * CLIENTS == receipts == there:
            statuses = dict(Counter(one.status for one in answers))
            raise Lost(f"{there} requests for {receipts} receipts; answers: {statuses}.")
    return receipts / took


def _dealt(numbers: Sequence[str], client: int, each: int) -> list[str]:
    """Return the next companies for a client; the same again once each has had its turn."""
    return [numbers[(client * each + place) % len(numbers)] for place in range(each)]


def _greet(hello: Server, each: int) -> float:
    took, answers = drive(hello.port, [[get("/")] * each for _ in range(CLIENTS)])
    return len(answers) / took
