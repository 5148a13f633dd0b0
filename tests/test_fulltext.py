"""Both engines find the same, by their own means."""

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from helpdesk import fulltext
from helpdesk.directory.models import Company
from helpdesk.queue import erasure
from helpdesk.queue.models import Request
from helpdesk.rules.words import indexed
from tests.builders import A_MONDAY, a_company, a_request
from tests.support.countries import SPAIN

LONG = "Comptoir" + "aa" * 36

CORPUS = {
    "Panadería Núñez": "B58378431",
    "Boulangerie L’Étoile": "404833048",
    "Boulangeries Réunies": "552100554",
    "Œufs & Fromages": "443061841",
    "Taller Jean-Pierre": "A58818501",
    LONG: "732829320",
}

FOUND = {
    "panaderia": ["Panadería Núñez"],
    "PANADERÍAS": ["Panadería Núñez"],
    "panad": ["Panadería Núñez"],
    "nunez panad": ["Panadería Núñez"],
    "panaderia etoile": [],
    "boul": ["Boulangerie L’Étoile", "Boulangeries Réunies"],
    "boulangerie": ["Boulangerie L’Étoile", "Boulangeries Réunies"],
    "boulangeries": ["Boulangerie L’Étoile", "Boulangeries Réunies"],
    "réunie": ["Boulangeries Réunies"],
    "l'etoile": ["Boulangerie L’Étoile"],
    "l’étoile": ["Boulangerie L’Étoile"],
    "letoil": ["Boulangerie L’Étoile"],
    "etoile": ["Boulangerie L’Étoile"],
    "oeufs": ["Œufs & Fromages"],
    "œuf": ["Œufs & Fromages"],
    "fromage": ["Œufs & Fromages"],
    "jean pierre": ["Taller Jean-Pierre"],
    "jean-pierre": ["Taller Jean-Pierre"],
    "jean-pie": ["Taller Jean-Pierre"],
    "jeanpierre": ["Taller Jean-Pierre"],
    "talleres": ["Taller Jean-Pierre"],
    LONG: [LONG],
    LONG[:20]: [LONG],
    "404 833 048": ["Boulangerie L’Étoile"],
    "404.833": ["Boulangerie L’Étoile"],
    "b-58378431": ["Panadería Núñez"],
    "b 58": ["Panadería Núñez"],
    "ines443061841@courriel.example": ["Œufs & Fromages"],
    "ines443061841@cour": ["Œufs & Fromages"],
    "%": [],
    '"': [],
    "*": [],
    "& | ! ( ) < > : \\ ' -": [],
    "NEAR(a b)": [],
    "panaderia*": ["Panadería Núñez"],
    "panaderia:*": ["Panadería Núñez"],
    '"panaderia': ["Panadería Núñez"],
    "-panaderia": ["Panadería Núñez"],
    "panaderia & nunez": ["Panadería Núñez"],
    "words:panaderia": [],
    "\u202e": [],
    "😀": [],
}


@pytest.fixture
def corpus(session: Session) -> None:
    for name, number in CORPUS.items():
        email = f"Ines{number}@courriel.example"
        a_request(session, country=SPAIN, company_name=name, tax_number=number, email=email)
    session.commit()


def found(session: Session, typed: str) -> list[str]:
    index = fulltext.REQUESTS.c
    numbers = select(index.rowid).where(fulltext.found(session, index.words, typed))
    query = select(Request.company_name).where(Request.id.in_(numbers))
    return sorted(session.scalars(query))


def test_each_way_to_write_it_finds_the_same_on_both_engines(
    session: Session, corpus: None
) -> None:
    assert {typed: found(session, typed) for typed in FOUND} == FOUND


def test_nothing_that_is_typed_is_an_error(session: Session, corpus: None) -> None:
    for sign in map(chr, [*range(1, 0x250), 0x2019, 0x2028, 0xFEFF, 0x1F956]):
        for typed in (sign, f"a{sign}b", f"{sign} panaderia", f"1e5{sign}"):
            found(session, typed)


def test_what_changes_is_found_by_what_it_is_now(session: Session, corpus: None) -> None:
    session.execute(
        update(Request)
        .where(Request.company_name == "Panadería Núñez")
        .values(search_words="ferreteria soler")
    )

    assert found(session, "panaderia") == []
    assert found(session, "ferreterias") == ["Panadería Núñez"]


def test_what_was_rolled_back_is_not_found(session: Session, corpus: None) -> None:
    a_request(session, company_name="Ferretería Soler")
    session.rollback()

    assert found(session, "ferreteria") == []


def test_erasing_a_request_takes_its_words_away_and_leaves_its_reference(session: Session) -> None:
    request = a_request(session, company_name="Panadería Núñez", email="marta@nunez.example")
    reference = request.reference

    erasure.erase_request(request, A_MONDAY)
    session.commit()

    kept = session.scalar(text("SELECT CAST(words AS TEXT) FROM searchable_requests"))
    assert kept.strip("'") == reference.lower()
    assert found(session, reference[:5]) == [""]


def test_a_company_that_goes_takes_its_words_with_it(session: Session) -> None:
    company = a_company(session, name="Panadería Núñez")
    session.execute(delete(Company).where(Company.id == company.id))

    assert session.scalar(text("SELECT count(*) FROM searchable_companies")) == 0


def test_a_name_is_kept_with_its_parts_its_whole_and_its_stems() -> None:
    assert indexed("l'etoile ines@etoile.example").split() == [
        "l",
        "etoile",
        "ines",
        "example",
        "letoile",
        "inesetoileexample",
        "etoil",
        "ine",
        "exampl",
    ]
