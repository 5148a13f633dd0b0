from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from helpdesk.database import db
from helpdesk.directory.models import Person
from helpdesk.queue import references
from helpdesk.queue.models import Request
from helpdesk.rules.vocabulary import Authority, Channel, Language
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.conftest import Page
from tests.support.queries import recorded


def test_the_empty_queue_says_what_will_stand_there(desk: Page) -> None:
    html = desk.get("/queue/").text

    assert "Each one stands here as soon as it is filed" in html


def test_a_row_shows_who_what_when_and_why(desk: Page, waiting: Request) -> None:
    html = desk.get("/queue/").text

    for text in (
        "Boulangerie Martin &amp; Fils",
        "Sage Active Essentials",
        "Account",
        "02/03/2026",
        "15/04/2026",
        "Authority not shown",
        "processing",
        f"/queue/requests/{references.written(waiting.reference)}",
    ):
        assert text in html


def test_who_of_us_acted_last_is_named(
    session: Session, desk: Page, waiting: Request, pilar: Person
) -> None:
    path = f"/queue/requests/{references.written(waiting.reference)}"
    desk.get(path)
    desk.post(
        f"{path}/decision",
        {"action": "ask", "version": waiting.version, "seen": "2", "text": "Qui êtes-vous ?"},
    )

    assert "Pilar Ruiz" in desk.get("/queue/").text.split("<main")[1]


@pytest.mark.parametrize("language", ["fr", "es"])
def test_the_queue_speaks_the_language_of_the_page(
    desk: Page, waiting: Request, language: str
) -> None:
    desk.client.set_cookie("language", language)

    html = desk.get("/queue/").text

    assert {"fr": "En examen", "es": "En revisión"}[language] in html


def test_filters_are_the_address_and_chips_take_them_away(
    session: Session, desk: Page, waiting: Request
) -> None:
    a_request(session, channel=Channel.PHONE, company_name="Somebody Else")
    session.commit()

    html = desk.get("/queue/?channel=account&state=in_review&search=MARTIN").text

    assert "Boulangerie Martin" in html
    assert "Somebody Else" not in html
    assert 'href="/queue/?state=in_review&amp;search=MARTIN"' in html
    assert 'href="/queue/?state=in_review&amp;channel=account"' in html
    assert "Remove all" in html


def test_where_nothing_fits_one_is_told_so(desk: Page, waiting: Request) -> None:
    assert "No request matches these filters" in desk.get("/queue/?country=ES").text


def test_counts_stand_beside_every_state_even_zero(desk: Page, waiting: Request) -> None:
    html = desk.get("/queue/?state=confirmed").text

    rail = html.split('class="views"')[1].split("</nav>")[0]
    counted = [part.split("<")[0] for part in rail.split("<strong>")[1:]]
    assert counted == ["1", "0", "1", "0", "0", "0", "0", "0", "0"]


def test_an_address_that_makes_no_sense_breaks_nothing(desk: Page, waiting: Request) -> None:
    for address in (
        "state=nonsense&channel=&country=XX&reason=%27&ends=soon&failed=maybe",
        "older=x&newer=1-",
        "older=99999999999999999-999999999999999",
        "search=%00%ff%fe",
        "search=" + "%F0%9F%A5%96" * 300,
        "search=%E2%80%AE%3Cscript%3Ealert(1)%3C/script%3E",
        "search=%25%27%22%3B--",
        "state=in_review&state=confirmed",
    ):
        html = desk.get(f"/queue/?{address}").text
        assert "<script>alert" not in html


def test_what_was_set_aside_has_a_chip_of_its_own(
    session: Session, desk: Page, waiting: Request
) -> None:
    waiting.failure = "ValueError"
    session.commit()

    html = desk.get("/queue/?failed=yes").text

    assert "Boulangerie Martin" in html
    assert "Set aside" in html.split('class="chips"')[1]


def test_pages_lead_to_older_and_newer_and_keep_the_filters(session: Session, desk: Page) -> None:
    company = a_company(session)
    for number in range(51):
        a_request(session, company, filed_at=A_MONDAY + timedelta(minutes=number))
    session.commit()

    first = desk.get("/queue/?state=in_review").text
    assert 'rel="prev"' not in first
    older = first.split('rel="next"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert "state=in_review" in older

    second = desk.get(older).text
    assert second.count("row-link") == 1
    assert 'rel="next"' not in second
    newer = second.split('rel="prev"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert desk.get(newer).text.count("row-link") == 50


def test_twenty_five_rows_cost_as_many_queries_as_one(session: Session, desk: Page) -> None:
    def cost() -> int:
        with recorded(db.engine) as statements:
            desk.get("/queue/")
        return len(statements)

    counts = []
    for rows in (1, 24):
        for _ in range(rows):
            company = a_company(session)
            a_subscription(session, company)
            a_request(session, company, authority=Authority.NONE)
        session.commit()
        counts.append(cost())

    assert counts[0] == counts[1] <= 10


def test_the_door_speaks_spanish_unless_told_otherwise(
    session: Session, page: Page, pilar: Person
) -> None:
    pilar.language = Language.SPANISH
    session.commit()
    page.sign_in(pilar)

    assert '<html lang="es"' in page.get("/queue/").text
