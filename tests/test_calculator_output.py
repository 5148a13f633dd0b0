import json

from helpdesk.calculator import (
    answer_dates,
    answer_hours,
    answer_lines,
    as_text,
)

QUESTION: dict[str, object] = {
    "requested_at": "2026-03-16T23:59",
    "timezone": "Europe/Paris",
    "anchor": "2025-01-15",
    "term_months": 1,
}


def test_a_batch_answers_line_by_line_and_a_bad_line_harms_no_other() -> None:
    good = json.dumps(QUESTION)
    lines: list[str | bytes] = [
        good + "\n",
        "",
        "[1]",
        '"text"',
        "{",
        "[" * 100_000,
        b"\xff\xfe",
        json.dumps(QUESTION | {"term_months": True}),
        '{"term_months": NaN}',
        '{"term_months": ' + "9" * 10_000 + "}",
        '{"anchor": "2025-01-15", "anchor": "2025-01-16"}',
        '{"requested_at": "2026-03-16T23:59", "timezone": "\\ud800"}',
        good.encode(),
    ]

    answers = [json.loads(line) for line in answer_lines(lines, answer_dates)]

    assert answers[0] == answers[-1] == answer_dates(QUESTION)
    assert [list(answer) for answer in answers[1:-1]] == [["error"]] * (len(lines) - 2)
    assert [answer["error"][:24] for answer in answers[1:-1]] == [
        "The line is empty.",
        "The line must be one JSO",
        "The line must be one JSO",
        "This is not JSON: Expect",
        "This JSON is nested too ",
        "This is not JSON: Expect",
        "term_months must be a wh",
        "NaN is not a number.",
        "A number is too large.",
        "An option is given twice",
        "There is no time zone '\\",
    ]


def test_people_read_lines() -> None:
    assert as_text(answer_dates(QUESTION)).splitlines()[:3] == [
        "Requested on:    2026-03-16",
        "Notice ends on:  2026-04-15",
        "Effective on:    2026-04-15",
    ]
    assert as_text(answer_dates(QUESTION)).splitlines()[-2:] == [
        "  4. last_day: effective_on 2026-04-15 → 2026-04-14",
        "  5. deletion: effective_on 2026-04-15, months 6 → 2026-10-15",
    ]
    assert as_text(answer_hours({"at": "2026-08-31T14:59"})).splitlines() == [
        "Open:      yes",
        "Season:    july_august",
        "Closes at: 2026-08-31T15:00:00+02:00",
        "Opens at:  –",
    ]
