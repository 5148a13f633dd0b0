from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from helpdesk.messages import faults, outbox
from helpdesk.messages.delivery import PAUSES, deliver_due
from helpdesk.messages.models import Message
from helpdesk.queue.letters import letter
from helpdesk.rules.vocabulary import Language, MessageKind, MessageState
from helpdesk.settings import Settings
from tests.builders import A_MONDAY, a_company, a_request, a_subscription
from tests.support.countries import SPAIN
from tests.support.mail import INES, LUC, an_acknowledgement, errors, kept
from tests.support.smtp import Postbox, serving


def test_a_message_that_is_due_goes_out_and_is_marked_sent(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    number = an_acknowledgement(session)

    done = deliver_due(A_MONDAY, mailing)

    assert done == Counter(sent=1)
    message = kept(session, number)
    assert (message.state, message.sent_at) == (MessageState.SENT, A_MONDAY)
    assert errors(session, number) == [""]
    assert [mail["To"] for mail in postbox.taken] == [INES]


@pytest.mark.parametrize(
    ("language", "word"),
    [(Language.FRENCH, "reçu"), (Language.SPANISH, "Recibimos"), (Language.ENGLISH, "received")],
)
def test_both_parts_are_in_the_customers_language(
    session: Session, mailing: Settings, postbox: Postbox, language: Language, word: str
) -> None:
    number = an_acknowledgement(session, language=language)

    deliver_due(A_MONDAY, mailing)

    mail, message = postbox.taken[0], kept(session, number)
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert {part.get_content_charset() for part in (text, html)} == {"utf-8"}
    assert text.get_content().splitlines() == message.text.splitlines()
    assert html.get_content().splitlines() == message.html.splitlines()
    assert word in text.get_content()
    assert word in html.get_content()
    assert mail["Content-Language"] == language


def test_the_heads_say_who_writes_when_and_that_a_machine_does(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    number = an_acknowledgement(session)

    deliver_due(A_MONDAY, replace(mailing, mail_from="clients@préavis.example"))

    mail, message = postbox.taken[0], kept(session, number)
    assert mail["From"] == "Sage Active <clients@xn--pravis-cva.example>"
    assert mail["Subject"] == message.subject
    assert mail["Date"].datetime == A_MONDAY
    assert mail["Message-ID"] == message.message_id
    assert mail["Auto-Submitted"] == "auto-generated"


def test_what_is_not_due_yet_waits(session: Session, mailing: Settings, postbox: Postbox) -> None:
    number = an_acknowledgement(session, held_until=A_MONDAY + timedelta(seconds=10))

    assert deliver_due(A_MONDAY + timedelta(seconds=9), mailing) == Counter()
    assert deliver_due(A_MONDAY + timedelta(seconds=10), mailing) == Counter(sent=1)
    assert kept(session, number).state is MessageState.SENT


def test_without_a_mail_server_nothing_is_sent(session: Session, settings: Settings) -> None:
    number = an_acknowledgement(session)

    assert deliver_due(A_MONDAY, settings) == Counter()
    assert kept(session, number).state is MessageState.WAITING
    assert errors(session, number) == []


def test_a_message_that_was_taken_back_never_goes_out(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    number = an_acknowledgement(session)
    outbox.hold_back(session, kept(session, number).request_id)
    session.commit()

    assert deliver_due(A_MONDAY, mailing) == Counter()
    assert postbox.taken == []


def test_a_refused_recipient_is_tried_again_and_does_not_stop_the_others(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    postbox.refused.add(INES)
    number, other = an_acknowledgement(session), an_acknowledgement(session, LUC)

    done = deliver_due(A_MONDAY, mailing)

    assert done == Counter(retried=1, sent=1)
    assert errors(session, number) == ["550 No such mailbox here"]
    assert kept(session, number).due_at == A_MONDAY + timedelta(minutes=1)
    assert kept(session, other).state is MessageState.SENT
    assert postbox.connections == 1


def test_mail_that_the_server_does_not_want_is_tried_again(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    postbox.unwanted.add(INES)
    number, other = an_acknowledgement(session), an_acknowledgement(session, LUC)

    done = deliver_due(A_MONDAY, mailing)

    assert done == Counter(retried=1, sent=1)
    assert errors(session, number) == ["554 Not this mail"]
    assert kept(session, other).state is MessageState.SENT


def test_after_a_dropped_connection_the_message_goes_again_under_the_same_message_id(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    postbox.dropped.add(INES)
    number, other = an_acknowledgement(session), an_acknowledgement(session, LUC)
    assert deliver_due(A_MONDAY, mailing) == Counter(retried=1, sent=1)

    postbox.dropped.clear()
    assert deliver_due(A_MONDAY + PAUSES[0], mailing) == Counter(sent=1)

    assert errors(session, number) == ["The mail server closed the connection.", ""]
    message_id = kept(session, number).message_id
    assert postbox.ids == [message_id, kept(session, other).message_id, message_id]


def test_a_connection_that_ended_between_two_messages_is_opened_again(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    postbox.tires = True
    numbers = [an_acknowledgement(session) for _ in range(3)]

    assert deliver_due(A_MONDAY, mailing) == Counter(sent=3)
    assert [errors(session, number) for number in numbers] == [[""], [""], [""]]
    assert postbox.connections == 3


def test_a_slow_server_is_not_waited_for(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    postbox.slow.add(INES)
    number = an_acknowledgement(session)

    done = deliver_due(A_MONDAY, replace(mailing, smtp_timeout_seconds=1))

    assert done == Counter(retried=1)
    assert errors(session, number) == ["The mail server did not answer in time."]


def test_a_server_that_is_down_costs_three_tries_and_the_others_wait(
    session: Session, settings: Settings
) -> None:
    with serving(Postbox()) as gone:
        pass
    numbers = [an_acknowledgement(session) for _ in range(5)]

    done = deliver_due(A_MONDAY, replace(settings, smtp_url=f"smtp://{gone}"))

    assert done == Counter(retried=3)
    tried = [len(errors(session, number)) for number in numbers]
    assert tried == [1, 1, 1, 0, 0]
    assert errors(session, numbers[0]) == ["The mail server could not be reached."]


def test_an_address_that_is_none_is_recorded_and_does_not_stop_the_others(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    broken = [
        an_acknowledgement(session, email)
        for email in ("nobody", "a b@c.example", f"x@{'l' * 70}.example", "a@b.example\nBcc: c@d")
    ]
    other = an_acknowledgement(session)

    done = deliver_due(A_MONDAY, mailing)

    assert done == Counter(retried=4, sent=1)
    for number in broken:
        assert errors(session, number) == ["The message or its address cannot be written as mail."]
    assert kept(session, other).state is MessageState.SENT
    assert postbox.tried == [INES]


def test_a_domain_with_accents_is_written_as_mail_servers_do(
    session: Session, mailing: Settings, postbox: Postbox
) -> None:
    an_acknowledgement(session, "ines@boulangerie-éclair.example")

    assert deliver_due(A_MONDAY, mailing) == Counter(sent=1)
    assert postbox.tried == ["ines@xn--boulangerie-clair-mtb.example"]


def test_an_address_with_accents_needs_a_server_that_knows_them(
    session: Session, settings: Settings
) -> None:
    number = an_acknowledgement(session, "inès@boulangerie.example")
    plain, modern = Postbox(), Postbox()

    with serving(plain, enable_SMTPUTF8=False) as address:
        assert deliver_due(A_MONDAY, replace(settings, smtp_url=f"smtp://{address}")) == Counter(
            retried=1
        )
    with serving(modern, enable_SMTPUTF8=True) as address:
        later = A_MONDAY + PAUSES[0]
        assert deliver_due(later, replace(settings, smtp_url=f"smtp://{address}")) == Counter(
            sent=1
        )

    expected = "The mail server cannot send to an address with letters such as these."
    assert errors(session, number) == [expected, ""]
    assert plain.tried == []
    assert modern.tried == ["inès@boulangerie.example"]


def test_a_spanish_company_can_call_the_line_at_the_hours_in_force(session: Session) -> None:
    company = a_company(session, country=SPAIN, zone="Europe/Madrid")
    a_subscription(session, company)
    request = a_request(session, company, language=Language.SPANISH, country=SPAIN)

    written = letter(request, MessageKind.CONFIRMATION, A_MONDAY)

    assert written.line is not None
    assert written.line.number == "+34919161717"
    messages = session.scalars(select(Message)).all()
    assert ["de lunes a viernes de 8:00 a 15:00" in one.text for one in messages] == [True]


def test_a_french_company_is_led_to_the_help_centre(session: Session) -> None:
    company = a_company(session)
    a_subscription(session, company)
    request = a_request(session, company)

    assert letter(request, MessageKind.CONFIRMATION, A_MONDAY).line is None


def test_a_message_that_cannot_be_put_into_words_holds_up_no_other(
    session: Session, mailing: Settings, postbox: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    wrong, right = an_acknowledgement(session), an_acknowledgement(session, LUC)
    message = kept(session, wrong)
    message.letter = {**(message.letter or {}), "country": "XX"}
    session.commit()

    done = deliver_due(A_MONDAY, mailing)

    assert done == Counter(retried=1, sent=1)
    assert kept(session, right).state is MessageState.SENT
    assert errors(session, wrong) == [faults.NOT_MAIL]
    assert f"Message {wrong} cannot be written" in caplog.text
