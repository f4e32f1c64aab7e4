"""Opens what the gateway disclosed: signature first, then content, then its log entry.

Order is the point: nothing of a body is read before the signature over its exact bytes holds.
The entry pins the page or pack by a salted digest of its canonical bytes, and names for whom it
was (design 7). Not checked here: that the entry stands in the log (receipts do that).
"""

from dataclasses import dataclass, field
from typing import Any

from connectors.errors import NotAuthenticError
from connectors.jwks import Keyring
from connectors.signing import kid_of, verify
from connectors.wire import Fields, read_object
from privacy.log.commitment import opens
from privacy.log.errors import CommitmentError
from schemas.canonical import canonical
from schemas.errors import CanonicalError


@dataclass(frozen=True, slots=True)
class Bewijs:
    """The log entry of a page or pack, with the salt that opens its digest."""

    index: int
    regel: dict[str, Any] = field(repr=False)
    zout: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A part that the gateway signed and logged for `ontvanger`."""

    part: Fields = field(repr=False)
    ontvanger: str
    bewijs: Bewijs


def open_disclosed(name: str, body: bytes, signature: str, keyring: Keyring) -> Opened:
    """Give the part `mutaties` or `pakket` of a body whose signature and digest hold."""
    verify(body, signature, keyring(kid_of(signature)))
    told = read_object(body)
    part, ontvanger = told.inner(name), told.inner(name).text("ontvanger")
    bewijs = _bewijs(told.inner("bewijs"))
    if bewijs.regel.get("ontvanger") != ontvanger:
        raise NotAuthenticError("de auditregel noemt een andere ontvanger")
    if not _digest_opens(bewijs, part):
        raise NotAuthenticError("de auditregel hoort niet bij deze inhoud")
    return Opened(part, ontvanger, bewijs)


def _bewijs(told: Fields) -> Bewijs:
    return Bewijs(told.whole("index"), told.inner("regel").plain(), told.hexadecimal("zout"))


def _digest_opens(bewijs: Bewijs, part: Fields) -> bool:
    try:
        opens(str(bewijs.regel.get("afdruk")), canonical(part.plain()), bewijs.zout)
    except (CommitmentError, CanonicalError):
        return False
    return True
