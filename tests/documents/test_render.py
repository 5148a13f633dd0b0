import io
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import pytest
from flask_babel import force_locale
from pypdf import PdfReader

from helpdesk.documents.render import pdf
from helpdesk.labels import word
from helpdesk.languages import long_date
from helpdesk.rules.vocabulary import DocumentKind, Language
from tests.support.countries import SPAIN
from tests.support.documents import HASH, an_ending, facts

every_language = pytest.mark.parametrize("language", Language)
every_kind = pytest.mark.parametrize("kind", DocumentKind)


@lru_cache
def document(kind: DocumentKind, language: Language) -> PdfReader:
    return PdfReader(io.BytesIO(pdf(facts(kind, language))))


def read(made: PdfReader) -> str:
    """Return the text of a document with plain spaces."""
    text = " ".join(page.extract_text() for page in made.pages).replace("\u200b", "")
    return " ".join(text.split())


def tags(node: Any) -> list[tuple[str, str]]:
    """Return every tag of a document's structure with its alternative text, in reading order."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [tag for one in node for tag in tags(one)]
    if not isinstance(node, dict):
        return []
    here = [(str(node["/S"]), str(node.get("/Alt", "")))] if "/S" in node else []
    return here + (tags(node["/K"]) if "/K" in node else [])


def structure(made: PdfReader) -> list[tuple[str, str]]:
    return tags(made.trailer["/Root"]["/StructTreeRoot"])


@every_kind
@every_language
def test_it_is_accessible(kind: DocumentKind, language: Language) -> None:
    made = document(kind, language)
    root = made.trailer["/Root"]

    assert root["/Lang"].split("-")[0] == language
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    with force_locale(language.value):
        title = word(kind)
    assert made.metadata is not None
    assert (made.metadata.title, made.metadata.author) == (title, "Sage Active")
    names = [name for name, _ in structure(made)]
    assert {"/Title", "/H1", "/L", "/TH", "/TD", "/Link"} <= set(names)
    assert "/H2" not in names


@every_language
def test_the_drawing_is_told_in_words(language: Language) -> None:
    told = [alt for name, alt in structure(document(DocumentKind.END, language)) if alt]

    drawing = told[0]
    for day in (date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 15), date(2026, 10, 15)):
        assert long_date(day, language) in drawing


@every_kind
@every_language
def test_it_says_what_it_confirms(kind: DocumentKind, language: Language) -> None:
    text = read(document(kind, language))

    with force_locale(language.value):
        assert word(kind) in text
    for said in ("P7K4-93QD-M", "K7PD-93QD-WX4T-M", "https://helpdesk.example/verify"):
        assert said in text
    assert "Sage Active Essentials" in text
    assert long_date(date(2026, 4, 15), language) in text
    assert {Language.FRENCH: "10 h 00"}.get(language, "10:00") in text


@every_language
@pytest.mark.parametrize("kind", set(DocumentKind) - {DocumentKind.WITHDRAWAL})
def test_every_date_stands_in_it_with_its_weekday(kind: DocumentKind, language: Language) -> None:
    text = read(document(kind, language))

    days = ((3, 1), (3, 31), (4, 14), (4, 15), (10, 15))
    assert [day for day in days if long_date(date(2026, *day), language) not in text] == []


@every_language
def test_it_names_who_asked(language: Language) -> None:
    for kind in set(DocumentKind) - {DocumentKind.DELETION}:
        text = read(document(kind, language))
        for name in ("Boulangerie Martin", "443061841", "Inès Martin", "SA-10042"):
            assert name in text


def test_the_date_that_matters_is_the_largest() -> None:
    sizes: dict[float, str] = {}

    def note(text: str, _cm: object, _tm: object, _font: object, size: float) -> None:
        sizes[size] = sizes.get(size, "") + text

    document(DocumentKind.CONFIRMATION, Language.ENGLISH).pages[0].extract_text(visitor_text=note)
    *_, second, first = sorted(sizes)

    assert {"Confirmation of cancellation", "Wednesday 15 April 2026"} <= {
        " ".join(sizes[size].split()) for size in (first, second)
    }


def test_the_certificate_of_a_deletion_counts_what_is_gone() -> None:
    text = read(document(DocumentKind.DELETION, Language.ENGLISH))

    assert "Messages 1,214" in text
    assert "Other records 5" in text
    assert "In all 1,225" in text
    assert HASH in text
    for name in ("Martin", "443061841"):
        assert name not in text


def test_a_deletion_without_figures_has_no_table_of_them() -> None:
    certificate = facts(DocumentKind.DELETION, Language.ENGLISH, counts={}, certificate="")
    text = read(PdfReader(io.BytesIO(pdf(certificate))))

    assert "What was deleted" not in text
    assert "SHA-256" not in text


def test_books_are_kept_as_the_country_asks() -> None:
    spanish = facts(language=Language.SPANISH, country=SPAIN, tax_number="B12345674")
    text = read(PdfReader(io.BytesIO(pdf(spanish))))

    assert "NIF B12345674" in text
    assert "seis años" in text
    assert "FEC" not in text


@every_kind
def test_the_same_facts_give_the_same_bytes(kind: DocumentKind) -> None:
    first = pdf(facts(kind))

    assert pdf(facts(kind)) == first
    assert pdf(facts(kind, requested_at=datetime(2026, 3, 1, 9, 1, tzinfo=UTC))) != first


def test_its_date_is_when_it_was_issued() -> None:
    made = document(DocumentKind.CONFIRMATION, Language.FRENCH)

    assert made.metadata is not None
    assert made.metadata.creation_date == datetime(2026, 3, 1, 9, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    ["#panic[] *b* _i_ $x$ \\ @me `raw` <b> [x] // x", "{page} % %(day)s", "שלום Martin مرحبا"],
)
def test_what_was_typed_is_never_markup(name: str) -> None:
    made = PdfReader(io.BytesIO(pdf(facts(company_name=name))))

    assert set(name.replace(" ", "")) <= set(read(made))


def test_a_name_of_two_hundred_letters_stays_on_the_page() -> None:
    made = PdfReader(io.BytesIO(pdf(facts(company_name="W" * 200))))
    lines = made.pages[0].extract_text().splitlines()

    assert "W" * 200 in "".join(read(made).split())
    assert max(line.count("W") for line in lines) < 40


def test_twelve_endings_stand_on_pages_that_say_which() -> None:
    endings = tuple(
        an_ending(f"Sage Active {n}", f"SA-2{n:03}", date(2025, 1, n + 1), 12 if n % 2 else 1)
        for n in range(12)
    )
    made = PdfReader(io.BytesIO(pdf(facts(language=Language.ENGLISH, endings=endings))))
    text = read(made)

    assert len(made.pages) > 3
    for number, page in enumerate(made.pages, start=1):
        foot = f"Page {number} of {len(made.pages)}"
        assert foot in " ".join(page.extract_text().split())
    for ending in endings:
        assert f"{ending.product} ({ending.contract})" in text
        assert long_date(ending.effective_on, Language.ENGLISH) in text
    assert sum(name == "/Figure" for name, _ in structure(made)) == 12


def test_a_long_table_says_its_heads_again_on_each_page() -> None:
    endings = tuple(an_ending(f"Sage Active {n}", f"SA-3{n:03}") for n in range(40))
    withdrawal = facts(DocumentKind.WITHDRAWAL, Language.ENGLISH, endings=endings)
    made = PdfReader(io.BytesIO(pdf(withdrawal)))

    for page in made.pages[:2]:
        assert "End announced, no longer valid" in " ".join(page.extract_text().split())
