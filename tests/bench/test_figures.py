"""A figure holds its limit or it does not, whichever side is the good one."""

import re
from xml.etree import ElementTree as ET

import pytest

from bench.drawing import draw
from bench.figures import Line, p95
from bench.report import limit, ratio, shown


def a_line(measured: float, beside: float = 10, **given: object) -> Line:
    values = {
        "what": "file a request & wait",
        "unit": "per s",
        "named": "hello",
        "limit": 0.5,
        "more_is_better": True,
    }
    return Line(measured=measured, beside=beside, **(values | given))


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        (a_line(5), True),
        (a_line(4.9), False),
        (a_line(12, limit=1.2, more_is_better=False), True),
        (a_line(12.1, limit=1.2, more_is_better=False), False),
        (a_line(90, limit=80, more_is_better=False, difference=True), True),
        (a_line(91, limit=80, more_is_better=False, difference=True), False),
    ],
)
def test_the_limit_itself_still_holds(line: Line, holds: bool) -> None:
    assert line.holds is holds


def test_a_line_is_kept_and_read_again() -> None:
    line = a_line(7)

    assert Line.from_json(line.as_json()) == line


def test_nineteen_of_twenty_stay_below() -> None:
    assert p95([*range(1, 201)]) == pytest.approx(190.95)


@pytest.mark.parametrize(
    ("number", "said"), [(1234.5, "1,234"), (99.94, "99.9"), (3.14159, "3.14"), (0.0089, "0.01")]
)
def test_a_figure_has_the_digits_that_mean_something(number: float, said: str) -> None:
    assert shown(number) == said


def test_the_table_says_on_which_side_a_limit_is() -> None:
    memory = a_line(90, unit="MiB", limit=80, more_is_better=False, difference=True)

    assert (ratio(a_line(5)), limit(a_line(5))) == ("0.50 ×", "≥ 0.5 ×")
    assert (ratio(memory), limit(memory)) == ("+80.0 MiB", "≤ +80 MiB")


def test_the_drawing_tells_in_words_what_it_shows() -> None:
    drawn = ET.fromstring(draw([a_line(20), a_line(1)], 1_000_000))
    title, told = (drawn.find(f"{{*}}{name}") for name in ("title", "desc"))

    assert title is not None
    assert "1,000,000" in (title.text or "")
    assert told is not None
    assert re.search("4 times better.*5 times worse", told.text or "")
