from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from helpdesk.calculator import (
    BadInput,
    answer_dates,
    answer_hours,
)
from helpdesk.rules.opening_hours import Closure, Interval, OpeningHours, Season

QUESTION: dict[str, object] = {
    "requested_at": "2026-03-16T23:59",
    "timezone": "Europe/Paris",
    "anchor": "2025-01-15",
    "term_months": 1,
}


class NoDaysOff:
    def on(self, day: date) -> tuple[Closure, ...]:  # noqa: ARG002 - as a desk asks
        return ()


def a_desk(*intervals: Interval) -> OpeningHours:
    year = Season("all_year", (1, 1), (12, 31), (intervals,) * 7)
    return OpeningHours(ZoneInfo("Europe/Paris"), (year,), NoDaysOff())


def test_the_dates_of_a_cancellation() -> None:
    answer = answer_dates(QUESTION)

    assert list(answer) == [
        "requested_on",
        "notice_ends_on",
        "effective_on",
        "last_access_on",
        "access_ends_at",
        "data_deleted_on",
        "why",
    ]
    assert list(answer.values())[:-1] == [
        "2026-03-16",
        "2026-04-15",
        "2026-04-15",
        "2026-04-14",
        "2026-04-14T22:00:00Z",
        "2026-10-15",
    ]
    why = answer["why"]
    assert isinstance(why, list)
    assert [step["rule"] for step in why] == [
        "request_date",
        "notice_end",
        "renewal",
        "last_day",
        "deletion",
    ]


@pytest.mark.parametrize(
    ("requested_at", "requested_on"),
    [
        ("2026-03-16 23:59:59.999999", "2026-03-16"),
        ("2026-03-16T23:30Z", "2026-03-17"),
        ("2026-03-16T23:30-02:00", "2026-03-17"),
        ("2026-03-17T00:30+05:45", "2026-03-16"),
        ("2026-03-29T02:30", "2026-03-29"),
        ("2026-10-25T02:30", "2026-10-25"),
    ],
)
def test_an_instant_comes_with_or_without_its_offset(requested_at: str, requested_on: str) -> None:
    assert answer_dates(QUESTION | {"requested_at": requested_at})["requested_on"] == requested_on


def test_terms_may_be_given_in_digits_and_in_full() -> None:
    answer = answer_dates(
        QUESTION | {"term_months": "3", "notice_days": "15", "retention_months": 1}
    )

    assert (answer["effective_on"], answer["data_deleted_on"]) == ("2026-04-15", "2026-05-15")
    assert answer_dates(QUESTION | {"notice_days": None}) == answer_dates(QUESTION)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"requested_at": "2026-03-16"}, "date and time such as"),
        ({"requested_at": "20260316T2359"}, "date and time such as"),
        ({"requested_at": "2026-13-16T23:59"}, "date and time such as"),
        ({"requested_at": "2026-03-16T24:00"}, "date and time such as"),
        ({"requested_at": "2026-03-16T23:59\n"}, "date and time such as"),
        ({"requested_at": "٢٠٢٦-03-16T23:59"}, "date and time such as"),
        ({"requested_at": "0001-01-01T00:00"}, "date and time such as"),
        ({"requested_at": "9999-12-31T23:59Z"}, "9999"),
        ({"requested_at": "9999-12-01T00:00"}, "9999"),
        ({"requested_at": 20260316}, "requested_at must be text"),
        ({"requested_at": None}, "requested_at is missing"),
        ({"timezone": ""}, "no time zone ''"),
        ({"timezone": "../../etc/passwd"}, "no time zone"),
        ({"timezone": "europe/paris"}, "no time zone"),
        ({"timezone": "Europe"}, "no time zone"),
        ({"timezone": "Mars/" + "x" * 500}, "…"),
        ({"timezone": "\0"}, "no time zone"),
        ({"anchor": "15/01/2025"}, "anchor must be a date"),
        ({"anchor": "2025-02-29"}, "anchor must be a date"),
        ({"anchor": "2025-W01-1"}, "anchor must be a date"),
        ({"anchor": True}, "anchor must be text"),
        ({"term_months": 0}, "from 1 to 1200"),
        ({"term_months": 1201}, "from 1 to 1200"),
        ({"term_months": -1}, "from 1 to 1200"),
        ({"term_months": True}, "from 1 to 1200"),
        ({"term_months": 1.0}, "from 1 to 1200"),
        ({"term_months": "1.0"}, "from 1 to 1200"),
        ({"term_months": "٣"}, "from 1 to 1200"),
        ({"term_months": "9" * 5000}, "from 1 to 1200"),
        ({"term_months": []}, "from 1 to 1200"),
        ({"term_months": None}, "term_months is missing"),
        ({"notice_days": -1}, "from 0 to"),
        ({"retention_months": 0}, "from 1 to"),
        ({"term": 1}, "'term' is not one of"),
    ],
)
def test_a_question_that_makes_no_sense_gets_one_line(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput) as refused:
        answer_dates(QUESTION | wrong)

    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            {"at": "2026-08-31T14:59"},
            {
                "open": True,
                "season": "july_august",
                "closes_at": "2026-08-31T15:00:00+02:00",
                "opens_at": None,
            },
        ),
        (
            {"at": "2026-08-31T15:00", "desk": "es"},
            {
                "open": False,
                "season": "july_august",
                "closes_at": None,
                "opens_at": "2026-09-01T09:00:00+02:00",
            },
        ),
        (
            {"at": "2026-12-31T23:30Z"},
            {
                "open": False,
                "season": "september_june",
                "closes_at": None,
                "opens_at": "2027-01-04T09:00:00+01:00",
            },
        ),
    ],
)
def test_the_line_is_open_or_not(question: dict[str, object], answer: dict[str, object]) -> None:
    assert answer_hours(question) == answer


