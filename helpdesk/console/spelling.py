"""How a reference is spelled on the phone, in each language: «P de París, siete, K de kilo»."""

from collections.abc import Mapping
from types import MappingProxyType

from helpdesk.rules.vocabulary import Language

# The signs of a reference only: no O and no I, no 0 and no 1 (queue/references.py).
_FRENCH = """
Anatole Berthe Célestin Désiré Eugène François Gaston Henri Joseph Kléber Louis Marcel Nicolas
Pierre Quintal Raoul Suzanne Thérèse Ursule Victor William Xavier Yvonne Zoé
"""
_SPANISH = """
Ana Barcelona Carmen Dinamarca España Francia Granada Huelva Jaén kilo Lugo Madrid Navarra
París queso Roma Sevilla Toledo uva Valencia Washington xilófono yogur Zaragoza
"""
_ENGLISH = """
Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel Juliet Kilo Lima Mike November
Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu
"""
_FIGURES = {
    Language.FRENCH: "deux trois quatre cinq six sept huit neuf",
    Language.SPANISH: "dos tres cuatro cinco seis siete ocho nueve",
    Language.ENGLISH: "two three four five six seven eight nine",
}
_LETTERS = {
    Language.FRENCH: (_FRENCH, "{letter} comme {word}"),
    Language.SPANISH: (_SPANISH, "{letter} de {word}"),
    Language.ENGLISH: (_ENGLISH, "{letter} for {word}"),
}


def _signs(language: Language) -> Mapping[str, str]:
    words, form = _LETTERS[language]
    said = dict(zip("23456789", _FIGURES[language].split(), strict=True))
    for word in words.split():
        letter = word[0].upper()
        said[letter] = form.format(letter=letter, word=word)
    return MappingProxyType(said)


SAID = MappingProxyType({language: _signs(language) for language in Language})
"""What is said for each sign, in each language."""


def spelled(reference: str, language: Language) -> str:
    """Return a stored reference as it is read out, sign by sign."""
    return ", ".join(SAID[language][sign] for sign in reference)
