"""The public keys of a client: as registered, or as it publishes them at its `jwks_uri`.

What was fetched is kept for an hour at most and fetched anew for a kid that is not in it, but
never more often than once in ten seconds for each client: a stranger can make anyone's assertion.
Whoever comes while it is being fetched waits a second at most. A fetch that fails leaves what is
still fresh; without that the client is refused like any other that does not prove itself.

Only https, only a public address (in the demo any), no redirect, little and soon. The addresses
of the name are looked at before the call. Not closed: a name that points elsewhere between
that look and the call; who answers there must then still prove by TLS to be that name.
"""

import json
import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from joserfc.jwk import KeySet

from connectors.errors import ConnectorError, UnreachableError, UnusableAddressError
from connectors.retries import Patience
from connectors.transport import Transport, Transportsettings
from gateway.auth.public_keys import PublicKeyFaultError, read_public_jwks
from gateway.store.clients import Client
from gateway.telemetry import log_event

FRESH_SECONDS: Final = 3_600.0
PAUSE_SECONDS: Final = 10.0
_WAIT_SECONDS: Final = 1.0
_HTTPS: Final = 443
#: All of IPv6 that was ever given out; outside it is what leads to IPv4 by another name.
_UNICAST: Final = IPv6Network("2000::/3")
_HOW: Final = Transportsettings(connect_seconds=2.0, read_seconds=2.0, limit_bytes=64 * 1024)
_PATIENCE: Final = Patience(attempts=1, total_seconds=3.0)

#: Gives the body at an address, or raises a ConnectorError.
Fetch = Callable[[str], bytes]


@dataclass(slots=True)
class _Kept:
    """What one client published; `asked_at` is also the moment of a fetch that failed."""

    lock: Lock = field(default_factory=Lock)
    keys: KeySet | None = None
    fetched_at: float = 0.0
    asked_at: float | None = None


class ClientKeys:
    """The keys of all clients of one process. Safe for threads."""

    def __init__(self, fetch: Fetch, *, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._elapsed = elapsed
        self._lock = Lock()
        self._kept: dict[str, tuple[tuple[str, int], _Kept]] = {}

    def keys_of(self, client: Client, kid: str | None) -> KeySet | None:
        """The keys to check this client's signature with; None if there are none to be had."""
        if client.jwks_uri is None:
            return _registered(client.jwks)
        kept = self._of(client, client.jwks_uri)
        if self._is_due(kept, kid) and kept.lock.acquire(timeout=_WAIT_SECONDS):
            try:
                # Again: the one that was waited for may have brought it.
                if self._is_due(kept, kid):
                    self._renew(kept, client.client_id, client.jwks_uri)
            finally:
                kept.lock.release()
        return kept.keys if self._is_fresh(kept) else None

    def _of(self, client: Client, uri: str) -> _Kept:
        """A registration that changed, or whose tokens were withdrawn, begins with nothing."""
        stand = (uri, client.tokens_vanaf)
        with self._lock:
            known = self._kept.get(client.client_id)
            if known is None or known[0] != stand:
                known = self._kept[client.client_id] = (stand, _Kept())
            return known[1]

    def _is_fresh(self, kept: _Kept) -> bool:
        return kept.keys is not None and self._elapsed() - kept.fetched_at < FRESH_SECONDS

    def _is_due(self, kept: _Kept, kid: str | None) -> bool:
        if kept.asked_at is not None and self._elapsed() - kept.asked_at < PAUSE_SECONDS:
            return False
        return not self._is_fresh(kept) or not _has(kept.keys, kid)

    def _renew(self, kept: _Kept, client_id: str, uri: str) -> None:
        begun = self._elapsed()
        try:
            jwks = read_public_jwks(self._fetch(uri), published=True)
        except (ConnectorError, PublicKeyFaultError) as error:
            kind = type(error).__name__
            log_event("sleutels_niet_opgehaald", level=logging.WARNING, client=client_id, fout=kind)
        else:
            kept.keys, kept.fetched_at = _registered(jwks), begun
        # Only now: until here others wait for it, and after it the pause begins.
        kept.asked_at = self._elapsed()


@lru_cache(maxsize=2)
def client_keys(*, anywhere: bool) -> ClientKeys:
    """The one memory of this process. `anywhere`: also on this machine and in private networks."""
    return ClientKeys(over_the_network(anywhere=anywhere))


def over_the_network(*, anywhere: bool) -> Fetch:
    """Fetch with the transport, after a look at where the name leads."""
    transport = Transport(_HOW, patience=_PATIENCE)

    def fetch(uri: str) -> bytes:
        if not anywhere:
            check_public(uri)
        return transport.request("GET", uri, headers={"Accept": "application/json"}).body

    return fetch


def check_public(uri: str) -> None:
    """UnusableAddressError unless https and every address of the name is a public one."""
    host = urlsplit(uri).hostname
    if urlsplit(uri).scheme != "https" or not host:
        raise UnusableAddressError
    try:
        found = socket.getaddrinfo(host, urlsplit(uri).port or _HTTPS, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UnreachableError(host=host) from None
    if not all(is_public(str(each[4][0])) for each in found):
        raise UnusableAddressError(host=host)


def is_public(address: str) -> bool:
    """Whether an address is of the open internet; one in disguise (NAT64, 6to4) is not."""
    known = ip_address(address.partition("%")[0])
    if isinstance(known, IPv6Address) and (known not in _UNICAST or known.sixtofour):
        return False
    return known.is_global and not known.is_multicast


def _has(keys: KeySet | None, kid: str | None) -> bool:
    return keys is not None and (kid is None or any(key.kid == kid for key in keys.keys))


@lru_cache(maxsize=256)
def _registered(jwks: str) -> KeySet:
    return KeySet.import_key_set(json.loads(jwks))
