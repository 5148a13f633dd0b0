"""The house rules that every rendered page keeps, checked on each page of each test."""

import re
from collections import Counter
from collections.abc import Iterator

from justhtml import Element, JustHTML, Node

FRENCH_SPACE = re.compile(r"[^\s\u202f\u00a0][;!?»](?=\s|$)|«[^\u202f\u00a0]|\w:(?=\s)")
PROSE = {"h1", "h2", "h3", "p", "li", "label", "legend", "button", "summary", "dt", "th"}


def faults(html: str, language: str) -> Iterator[str]:
    """Yield every house rule that a page breaks."""
    page = JustHTML(html, collect_errors=True, sanitize=False)
    elements = list(_elements(page.root))
    yield from (f"invalid HTML: {error}" for error in page.errors)
    headings = [one for one in elements if one.name == "h1"]
    if len(headings) != 1:
        yield f"a page has exactly one h1, not {len(headings)}"
    title = " ".join(one.to_text() for one in elements if one.name == "title").strip()
    if headings and not title.startswith(headings[0].to_text().strip()):
        yield f"the title begins with the h1: {title!r}"
    yield from (f"inline style on <{one.name}>" for one in elements if "style" in one.attrs)
    yield from (
        "inline script in <script>" for one in elements if one.name == "script" and one.to_text()
    )
    ids = Counter(one.attrs["id"] for one in elements if "id" in one.attrs)
    yield from (f"id {name!r} stands {times} times" for name, times in ids.items() if times > 1)
    for form in elements:
        posts = form.name == "form" and (form.attrs.get("method") or "get").lower() == "post"
        if posts and not form.query("[name=csrf_token]"):
            yield "a form that posts has a token"
    for main in elements:
        if main.name == "main":
            yield from _typography(list(_elements(main)), language)


def _elements(node: Node) -> Iterator[Element]:
    """Yield each element below a node, in the order of the page."""
    for child in node.children or ():
        if isinstance(child, Element):
            yield child
        yield from _elements(child)


def _typography(elements: list[Element], language: str) -> Iterator[str]:
    typed = set()
    for element in elements:
        if "data-typed" in element.attrs:
            typed.update(map(id, _with_all_around(element)))
    for element in elements:
        if element.name not in PROSE or id(element) in typed:
            continue  # What people typed is shown as they typed it.
        text = element.to_text()
        if "'" in text or '"' in text:
            yield f"straight quotes: {text!r}"
        if language == "fr" and FRENCH_SPACE.search(text):
            yield f"a no-break space is missing: {text!r}"


def _with_all_around(node: Node | None) -> Iterator[Node]:
    while node is not None:
        yield node
        node = node.parent
