"""Who uses the pages that are measured: visitors with a form each, a supervisor signed in."""

import re
from collections.abc import Callable, Iterable
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask, g, has_app_context
from werkzeug.test import TestResponse

from bench.customers import PASSWORD, SUPERVISOR
from bench.wire import Client, get, post
from helpdesk.database import db

FORM, SIGN_IN = "/help-center/request", "/sign-in"
SESSION = re.compile(rb"^preavis=[^;]+")
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
ADDRESSES = 2**24


class Refused(Exception):
    """A page did not let us in."""


def supervisor(port: int) -> bytes:
    """Sign the supervisor in; returns their cookie."""
    client = Client(port)
    cookie, token = opened(client, SIGN_IN)
    typed = {"csrf_token": token, "email": SUPERVISOR, "password": PASSWORD}
    answer = client.ask(post(SIGN_IN, urlencode(typed).encode(), cookie, "10.255.255.1"))
    client.close()
    if answer.status != 303:
        raise Refused(SIGN_IN)
    return cookie_of(answer.header(b"set-cookie"))


def opened(client: Client, path: str) -> tuple[bytes, str]:
    """Open a page with a form; returns the cookie and the token that go with it."""
    answer = client.ask(get(path))
    token = TOKEN.search(answer.body)
    if not token:
        raise Refused(path)
    return cookie_of(answer.header(b"set-cookie")), token[1].decode()


def cookie_of(header: bytes) -> bytes:
    """Return what a browser sends back of a cookie."""
    found = SESSION.match(header)
    if not found:
        raise Refused("There is no session.")
    return found[0]


def filings(port: int, tax_numbers: Iterable[str], number: int) -> list[bytes]:
    """Return what one visitor sends to file a request for each company, addresses their own."""
    client = Client(port)
    cookie, token = opened(client, FORM)
    client.close()
    return [
        post(FORM, _filing(token, tax_number), cookie, _address(number * 65536 + place))
        for place, tax_number in enumerate(tax_numbers)
    ]


def _filing(token: str, tax_number: str) -> bytes:
    typed = {
        "csrf_token": token,
        "key": str(uuid4()),
        "step": "send",
        "collected": "y",
        "company_name": "Atelier Dupont",
        "tax_number": tax_number,
        "contracts": "",
        "requester_name": "Jean Dupont",
        "email": "jean@dupont.example",
        "phone": "",
        "reason": "price",
        "reason_text": "",
        "asked": "",
    }
    return urlencode(typed).encode()


def _address(number: int) -> str:
    number %= ADDRESSES
    return f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def browser(app: Flask) -> Callable[[str], object]:
    """Return what opens a page of an app as the supervisor, without any server."""
    client = app.test_client()

    def open_page(path: str) -> TestResponse:
        if has_app_context():  # Within it the visitor before, and what they read, still stand.
            db.session.remove()
            for name in [*g]:
                g.pop(name)
        return client.get(path)

    token = TOKEN.search(open_page(SIGN_IN).data)
    if not token:
        raise Refused(SIGN_IN)
    typed = {"csrf_token": token[1].decode(), "email": SUPERVISOR, "password": PASSWORD}
    if client.post(SIGN_IN, data=typed).status_code != 303:
        raise Refused(SIGN_IN)
    return open_page
