"""A reverse proxy with TLS as one stands before a gateway: it asks for a client certificate.

What the connection showed goes on in `Client-Cert` (RFC 9440), whatever the client wrote there
itself. It keeps nothing and judges nothing; a client without a certificate of the authority does
not come through the handshake.
"""

import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.certificates import Authority

_BY_THE_WAY = {"connection", "transfer-encoding", "content-length", "server", "date"}


@contextmanager
def tls_edge(authority: Authority, upstream: Callable[[], str]) -> Iterator[str]:
    """Serve while the block lasts; `upstream` says where the gateway listens by then."""

    class Handler(_Handler):
        gateway = staticmethod(upstream)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own = authority.give("rand")
    context.load_cert_chain(own.certificate, own.key)
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    gateway: Callable[[], str]
    connection: ssl.SSLSocket

    def handle(self) -> None:
        try:
            self.connection.do_handshake()
        except OSError:
            return
        super().handle()

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kept = {k: v for k, v in self.headers.items() if k.lower() != "client-cert"}
        shown = self.connection.getpeercert(binary_form=True) or b""
        kept["Client-Cert"] = f":{b64encode(shown).decode()}:"
        link = HTTPConnection(self.gateway(), timeout=20)
        try:
            link.request(self.command, self.path, body or None, kept)
            told = link.getresponse()
            content = told.read()
        finally:
            link.close()
        self.send_response_only(told.status)
        for name, value in told.headers.items():
            if name.lower() not in _BY_THE_WAY:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
