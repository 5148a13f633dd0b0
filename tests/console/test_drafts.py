from datetime import timedelta

import pytest

from tests import builders
from tests.builders import A_MONDAY
from tests.console.conftest import Desk
from tests.support.countries import SPAIN


def put(desk: Desk, url: str, **typed: object) -> str:
    """Save what is typed as the page does, and return what it shows."""
    data = {"csrf_token": desk.page.token, **typed}
    answer = desk.page.client.put(f"{url}/draft", data=data)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_new_call_is_begun_and_opened(desk: Desk) -> None:
    answer = desk.page.post("/console/calls")

    (draft,) = desk.drafts()
    assert answer.location == f"/console/calls/{draft.key}"
    assert draft.agent_id == desk.world.agent
    assert len(draft.reference or "") == 9


def test_what_is_typed_is_there_again_after_the_tab_was_closed(desk: Desk) -> None:
    url = desk.ring()
    put(desk, url, number="600 11", notes="Quiere\ncancelar", said=["greeting", "identify"])

    html = desk.page.get(url).get_data(as_text=True)

    assert 'value="600 11"' in html
    assert "Quiere\ncancelar</textarea>" in html
    assert html.count("checked") == 2
    assert "Retomar" in desk.page.get("/console/").get_data(as_text=True)


def test_an_untouched_call_is_not_in_the_list(desk: Desk) -> None:
    desk.ring()

    html = desk.page.get("/console/").get_data(as_text=True)

    assert "Retomar" not in html
    assert "No hay nada pendiente." in html


def test_only_the_fields_of_the_call_are_kept_and_only_their_text(desk: Desk) -> None:
    put(desk, desk.ring(), notes="uno\x00 \u202edos ", authority="account_holder")

    assert desk.drafts()[0].fields == {"notes": ["uno dos"]}


@pytest.mark.parametrize("spelling", ["600112233", "(600) 112-233", "+34 600 11 22 33"])
def test_a_number_in_any_spelling_points_at_its_company(desk: Desk, spelling: str) -> None:
    html = put(desk, desk.ring(), number=spelling)

    assert "1 empresa encontrada" in html
    assert f'value="{desk.world.company}"\nchecked' in html
    assert "llama desde su número" in html
    assert html.index("Carmen Ortega") < html.index("Luis Ortega")


def test_the_number_of_a_company_points_at_it_too(desk: Desk) -> None:
    assert "Panadería La Espiga" in put(desk, desk.ring(), number="915 31 88 42")


def test_a_number_shared_by_two_companies_is_left_to_the_agent(desk: Desk) -> None:
    other = builders.a_company(desk.session, name="Otra", country=SPAIN)
    builders.a_person(desk.session, other, phone="+34600112233")
    desk.session.commit()

    html = put(desk, desk.ring(), number="600112233")

    assert "2 empresas encontradas" in html
    assert "checked" not in html


@pytest.mark.parametrize(
    "words", ["espiga", "PANADERIA la", "B58818501", "91531884", "+34 915 31 88 42", "b588"]
)
def test_searching_finds_by_name_tax_number_and_phone(desk: Desk, words: str) -> None:
    html = put(desk, desk.ring(), search=words)

    assert "Panadería La Espiga" in html


def test_what_is_not_found_says_what_to_do(desk: Desk) -> None:
    html = put(desk, desk.ring(), search="xyzzy")

    assert "No aparece ninguna empresa. Pruebe con otras palabras o anote su nombre." in html


def test_the_chosen_company_stays_while_another_is_searched(desk: Desk) -> None:
    html = put(desk, desk.ring(), company=desk.world.company, search="boulangerie")

    assert f'value="{desk.world.company}"\nchecked' in html
    assert "Boulangerie Martin" in html


def test_authority_is_said_as_a_sentence_as_soon_as_the_caller_is_known(desk: Desk) -> None:
    url, world = desk.ring(), desk.world

    nobody = put(desk, url, company=world.company)
    owner = put(desk, url, company=world.company, person=world.owner)
    colleague = put(desk, url, company=world.company, person=world.colleague)
    typed = put(desk, url, company=world.company, person="unknown", caller_name="Eva")

    none = "No consta autorización. Registre la solicitud: se revisará antes de confirmarla."
    assert "Puede cancelar" not in nobody
    assert none not in nobody
    assert "Puede cancelar: figura como propietario de la empresa." in owner
    assert none in colleague
    assert none in typed


def test_the_only_subscription_is_chosen_and_its_dates_are_shown(desk: Desk) -> None:
    html = put(desk, desk.ring(), company=desk.world.company)

    assert f'value="{desk.world.subscription}"\nchecked' in html
    assert "15 de abril de 2026" in html
    assert 'class="dates-drawing"' in html


def test_the_only_subscription_can_be_left_out(desk: Desk) -> None:
    html = put(desk, desk.ring(), company=desk.world.company, offered=desk.world.company)

    assert "15 de abril de 2026" not in html
    assert "Las fechas aparecen aquí" in html


def test_each_of_several_subscriptions_has_its_own_dates(desk: Desk) -> None:
    company = desk.session.get_one(builders.Company, desk.world.company)
    other = builders.a_subscription(desk.session, company, product="Nóminas", term_months=12)
    desk.session.commit()
    url, world = desk.ring(), desk.world

    html = put(desk, url, company=world.company)
    assert "Las fechas aparecen aquí" in html

    both = [world.subscription, other.id]
    html = put(desk, url, company=world.company, offered=world.company, subscriptions=both)
    assert "miércoles 15 de abril de 2026" in html
    assert "viernes 15 de enero de 2027" in html


def test_a_company_without_subscriptions_says_so(desk: Desk) -> None:
    company = builders.a_company(desk.session)
    desk.session.commit()

    html = put(desk, desk.ring(), company=company.id)

    assert "Esta empresa no tiene ninguna suscripción activa." in html


def test_the_email_on_record_is_suggested_and_what_was_typed_instead_stays(desk: Desk) -> None:
    url, world = desk.ring(), desk.world

    put(desk, url, company=world.company)
    assert 'value="contacto@panaderia.example"' in desk.page.get(url).get_data(as_text=True)

    put(desk, url, company=world.company, person=world.owner, email="otro@bar.example")
    html = desk.page.get(url).get_data(as_text=True)
    assert 'name="email" type="email" value="otro@bar.example"' in html


def test_without_a_script_looking_up_shows_what_follows(desk: Desk) -> None:
    url = desk.ring()

    answer = desk.page.post(f"{url}/draft", {"number": "600112233"})

    assert answer.location == url
    assert "Carmen Ortega" in desk.page.get(url).get_data(as_text=True)


def test_going_on_later_leads_back_to_the_line(desk: Desk) -> None:
    answer = desk.page.post(f"{desk.ring()}/draft", {"notes": "luego", "leave": "yes"})

    assert answer.location == "/console/"
    assert desk.drafts()[0].fields == {"notes": ["luego"]}


def test_the_clock_goes_on_from_when_the_call_began(desk: Desk) -> None:
    html = desk.page.get(desk.ring(A_MONDAY - timedelta(days=1))).get_data(as_text=True)

    assert "Empezó a las 11:00" in html
    assert 'data-seconds="0"' not in html
