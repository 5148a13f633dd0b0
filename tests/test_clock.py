"""Another time than the real one: the clock, and every page and process that goes by it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk import clock, jobs
from helpdesk.directory.models import Company
from helpdesk.messages.models import Message
from helpdesk.queue import events, references
from helpdesk.queue.models import Event, Request
from helpdesk.rules.vocabulary import State
from helpdesk.settings import Settings
from tests import builders
from tests.conftest import Page

Travel = Callable[[datetime], None]
CHRISTMAS_EVE = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
BAR = {
    "fr": "Démonstration : nous sommes le jeudi 24 décembre 2026, il est 9 h 00 (heure de Paris).",
    "es": "Demostración: hoy es jueves 24 de diciembre de 2026, 9:00 (hora de París).",
    "en": "Demonstration: it is Thursday 24 December 2026, 9:00 (Paris time).",
}


def in_plain_spaces(html: str) -> str:
    return " ".join(html.split())


def test_it_is_the_real_time_until_somebody_travels() -> None:
    assert abs(clock.now() - clock.machine()) < A_MINUTE
    assert not clock.is_travelling()
    assert clock.now().tzinfo is UTC


def test_time_goes_on_from_where_it_was_set(travel: Travel) -> None:
    travel(CHRISTMAS_EVE)

    first, second = clock.now(), clock.now()

    assert clock.is_travelling()
    assert CHRISTMAS_EVE <= first <= second < CHRISTMAS_EVE + A_MINUTE


def test_from_another_time_one_comes_back(travel: Travel) -> None:
    real = clock.now()
    travel(CHRISTMAS_EVE + timedelta(days=4000))

    assert abs(clock.machine() - real) < A_MINUTE
    clock.come_back()
    assert not clock.is_travelling()
    assert abs(clock.now() - real) < A_MINUTE


@pytest.mark.parametrize("language", BAR)
@pytest.mark.parametrize(
    ("path", "status"), [("/help-center/", 200), ("/sign-in", 200), ("/nowhere", 404)]
)
def test_each_page_says_that_it_is_another_time(
    page: Page, travel: Travel, language: str, path: str, status: int
) -> None:
    page.client.set_cookie("language", language)
    usual = page.get(path, status).text
    travel(CHRISTMAS_EVE)

    moved = page.get(path, status).text

    assert BAR[language] in in_plain_spaces(moved)
    assert "<aside" not in usual.split("<main")[0]


def test_the_pages_of_the_staff_say_it_too(session: Session, page: Page, travel: Travel) -> None:
    pilar = builders.a_supervisor(session)
    session.commit()
    page.sign_in(pilar)
    travel(CHRISTMAS_EVE)

    for path in ("/queue/", "/queue/overview", "/queue/outbox", "/console/"):
        assert BAR["es"] in in_plain_spaces(page.get(path).text)


def test_a_page_of_our_own_fault_says_it_too(
    app: Flask, page: Page, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "help_center.start", lambda: 1 / 0)
    travel(CHRISTMAS_EVE)

    assert BAR["fr"] in in_plain_spaces(page.get("/help-center/", 500).text)


def test_one_tick_catches_up_with_all_that_has_become_due(
    app: Flask, settings: Settings, session: Session, company: Company, travel: Travel
) -> None:
    request = builders.a_request(session, company, filed_at=clock.now())
    session.commit()
    ends_at = request.endings[0].access_ends_at

    travel(ends_at + A_MINUTE)
    jobs.tick(app, settings)

    session.rollback()
    assert (request.state, request.failure) == (State.ENDED, None)
    assert all(event.at >= ends_at for event in request.events[1:])
    assert list(events.broken(session)) == []


@pytest.mark.parametrize("until", ["access_ends_at", "deletes_at"])
def test_going_back_undoes_nothing_and_every_page_still_opens(
    app: Flask, session: Session, company: Company, page: Page, travel: Travel, until: str
) -> None:
    before = clock.now()
    request = builders.a_request(session, company, filed_at=before)
    address = f"requests/{references.written(request.reference)}"
    customer, pilar = builders.a_person(session, company), builders.a_supervisor(session)
    session.commit()
    their, hers = customer.email, pilar.email
    travel(getattr(request.endings[0], until) + A_MINUTE)
    jobs.tick(app, app.config["SETTINGS"])
    kept = what_happened(session)

    travel(before - timedelta(days=3))
    done = jobs.tick(app, app.config["SETTINGS"])

    assert (done, what_happened(session)) == ({}, kept)
    visit(page, hers, "/queue/", "/queue/overview", "/queue/outbox", f"/queue/{address}")
    if until == "access_ends_at":  # Later on nobody is left who could sign in.
        visit(page, their, "/account/", "/help-center/track", f"/help-center/{address}")


def what_happened(session: Session) -> tuple[list[str], list[datetime], int]:
    session.rollback()
    states = [one.state.value for one in session.scalars(select(Request)).all()]
    instants = list(session.scalars(select(Event.at).order_by(Event.id)))
    return states, instants, len(session.scalars(select(Message.id)).all())


def visit(page: Page, email: str, *paths: str) -> None:
    page.client.delete_cookie("preavis")
    page.get("/sign-in")
    page.post("/sign-in", {"email": email, "password": builders.PASSWORD})
    for path in paths:
        page.get(path)
