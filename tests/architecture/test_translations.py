import re
import subprocess

import polib
import pytest

from helpdesk.rules.vocabulary import Language
from helpdesk.settings import ROOT
from tests.support.workers import HELPDESK

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
HTML = re.compile(r"</?[a-z]+[^>]*>")


def texts(entry: polib.POEntry) -> list[str]:
    """Return what a sentence is translated to: one text, or one for each plural form."""
    return [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]


def catalogue(language: Language) -> polib.POFile:
    return polib.pofile(str(ROOT / "translations" / language / "LC_MESSAGES" / "messages.po"))


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> polib.POFile:
    """Return every sentence that stands in the code and the templates now."""
    file = tmp_path_factory.mktemp("words") / "messages.pot"
    options = ["-F", "pyproject.toml", "-k", "_l", "-o", file, "."]
    pybabel = HELPDESK.with_name("pybabel")
    subprocess.run([pybabel, "-q", "extract", *options], cwd=ROOT, check=True)
    return polib.pofile(str(file))


@pytest.mark.parametrize("language", Language)
def test_every_sentence_is_in_the_catalogue_and_no_other(
    extracted: polib.POFile, language: Language
) -> None:
    there = {(entry.msgid, entry.msgid_plural) for entry in catalogue(language)}

    assert there == {(entry.msgid, entry.msgid_plural) for entry in extracted}


@pytest.mark.parametrize("language", Language)
def test_no_sentence_is_empty_fuzzy_or_obsolete(language: Language) -> None:
    for entry in catalogue(language):
        assert not entry.obsolete
        assert not entry.fuzzy, entry.msgid
        assert all(text.strip() for text in texts(entry)), entry.msgid


@pytest.mark.parametrize("language", Language)
def test_what_is_filled_in_agrees_with_the_source(language: Language) -> None:
    for entry in catalogue(language):
        wanted = {*PLACEHOLDER.findall(entry.msgid), *PLACEHOLDER.findall(entry.msgid_plural)}
        for text in texts(entry):
            found = set(PLACEHOLDER.findall(text))
            # One day may be said in words; what is counted need not be repeated.
            assert wanted - {"num"} <= found <= wanted, (entry.msgid, text)
            assert HTML.findall(text) == HTML.findall(entry.msgid), entry.msgid


@pytest.mark.parametrize("language", Language)
def test_a_sentence_ends_as_its_source_does(language: Language) -> None:
    for entry in catalogue(language):
        for text in texts(entry):
            assert text == text.strip(), entry.msgid
            stops = tuple(".?!:…")
            assert text.endswith(stops) or not entry.msgid.endswith(stops), (entry.msgid, text)


@pytest.mark.parametrize("language", Language)
def test_the_typography_is_that_of_the_language(language: Language) -> None:
    wrong = {
        Language.FRENCH: re.compile(r"['\"]|[^\s\u202f\u00a0?!][;!?»]|«[^\u202f\u00a0]|[“”]"),
        Language.SPANISH: re.compile(r"['\"]|« | »|[“”]"),
        Language.ENGLISH: re.compile(r"['\"]|«|»"),
    }[language]
    for entry in catalogue(language):
        for text in texts(entry):
            assert not wrong.search(PLACEHOLDER.sub("x", HTML.sub("", text))), text


def test_spanish_questions_open_as_they_close() -> None:
    for entry in catalogue(Language.SPANISH):
        for opening, closing in ("¿?", "¡!"):
            for text in texts(entry):
                assert text.count(opening) == text.count(closing), text
