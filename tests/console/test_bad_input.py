import pytest

from helpdesk.directory import find
from tests import builders
from tests.builders import A_MONDAY
from tests.console.conftest import Desk

LONG = "á" * 10_000
CHOSEN = {"company", "person", "subscriptions", "reason", "disposition"}
HTML = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("number", "noventa y uno", "teléfono"),
        ("number", LONG, "caracteres"),
        ("search", LONG, "caracteres"),
        ("company", "999999", "Elija de nuevo la empresa en la lista."),
        ("company", "1; DROP TABLE calls", "Elija de nuevo la empresa en la lista."),
        ("company", "٣", "Elija de nuevo la empresa en la lista."),
        ("company", "9" * 40, "Elija de nuevo la empresa en la lista."),
        ("person", "999999", "Elija de nuevo en la lista quién llama."),
        ("subscriptions", "999999", "Elija de nuevo las suscripciones en la lista."),
        ("reason", "nonsense", "Elija el motivo en la lista."),
        ("disposition", "", "Elija el resultado de la llamada."),
        ("disposition", "nonsense", "Elija en la lista el resultado de la llamada."),
        ("caller_name", LONG, "caracteres"),
        ("company_name", LONG, "caracteres"),
        ("tax_number", "B58818502", "NIF"),
        ("notes", LONG, "caracteres"),
        ("email", "carmen", "correo electrónico"),
        ("email", LONG, "caracteres"),
        ("length", "4:60", "Escriba la duración en minutos y segundos"),
        ("length", "-1:00", "Escriba la duración en minutos y segundos"),
        ("length", "٤:٣٠", "Escriba la duración en minutos y segundos"),
        ("length", "", "Esta llamada empezó hace más de dos horas: escriba cuánto duró."),
    ],
)
def test_nonsense_is_said_at_its_field_and_nothing_is_lost(
    desk: Desk, field: str, typed: str, words: str
) -> None:
    given = desk.cancellation(notes="Se guarda") | {field: typed}

    answer = desk.page.post(desk.ring(), given, 400)

    html = answer.get_data(as_text=True)
    assert words in html
    assert f'href="#{field}' in html
    assert (desk.calls(), desk.requests()) == ([], [])
    assert typed in desk.drafts()[0].fields[field]
    assert typed in html or field in CHOSEN
    assert field == "notes" or "Se guarda" in html


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"company": ""}, "Elija la empresa o escriba su nombre."),
        ({"company": "unknown"}, "Elija la empresa o escriba su nombre."),
        ({"person": ""}, "Elija quién llama o escriba su nombre."),
        ({"person": "unknown"}, "Elija quién llama o escriba su nombre."),
    ],
)
def test_a_cancellation_says_whose_it_is_and_who_asked(
    desk: Desk, missing: dict[str, str], words: str
) -> None:
    answer = desk.file(400, **missing)

    assert words in answer.get_data(as_text=True)


def test_a_cancellation_of_an_unknown_company_needs_an_address_to_answer_to(desk: Desk) -> None:
    answer = desk.file(400, company="unknown", company_name="Bar", caller_name="Eva", email="")

    assert "Escriba el correo electrónico que recibirá" in answer.get_data(as_text=True)


def test_subscriptions_that_were_never_shown_are_shown_before_filing(desk: Desk) -> None:
    company = desk.session.get_one(builders.Company, desk.world.company)
    builders.a_subscription(desk.session, company, product="Nóminas")
    desk.session.commit()
    url = desk.ring()

    answer = desk.page.post(url, desk.cancellation(offered="", subscriptions=[]), 400)
    assert "Elija las suscripciones, o ninguna" in answer.get_data(as_text=True)

    desk.page.post(url, desk.cancellation(subscriptions=[]))
    assert desk.requests()[0].endings == []


def test_a_call_cannot_have_lasted_longer_than_since_it_began(desk: Desk) -> None:
    desk.page.post("/console/calls")
    url = f"/console/calls/{desk.drafts()[0].key}"

    answer = desk.page.post(url, {"disposition": "hung_up", "length": "30:00"}, 400)

    assert "La llamada empezó hace menos tiempo" in answer.get_data(as_text=True)


@pytest.mark.parametrize("text", [HTML, "'; DROP TABLE calls; --", "😀 שלום مرحبا", "a'b\"c"])
def test_strange_text_is_kept_as_text(desk: Desk, text: str) -> None:
    url = desk.ring()
    typed = {"notes": text, "caller_name": text, "person": "unknown"}

    desk.page.post(url, desk.cancellation(**typed))

    html = desk.page.get(f"{url}/filed").get_data(as_text=True)
    assert (desk.calls()[0].notes, desk.calls()[0].caller_name) == (text, text)
    assert HTML not in html
    assert HTML not in desk.page.get("/console/").get_data(as_text=True)


def test_a_form_without_its_token_is_refused(desk: Desk) -> None:
    answer = desk.page.client.post(desk.ring(), data=desk.cancellation())

    assert answer.status_code == 400
    assert desk.calls() == []


def test_a_form_that_is_too_large_is_refused_whole(desk: Desk) -> None:
    desk.page.post(desk.ring(), {"notes": "x" * 300_000}, 413)

    assert desk.calls() == []


def test_a_caller_of_another_company_is_not_one_of_this_one(desk: Desk) -> None:
    other = builders.a_company(desk.session)
    stranger = builders.a_person(desk.session, other)
    desk.session.commit()

    desk.file(400, person=stranger.id)

    assert desk.requests() == []


def test_a_subscription_of_another_company_is_never_ended(desk: Desk) -> None:
    other = builders.a_company(desk.session)
    foreign = builders.a_subscription(desk.session, other)
    desk.session.commit()

    desk.file(400, subscriptions=[foreign.id])

    assert desk.requests() == []
    assert len(find.active_subscriptions(desk.session, other.id)) == 1
    assert desk.drafts()[0].started_at == A_MONDAY
