"""The transport against real sockets on this machine: what a stand-in for the network hides."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET, create_server, socket

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from connectors.errors import NotTrustedError, NotUnderstoodError, UnreachableError
from connectors.retries import Patience
from connectors.transport import Transport, Transportsettings

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
RESET = b"\x01\x00\x00\x00\x00\x00\x00\x00"


@contextmanager
def _server(behave: Callable[[socket], None], tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Someone who takes one request after another and then does what `behave` says."""
    listening = create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
                with tls.wrap_socket(connection, server_side=True) if tls else connection as taken:
                    taken.settimeout(5)
                    taken.recv(65536)
                    behave(taken)
            except OSError:
                if listening.fileno() < 0:
                    return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    scheme = "https" if tls else "http"
    try:
        yield f"{scheme}://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        # Closing alone leaves the thread in accept().
        with socket() as last:
            port = listening.getsockname()[1]
            listening.close()
            last.settimeout(1)
            last.connect_ex(("127.0.0.1", port))


def _says(*parts: bytes) -> Callable[[socket], None]:
    return lambda taken: taken.sendall(b"".join(parts))


def _resets(taken: socket) -> None:
    taken.sendall(OK + b"Content-Length: 100\r\n\r\n{")
    taken.setsockopt(SOL_SOCKET, SO_LINGER, RESET)


def _drips(taken: socket) -> None:
    taken.sendall(OK + b"Content-Length: 1000\r\n\r\n")
    for _ in range(1000):
        taken.sendall(b" ")
        time.sleep(0.05)


def _never_ends(taken: socket) -> None:
    taken.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        taken.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def _redirects_without_end(taken: socket) -> None:
    taken.sendall(b"HTTP/1.1 302 Found\r\nLocation: /\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        taken.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def _a_transport(total_seconds: float = 5.0, **settings: object) -> Transport:
    patience = Patience(attempts=1, total_seconds=total_seconds)
    return Transport(Transportsettings(read_seconds=1.0, **settings), patience=patience)


def _certificate(folder: Path, name: str = "127.0.0.1") -> Path:
    """A certificate of nobody for this machine, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)  # noqa: TID251  a certificate is checked by the machine's time
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False
        )
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / f"{name}.pem"
    file.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
    return file


def _tls(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize(
    "framing",
    [
        pytest.param(b"Content-Length: 2\r\n\r\n{}", id="by length"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", id="in chunks"),
        pytest.param(b"Connection: close\r\n\r\n{}", id="until the end"),
    ],
)
def test_a_body_is_whole_however_it_is_framed(framing: bytes):
    with _server(_says(OK, framing)) as url:
        assert _a_transport().request("GET", url).body == b"{}"


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(_says(), id="hangs up"),
        pytest.param(_says(b"HTTP/1."), id="hangs up in the first line"),
        pytest.param(_says(b"SSH-2.0-OpenSSH\r\n"), id="is no web server"),
        pytest.param(_says(OK, b"Content-Length: 9\r\n\r\n{"), id="half a body"),
        pytest.param(_says(OK, b"Transfer-Encoding: chunked\r\n\r\n9\r\n{"), id="half a chunk"),
        pytest.param(
            _says(OK, b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"), id="no last chunk"
        ),
        pytest.param(_says(OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), id="no chunk at all"),
        pytest.param(_resets, id="resets in the body"),
        pytest.param(lambda _taken: time.sleep(1.3), id="says nothing"),
    ],
)
def test_a_server_that_breaks_off_is_unreachable(behave: Callable[[socket], None]):
    with _server(behave) as url, pytest.raises(UnreachableError):
        _a_transport().request("GET", url)


def test_where_nobody_listens_is_unreachable():
    with _server(_says()) as url:
        pass

    with pytest.raises(UnreachableError):
        _a_transport().request("GET", url)


def test_a_body_that_drips_ends_at_the_total_time():
    started = time.monotonic()

    with _server(_drips) as url, pytest.raises(UnreachableError):
        _a_transport(total_seconds=0.5).request("GET", url)

    assert time.monotonic() - started < 3


def test_a_body_without_end_stops_at_the_limit():
    with _server(_never_ends) as url, pytest.raises(NotUnderstoodError, match="te groot"):
        _a_transport(limit_bytes=1_000_000).request("GET", url)


def test_the_body_of_a_redirect_is_not_read():
    with (
        _server(_redirects_without_end) as url,
        pytest.raises(NotUnderstoodError, match="doorverwijzing"),
    ):
        _a_transport().request("GET", url)


def test_one_connection_serves_many_requests():
    connections: list[socket] = []

    def answer_thrice(taken: socket) -> None:
        connections.append(taken)
        for _ in range(3):
            taken.sendall(OK + b"Content-Length: 2\r\n\r\n{}")
            taken.recv(65536)

    with _server(answer_thrice) as url:
        transport = _a_transport()
        for _ in range(3):
            transport.request("GET", url)

        # Here, because the server itself is woken by a last connection.
        assert len(connections) == 1


def test_a_certificate_of_nobody_is_not_trusted(tmp_path: Path):
    with (
        _server(_says(OK, b"Content-Length: 2\r\n\r\n{}"), _tls(_certificate(tmp_path))) as url,
        pytest.raises(NotTrustedError) as raised,
    ):
        _a_transport().request("GET", url)

    assert raised.value.__context__ is None


def test_a_certificate_of_our_own_authority_is_trusted(tmp_path: Path):
    file = _certificate(tmp_path)

    with _server(_says(OK, b"Content-Length: 2\r\n\r\n{}"), _tls(file)) as url:
        assert _a_transport(ca_bundle=file).request("GET", url).body == b"{}"


def test_a_certificate_for_another_machine_is_not_trusted(tmp_path: Path):
    file = _certificate(tmp_path, "127.0.0.2")

    with _server(_says(OK), _tls(file)) as url, pytest.raises(NotTrustedError):
        _a_transport(ca_bundle=file).request("GET", url)


def test_a_server_that_speaks_no_tls_is_not_trusted():
    with _server(_says(OK, b"Content-Length: 2\r\n\r\n{}")) as url, pytest.raises(NotTrustedError):
        _a_transport().request("GET", url.replace("http:", "https:"))


def test_a_server_that_hangs_up_in_the_handshake_is_unreachable():
    with _server(_says()) as url, pytest.raises(UnreachableError):
        _a_transport().request("GET", url.replace("http:", "https:"))
