"""What operators do to clients and signing keys, in the log: a backup of before knows nothing.

Their commands write it in the transaction of the change itself. After a restore it holds again
(`services.lost_machines`). No key is told; of a signing key its thumbprint (RFC 7638), in hex.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from privacy.log.append import append
from privacy.log.entries import AuditEntry
from privacy.log.search import is_told, said_in
from privacy.log.terms import Auditsoort
from privacy.restore import GATEWAY
from privacy.store.verloren import kept_lines

#: Why a client was changed: its keys of before hold no longer.
SLEUTELS: Final = "sleutels"


def note_client(
    tx: Connection, soort: Auditsoort, client_id: str, now: datetime, reden: str | None = None
) -> None:
    """Write down that a client was frozen, thawed or changed; `client` is here whom it is about."""
    entry = AuditEntry(soort=soort, tijd=now, organisatie=GATEWAY, client=client_id, reden=reden)
    append(tx, [entry], now)


def note_withdrawn(tx: Connection, kid: str, now: datetime) -> None:
    """Write down that nothing more is accepted by a signing key."""
    soort = Auditsoort.SLEUTEL_INGETROKKEN
    entry = AuditEntry(soort=soort, tijd=now, organisatie=GATEWAY, afdruk=_afdruk(kid))
    append(tx, [entry], now)


def was_withdrawn(tx: Connection, kid: str) -> bool:
    """Whether the log says so, or a branch beside it, also where the key itself was lost.

    Reads through the whole log.
    """
    soort, afdruk = Auditsoort.SLEUTEL_INGETROKKEN, _afdruk(kid)
    if is_told(tx, soort, f'"afdruk":"{afdruk}"'):
        return True
    return any(each["afdruk"] == afdruk for each in said_in(kept_lines(tx), [soort]))


def kid_of(afdruk: str) -> str:
    """The thumbprint as keys are known by it."""
    return urlsafe_b64encode(bytes.fromhex(afdruk)).decode("ascii").rstrip("=")


def _afdruk(kid: str) -> str:
    return urlsafe_b64decode(f"{kid}=").hex()
