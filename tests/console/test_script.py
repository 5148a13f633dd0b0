from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from helpdesk.console import script, sheet
from helpdesk.console.script import Speaker
from helpdesk.console.spelling import SAID, spelled
from helpdesk.desk.models import CallDraft
from helpdesk.directory.models import Person
from helpdesk.queue.references import SIGNS
from helpdesk.rules.vocabulary import Disposition, Language
from tests import builders
from tests.builders import A_MONDAY
from tests.console.conftest import World

MARTA = Speaker("Marta Gil", "Sage Active")


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def said(
    session: Session, disposition: Disposition | None = None, **typed: object
) -> dict[str, str]:
    fields = {name: [str(value)] for name, value in typed.items()}
    draft = CallDraft(
        key="k", started_at=A_MONDAY, saved_at=A_MONDAY, reference="P7K493QDM", fields=fields
    )
    found = script.lines(sheet.read(session, draft), disposition, MARTA)
    return {line.name: line.text for line in found}


def test_before_the_company_is_known_the_agent_says_who_they_are_and_asks(
    context: None, session: Session
) -> None:
    assert said(session) == {
        "greeting": "Sage Active, atención al cliente, le atiende Marta. ¿En qué puedo ayudarle?",
        "identify": "¿Me dice el nombre o el NIF de su empresa, y su nombre?",
    }


def test_a_clear_cancellation_says_number_dates_data_and_confirmation(
    context: None, session: Session, world: World
) -> None:
    lines = said(session, company=world.company, person=world.owner)

    number = world.subscription
    assert list(lines)[2:] == [
        "reference",
        f"end-{number}",
        f"kept-{number}",
        "books",
        "mail",
        "change",
        "goodbye",
    ]
    assert lines["reference"] == (
        "Su solicitud queda registrada con el número P7K4-93QD-M: P de París, siete, K de kilo,"
        " cuatro, nueve, tres, Q de queso, D de Dinamarca, M de Madrid."
    )
    assert lines[f"end-{number}"] == (
        "Su suscripción a Sage Active Essentials termina el miércoles 15 de abril de 2026;"
        " tendrá acceso hasta el día anterior, incluido."
    )
    assert lines[f"kept-{number}"] == (
        "Conservamos sus datos 6 meses y los eliminamos a partir del jueves 15 de octubre de 2026."
    )
    assert lines["mail"] == "Le enviamos ahora la confirmación a carmen@panaderia.example."


def test_what_will_be_reviewed_promises_the_date_and_no_confirmation(
    context: None, session: Session, world: World
) -> None:
    lines = said(session, company=world.company, person=world.colleague, email="luis@bar.example")

    assert lines["review"].startswith("Comprobamos su solicitud antes de confirmarla.")
    assert lines["mail"] == "Le enviamos ahora el acuse de recibo a luis@bar.example."


def test_a_subscription_that_ends_already_is_told_by_its_first_date(
    context: None, session: Session, world: World
) -> None:
    company = session.get_one(builders.Company, world.company)
    builders.a_request(session, company, filed_at=A_MONDAY.replace(month=1))

    lines = said(session, company=world.company, person=world.owner)

    assert lines[f"earlier-{world.subscription}"].endswith("vale la fecha de esa solicitud.")
    assert "domingo 15 de febrero de 2026" in lines[f"end-{world.subscription}"]


def test_among_several_subscriptions_the_agent_asks_which(
    context: None, session: Session, world: World
) -> None:
    builders.a_subscription(session, session.get_one(builders.Company, world.company))

    assert said(session, company=world.company)["which"] == (
        "¿Cuál de sus suscripciones quiere cancelar?"
    )


def test_an_unknown_company_is_given_its_number_too(context: None, session: Session) -> None:
    lines = said(session, company="unknown", company_name="Bar")

    assert list(lines)[2:] == ["reference", "review", "goodbye"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.FRENCH, "Votre demande est enregistrée sous le numéro P7K4-93QD-M"),
        (Language.ENGLISH, "Your request is registered under the number P7K4-93QD-M: P for Papa"),
    ],
)
def test_the_script_is_in_the_callers_language(
    context: None, session: Session, world: World, language: Language, words: str
) -> None:
    session.get_one(Person, world.owner).language = language

    lines = said(session, company=world.company, person=world.owner)

    assert lines["reference"].startswith(words)


@pytest.mark.parametrize(
    ("disposition", "names"),
    [
        (Disposition.INFORMATION, ["greeting", "identify", "more", "goodbye"]),
        (Disposition.CALLBACK, ["greeting", "identify", "number", "when", "goodbye"]),
        (Disposition.WRONG_NUMBER, ["wrong"]),
        (Disposition.HUNG_UP, []),
    ],
)
def test_every_other_call_has_its_own_words(
    context: None, session: Session, disposition: Disposition, names: list[str]
) -> None:
    assert list(said(session, disposition)) == names


def test_a_callback_repeats_the_number(context: None, session: Session) -> None:
    lines = said(session, Disposition.CALLBACK, number="600112233")

    assert lines["number"] == "¿Podemos llamarle al +34 600 11 22 33?"


@pytest.mark.parametrize("language", list(Language))
def test_every_sign_of_a_reference_can_be_spelled(language: Language) -> None:
    assert set(SAID[language]) == set(SIGNS)
    assert spelled("P7", language).startswith("P ")
