"""A client that costs next to nothing: bytes made beforehand, connections kept, answers counted."""

import selectors
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import perf_counter

PATIENCE_SECONDS = 60


class Broken(Exception):
    """The server hung up, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its head as it came, its body."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        """The number that says how it went."""
        return int(self.head[9:12])

    def header(self, name: bytes) -> bytes:
        """Return the first header with a name; empty when there is none."""
        for line in self.head.split(b"\r\n")[1:]:
            found, _, value = line.partition(b":")
            if found.lower() == name:
                return value.strip()
        return b""


@dataclass(slots=True)
class Client:
    """One kept connection."""

    port: int
    connection: socket.socket = field(init=False)
    came: bytes = b""

    def __post_init__(self) -> None:
        self.connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE_SECONDS)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, asked: bytes) -> Answer:
        """Send a request and wait for its answer."""
        self.send(asked)
        while (answer := self.read()) is None:
            pass
        return answer

    def send(self, asked: bytes) -> None:
        """Send a request."""
        self.connection.sendall(asked)

    def read(self) -> Answer | None:
        """Take what has come; returns the answer once it is whole."""
        more = self.connection.recv(262_144)
        if not more:
            raise Broken
        self.came += more
        head, found, body = self.came.partition(b"\r\n\r\n")
        if not found:
            return None
        answer = Answer(head, body)
        if answer.header(b"transfer-encoding"):
            whole = body.endswith(b"0\r\n\r\n")
        else:
            whole = len(body) >= int(answer.header(b"content-length") or 0)
        if not whole:
            return None
        self.came = b""
        return answer

    def close(self) -> None:
        """Hang up."""
        self.connection.close()


def get(path: str, cookie: bytes = b"") -> bytes:
    """Return the bytes that ask for a page."""
    kept = b"Cookie: " + cookie + b"\r\n" if cookie else b""
    return b"GET " + path.encode() + b" HTTP/1.1\r\nHost: bench\r\n" + kept + b"\r\n"


def post(path: str, body: bytes, cookie: bytes, address: str) -> bytes:
    """Return the bytes that send a form from an address of its own."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: {address}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nCookie: "
    )
    return head.encode() + cookie + b"\r\n\r\n" + body


def drive(port: int, sendings: Sequence[Sequence[bytes]]) -> tuple[float, list[Answer]]:
    """Send each client's requests one after the other, all clients at once.

    Returns the seconds that it took, and the answers.
    """
    clients = [Client(port) for _ in sendings]
    with selectors.DefaultSelector() as selector:
        queues: list[Iterator[bytes]] = [iter(sending) for sending in sendings]
        for client, queue in zip(clients, queues, strict=True):
            selector.register(client.connection, selectors.EVENT_READ, (client, queue))
        began = perf_counter()
        busy = sum(_next(client, queue) for client, queue in zip(clients, queues, strict=True))
        answers: list[Answer] = []
        while busy:
            ready = selector.select(PATIENCE_SECONDS)
            if not ready:
                raise Broken
            for key, _ in ready:
                client, queue = key.data
                if (answer := client.read()) is None:
                    continue
                answers.append(answer)
                busy -= not _next(client, queue)
        took = perf_counter() - began
    for client in clients:
        client.close()
    return took, answers


def _next(client: Client, queue: Iterator[bytes]) -> bool:
    """Send a client's next request; tells whether there was one."""
    asked = next(queue, None)
    if asked is None:
        return False
    client.send(asked)
    return True
