"""The commands that answer from the rules alone: dates, hours; one question, or one a line."""

import json
import sys
from collections.abc import Callable, Mapping

import click

from helpdesk import calculator

Answer = Callable[[Mapping[str, object]], dict[str, object]]


@click.command()
@click.option("--requested-at", help="Instant of the request; a naive one is in --timezone.")
@click.option("--timezone", help="The company’s zone, such as Europe/Paris.")
@click.option("--anchor", help="First date of entry into force, YYYY-MM-DD.")
@click.option("--term-months", help="Length of a term: 1, 3, 12 …")
@click.option("--notice-days", help="Days of notice, if not 30.")
@click.option("--retention-months", help="Months that data is kept, if not 6.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--batch", is_flag=True, help="One JSON object a line on standard input.")
def dates(*, as_json: bool, batch: bool, **options: str | None) -> None:
    """Say when a subscription ends, and why."""
    _answer(calculator.answer_dates, options, as_json=as_json, batch=batch)


@click.command()
@click.option("--at", help="Instant; a naive one is in the desk’s zone.")
@click.option("--desk", help="Which desk, if not the Spanish one (es).")
@click.option("--add", help="Open time to add, such as PT8H.")
@click.option("--until", help="Count the open seconds until then.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--batch", is_flag=True, help="One JSON object a line on standard input.")
def hours(*, as_json: bool, batch: bool, **options: str | None) -> None:
    """Say whether the phone line is open, until when, and count its open time."""
    _answer(calculator.answer_hours, options, as_json=as_json, batch=batch)


def _answer(
    answer: Answer, options: Mapping[str, str | None], *, as_json: bool, batch: bool
) -> None:
    given = {name: text for name, text in options.items() if text is not None}
    if not batch:
        found = answer(given)
        click.echo(json.dumps(found, ensure_ascii=False) if as_json else calculator.as_text(found))
        return
    if given:
        raise calculator.BadInput("With --batch the questions come on standard input only.")
    lines = (line.decode("utf-8", "replace") for line in sys.stdin.buffer)
    for line in calculator.answer_lines(lines, answer):
        click.echo(line)
