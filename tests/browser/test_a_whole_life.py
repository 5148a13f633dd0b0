"""One subscription from the request to the deletion of its data, by moving the time.

In a real browser, with every message by a real mail server, in each language.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from playwright.sync_api import Page

from helpdesk import clock
from helpdesk.settings import Settings
from tests import builders
from tests.browser.conftest import Open, sign_in
from tests.browser.steps import CONTRACT, LOCALES, OWNER, a_business, cancelled, heading
from tests.support.lives import ATTACHED, DELETION, END, LAST_DAY, LIVES, PRODUCT, Life
from tests.support.post import (
    Post,
    attached,
    calendar_of,
    document_of,
    plainly,
    text_of,
    words_of,
)
from tests.support.smtp import Postbox, serving

APPLICATION = f"/account/applications/{CONTRACT}"
A_SECOND, A_MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TRIES = 10
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b")
CURRENT, OUTDATED, ERASED = range(3)
CONFIRMATION, ENDED, DELETED = 1, 5, 7

Travel = Callable[[datetime], None]


@pytest.fixture
def post(app: Flask, settings: Settings) -> Iterator[Post]:
    """Return what processes and sends, to a mail server of this test."""
    postbox = Postbox()
    with serving(postbox) as address:
        yield Post(app, replace(settings, smtp_url=f"smtp://{address}"), postbox)


def tracked(page: Page, reference: str) -> str:
    """Follow the request without signing in; return where it stands."""
    page.goto("/help-center/track")
    page.fill("input[name=reference]", reference)
    page.fill("input[name=email]", OWNER)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/help-center/requests/*")
    return heading(page)


def a_second_before(page: Page, travel: Travel, end: datetime) -> str:
    """Open the application in the last second before an instant, and return what it says."""
    for _ in range(TRIES):  # A busy machine may need more than that second.
        travel(end - A_SECOND)
        page.goto(APPLICATION)
        if clock.now() < end:
            return heading(page)
    pytest.fail("No page was made within a second.")


def check_mail(mail: EmailMessage, number: int, life: Life, reference: str) -> None:
    """See that a message is the one that comes now, in its language, with what goes with it."""
    subject, fact = life.mails[number]
    assert plainly(mail["Subject"]) == f"{subject} ({reference})"
    assert mail["To"] == OWNER
    assert mail["Content-Language"] == life.language.value
    text, html = words_of(mail)
    assert fact in text
    assert fact in html
    assert f'lang="{life.language.value}"' in html
    assert tuple(attached(mail)) == ATTACHED[number]


def check_document(mail: EmailMessage, title: str, life: Life, reference: str) -> str:
    """See that the document of a message is tagged, and says what it should; return its code."""
    document = document_of(mail)
    root = document.trailer["/Root"]
    assert root["/Lang"].startswith(life.language.value)
    assert root["/MarkInfo"]["/Marked"]
    text = text_of(document)
    assert title in text
    assert reference in text
    assert document.metadata
    assert title in str(document.metadata.title)
    return CODE.findall(text)[0]


def checked(page: Page, reference: str, code: str) -> tuple[str, str]:
    """Check a document at /verify; return the answer, and all that the page says."""
    page.goto("/verify")
    page.fill("input[name=reference]", reference)
    page.fill("input[name=code]", code.lower())
    page.click("main form button[type=submit]")
    page.locator("main dl").wait_for()
    return heading(page), plainly(page.locator("main").inner_text())


class Told:
    """What the owner is told on the way: each message once, in order, and the pages beside."""

    def __init__(self, life: Life, post: Post, travel: Travel, reference: str) -> None:
        self.life = life
        self.post = post
        self.travel = travel
        self.reference = reference
        self.mails: list[EmailMessage] = []

    def at(self, *moment: int) -> None:
        """Expect one message at an instant by the clocks of the business, and none before it."""
        self.travel(self.life.at(*moment) - A_MINUTE)
        assert self.post.tick() == []
        self.travel(self.life.at(*moment))
        self.now(1)

    def now(self, count: int) -> None:
        """Expect so many messages now, and none by a second pass."""
        for mail in self.post.tick():
            check_mail(mail, len(self.mails), self.life, self.reference)
            self.mails.append(mail)
            count -= 1
        assert count == 0
        assert self.post.tick() == []

    def code(self, number: int, title: str) -> str:
        """Return the check code of the document that came with a message."""
        return check_document(self.mails[number], title, self.life, self.reference)


@pytest.mark.parametrize("life", LIVES, ids=[life.language.value for life in LIVES])
def test_one_subscription_from_the_request_to_the_deletion_of_its_data(
    app: Flask, browse: Open, post: Post, travel: Travel, life: Life
) -> None:
    a_business(app, life)
    travel(life.at(2026, 3, 2, 10))
    page = browse("/sign-in", locale=LOCALES[life.language])
    sign_in(page, OWNER, builders.PASSWORD)
    told = Told(life, post, travel, cancelled(page, life))

    in_notice(page, told)
    at_the_end(page, told)
    until_the_deletion(page, told)
    afterwards(page, told)

    assert len({mail["Message-ID"] for mail in told.mails}) == len(life.mails)


def in_notice(page: Page, told: Told) -> None:
    """See the confirmation come, and each reminder on its morning."""
    life, mails = told.life, told.mails
    told.now(2)
    assert tracked(page, told.reference) == life.days_left[0]
    code = told.code(CONFIRMATION, life.documents[0])
    said, text = checked(page, told.reference, code)
    assert said == life.answers[CURRENT]
    assert "Boulangerie Delorme" in text
    for sentence, morning in zip(
        (*life.days_left[1:], life.last_day), ((3, 16), (4, 8), (4, 14)), strict=True
    ):
        told.at(2026, *morning, 9)
        page.goto(f"/help-center/requests/{told.reference}")
        assert heading(page) == sentence
    days = zip((LAST_DAY, END, DELETION), life.events, strict=True)
    named = {day: f"{name} {PRODUCT}" for day, name in days}
    assert [calendar_of(mail) for mail in mails[CONFIRMATION:]] == [named] * 4


def at_the_end(page: Page, told: Told) -> None:
    """See the gate close at local midnight, before anything is processed, and what is kept."""
    life, midnight = told.life, told.life.at(2026, 4, 15)
    assert a_second_before(page, told.travel, midnight) == life.opened
    told.travel(midnight)
    page.goto(APPLICATION)
    assert heading(page) == life.closed
    assert life.kept in plainly(page.locator("main").inner_text())
    told.now(1)
    page.goto(f"/help-center/requests/{told.reference}")
    assert heading(page) == life.ended
    codes = told.code(CONFIRMATION, life.documents[0]), told.code(ENDED, life.documents[1])
    answers = [checked(page, told.reference, code)[0] for code in codes]
    assert answers == [life.answers[OUTDATED], life.answers[CURRENT]]


def until_the_deletion(page: Page, told: Told) -> None:
    """See the notice come thirty days before, the account until the last day, the deletion."""
    life, last = told.life, told.life.at(2026, 10, 15)
    told.at(2026, 9, 15, 9)
    told.travel(last - A_MINUTE)
    page.goto(APPLICATION)
    assert heading(page) == life.closed
    told.at(2026, 10, 15)
    page.goto(f"/help-center/requests/{told.reference}")
    assert heading(page) == life.deleted
    assert "Delorme" not in page.content()


def afterwards(page: Page, told: Told) -> None:
    """See that nobody signs in any more, that documents can be checked, and that all is quiet."""
    life = told.life
    page.goto(APPLICATION)
    assert "/sign-in" in page.url
    page.fill("#email", OWNER)
    page.fill("#password", builders.PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".callout-info", has_text=life.gone).wait_for()
    erased = told.code(CONFIRMATION, life.documents[0])
    said, text = checked(page, told.reference, erased)
    assert said == life.answers[ERASED]
    assert "Delorme" not in text
    certificate = told.code(DELETED, life.documents[2])
    assert checked(page, told.reference, certificate)[0] == life.answers[CURRENT]
    for later in (1, 30, 400):
        told.travel(life.at(2026, 10, 15) + timedelta(days=later))
        assert told.post.tick() == []
