"""The ids of an exported record: computed from the log alone, so that telling it again adds none.

Trace ids are the callers' own where the entry has one. Span ids are made of number and leaf hash:
the same entry always gets the same, and another entry at the same number (a database that was put
back and went on) another. W3C Trace Context: 16 and 8 bytes, in lower case hex.
"""

import hmac
from hashlib import sha256
from typing import Final

from gateway.exports.reading import Logregel
from privacy.keys import KeyRing

_SPAN: Final = b"lso-gateway/span/1|%d|"
_TRACE: Final = b"lso-gateway/trace/1|%d|"


def span_id(regel: Logregel) -> str:
    """Of the entry."""
    return sha256(_SPAN % regel.nummer + regel.blad).hexdigest()[:16]


def trace_id(regel: Logregel) -> str:
    """The trace that it was made in; where nobody asked for it, one of its page's own."""
    told: str | None = regel.told.get("trace")
    if told is not None:
        return told
    begun = regel.ouder or regel
    return sha256(_TRACE % begun.nummer + begun.blad).hexdigest()[:32]


def parent_id(regel: Logregel) -> str | None:
    """The page that it belongs to, or else where the caller asked; None where nobody told."""
    if regel.ouder is not None:
        return span_id(regel.ouder)
    told: str | None = regel.told.get("span")
    return told


def subject_key(keys: KeyRing) -> bytes:
    """What `subject_id` is made with; of the system, so that no rollover changes it."""
    return keys.system_key("betrokkene in een uitvoer")


def subject_id(key: bytes, pseudoniem: str) -> str:
    """The person as an export names them (LDV-04).

    A casus is one organisation's guidance of one person, and its pseudonym is random: so one
    controller's records of a person agree, and those of two controllers cannot be matched. Who
    has the log and no key cannot either.
    """
    return hmac.digest(key, pseudoniem.encode("ascii"), sha256).hex()
