"""What a web process takes after the load, beside a bare Flask after as much.

That is what two of them take with the one that keeps them, by two: they share what they began with.
"""

from bench.cluster import connect
from bench.figures import ROUNDS, Line, middle
from bench.sections.filing import CLIENTS, NUMBERS, PROCESSES
from bench.sections.pages import Visit
from bench.servers import HELLO, OURS, serving
from bench.stage import Stage
from bench.visitors import filings
from bench.wire import drive, get

PATHS = ("/help-center/", "/help-center/cancel-subscription", "/queue/", "/queue/overview")
FEW, MANY = 25, 100
"""How often each page is opened in one round, in the short run and in the big one."""
ASKING = 2 * PROCESSES
"""So many ask at once, so that each process has its share."""
FILED = 4
"""How many requests each client files in one round."""


def measure(stage: Stage) -> list[Line]:
    """Return the line of memory: what each process takes, round after round of the same load."""
    env, times = stage.environment(stage.size), MANY if stage.is_full else FEW
    ours_had, hello_had = [], []
    with serving(OURS, env, PROCESSES) as ours, serving(HELLO, env, PROCESSES) as hello:
        visit = Visit(ours.port)
        for number in range(1, ROUNDS + 1):
            asked = [[get(path, visit.cookie) for path in PATHS] * times for _ in range(ASKING)]
            drive(ours.port, asked)
            drive(ours.port, _filings(stage, ours.port, number))
            each = len(PATHS) * times * ASKING // CLIENTS + FILED
            drive(hello.port, [[get("/")] * each for _ in range(CLIENTS)])
            ours_had.append(ours.memory())
            hello_had.append(hello.memory())
            stage.say("Memory", number, ROUNDS)
    return [
        Line(
            "memory of a web process after the load",
            middle(ours_had),
            middle(hello_had),
            "MiB",
            "a bare Flask process",
            limit=80,
            more_is_better=False,
            difference=True,
        )
    ]


def _filings(stage: Stage, port: int, number: int) -> list[list[bytes]]:
    with connect(stage.url(stage.size)) as connection:
        found = connection.execute(NUMBERS, [CLIENTS]).fetchall()
    return [
        filings(port, [str(tax_number)] * FILED, 128 + number * CLIENTS + client)
        for client, (tax_number,) in enumerate(found)
    ]
