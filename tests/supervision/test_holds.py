from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.directory.models import Company, Hold, Person
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Action, Authority, Channel, Language
from tests.builders import A_MONDAY, a_hold, a_person, a_request, a_supervisor, an_agent
from tests.conftest import Page
from tests.support import addresses
from tests.support.supervisors import text_of

NOON = datetime(2026, 3, 3, 11, 0, tzinfo=UTC)
REASON = "Contrôle fiscal jusqu’à l’été."


@pytest.fixture
def then(travel: Callable[[datetime], None]) -> None:
    travel(NOON)


@pytest.fixture
def request_(session: Session, company: Company) -> Request:
    """Return a confirmed request of the company."""
    request = a_request(session, company)
    session.commit()
    process_due(A_MONDAY)
    session.rollback()
    return request


def held(session: Session) -> list[Hold]:
    session.rollback()
    return [*session.scalars(select(Hold).order_by(Hold.id))]


@pytest.mark.usefixtures("then")
def test_a_supervisor_sets_a_hold_until_a_day_of_the_company_s_zone(
    session: Session, desk: Page, pilar: Person, request_: Request
) -> None:
    assert "None. The data of this business" in text_of(
        desk.get(addresses.of_request(request_)).text
    )

    answer = desk.post(
        addresses.of_request(request_, "/hold"),
        {"reason": REASON, "until": "2026-06-30", "latest": "0"},
    )

    assert str(answer.location).endswith(addresses.of_request(request_))
    (hold,) = held(session)
    assert (hold.reason, hold.set_by_id) == (REASON, pilar.id)
    assert hold.ends_at == datetime(2026, 6, 30, 22, tzinfo=UTC)
    shown = text_of(desk.get(addresses.of_request(request_)).text)
    assert "Legal hold set" in shown
    assert shown.count(REASON) == 2
    assert "Tuesday 30 June 2026" in shown
    assert "Set another hold" in shown


@pytest.mark.usefixtures("then")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": ""}, "Write why its data must be kept."),
        ({"reason": "x" * 501}, "This is 1 characters too long"),
        ({"until": "2026-03-02"}, "This day is past"),
        ({"until": "30/02/2026"}, "Enter the date as day, month, year."),
        ({"until": "demain"}, "Enter the date as day, month, year."),
        ({"until": "9999-12-31"}, "This is too far ahead"),
    ],
)
def test_what_is_wrong_comes_back_with_what_was_typed(
    session: Session, desk: Page, request_: Request, typed: dict[str, str], said: str
) -> None:
    desk.get(addresses.of_request(request_))
    given = {"reason": REASON, "until": "", "latest": "0"} | typed

    html = desk.post(addresses.of_request(request_, "/hold"), given, status=400).text

    assert text_of(html).count(said) == 2
    assert given["reason"] in text_of(html)
    assert given["until"] in html
    assert 'href="#hold-' in html
    assert held(session) == []


@pytest.mark.usefixtures("then")
@pytest.mark.parametrize("until", ["2026-03-03", "3/3/2026"])
def test_today_is_not_past_however_it_is_written(
    session: Session, desk: Page, request_: Request, until: str
) -> None:
    desk.get(addresses.of_request(request_))
    given = {"reason": REASON, "until": until, "latest": "0"}

    desk.post(addresses.of_request(request_, "/hold"), given)

    assert held(session)[0].ends_at == datetime(2026, 3, 3, 23, tzinfo=UTC)


@pytest.mark.usefixtures("then")
def test_sent_twice_it_is_set_once_and_a_colleague_s_is_not_doubled_unseen(
    session: Session, desk: Page, another_page: Page, request_: Request
) -> None:
    other = a_supervisor(session, name="Étienne Roux", language=Language.ENGLISH)
    session.commit()
    path, given = addresses.of_request(request_, "/hold"), {"reason": REASON, "latest": "0"}
    desk.get(addresses.of_request(request_))
    another_page.sign_in(other)
    desk.post(path, given)

    again = text_of(desk.post(path, given, status=409).text)
    late = text_of(another_page.post(path, {**given, "reason": "Litige."}, status=409).text)

    assert "It was set once, and not a second time." in again
    assert "Another hold of this business was set in the meantime." in late
    assert "Litige." in late
    assert len(held(session)) == 1
    assert [event.action for event in request_.events].count(Action.HOLD) == 1
    assert desk.post(path, {**given, "latest": "nonsense"}, status=409)


