"""A reverse proxy that keeps every request and every answer, byte for byte as they were read.

Stands where the gateway is said to be; the gateway itself listens elsewhere. What is recorded
is known by the client of the access token, or of the assertion by which it asked for one.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

_BY_THE_WAY = {"connection", "transfer-encoding", "content-length", "server", "date"}


@dataclass(frozen=True)
class Exchange:
    """One request with its answer, heads and bodies, and what was going on then."""

    phase: str
    client: str | None
    request: bytes = field(repr=False)
    answer: bytes = field(repr=False)


@dataclass
class Recording:
    """`upstream` is where the gateway really listens; `seen` is called after every answer."""

    url: str
    upstream: str = ""
    phase: str = ""
    exchanges: list[Exchange] = field(default_factory=list)
    seen: Callable[[], None] = lambda: None

    def sent(self, client: str | None = None, phase: str | None = None) -> bytes:
        """What clients sent: all of them or one, all the time or in one phase."""
        return b"\n".join(each.request for each in self._chosen(client, phase))

    def received(self, client: str | None = None, phase: str | None = None) -> bytes:
        """What clients were answered."""
        return b"\n".join(each.answer for each in self._chosen(client, phase))

    def _chosen(self, client: str | None, phase: str | None) -> Iterator[Exchange]:
        for each in self.exchanges:
            if client in {None, each.client} and phase in {None, each.phase}:
                yield each


@contextmanager
def recording() -> Iterator[Recording]:
    """Record while the block lasts."""

    class Handler(_Handler):
        pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        Handler.kept = Recording(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield Handler.kept
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    kept: Recording

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = HTTPConnection(self.kept.upstream, timeout=60)
        try:
            connection.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = connection.getresponse()
            told = answer.read()
        except (OSError, HTTPException):
            # As the gateway itself would seem: not there.
            self.close_connection = True
            return
        finally:
            connection.close()
        head = f"{self.requestline}\r\n{self.headers}".encode()
        heading = f"{answer.status}\r\n{answer.headers}".encode()
        client = _client(self.headers, body)
        self.kept.exchanges.append(Exchange(self.kept.phase, client, head + body, heading + told))
        self.kept.seen()
        self._answer(answer.status, dict(answer.headers.items()), told)

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in _BY_THE_WAY:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _client(headers: Mapping[str, str], body: bytes) -> str | None:
    kind, _, token = headers.get("Authorization", "").partition(" ")
    if kind != "DPoP":
        token = parse_qs(body.decode(errors="replace")).get("client_assertion", [""])[0]
    if token.count(".") != len(".."):
        return None
    claims = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]
