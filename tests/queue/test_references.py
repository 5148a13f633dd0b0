import itertools

import pytest

from helpdesk.queue import references


def test_a_new_reference_has_nine_signs_that_nobody_confuses() -> None:
    drawn = {references.new() for _ in range(500)}

    assert len(drawn) == 500
    assert {len(reference) for reference in drawn} == {9}
    assert set("".join(drawn)).isdisjoint("01OI")


def test_it_is_written_in_groups_as_people_read_it_out() -> None:
    assert references.written("P7K493QDM") == "P7K4-93QD-M"


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{}\n", "{}."])
def test_it_is_read_in_any_case_and_spacing(spelling: str) -> None:
    reference = references.new()
    written = references.written(reference)

    for spelt in (written, written.lower(), written.replace("-", " "), written.replace("-", " – ")):
        assert references.read(spelling.format(spelt)) == reference


def test_no_single_wrong_sign_passes() -> None:
    for reference in (references.new() for _ in range(20)):
        wrong = (
            reference[:place] + sign + reference[place + 1 :]
            for place, sign in itertools.product(range(9), references.SIGNS)
            if reference[place] != sign
        )
        assert [one for one in wrong if references.read(one)] == []


@pytest.mark.parametrize(
    "typed", ["", "-", "P7K4", "O0I1-O0I1-O", "P7K4-93QD-MM", "é" * 9, "😀" * 9]
)
def test_what_is_no_reference_reads_as_none(typed: str) -> None:
    assert references.read(typed) is None
