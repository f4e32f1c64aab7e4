"""Small HTTP servers on this machine alone: the systems of others that the demo plays."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar, Final

_HOST: Final = "127.0.0.1"
_LARGEST_BODY: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked. Header names are lower case; a repr shows no content."""

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: JSON, or nothing but a status."""

    status: int
    body: bytes = field(default=b"", repr=False)


Answering = Callable[[Question], Reply]


@contextmanager
def serving(answering: Answering) -> Iterator[str]:
    """Answer on a free port of loopback while the block lasts; gives the address."""

    class Handler(_Handler):
        answer = staticmethod(answering)

    with ThreadingHTTPServer((_HOST, 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://{_HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One question, one reply. Writes no log: a path can hold what a register holds."""

    protocol_version = "HTTP/1.1"
    timeout: ClassVar[float | None] = 30.0
    answer: Answering

    def do_GET(self) -> None:
        self._reply(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _LARGEST_BODY:
            self._write(Reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            self.close_connection = True
            return
        self._reply(self.rfile.read(int(length)))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
        pass

    def _reply(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._write(self.answer(Question(self.command, self.path, headers, body)))

    def _write(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
