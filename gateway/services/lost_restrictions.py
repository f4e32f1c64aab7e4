"""Restrictions that a restore lost and the log knows: they stand again before the door opens.

The log is read as it went: the last that it says of a casus and a ground counts, also where an
organisation said it after the restore. Of entries that stand beside the log only what restricts
counts: nothing begins to leave again by what may have been said of another branch. A restriction
of a casus whose keys are lost is its organisation's to repeat; how many there are is told.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from gateway.services.beperkingen import set_grond, tell_lifted
from gateway.services.lost_entries import lost_entries
from gateway.services.lost_withdrawals import by_gateway
from gateway.wiring import Parts
from privacy.log.search import told_in, told_since
from privacy.log.terms import Auditsoort
from privacy.store.beperkingen import gronden_of
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.herstel import Herstel
from privacy.store.terugroepingen import find_traces
from privacy.store.verloren import kept_lines
from schemas.betrokkenenrechten import Beperkingsverzoek
from schemas.terms import Beperkingsgrond

_BEGUN: Final = Auditsoort.VERWERKING_BEPERKT
_SOORTEN: Final = (_BEGUN, Auditsoort.BEPERKING_OPGEHEVEN)
#: Per casus, by its name in the log, whether each ground stands.
_Words = Mapping[str, Mapping[Beperkingsgrond, bool]]


def restrict_again(parts: Parts, found: Herstel) -> int:
    """Set the grounds that the log knows of; how many casussen. Doing it twice is doing it once."""
    with reading(parts.engine) as tx:
        differing = unlike_log(parts, tx, found)
    for casus in differing.values():
        _restrict(parts, found, casus)
    return len(differing)


def lift_again(parts: Parts, tx: Connection, found: Herstel) -> None:
    """When the restore closes: of what began and ended in the lost stretch the end is told again.

    Who was told that it began would wait for ever. Twice told is a ground that begins anew.
    """
    told = lost_entries(tx, found, _SOORTEN)
    begun = {each["pseudoniem"] for each in told if each["soort"] == _BEGUN}
    lifted = {each["pseudoniem"]: each["reden"] for each in told if each["soort"] != _BEGUN}
    traces = find_traces(tx, parts.keys, begun & lifted.keys())
    reasons = {casus: lifted[name] for name, (casus, _keys) in traces.items()}
    for casus, dossier in load_by_id(tx, parts.keys, reasons, Lock.UPDATE).items():
        if not dossier.is_restricted:
            herkomst = by_gateway(dossier.label.bronhouder)
            tell_lifted(parts, tx, herkomst, dossier, Beperkingsgrond(reasons[casus]))


def unlike_log(parts: Parts, tx: Connection, found: Herstel) -> dict[str, UUID]:
    """The casussen, by their name in the log, whose grounds are not what it last said of them."""
    words = _words(tx, found)
    traces = find_traces(tx, parts.keys, words)
    names = {casus: name for name, (casus, _keys) in traces.items()}
    dossiers = load_by_id(tx, parts.keys, names, Lock.NONE)
    return {
        names[casus]: casus
        for casus, each in dossiers.items()
        if _as_told(gronden_of(each), words[names[casus]]) != gronden_of(each)
    }


def unknown_restrictions(parts: Parts, tx: Connection, found: Herstel) -> int:
    """Casussen that the log knows to be restricted, and whose keys the restore lost."""
    restricted = {name for name, told in _words(tx, found).items() if any(told.values())}
    return len(restricted - find_traces(tx, parts.keys, restricted).keys())


@loser_tries_again
def _restrict(parts: Parts, found: Herstel, casus: UUID) -> None:
    with writing(parts.engine) as tx:
        parts.hold_rules(tx)
        dossier = load_by_id(tx, parts.keys, [casus], Lock.UPDATE)[casus]
        if dossier.keys.is_erased:
            return
        # Read again, now that it is held: its organisation may have said something since.
        told = _words(tx, found).get(dossier.keys.pseudoniem(), {})
        herkomst = by_gateway(dossier.label.bronhouder)
        for grond, stands in sorted(told.items()):
            asked = Beperkingsverzoek(grond=grond, beperkt=stands)
            set_grond(parts, tx, herkomst, dossier, asked)
            dossier = load_by_id(tx, parts.keys, [casus], Lock.UPDATE)[casus]


def _words(tx: Connection, found: Herstel) -> _Words:
    beside = _last(told_in(kept_lines(tx, found.id), _SOORTEN))
    words = {
        name: {grond: True for grond, stands in told.items() if stands}
        for name, told in beside.items()
    }
    for name, told in _last(told_since(tx, _SOORTEN, found.omvang)).items():
        words[name] = {**words.get(name, {}), **told}
    return words


def _last(entries: Iterable[Mapping[str, Any]]) -> dict[str, dict[Beperkingsgrond, bool]]:
    last: dict[str, dict[Beperkingsgrond, bool]] = {}
    for told in entries:
        grond = Beperkingsgrond(told["reden"])
        last.setdefault(told["pseudoniem"], {})[grond] = told["soort"] == _BEGUN
    return last


def _as_told(
    gronden: frozenset[Beperkingsgrond], told: Mapping[Beperkingsgrond, bool]
) -> frozenset[Beperkingsgrond]:
    kept = {each for each in gronden if told.get(each, True)}
    return frozenset(kept | {each for each, stands in told.items() if stands})
