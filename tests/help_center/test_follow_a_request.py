"""Following a request: reference and e-mail, the page's words in each state, our question."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from helpdesk import clock
from helpdesk.database import db, transaction
from helpdesk.directory.models import Company
from helpdesk.help_center import standing, words
from helpdesk.labels import ACTION_ICONS
from helpdesk.queue import references, review
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.processing import process_due
from helpdesk.rules.vocabulary import Action, Authority, Channel, ReviewReason, State
from tests import builders
from tests.conftest import Page
from tests.help_center.forms import CONTRACT, a_bakery, only_company

TRACK = "/help-center/track"
EMAIL = "ines@boulangerie-martin.example"
SUPERVISOR = Actor(By.SUPERVISOR, 1)


def a_request(app: Flask, **given: object) -> str:
    """File one for the bakery, now, and return its stored reference."""
    with app.app_context(), transaction() as session:
        company = only_company(session)
        values: dict[str, object] = {"filed_at": clock.now()} | given
        return builders.a_request(session, company, **values).reference


def follow(page: Page, reference: str, email: str = EMAIL, status: int = 303) -> str:
    """Track a request and return where that leads, or what it says."""
    page.get(TRACK)
    response = page.post(TRACK, {"reference": reference, "email": email}, status=status)
    return page.get(response.location).text if status == 303 else response.text


def test_reference_and_email_lead_to_the_request_in_any_spelling(app: Flask, page: Page) -> None:
    a_bakery(app)
    reference = a_request(app)

    html = follow(page, f" {reference[:4].lower()} {reference[4:]} ", EMAIL.upper())

    assert references.written(reference) in html
    assert "Votre demande est enregistrée" in html


@pytest.mark.parametrize(
    "email", ["", "nobody", "someone@else.example", "' OR 1=1 --", "a" * 10_000, "🦊"]
)
def test_a_wrong_pair_says_the_same_whether_the_reference_exists(
    app: Flask, page: Page, email: str
) -> None:
    a_bakery(app)
    known, unknown = a_request(app), references.new()

    def said(reference: str) -> str:
        html = follow(page, reference, email, status=400)
        return html.replace(reference, "").replace(page.token, "")

    assert said(known) == said(unknown)


def test_tracking_is_rate_limited(page: Page) -> None:
    page.get(TRACK)
    for _ in range(10):
        page.post(TRACK, {"reference": references.new(), "email": EMAIL}, status=400)

    html = page.post(TRACK, {"reference": references.new(), "email": EMAIL}, status=429).text

    assert "Attendez quelques minutes" in html


def test_signed_in_people_see_their_own_without_typing(app: Flask, page: Page) -> None:
    person = a_bakery(app)
    reference = references.written(a_request(app))
    with app.app_context(), transaction() as session:
        other = builders.a_company(session)
        strangers = references.written(builders.a_request(session, other).reference)
    page.sign_in(person)

    html = page.get(TRACK).text

    assert reference in html
    assert strangers not in html
    page.get(f"/help-center/requests/{reference}")
    assert page.get(f"/help-center/requests/{strangers}", 303).location.endswith(TRACK)


def test_an_empty_list_says_what_would_be_there(app: Flask, page: Page) -> None:
    page.sign_in(a_bakery(app))

    assert "Les demandes figureront ici" in page.get(TRACK).text


@pytest.mark.parametrize("reference", ["P7K4-93QD-M", "nothing", "🦊", "a" * 2000])
def test_a_reference_alone_shows_nothing(app: Flask, page: Page, reference: str) -> None:
    a_bakery(app)
    known = a_request(app)

    for one in (reference, known):
        assert page.get(f"/help-center/requests/{one}", 303).location.endswith(TRACK)
        page.get(TRACK)
        page.post(f"/help-center/requests/{one}/answer", {"text": "x"}, status=404)


def test_it_counts_the_days_of_access_left(app: Flask, page: Page) -> None:
    a_bakery(app)
    reference = a_request(app)
    with app.app_context():
        process_due(clock.now())
        (ending,) = db.session.query(Request).one().endings
        today = clock.now().astimezone(ZoneInfo(ending.zone)).date()
        left = (ending.effective_on - today).days

    html = follow(page, reference)

    assert f"il vous reste {left} jours d’accès" in html
    assert "Résiliation confirmée" in html
    assert "automatique" in html


def test_on_the_last_day_it_says_so(session: Session) -> None:
    request = builders.a_request(session, _company(session))
    request.state = request.endings[0].state = State.CONFIRMED
    end = request.endings[0].effective_on

    assert standing.sentence(request, end - timedelta(days=1)).endswith(
        "c’est aujourd’hui votre dernier jour d’accès."
    )
    assert "2 jours" in standing.sentence(request, end - timedelta(days=2))


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_its_sentence(session: Session, state: State) -> None:
    request = builders.a_request(session, _company(session))
    request.state = state

    assert standing.sentence(request, date(2026, 3, 2)).endswith(".")


@pytest.mark.parametrize("reason", list(ReviewReason))
def test_every_reason_for_review_has_customers_words(reason: ReviewReason) -> None:
    assert str(words.WHY_IN_REVIEW[reason]).endswith(".")


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_its_icon(action: Action) -> None:
    assert ACTION_ICONS[action]


def test_a_question_is_shown_and_answered_once(app: Flask, page: Page) -> None:
    a_bakery(app)
    reference = a_request(app, authority=Authority.NONE)
    decide(app, reference, Action.ASK, "Qui êtes-vous ?\nMerci.")
    html = follow(page, reference)
    assert "Qui êtes-vous ?<br>Merci." in html
    answer = f"/help-center/requests/{reference}/answer"

    assert "Écrivez votre réponse" in page.post(answer, {"text": " "}, status=400).text
    page.post(answer, {"text": "La gérante\n<b>"})
    html = page.get(f"/help-center/requests/{reference}").text

    assert "La gérante<br>&lt;b&gt;" in html
    assert "Envoyer la réponse" not in html
    page.post(answer, {"text": "encore"}, status=409)


def test_a_rejection_says_why(app: Flask, page: Page) -> None:
    a_bakery(app)
    reference = a_request(app, authority=Authority.NONE)
    decide(app, reference, Action.REJECT, "Vous n’êtes pas de l’entreprise.")

    html = follow(page, reference)

    assert "Refusée" in html
    assert "Vous n’êtes pas de l’entreprise." in html
    assert "le service clients" in html


def test_a_name_of_ours_never_shows(app: Flask, page: Page) -> None:
    a_bakery(app)
    with app.app_context(), transaction() as session:
        pilar = builders.a_supervisor(session).id
    reference = a_request(app, channel=Channel.PHONE, authority=Authority.NONE, by_person_id=pilar)
    decide(app, reference, Action.ASK, "Bonjour", pilar)

    assert "Pilar" not in follow(page, reference)


def test_a_visitor_learns_nothing_of_a_business_whose_number_they_only_know(
    app: Flask, page: Page
) -> None:
    a_bakery(app)
    hidden = a_request(app, authority=Authority.UNKNOWN, contracts="")
    shown = a_request(app, authority=Authority.UNKNOWN, contracts=CONTRACT)

    assert "Sage Active Essentials" not in follow(page, hidden)
    assert "Sage Active Essentials" in follow(page, shown)


def decide(
    app: Flask, reference: str, action: Action, text: str, person_id: int | None = None
) -> None:
    """Decide as a supervisor."""
    with app.app_context(), transaction() as session:
        request = review.locked(session, reference)
        assert request
        decision = review.Decision(action=action, version=request.version, text=text)
        actor = Actor(By.SUPERVISOR, person_id)
        review.decide(session, request, decision, actor=actor, at=clock.now())


def _company(session: Session) -> Company:
    company = builders.a_company(session)
    builders.a_subscription(session, company)
    return company


def test_access_is_said_to_be_over_from_midnight_on_whatever_processing_has_done(
    app: Flask, session: Session, company: Company
) -> None:
    request = builders.a_request(session, company)
    session.commit()
    process_due(builders.A_MONDAY)
    ending = request.endings[0]

    with force_locale("en"):
        last = standing.sentence(request, ending.last_access_on)
        over = standing.sentence(request, ending.effective_on)

    assert last == "Confirmed: today is your last day of access."
    assert over == "Ended: your subscription is over and access is closed."
