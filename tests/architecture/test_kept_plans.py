"""The plans of the hottest queries at a million rows, as the benchmark has kept them."""

import re
from pathlib import Path

import pytest

from helpdesk.settings import ROOT
from tests.support.plans import BIG

KEPT = sorted((ROOT / "docs" / "benchmarks" / "plans").glob("*.txt"))
SCAN = re.compile(r"Seq Scan on (?:public\.)?(\w+)")


def test_ten_are_kept() -> None:
    if not KEPT:
        pytest.skip("No plans are kept: make bench SIZE=1000000 ONLY=plans")
    assert len(KEPT) == 10


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.stem)
def test_none_goes_through_a_big_table(kept: Path) -> None:
    plan = kept.read_text()

    assert "actual time" in plan
    assert BIG.isdisjoint(SCAN.findall(plan))
