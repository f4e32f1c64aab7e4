"""A stand-in for the FSC components around us: an Inway, our Manager, and Outways of others.

The Inway is a reverse proxy over real HTTP. It does to a request what one does: it forwards what
the Outway sent, and says in `Client-Cert` which certificate it saw. It judges nothing, so that
whatever is refused is refused by the gateway. It calls from an address of its own.
"""

import http.client
import json
import os
import threading
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import ECKey, Key

ADDRESS = "127.0.0.2"
GROEP = "fsc-proef"
DIENST = "lso-gateway"
OURS = "00000004003214345001"


@dataclass(frozen=True)
class Answer:
    """What came back through the Inway, or past it."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Certificate:
    """A certificate as an Outway of a peer has it: its OIN in subject serialNumber."""

    def __init__(self, oin: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, oin)])
        begin = datetime(2026, 1, 1, tzinfo=UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=400))
            .sign(key, SHA256())
        )
        der = made.public_bytes(serialization.Encoding.DER)
        self.header = f":{b64encode(der).decode()}:"
        self.thumbprint = urlsafe_b64encode(made.fingerprint(SHA256())).rstrip(b"=").decode()


class Manager:
    """Our Manager: signs tokens, and shows its public key in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key: Key = ECKey.generate_key("P-256")
        self.publish()

    def publish(self, *keys: Key) -> None:
        shown = keys or (self.key,)
        public = [{**key.as_dict(private=False), "kid": key.thumbprint()} for key in shown]
        self.path.write_text(json.dumps({"keys": public}))

    def sign(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        told = {"alg": "ES256", "kid": self.key.thumbprint()} | (header or {})
        return jwt.encode(told, claims, self.key, algorithms=[told["alg"]])


@dataclass
class Outway:
    """A peer that calls: makes transaction ids, and gets its tokens from our Manager."""

    oin: str
    grant_hash: str
    manager: Manager
    certificate: Certificate = field(init=False)
    now: datetime = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.certificate = Certificate(self.oin)

    def claims(self, *without: str, **changed: Any) -> dict[str, Any]:
        now = int(self.now.timestamp())
        told = {
            "gth": self.grant_hash,
            "gid": GROEP,
            "sub": self.oin,
            "iss": OURS,
            "svc": DIENST,
            "aud": "https://inway.example",
            "nbf": now - 5,
            "exp": now + 300,
            "cnf": {"x5t#S256": self.certificate.thumbprint},
        } | changed
        return {name: value for name, value in told.items() if name not in without}

    def token(self, *without: str, **changed: Any) -> str:
        return self.manager.sign(self.claims(*without, **changed))

    def headers(self, token: str | None = None, **other: str) -> dict[str, str]:
        return {
            "Fsc-Transaction-Id": transaction_id(),
            "Fsc-Authorization": f"Bearer {token or self.token()}",
        } | other


def transaction_id() -> str:
    """A UUIDv7: a moment in milliseconds, and chance."""
    number = int.from_bytes(os.urandom(16))
    moment = int(datetime(2026, 5, 4, 9, 30, tzinfo=UTC).timestamp() * 1_000)
    number = (moment << 80) | (number & ((1 << 80) - 1))
    number = (number & ~(0xF << 76) & ~(0x3 << 62)) | (7 << 76) | (2 << 62)
    return str(UUID(int=number))


class Inway:
    """Forwards to the gateway. `certificate` is the one it saw; None as over plain HTTP."""

    def __init__(self, gateway_port: int) -> None:
        self.gateway_port = gateway_port
        self.certificate: Certificate | None = None
        inway = self

        class Handler(_Quiet):
            def do_GET(self) -> None:
                self.answer(inway)

            def do_POST(self) -> None:
                self.answer(inway)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        threading.Thread(target=self._server.serve_forever, args=(0.02,)).start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """What comes from the Outway goes on; only what the connection itself showed is ours."""
        kept = {k: v for k, v in headers.items() if k.lower() not in {"client-cert", "host"}}
        if self.certificate is not None:
            kept["Client-Cert"] = self.certificate.header
        return send(self.gateway_port, method, path, kept, body, source=ADDRESS)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Quiet(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def answer(self, inway: Inway) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        told = inway.forward(self.command, self.path, dict(self.headers.items()), body)
        self.send_response_only(told.status)
        for name, value in told.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told.body)


def send(
    port: int,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes = b"",
    *,
    source: str = "127.0.0.1",
) -> Answer:
    """One request over a connection of its own, from this address."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20, source_address=(source, 0))
    try:
        link.request(method, path, body=body or None, headers=headers)
        told = link.getresponse()
        return Answer(told.status, dict(told.getheaders()), told.read())
    finally:
        link.close()


@contextmanager
def inway_before(gateway_port: int) -> Iterator[Inway]:
    inway = Inway(gateway_port)
    try:
        yield inway
    finally:
        inway.close()
