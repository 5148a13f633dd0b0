"""What can be printed of what people typed: PDF/UA refuses a sign that no font of ours can show.

Only the fonts within the typst package are used, so that a document is the same everywhere. They
have Latin, Greek, Cyrillic, Hebrew and Arabic letters; of the rest each sign stands as its number,
[U+65E5]: ugly, but it is still the same name.
"""

import re
import unicodedata
from functools import lru_cache

import typst

MOST_MARKS = 3
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})
# Signs that every style of the letter's own font has.
_BREAK = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_PLAIN = re.compile("[ -~\u00a0-\u017f\u202f–—‘’“”„…•€™]*")
# The same text in the two weights that a document uses.
_PROBE = b"""
#set document(title: "-")
#set text(font: "Libertinus Serif")
#sys.inputs.text *#sys.inputs.text*
"""


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Return the fonts within the typst package, and no others."""
    return typst.Fonts(include_system_fonts=False)


def printable(text: str) -> str:
    """Return a text as it can be printed: without hidden, piled up or unknown signs."""
    composed = _composed(text)
    if _PLAIN.fullmatch(composed):
        return composed
    return "".join(_shown(cluster) for cluster in _clusters(composed))


def latin(text: str) -> str:
    """Return a text with Latin letters alone, every other sign as its number.

    Signs that can each be shown may still not stand together (Arabic accents on Hebrew letters).
    """
    return "".join(sign if _PLAIN.fullmatch(sign) else _number(sign) for sign in _composed(text))


def _composed(text: str) -> str:
    one_line = _BREAK.sub(" ", text)
    seen = "".join(sign for sign in one_line if unicodedata.category(sign) not in _HIDDEN)
    return unicodedata.normalize("NFC", seen)


def _number(sign: str) -> str:
    return f"[U+{ord(sign):04X}]"


def _clusters(text: str) -> list[str]:
    """Cut a text into letters, each with its accents; accents beyond the third are left out."""
    clusters: list[str] = []
    for sign in text:
        is_mark = unicodedata.category(sign).startswith("M")
        if not is_mark or not clusters:
            clusters.append(sign)
        elif len(clusters[-1]) <= MOST_MARKS:
            clusters[-1] += sign
    return clusters


@lru_cache(maxsize=4096)
def _shown(cluster: str) -> str:
    if _PLAIN.fullmatch(cluster):
        return cluster
    # A sign for private use looks like whatever the font has in its place.
    is_private = any(unicodedata.category(sign) == "Co" for sign in cluster)
    for form in () if is_private else (cluster, unicodedata.normalize("NFKC", cluster)):
        if _can_be_shown(form):
            return form
    return "".join(map(_number, cluster))


def _can_be_shown(text: str) -> bool:
    """Ask the typesetter itself."""
    try:
        typst.compile(
            _PROBE,
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs={"text": text},
            pdf_standards="ua-1",
        )
    except typst.TypstError:
        return False
    return True
