"""From the facts of a document to its PDF: tagged (PDF/UA-1), and the same bytes every time.

`words.py` puts the facts into words; `templates/documents/letter.typ` sets them and has none of
its own. What is given to it is data, never markup.
"""

import json
from collections.abc import Callable

import typst

from helpdesk.documents import words
from helpdesk.documents.facts import DocumentFacts
from helpdesk.documents.printable import fonts, latin, printable
from helpdesk.settings import ROOT

LAYOUT = ROOT / "templates" / "documents" / "letter.typ"


def pdf(facts: DocumentFacts) -> bytes:
    """Return a document in its own language; needs an app context, but no request.

    Raises ValueError when it cannot be set.
    """
    said, at = words.of(facts), int(facts.issued_at.timestamp())
    try:
        return _set(_each(printable, said), at)
    except typst.TypstError:
        return _set_plainly(said, at)


def _set_plainly(said: object, at: int) -> bytes:
    try:
        return _set(_each(latin, said), at)
    except typst.TypstError as refused:
        raise ValueError(str(refused)) from refused


def _set(said: object, at: int) -> bytes:
    return typst.compile(
        LAYOUT.read_bytes(),
        font_paths=fonts(),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(said)},
        pdf_standards="ua-1",
        timestamp=at,
    )


def _each(change: Callable[[str], str], value: object) -> object:
    """Return the same value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _each(change, one) for name, one in value.items()}
    if isinstance(value, list):
        return [_each(change, one) for one in value]
    return value
