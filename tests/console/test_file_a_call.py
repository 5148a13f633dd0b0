from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from helpdesk.directory.models import Person, Subscription
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import (
    Authority,
    Channel,
    Disposition,
    Language,
    MessageState,
    Reason,
    ReviewReason,
    State,
)
from tests import builders
from tests.builders import A_MONDAY
from tests.conftest import Page
from tests.console.conftest import Desk, enter
from tests.help_center.forms import sent
from tests.support.countries import SPAIN
from tests.support.workers import at_once

A_SATURDAY = datetime(2026, 3, 7, 10, 0, tzinfo=UTC)


def reasons(desk: Desk) -> list[ReviewReason]:
    (request,) = desk.requests()
    return [review.reason for review in request.reviews]


def test_a_cancellation_is_one_call_and_one_request_with_its_dates(desk: Desk) -> None:
    url = desk.ring(number="600 11 22 33")
    reference = desk.drafts()[0].reference

    answer = desk.page.post(url, desk.cancellation(number="600 11 22 33", notes="Tranquila"))

    assert answer.location == f"{url}/filed"
    (call,), (request,) = desk.calls(), desk.requests()
    assert (call.caller_number, call.caller_name) == ("+34600112233", "Carmen Ortega")
    assert (call.seconds, call.notes, call.out_of_hours) == (270, "Tranquila", False)
    assert call.disposition is Disposition.CANCELLATION
    assert (request.channel, request.state) == (Channel.PHONE, State.RECEIVED)
    assert (request.reference, request.call_id) == (reference, call.id)
    assert (request.authority, request.person_id) == (Authority.ACCOUNT_HOLDER, desk.world.owner)
    assert (request.reason, request.language) == (Reason.PRICE, Language.SPANISH)
    assert (request.email, request.phone) == ("carmen@panaderia.example", "+34600112233")
    assert desk.drafts() == []


def test_the_dates_count_from_the_call_however_late_it_is_filed(desk: Desk) -> None:
    desk.file()

    (request,) = desk.requests()
    (ending,) = request.endings
    assert request.filed_at == A_MONDAY
    assert (ending.requested_on, ending.effective_on) == (date(2026, 3, 2), date(2026, 4, 15))
    assert (ending.last_access_on, ending.deleted_on) == (date(2026, 4, 14), date(2026, 10, 15))


def test_nothing_goes_out_for_ten_seconds(desk: Desk) -> None:
    desk.file()

    (request,) = desk.requests()
    (message,) = request.messages
    assert message.state is MessageState.WAITING
    assert message.due_at == request.due_at > A_MONDAY
    assert request.events[0].person_id == desk.world.agent


def test_authority_is_read_from_our_rows_and_never_from_the_form(desk: Desk) -> None:
    desk.file(person=desk.world.colleague, authority="account_holder")

    assert desk.requests()[0].authority is Authority.NONE
    assert reasons(desk) == [ReviewReason.AUTHORITY_NOT_SHOWN]


def test_a_name_that_was_only_typed_shows_no_authority(desk: Desk) -> None:
    desk.file(person="unknown", caller_name="Carmen Ortega")

    assert desk.requests()[0].authority is Authority.UNKNOWN
    assert desk.requests()[0].requester_name == "Carmen Ortega"
    assert reasons(desk) == [ReviewReason.AUTHORITY_NOT_SHOWN]


def test_a_call_out_of_hours_is_kept_marked_and_reviewed(desk: Desk) -> None:
    url = desk.ring(A_SATURDAY)
    html = desk.page.get(url).get_data(as_text=True)
    assert "Fuera de horario: la solicitud vale con fecha de hoy y la revisará supervisión." in html

    desk.page.post(url, desk.cancellation())

    assert desk.calls()[0].out_of_hours
    assert desk.requests()[0].state is State.IN_REVIEW
    assert reasons(desk) == [ReviewReason.OUT_OF_HOURS]
    assert desk.requests()[0].endings[0].requested_on == date(2026, 3, 7)


def test_a_call_that_began_in_hours_and_ended_after_them_is_in_hours(desk: Desk) -> None:
    desk.file(at=datetime(2026, 3, 2, 16, 59, 30, tzinfo=UTC))

    assert desk.calls()[0].out_of_hours is False


def test_an_unknown_company_is_taken_down_by_its_name_and_reviewed(desk: Desk) -> None:
    desk.file(company="unknown", company_name="Bar Manolo", person="", caller_name="Manolo")

    (request,) = desk.requests()
    assert (request.company_id, request.company_name) == (None, "Bar Manolo")
    assert (request.country, request.tax_number) == (SPAIN, "")
    assert reasons(desk) == [ReviewReason.COMPANY_NOT_FOUND]
    assert desk.calls()[0].company_id is None


def test_an_unknown_name_with_a_tax_number_of_ours_finds_the_company(desk: Desk) -> None:
    desk.file(
        company="unknown",
        company_name="La Espiga",
        tax_number="b-5881850-1",
        person="",
        caller_name="Carmen",
    )

    assert desk.requests()[0].company_id == desk.world.company
    assert reasons(desk) == [ReviewReason.AUTHORITY_NOT_SHOWN]


