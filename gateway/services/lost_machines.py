"""Clients and signing keys of which a restore lost that they count no longer: it holds again.

A client that was frozen is frozen, and so is one whose keys were replaced: the old ones may be
known to others, and the new ones are lost. A signing key that was withdrawn is withdrawn. What
operators do after the restore stands. The gateway knows of nothing that was done to clients
before it wrote that in its log, nor of what no copy has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from gateway.services.lost_entries import Told, entries_after, lost_entries
from gateway.services.machines import SLEUTELS, kid_of, note_client, note_withdrawn
from gateway.store.clients import find_client, freeze_client
from gateway.store.ondertekenaars import find_ondertekenaar, withdraw_ondertekenaar
from gateway.wiring import Parts
from privacy.log.terms import Auditsoort
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.herstel import Herstel

_FROZEN: Final = Auditsoort.CLIENT_BEVROREN
_CHANGED: Final = Auditsoort.CLIENT_GEWIJZIGD
_CLIENTS: Final = (_FROZEN, Auditsoort.CLIENT_ONTDOOID, _CHANGED)
_KEYS: Final = (Auditsoort.SLEUTEL_INGETROKKEN,)


@dataclass(frozen=True, slots=True)
class VerlorenMachines:
    """Clients that are frozen again, those that were changed otherwise, and keys withdrawn."""

    bevroren: tuple[str, ...]
    gewijzigd: tuple[str, ...]
    sleutels: tuple[str, ...]


def withdraw_machines(parts: Parts, found: Herstel) -> None:
    """Freeze and withdraw again; doing it twice is doing it once."""
    with reading(parts.engine) as tx:
        waiting = is_pending(tx, found)
    if waiting:
        _withdraw(parts, found)


def is_pending(tx: Connection, found: Herstel) -> bool:
    """Whether anything counts here that the log says is over."""
    return bool(_to_freeze(tx, found) or _to_withdraw(tx, found))


def tell_lost_machines(tx: Connection, found: Herstel) -> VerlorenMachines:
    """What the operator has to set right, before the last organisation speaks."""
    told = lost_entries(tx, found, _CLIENTS)
    frozen, changed = _frozen(told), {each["client"] for each in told if each["soort"] == _CHANGED}
    return VerlorenMachines(
        bevroren=tuple(sorted(frozen)),
        gewijzigd=tuple(sorted(changed - frozen)),
        sleutels=tuple(sorted(_withdrawn(tx, found))),
    )


@loser_tries_again
def _withdraw(parts: Parts, found: Herstel) -> None:
    now = parts.clock.now()
    with writing(parts.engine) as tx:
        for client_id in sorted(_to_freeze(tx, found)):
            freeze_client(tx, client_id)
            note_client(tx, _FROZEN, client_id, now)
        for kid, bronhouder in sorted(_to_withdraw(tx, found).items()):
            withdraw_ondertekenaar(tx, bronhouder, kid, now)
            note_withdrawn(tx, kid, now)


def _to_freeze(tx: Connection, found: Herstel) -> set[str]:
    frozen = _frozen(lost_entries(tx, found, _CLIENTS))
    if not frozen:
        return frozen
    frozen -= {each["client"] for each in entries_after(tx, found, _CLIENTS)}
    known = {each: find_client(tx, each) for each in frozen}
    return {name for name, each in known.items() if each is not None and not each.bevroren}


def _to_withdraw(tx: Connection, found: Herstel) -> dict[str, str]:
    """By kid, whose each key is."""
    known = [find_ondertekenaar(tx, kid) for kid in _withdrawn(tx, found)]
    return {
        each.kid: each.bronhouder
        for each in known
        if each is not None and each.ingetrokken_op is None
    }


def _frozen(told: Sequence[Told]) -> set[str]:
    """By the last word about each; other changes say nothing of it."""
    words = {
        each["client"]: each["soort"]
        for each in told
        if each["soort"] != _CHANGED or each.get("reden") == SLEUTELS
    }
    return {name for name, soort in words.items() if soort in {_FROZEN, _CHANGED}}


def _withdrawn(tx: Connection, found: Herstel) -> set[str]:
    return {kid_of(each["afdruk"]) for each in lost_entries(tx, found, _KEYS)}
