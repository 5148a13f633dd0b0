from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.database import transaction
from helpdesk.directory.models import Company
from helpdesk.messages.models import Message
from helpdesk.queue import events, review, transitions
from helpdesk.queue.events import Actor, By
from helpdesk.queue.models import Request
from helpdesk.queue.review import Decision
from helpdesk.rules.lifecycle import MoveRefused
from helpdesk.rules.vocabulary import Action, Authority, Channel, MessageKind, ReviewReason, State
from tests.builders import A_MONDAY, a_company, a_hold, a_request, a_subscription, a_supervisor

LATER = A_MONDAY + timedelta(days=2)
PILAR = Actor(By.SUPERVISOR, 7)
LUC = {"authority": Authority.NONE, "channel": Channel.ACCOUNT}


@pytest.fixture(autouse=True)
def pilar(session: Session) -> None:
    a_supervisor(session, id=PILAR.person_id)


@pytest.fixture
def company(session: Session) -> Company:
    company = a_company(session)
    a_subscription(session, company)
    return company


@pytest.fixture
def waiting(session: Session, company: Company) -> Request:
    """Return a request of somebody without authority, in review."""
    request = a_request(session, company, **LUC)
    session.commit()
    return request


def decide(session: Session, request: Request, action: Action, **given: object) -> None:
    decision = Decision(action=action, **{"version": request.version, **given})  # type: ignore[arg-type]
    review.decide(session, request, decision, actor=PILAR, at=LATER)
    session.flush()


def messages(session: Session, request: Request) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.request_id == request.id)))


@pytest.mark.parametrize(
    ("action", "state", "kind"),
    [
        (Action.CONFIRM, State.CONFIRMED, MessageKind.CONFIRMATION),
        (Action.REJECT, State.REJECTED, MessageKind.REJECTION),
        (Action.ASK, State.IN_REVIEW, MessageKind.INFORMATION_ASKED),
    ],
)
def test_a_decision_has_its_state_its_event_and_its_message(
    session: Session, waiting: Request, action: Action, state: State, kind: MessageKind
) -> None:
    decide(session, waiting, action, text="Because of this.")

    last = waiting.events[-1]
    assert waiting.state is state
    assert (last.action, last.actor, last.person_id, last.at) == (action, "supervisor", 7, LATER)
    assert (last.from_state, last.to_state, last.why) == (
        State.IN_REVIEW,
        state,
        "Because of this.",
    )
    assert kind in [message.kind for message in messages(session, waiting)]
    assert list(events.broken(session)) == []


def test_a_decision_settles_every_reason_but_a_question_settles_none(
    session: Session, waiting: Request
) -> None:
    decide(session, waiting, Action.ASK, text="Who are you?")
    assert [one.settled_at for one in waiting.reviews] == [None]

    decide(session, waiting, Action.CONFIRM)
    assert [one.settled_at for one in waiting.reviews] == [LATER]


def test_the_customer_reads_the_reason_of_a_rejection(session: Session, waiting: Request) -> None:
    decide(session, waiting, Action.REJECT, text="Demandez au titulaire du compte.")

    letter = messages(session, waiting)[-1]
    assert "Demandez au titulaire du compte." in letter.text
    assert "Demandez au titulaire du compte." in letter.html


def test_the_second_of_two_supervisors_changes_nothing(session: Session, waiting: Request) -> None:
    seen = waiting.version
    decide(session, waiting, Action.ASK, text="Who are you?", version=seen)
    session.commit()
    before = (waiting.version, waiting.state, len(waiting.events), len(messages(session, waiting)))

    def decide_too() -> None:
        with transaction() as writing:
            request = review.locked(writing, waiting.reference)
            assert request
            decide(writing, request, Action.REJECT, text="No.", version=seen)

    with pytest.raises(review.Stale) as stale:
        decide_too()

    assert stale.value.request is waiting
    assert before == (
        waiting.version,
        waiting.state,
        len(waiting.events),
        len(messages(session, waiting)),
    )


def test_what_is_decided_is_not_decided_again(session: Session, waiting: Request) -> None:
    decide(session, waiting, Action.REJECT, text="No.")

    for action in review.DECISIONS[:3]:
        with pytest.raises(MoveRefused):
            decide(session, waiting, action, text="Again.")


def test_without_a_subscription_there_is_nothing_to_confirm(session: Session) -> None:
    unknown = a_request(session)

    with pytest.raises(MoveRefused):
        decide(session, unknown, Action.CONFIRM)

    decide(session, unknown, Action.REJECT, text="We do not know this business.")
    assert unknown.state is State.REJECTED


def test_nobody_decides_on_a_reference_that_does_not_exist(session: Session) -> None:
    assert review.locked(session, "P7K493QDM") is None


@pytest.fixture
def second(session: Session, company: Company, waiting: Request) -> Request:
    """Return a second request for the same subscription, filed a day after `waiting`."""
    return a_request(session, company, filed_at=A_MONDAY + timedelta(days=1))


def test_a_second_request_is_linked_to_the_first_whose_date_stands(
    session: Session, waiting: Request, second: Request
) -> None:
    decide(session, second, Action.LINK, linked_reference=waiting.reference)

    assert (second.state, second.linked_to, waiting.state) == (
        State.REJECTED,
        waiting,
        State.IN_REVIEW,
    )
    assert messages(session, second)[-1].kind is MessageKind.LINKED


