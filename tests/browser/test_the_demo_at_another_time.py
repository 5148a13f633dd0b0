"""The real command at one instant, and later at another one, as somebody sees it who tries it."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask
from playwright.sync_api import Browser, Page

from helpdesk.settings import Mode, Settings
from tests import builders
from tests.browser.conftest import sign_in
from tests.browser.steps import OWNER, a_business, cancelled, heading
from tests.support.lives import FRENCH
from tests.support.post import plainly
from tests.support.smtp import Postbox, serving
from tests.support.workers import HELPDESK, PATIENCE_SECONDS, environment

BAR = "aside[aria-label='L’heure de cette démonstration']"
RELOADS = 200


@contextmanager
def the_demo(settings: Settings, now: str, smtp: str) -> Iterator[str]:
    """Run `helpdesk demo --now` while the block runs, then press Ctrl+C; gives its address."""
    more = {"PORT": "0", "TICK_SECONDS": "1", "SMTP_URL": f"smtp://{smtp}"}
    env = environment(replace(settings, mode=Mode.DEMO)) | more
    command = [HELPDESK, "demo", "--now", now]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=quiet, text=True
    ) as server:
        try:
            yield next(line.split()[-1] for line in server.stdout or () if "http" in line)
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=PATIENCE_SECONDS)


def bar(page: Page) -> str:
    return plainly(page.locator(BAR).inner_text())


def waited(page: Page, address: str, postbox: Postbox, count: int) -> str:
    """Look at a page again and again until so many messages have come; return what it says."""
    for _ in range(RELOADS):
        page.goto(address)
        if len(postbox.taken) == count:
            break
    page.goto(address)
    return heading(page)


def test_the_demo_started_later_has_done_all_that_came_due_between(
    app: Flask, settings: Settings, chromium: Browser
) -> None:
    a_business(app, FRENCH)
    postbox = Postbox()

    with serving(postbox) as smtp, the_demo(settings, "2026-03-02T09:00", smtp) as address:
        page = chromium.new_context(base_url=address, locale="fr-FR").new_page()
        sign_in(page, OWNER, builders.PASSWORD)
        assert "lundi 2 mars 2026" in bar(page)
        request = f"/help-center/requests/{cancelled(page, FRENCH)}"
        assert waited(page, address + request, postbox, 2) == FRENCH.days_left[0]
    with serving(postbox) as smtp, the_demo(settings, "2026-04-20T09:00", smtp) as address:
        assert waited(page, address + request, postbox, 3) == FRENCH.ended
        assert "lundi 20 avril 2026" in bar(page)
    page.context.close()

    subjects = [plainly(mail["Subject"]).rsplit(" (", 1)[0] for mail in postbox.taken]
    assert subjects == [FRENCH.mails[number][0] for number in (0, 1, 5)]