@pytest.mark.parametrize(
    "disposition",
    [Disposition.INFORMATION, Disposition.CALLBACK, Disposition.WRONG_NUMBER, Disposition.HUNG_UP],
)
def test_a_call_that_is_no_cancellation_is_logged_all_the_same(
    desk: Desk, disposition: Disposition
) -> None:
    url = desk.ring()
    desk.page.post(url, {"disposition": disposition.value, "length": "0:20"})
    html = desk.page.get(f"{url}/filed").get_data(as_text=True)

    assert (len(desk.calls()), desk.requests()) == (1, [])
    assert desk.calls()[0].disposition is disposition
    assert "Deshacer" not in html


def test_sending_twice_files_once_and_shows_the_same_result(desk: Desk) -> None:
    url = desk.ring()

    answers = [desk.page.post(url, desk.cancellation()) for _ in range(2)]

    assert {answer.location for answer in answers} == {f"{url}/filed"}
    assert (len(desk.calls()), len(desk.requests())) == (1, 1)
    assert desk.page.get(url, 303).location == f"{url}/filed"
    assert desk.page.post(f"{url}/draft").location == f"{url}/filed"


def test_the_length_is_timed_by_itself(desk: Desk) -> None:
    desk.page.post("/console/calls")
    url = f"/console/calls/{desk.drafts()[0].key}"

    desk.page.post(url, {"disposition": "hung_up"})

    assert 0 <= desk.calls()[0].seconds < 60


@pytest.mark.parametrize(("typed", "seconds"), [("4:30", 270), ("1:02:03", 3723), ("90:00", 5400)])
def test_the_length_can_be_corrected(desk: Desk, typed: str, seconds: int) -> None:
    desk.page.post(desk.ring(), {"disposition": "hung_up", "length": typed})

    assert desk.calls()[0].seconds == seconds


@pytest.mark.parametrize("spelling", ["600112233", "+34 600-11-22-33", "0034 600 112 233"])
def test_any_spelling_of_a_number_is_stored_the_same(desk: Desk, spelling: str) -> None:
    desk.page.post(desk.ring(), {"disposition": "hung_up", "length": "0:10", "number": spelling})

    assert desk.calls()[0].caller_number == "+34600112233"


def test_the_call_and_the_form_sent_at_once_one_stands_and_one_is_linked(
    app: Flask, desk: Desk, another_page: Page, travel: Callable[[datetime], None]
) -> None:
    travel(A_MONDAY + timedelta(minutes=5))
    enter(another_page, desk.session.get_one(Person, desk.world.owner))
    another_page.get("/help-center/request")
    contract = desk.session.get_one(Subscription, desk.world.subscription).contract
    url, form = desk.ring(), sent(contracts=contract, email="carmen@panaderia.example")

    at_once(
        app,
        lambda: desk.page.post(url, desk.cancellation()),
        lambda: another_page.post("/help-center/request", form),
    )
    process_due(A_MONDAY + timedelta(days=1))

    earlier, later = sorted(desk.requests(), key=lambda request: request.filed_at)
    assert [one.channel for one in (earlier, later)] == [Channel.PHONE, Channel.HELP_CENTER]
    assert [one.state for one in (earlier, later)] == [State.CONFIRMED, State.IN_REVIEW]
    assert later.linked_to is earlier
    assert {review.reason for review in later.reviews} == {ReviewReason.DUPLICATE}


def test_a_second_request_for_the_same_subscription_shows_the_date_that_stands(desk: Desk) -> None:
    desk.file()
    first = desk.requests()[0].reference

    url = desk.file(at=datetime(2026, 4, 20, 10, 0, tzinfo=UTC)).location
    html = desk.page.get(url).get_data(as_text=True)

    assert desk.requests()[1].linked_to_id == desk.requests()[0].id
    assert f"{first[:4]}-{first[4:8]}-{first[8:]}" in html
    assert "miércoles 15 de abril de 2026" in html


def test_a_french_caller_is_written_to_in_french(desk: Desk) -> None:
    company = builders.a_company(desk.session)
    subscription = builders.a_subscription(desk.session, company)
    person = builders.a_person(desk.session, company)
    desk.session.commit()
    ids = {"company": company.id, "person": person.id, "subscriptions": [subscription.id]}

    desk.file(**ids, offered=company.id)

    assert desk.requests()[0].language is Language.FRENCH


def test_the_result_stays_with_its_reference_its_dates_and_how_it_is_spelled(desk: Desk) -> None:
    url = desk.ring()
    desk.drafts()[0].reference = "P7K493QDM"
    desk.session.commit()
    desk.page.post(url, desk.cancellation(notes="Línea 1\nLínea 2"))

    html = desk.page.get(f"{url}/filed").get_data(as_text=True)

    assert "P7K4-93QD-M" in html
    assert "P de París, siete, K de kilo, cuatro, nueve, tres, Q de queso" in html
    assert "miércoles 15 de abril de 2026" in html
    assert "Línea 1<br>Línea 2" in html
    assert "Deshacer" in html
