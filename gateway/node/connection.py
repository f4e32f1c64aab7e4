"""The node's way to the gateway: its own key, its certificate, and whom it trusts.

Files are looked at before anything is asked: what is at fault is named as in bron.toml, never by
what it holds. Whether the gateway takes them shows at the first call.
"""

import ssl
import stat
from collections.abc import Callable
from pathlib import Path

from joserfc.jwk import ECKey

from connectors.gateway_client import GatewayClient
from connectors.jwk import key_id, private_key
from connectors.retries import Patience
from connectors.tokens import Client, TokenSource
from connectors.transport import Transport, Transportsettings
from gateway.node.bron import Bron
from gateway.node.errors import BronError
from privacy.clock import Clock
from privacy.consent_signature import Ondertekensleutel

_TOKEN_PATH = "/oauth/token"  # noqa: S105  a path
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_key(bron: Bron) -> ECKey:
    """The key by which the gateway knows this node."""
    return _read_pem(bron.sleutel, "[gateway] sleutel")


def read_signing_key(bron: Bron) -> Ondertekensleutel:
    """The key with which the organisation signs consents."""
    key = _read_pem(bron.ondertekening, "[opslag] sleutels")
    secret = key.private_key
    assert secret is not None  # noqa: S101  read as such
    return Ondertekensleutel(key_id(key), secret)


def _read_pem(file: Path, where: str) -> ECKey:
    try:
        if _is_open(file):
            raise BronError((f"{where}: {file.name} is leesbaar voor anderen (chmod 600)",))
        return private_key(file.read_bytes())
    except (OSError, ValueError):
        fault = f"{where}: {file.name} ontbreekt of is geen geheime sleutel van P-256"
        raise BronError((fault,)) from None


def make_transport(
    bron: Bron, patience: Patience | None, traceparent: Callable[[], str | None]
) -> Transport:
    """A transport that shows the certificate of `mtls`, and trusts `ca` where there is one."""
    certificate = None
    if bron.certificaat is not None and bron.certificaatsleutel is not None:
        certificate = (bron.certificaat, bron.certificaatsleutel)
    faults = _tls_faults(bron.ca, certificate)
    if faults:
        raise BronError(tuple(faults))
    settings = Transportsettings(ca_bundle=bron.ca, client_certificate=certificate)
    return Transport(settings, patience=patience, traceparent=traceparent)


def make_client(bron: Bron, key: ECKey, transport: Transport, clock: Clock) -> GatewayClient:
    who = Client(
        token_url=bron.url + _TOKEN_PATH,
        audience=bron.uitgever,
        client_id=bron.client_id,
        key=key,
        binding=bron.binding,
    )
    return GatewayClient(bron.url, transport, TokenSource(who, transport, clock.now))


def _tls_faults(ca: Path | None, certificate: tuple[Path, Path] | None) -> list[str]:
    """Try the files as TLS will: what is no pair shows now, and not as `niet bereikbaar`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    faults = []
    if ca is not None and not _loads(lambda: context.load_verify_locations(ca)):
        faults.append(f"[gateway] ca: {ca.name} ontbreekt of bevat geen certificaten")
    if certificate is not None:
        shown, key = certificate
        # An empty password: OpenSSL would else ask for one at the terminal.
        if not _loads(lambda: context.load_cert_chain(shown, key, password="")):
            rule = "ontbreekt, of past niet bij certificaatsleutel (PEM, zonder wachtwoord)"
            faults.append(f"[gateway] certificaat: {shown.name} {rule}")
        elif _is_open(key):
            rule = "is leesbaar voor anderen (chmod 600)"
            faults.append(f"[gateway] certificaatsleutel: {key.name} {rule}")
    return faults


def _loads(load: Callable[[], None]) -> bool:
    try:
        load()
    except OSError:  # ssl.SSLError is one
        return False
    return True


def _is_open(file: Path) -> bool:
    return bool(file.stat().st_mode & _OTHERS)
