"""Words in three languages without the whole app: documents need no database."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from helpdesk.settings import ROOT


@pytest.fixture(scope="session", autouse=True)
def app_words() -> Iterator[None]:
    """Enter the context that a document is worded in."""
    app = Flask("helpdesk")
    Babel(app, default_translation_directories=str(ROOT / "translations"))
    with app.app_context():
        yield
