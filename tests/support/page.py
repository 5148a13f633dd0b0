"""The house rules that every rendered page keeps, checked on each page of each test."""

import re
from collections import Counter
from collections.abc import Iterator

from justhtml import JustHTML

FRENCH_SPACE = re.compile(r"[^\s\u202f\u00a0][;!?»](?=\s|$)|«[^\u202f\u00a0]|\w:(?=\s)")


def faults(html: str, language: str) -> Iterator[str]:
    """Yield every house rule that a page breaks."""
    page = JustHTML(html, collect_errors=True, sanitize=False)
    yield from (f"invalid HTML: {error}" for error in page.errors)
    headings = page.query("h1")
    if len(headings) != 1:
        yield f"a page has exactly one h1, not {len(headings)}"
    title = " ".join(one.to_text() for one in page.query("title")).strip()
    if headings and not title.startswith(headings[0].to_text().strip()):
        yield f"the title begins with the h1: {title!r}"
    yield from (f"inline style on <{one.name}>" for one in page.query("[style]"))
    yield from (f"inline script in <{one.name}>" for one in page.query("script") if one.to_text())
    ids = Counter(one.attrs.get("id") for one in page.query("[id]"))
    yield from (f"id {name!r} stands {times} times" for name, times in ids.items() if times > 1)
    for form in page.query("form"):
        if form.attrs.get("method", "get").lower() == "post" and not form.query(
            "[name=csrf_token]"
        ):
            yield "a form that posts has a token"
    yield from _typography(page, language)


def _typography(page: JustHTML, language: str) -> Iterator[str]:
    prose = ("h1", "h2", "h3", "p", "li", "label", "legend", "button", "summary", "dt", "th")
    for element in page.query(", ".join(f"main {name}" for name in prose)):
        if element.query("[data-typed]") or "data-typed" in element.attrs:
            continue  # What people typed is shown as they typed it.
        text = element.to_text()
        if "'" in text or '"' in text:
            yield f"straight quotes: {text!r}"
        if language == "fr" and FRENCH_SPACE.search(text):
            yield f"a no-break space is missing: {text!r}"