def test_the_second_request_cannot_be_confirmed_before_the_first(
    session: Session, waiting: Request, second: Request
) -> None:
    with pytest.raises(transitions.AlreadyEnding) as first:
        decide(session, second, Action.CONFIRM)

    assert first.value.reference == waiting.reference


@pytest.mark.parametrize("reference", [None, "", "P7K493QDM", "no reference"])
def test_only_a_request_that_exists_stands_for_another(
    session: Session, second: Request, reference: str | None
) -> None:
    with pytest.raises(review.NotLinkable):
        decide(session, second, Action.LINK, linked_reference=reference)


def test_a_request_does_not_stand_for_itself(session: Session, waiting: Request) -> None:
    with pytest.raises(review.NotLinkable):
        decide(session, waiting, Action.LINK, linked_reference=waiting.reference)


def test_a_request_of_somebody_else_does_not_stand_for_this_one(
    session: Session, second: Request
) -> None:
    stranger = a_request(session, filed_at=A_MONDAY - timedelta(days=1))

    with pytest.raises(review.NotLinkable):
        decide(session, second, Action.LINK, linked_reference=stranger.reference)


@pytest.mark.parametrize("state", [State.REJECTED, State.WITHDRAWN, State.RESTARTED])
def test_a_request_that_ends_nothing_stands_for_none(
    session: Session, waiting: Request, second: Request, state: State
) -> None:
    waiting.state = state

    with pytest.raises(review.NotLinkable):
        decide(session, second, Action.LINK, linked_reference=waiting.reference)


@pytest.mark.parametrize(("days", "stands"), [(1, True), (14, True), (15, False)])
def test_a_later_request_stands_only_where_nobody_loses_a_day(
    session: Session, company: Company, waiting: Request, days: int, stands: bool
) -> None:
    later = a_request(session, company, filed_at=A_MONDAY + timedelta(days=days))

    if stands:
        decide(session, waiting, Action.LINK, linked_reference=later.reference)
        assert waiting.linked_to is later
    else:
        with pytest.raises(review.NotLinkable):
            decide(session, waiting, Action.LINK, linked_reference=later.reference)


def test_a_later_request_cannot_stand_for_one_that_names_nothing(session: Session) -> None:
    unknown = a_request(session)
    later = a_request(session, filed_at=LATER)

    with pytest.raises(review.NotLinkable):
        decide(session, unknown, Action.LINK, linked_reference=later.reference)


@pytest.fixture
def unverified(session: Session, company: Company) -> Request:
    """Return what a visitor filed for the company."""
    return a_request(session, company, authority=Authority.UNKNOWN)


def test_the_word_of_the_business_confirms_what_waited_for_authority_only(
    session: Session, unverified: Request
) -> None:
    review.verify(session, unverified, at=LATER)

    assert unverified.state is State.CONFIRMED
    assert [one.settled_at for one in unverified.reviews] == [LATER]
    assert [(one.action, one.actor) for one in unverified.events][-2:] == [
        (Action.VERIFY, "business"),
        (Action.CONFIRM, "processing"),
    ]


def test_the_word_of_the_business_leaves_other_reasons_to_a_person(
    session: Session, company: Company
) -> None:
    a_hold(session, company)
    request = a_request(session, company, authority=Authority.UNKNOWN)

    review.verify(session, request, at=LATER)

    assert request.state is State.IN_REVIEW
    assert [one.reason for one in request.reviews if one.settled_at is None] == [
        ReviewReason.LEGAL_HOLD
    ]


def test_a_link_that_is_followed_twice_does_nothing_the_second_time(
    session: Session, unverified: Request
) -> None:
    review.verify(session, unverified, at=LATER)
    before = len(unverified.events)

    review.verify(session, unverified, at=LATER + timedelta(days=1))

    assert len(unverified.events) == before


def test_a_question_waits_until_it_is_answered(session: Session, waiting: Request) -> None:
    assert not review.is_asked(waiting)

    decide(session, waiting, Action.ASK, text="Qui êtes-vous ?")
    assert review.is_asked(waiting)

    customer = Actor(By.CUSTOMER)
    review.answer(session, waiting, "Le gérant.", actor=customer, at=LATER)
    assert not review.is_asked(waiting)
    assert (waiting.events[-1].action, waiting.events[-1].why) == (Action.ANSWER, "Le gérant.")


def test_a_question_can_be_asked_again_with_a_message_each_time(
    session: Session, waiting: Request
) -> None:
    for text in ("Qui êtes-vous ?", "Et depuis quand ?"):
        decide(session, waiting, Action.ASK, text=text)

    kinds = [message.kind for message in messages(session, waiting)]
    assert kinds.count(MessageKind.INFORMATION_ASKED) == 2


def test_after_the_decision_there_is_nothing_to_answer(session: Session, waiting: Request) -> None:
    decide(session, waiting, Action.ASK, text="Qui êtes-vous ?")
    decide(session, waiting, Action.REJECT, text="Non.")

    assert not review.is_asked(waiting)
    with pytest.raises(MoveRefused):
        review.answer(session, waiting, "Moi.", actor=Actor(By.CUSTOMER), at=LATER)