@pytest.mark.parametrize(
    ("add", "reached"),
    [
        ("PT0S", "2026-09-01T08:00:00+02:00"),
        ("PT5H", "2026-09-01T14:00:00+02:00"),
        ("PT5H1M", "2026-09-01T15:01:00+02:00"),
        ("PT8H", "2026-09-01T18:00:00+02:00"),
        ("P1D", "2026-09-03T18:00:00+02:00"),
        ("P1DT30M", "2026-09-04T09:30:00+02:00"),
        ("PT1.5S", "2026-09-01T09:00:01.500000+02:00"),
        ("PT1,5S", "2026-09-01T09:00:01.500000+02:00"),
        ("P1W", "2026-09-30T18:00:00+02:00"),
    ],
)
def test_open_time_is_added(add: str, reached: str) -> None:
    assert answer_hours({"at": "2026-09-01T08:00", "add": add})["add_result"] == reached


@pytest.mark.parametrize(
    ("until", "seconds"),
    [
        ("2026-09-01T08:00", 0),
        ("2026-09-01T16:00", 6 * 3600),
        ("2026-09-01T09:00:00.25", 0.25),
        ("2026-09-01T07:00Z", 0),
        ("2026-09-08T08:00", 38 * 3600),
    ],
)
def test_open_seconds_are_counted(until: str, seconds: float) -> None:
    answer = answer_hours({"at": "2026-09-01T08:00", "until": until})

    assert answer["open_seconds"] == seconds
    assert type(answer["open_seconds"]) is type(seconds)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"at": None}, "at is missing"),
        ({"at": "2026-08-31"}, "at must be a date and time"),
        ({"desk": "de"}, "no desk 'de'"),
        ({"desk": 3}, "desk must be text"),
        ({"add": ""}, "add must be a duration"),
        ({"add": "P"}, "add must be a duration"),
        ({"add": "PT"}, "add must be a duration"),
        ({"add": "P1DT"}, "add must be a duration"),
        ({"add": "P1M"}, "add must be a duration"),
        ({"add": "P1Y"}, "add must be a duration"),
        ({"add": "-PT1H"}, "add must be a duration"),
        ({"add": "8 hours"}, "add must be a duration"),
        ({"add": "PT1.1234567S"}, "add must be a duration"),
        ({"add": "P999999999W"}, "too long"),
        ({"add": 8}, "add must be text"),
        ({"until": "2026-08-31T14:58"}, "earlier"),
        ({"at": "9999-12-31T23:59Z"}, "9999"),
        ({"when": "now"}, "'when' is not one of"),
    ],
)
def test_a_question_about_hours_that_makes_no_sense_gets_one_line(
    wrong: dict[str, object], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        answer_hours({"at": "2026-08-31T14:59"} | wrong)


def test_a_line_that_never_closes_or_opens_has_no_such_time() -> None:
    always = a_desk(Interval(time(0), None))
    never = a_desk()
    question = {"at": "2026-08-31T14:59", "desk": "any"}

    assert answer_hours(question, lambda _: always)["closes_at"] is None
    assert answer_hours(question, lambda _: never)["opens_at"] is None
    with pytest.raises(BadInput, match="does not open"):
        answer_hours(question | {"add": "PT1H"}, lambda _: never)
