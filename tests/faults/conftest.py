"""What the tests of faults share: random moments that can be had again, and who still writes."""

import os
import random
import secrets

import pytest

SEED = "FAULTS_SEED"


@pytest.fixture
def moments() -> random.Random:
    """Return what draws the random moments; its seed is printed, and taken from FAULTS_SEED."""
    seed = os.environ.get(SEED) or secrets.token_hex(4)
    print(f"The random moments again: {SEED}={seed}")  # noqa: T201
    return random.Random(seed)
