from collections.abc import Iterator
from dataclasses import replace

import pytest

from helpdesk.settings import Settings
from tests.support.smtp import Postbox, serving


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def mailing(settings: Settings, postbox: Postbox) -> Iterator[Settings]:
    """Return settings with a real mail server."""
    with serving(postbox) as address:
        yield replace(settings, smtp_url=f"smtp://{address}", smtp_timeout_seconds=5)
