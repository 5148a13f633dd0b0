"""Words as searching compares them: without accents or case, and by their stems.

`panaderia` is `Panadería`, and `boulangeries` finds `Boulangerie`: each word counts by itself and
by its French and Spanish stems, since a name may be of either language.
"""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_TOKEN = re.compile(r"[^\W_]+")
_PHONE = re.compile(r"\+(\d)(\d)(\d)(\d{4,})")
_LANGUAGES = ("french", "spanish")


def plain(text: str) -> str:
    """Return a text without accents or case, as searching compares it: Panadería, panaderia."""
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return bare.casefold().translate(_LETTERS)


def parts(word: str) -> list[str]:
    """Return the rows of letters and digits of a plain word: `l'etoile` has two."""
    return _TOKEN.findall(word)


@lru_cache(maxsize=4096)
def stems(part: str) -> tuple[str, ...]:
    """Return what a plain word may be the plural or the feminine of, language by language."""
    if not part.isalpha():
        return ()
    from snowballstemmer import stemmer  # noqa: PLC0415 (only who searches or writes waits for it)

    return tuple(stemmer(language).stemWord(part) for language in _LANGUAGES)


def indexed(text: str) -> str:
    """Return all that a plain text is found by: its words, those with signs in one, their stems.

    A phone number is found without its country as well, which has one to three digits.
    """
    said = _PHONE.sub(r"+\1\2\3\4 \2\3\4 \3\4 \4", text).split()
    found = [part for word in said for part in parts(word)]
    joined = ["".join(parts(word)) for word in said]
    stemmed = [stem for part in found for stem in stems(part)]
    return " ".join(dict.fromkeys(filter(None, [*found, *joined, *stemmed])))
