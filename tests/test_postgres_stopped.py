"""PostgreSQL stopped as by a power cut, twice, in the middle of filing and of processing.

What somebody was shown as filed is there, once; what was sent meanwhile was kept by the page.
"""

import html as escapes
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from http import HTTPStatus
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Semaphore
from time import sleep
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from helpdesk import schema
from helpdesk.queue import models
from helpdesk.rules.vocabulary import Action, State
from tests.builders import PASSWORD, SECRET, a_company, a_person, a_subscription
from tests.support.postgres import Cluster, NoPostgres
from tests.support.workers import HELPDESK, helpdesk, kill

CUSTOMERS, EACH = 4, 25
STOPPED_AFTER = (20, 40)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Return a PostgreSQL that really keeps what it has accepted."""
    try:
        made = Cluster(options={})
    except NoPostgres:
        pytest.skip("There is no PostgreSQL.")
    yield made
    made.remove()


class Customer:
    """Somebody with a browser who files, and sends again whatever was not answered."""

    def __init__(self, address: str, email: str) -> None:
        self._address = address
        self._browser = build_opener(HTTPCookieProcessor(CookieJar()))
        self.sent_again = 0
        token = self._token("/sign-in")
        pair = {"csrf_token": token, "email": email, "password": PASSWORD}
        self._open("/sign-in", pair)

    def file(self, contract: str) -> tuple[str, str]:
        """End a subscription; returns the key of the form, and where it led."""
        form = {
            "key": str(uuid4()),
            "step": "send",
            "collected": "y",
            "contracts": contract,
            "requester_name": "Inès Martin",
            "email": "ines@boulangerie-martin.example",
            "csrf_token": self._token("/help-center/request"),
        }
        return form["key"], self.send(form)

    def send(self, form: dict[str, str]) -> str:
        """Send a form until it leads somewhere; what the page has kept is what is sent again."""
        while True:
            url, html = self._open("/help-center/request", form)
            if "/requests/" in url:
                return url
            kept = {name: escapes.unescape(value) for name, value in HIDDEN.findall(html)}
            if kept:
                assert kept.keys() == form.keys()
                assert kept | {"csrf_token": form["csrf_token"]} == form
                form = kept
            self.sent_again += 1
            sleep(0.1)

    def _token(self, path: str) -> str:
        while not (found := TOKEN.search(self._open(path)[1])):
            sleep(0.1)
        return found[1]

    def _open(self, path: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """Return where an address has led, and the page there; 503 is the only error there is."""
        number = uuid4().int
        elsewhere = ".".join(str(number >> shift & 127 | 1) for shift in (0, 8, 16, 24))
        asked = Request(  # noqa: S310
            self._address + path,
            urlencode(form).encode() if form else None,
            {"X-Forwarded-For": elsewhere},  # Nobody is held back for trying often.
        )
        try:
            with self._browser.open(asked, timeout=60) as answer:
                return answer.url, answer.read().decode()
        except HTTPError as error:
            with error:
                if error.code != HTTPStatus.SERVICE_UNAVAILABLE or not error.headers["Retry-After"]:
                    raise
                # Shown where it led: what was filed is filed, whether its page can be or not.
                return path, error.read().decode()


@pytest.fixture
def customers(cluster: Cluster) -> Iterator[list[tuple[str, list[str]]]]:
    """Return the e-mail of each customer, with the contracts that they end one after the other."""
    schema.upgrade(cluster.url)
    engine = create_engine(cluster.url)
    made: list[tuple[str, list[str]]] = []
    with Session(engine) as session:
        for _ in range(CUSTOMERS):
            company = a_company(session)
            holder = a_person(session, company)
            owned = [a_subscription(session, company).contract for _ in range(EACH)]
            made.append((holder.email, owned))
        session.commit()
    yield made
    engine.dispose()


@pytest.fixture
def env(cluster: Cluster, tmp_path: Path) -> dict[str, str]:
    """Return the environment of all processes."""
    return {
        "HELPDESK_MODE": "test",
        "HELPDESK_DATA": str(tmp_path),
        "DATABASE_URL": cluster.url,
        "SECRET_KEY": SECRET,
        "PORT": "0",
        "TRUSTED_PROXIES": "1",
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
    }


def test_what_was_shown_as_filed_is_there_once_whenever_postgresql_stops(
    cluster: Cluster, customers: list[tuple[str, list[str]]], env: dict[str, str], tmp_path: Path
) -> None:
    told = tmp_path / "worker.log"
    filed: dict[str, str] = {}
    with told.open("w") as log, (tmp_path / "web.log").open("w") as web_log:
        web = subprocess.Popen(
            [HELPDESK, "web", "--processes", "2"], env=env, stdout=subprocess.PIPE, stderr=web_log
        )
        worker = subprocess.Popen([HELPDESK, "worker"], env=env, stderr=log)
        try:
            said = web.stdout.readline().decode() if web.stdout else ""
            browsers = [Customer(said.split()[-1], email) for email, _owned in customers]
            done = Semaphore(0)

            def file_all(browser: Customer, contracts: list[str]) -> dict[str, str]:
                kept = {}
                for contract in contracts:
                    key, url = browser.file(contract)
                    kept[key] = url
                    done.release()
                return kept

            with ThreadPoolExecutor(CUSTOMERS) as threads:
                filing = [
                    threads.submit(file_all, browser, owned)
                    for browser, (_email, owned) in zip(browsers, customers, strict=True)
                ]
                for count in STOPPED_AFTER:
                    for _ in range(count):
                        while not done.acquire(timeout=1):
                            assert not [one for one in filing if one.done() and one.exception()]
                    cluster.stop("immediate")
                    sleep(0.5)
                    cluster.start()
                for one in as_completed(filing):
                    filed |= one.result()
            web.terminate()
            assert web.wait(30) == 0
            engine = create_engine(cluster.url)
            with Session(engine) as session:
                assert_confirmed(session, CUSTOMERS * EACH)
                there = Counter(session.scalars(select(models.Request.filing_key)).all())
                references = dict(
                    session.execute(
                        select(models.Request.filing_key, models.Request.reference)
                    ).all()
                )
            engine.dispose()
            worker.terminate()
            assert worker.wait(30) == 0
        finally:
            kill(web)
            kill(worker)
            if web.stdout:
                web.stdout.close()

    assert there == dict.fromkeys(filed, 1)
    assert {key: url.rsplit("/", 1)[1].replace("-", "") for key, url in filed.items()} == references
    assert sum(browser.sent_again for browser in browsers) > 0
    assert helpdesk("audit", "verify", env=env).returncode == 0
    lines = told.read_text()
    assert "The database is away" in lines
    assert "The database is back" in lines
    assert "Traceback" not in lines


def assert_confirmed(session: Session, count: int) -> None:
    """Wait until so many requests are confirmed, with one event each."""
    confirmed = select(func.count()).select_from(models.Request)
    for _ in range(600):
        session.rollback()
        if session.scalar(confirmed.where(models.Request.state == State.CONFIRMED)) == count:
            break
        sleep(0.1)
    events = select(models.Event.request_id, func.count()).where(
        models.Event.action == Action.CONFIRM
    )
    of_each = session.execute(events.group_by(models.Event.request_id)).all()
    assert [number for _request, number in of_each] == [1] * count
