"""The edge: what only our own proxy or Inway may say is taken out of every other request.

Nothing else judges by the address that a request comes from. Behind this, a `Client-Cert` was
set by a proxy that checked the certificate (RFC 9440), and `Fsc-*` by our own Inway (ADR-10).
"""

from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from gateway.config import Settings
from gateway.settings_values import IpNetwork

#: True in the environ of a request that came from an Inway. No header can set it.
INWAY: Final = "lso.inway"
#: Where a request began, for the access log alone: an address, or empty.
PLACE: Final = "lso.plaats"
_FORWARDED: Final = "HTTP_X_FORWARDED_FOR"
_CERTIFICATE: Final = "HTTP_CLIENT_CERT"
_FSC: Final = "HTTP_FSC_"
#: Nothing here reads these, so nobody may bring them: not the chain, which the proxy has checked.
_NEVER: Final = ("HTTP_CLIENT_CERT_", "HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


class Edge:
    """Knows the addresses of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._proxies = settings.proxies
        self._inways = settings.fsc.inways if settings.fsc else ()

    def admit(self, environ: dict[str, Any]) -> dict[str, Any]:
        """The same environ, without what its sender may not say, with `INWAY` and `PLACE`.

        An address that cannot be read is a stranger's.
        """
        address = str(environ.get("REMOTE_ADDR", ""))
        inway = _lies_in(address, self._inways)
        trusted = inway or _lies_in(address, self._proxies)
        environ[PLACE] = _last_of(environ.get(_FORWARDED)) if trusted else address
        for name in [name for name in environ if name.startswith("HTTP_")]:
            internal = name.startswith(_NEVER)
            internal |= name == _CERTIFICATE and not trusted
            internal |= name.startswith(_FSC) and not inway
            if internal:
                del environ[name]
        environ[INWAY] = inway
        return environ


def _last_of(forwarded: object) -> str:
    """The address that our own proxy added: what stands before it anyone may have made up."""
    try:
        return str(ip_address(str(forwarded or "").rpartition(",")[2].strip()))
    except ValueError:
        return ""


def _lies_in(address: str, networks: tuple[IpNetwork, ...]) -> bool:
    if not networks:
        return False
    try:
        known = ip_address(address)
    except ValueError:
        return False
    if isinstance(known, IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped  # an IPv4 caller, as a socket for both kinds tells it
    return any(known in network for network in networks)
