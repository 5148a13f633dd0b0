import itertools

import pytest

from helpdesk.documents import codes
from helpdesk.rules.signs import SIGNS


def test_a_new_code_has_thirteen_signs_that_nobody_confuses() -> None:
    drawn = {codes.new() for _ in range(500)}

    assert len(drawn) == 500
    assert {len(code) for code in drawn} == {13}
    assert set("".join(drawn)).isdisjoint("01OI")


def test_it_is_written_in_fours() -> None:
    assert codes.written("K7PD93QDWX4TM") == "K7PD-93QD-WX4T-M"


def test_it_is_read_in_any_case_and_spacing() -> None:
    code = codes.new()
    written = codes.written(code)

    for spelt in (code, written, written.lower(), f" {written.replace('-', ' ')}\n"):
        assert codes.read(spelt) == code


def test_no_single_wrong_sign_passes() -> None:
    code = codes.new()
    wrong = (
        code[:place] + sign + code[place + 1 :]
        for place, sign in itertools.product(range(13), SIGNS)
        if code[place] != sign
    )

    assert [one for one in wrong if codes.read(one)] == []


@pytest.mark.parametrize("typed", ["", "-", "P7K4-93QD-M", "0" * 13, "é" * 13, "\x00" * 13])
def test_what_is_no_code_reads_as_none(typed: str) -> None:
    assert codes.read(typed) is None
