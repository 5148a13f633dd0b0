"""The plans of the ten hottest queries at a million rows, as the benchmark has kept them."""

import re

import pytest

from helpdesk.settings import ROOT
from tests.support.plans import BIG

KEPT = sorted((ROOT / "docs" / "benchmarks" / "plans").glob("*.txt"))
SCAN = re.compile(r"Seq Scan on (\w+)[^\n]*actual time")


@pytest.mark.skipif(not KEPT, reason="No plans are kept yet: make bench SIZE=1000000 ONLY=plans")
def test_none_of_the_ten_goes_through_a_big_table() -> None:
    plans = {kept.stem: kept.read_text() for kept in KEPT}

    assert len(plans) == 10
    assert all("actual time" in plan for plan in plans.values())
    assert {name: BIG.intersection(SCAN.findall(plan)) for name, plan in plans.items()} == {
        name: set() for name in plans
    }