@pytest.mark.usefixtures("then")
def test_it_is_released_on_the_page_of_the_request_or_in_the_list_and_once(
    session: Session, desk: Page, company: Company, request_: Request
) -> None:
    first, second = a_hold(session, company).id, a_hold(session, company, reason="Litige.").id
    session.commit()
    page = addresses.of_request(request_)
    desk.get(page)

    answer = desk.post(f"/queue/holds/{first}/release", {"reference": request_.reference})
    assert str(answer.location).endswith(page)
    for _ in range(2):
        answer = desk.post(f"/queue/holds/{second}/release")
        assert answer.location == "/queue/holds"

    assert None not in {one.released_at for one in held(session)}
    assert [event.action for event in request_.events].count(Action.RELEASE) == 2
    desk.post("/queue/holds/999/release", status=404)


@pytest.mark.usefixtures("then")
def test_the_list_shows_the_lasting_and_the_past_with_who_and_until_when(
    session: Session, desk: Page, pilar: Person, company: Company, request_: Request
) -> None:
    empty = text_of(desk.get("/queue/holds").text)
    assert "No hold lasts." in empty
    assert "No past hold." in text_of(desk.get("/queue/holds?state=past").text)
    name, day = pilar.name, timedelta(days=1)
    a_hold(session, company, set_by_id=pilar.id, ends_at=NOON + day)
    a_hold(session, company, reason="Fini.", set_at=A_MONDAY - day, ends_at=A_MONDAY)
    a_hold(session, company, reason="Levé.", released_at=A_MONDAY, released_by_id=pilar.id)
    session.commit()

    lasting = text_of(desk.get("/queue/holds").text)
    past = text_of(desk.get("/queue/holds?state=past").text)

    assert company.name in lasting
    assert name in lasting
    assert "Contrôle fiscal en cours." in lasting
    assert "Release this hold" in lasting
    assert "Fini." not in lasting
    assert "ended by itself" in past
    assert past.count(name) == 1
    assert "Contrôle" not in past


@pytest.mark.usefixtures("then")
def test_the_queue_and_the_page_say_it_with_icon_and_word(
    session: Session, desk: Page, company: Company, request_: Request
) -> None:
    assert "Legal hold" not in text_of(desk.get("/queue/").text).split("Last step by")[1]

    a_hold(session, company)
    session.commit()

    html = desk.get("/queue/").text
    assert "Legal hold" in text_of(html).split("Last step by")[1]
    assert "#gavel" in html
    head = desk.get(addresses.of_request(request_)).text.split("</header>")[1]
    assert "Legal hold" in head


def test_a_request_whose_business_is_not_known_can_have_none(
    session: Session, desk: Page, company: Company
) -> None:
    request = a_request(session)
    session.commit()

    assert "Set a legal hold" not in desk.get(addresses.of_request(request)).text
    desk.post(addresses.of_request(request, "/hold"), {"reason": REASON}, status=404)


@pytest.mark.usefixtures("then")
def test_customers_read_that_their_data_is_kept_and_never_why(
    session: Session, page: Page, company: Company, request_: Request
) -> None:
    person = a_person(session, company, language=Language.ENGLISH)
    a_hold(session, company, reason="Secret de l’instruction.")
    session.commit()
    page.sign_in(person)

    for path in (
        f"/help-center/requests/{request_.reference}",
        "/account/subscriptions",
    ):
        shown = text_of(page.get(path).text)
        assert "The law asks us to keep your data for now" in shown
        assert "Secret" not in shown
    shown = text_of(page.get(f"/help-center/requests/{request_.reference}").text)
    assert "Your data is deleted." not in shown


@pytest.mark.usefixtures("then")
def test_a_visitor_whom_nobody_knows_learns_nothing_of_a_hold(
    session: Session, page: Page, company: Company
) -> None:
    request = a_request(
        session, company, channel=Channel.HELP_CENTER, authority=Authority.UNKNOWN, person_id=None
    )
    a_hold(session, company)
    session.commit()
    with page.client.session_transaction() as browser:
        browser["references"] = [request.reference]

    page.get("/help-center/")
    html = page.get(f"/help-center/requests/{request.reference}").text

    assert "La loi nous demande" not in html
    assert "onservation légale" not in html


@pytest.mark.usefixtures("then")
def test_agents_see_it_on_the_call_and_say_no_date_of_deletion(
    session: Session, page: Page, company: Company
) -> None:
    agent = an_agent(session, language=Language.ENGLISH)
    company.language = Language.ENGLISH
    a_hold(session, company)
    session.commit()
    page.sign_in(agent)
    page.get("/console/")
    address = str(page.post("/console/calls").location)
    number = company.subscriptions[0].id
    page.get(address)
    typed = {
        "company": str(company.id),
        "offered": str(company.id),
        "subscriptions": str(number),
        "caller_name": "Inès",
    }
    page.client.put(f"{address}/draft", data={"csrf_token": page.token, **typed})

    shown = text_of(page.get(address).text)

    assert "Legal hold: the subscription can end, but nothing is deleted for now." in shown
    assert "The law asks us to keep your data for now, so I cannot give you a date" in shown
    assert "and delete it from" not in shown
