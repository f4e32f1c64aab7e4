"""Finding a person over all organisations, so that time tells nothing of whether there is one.

Each organisation has its own blind index, so one number becomes as many indexes as there are
organisations and epochs. Whatever is found, the same statements are run, with as many keys; and
for each organisation without a casus a decoy is opened with the same keys and ciphertexts.

Nobody is looked past: an organisation with casussen counts also where the settings know it no
longer, and where the key of an epoch is missing nobody gets an answer (KeysUnavailableError).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import Connection, select

from privacy.consent import Statement
from privacy.consent_events import Event, Gebeurtenis, states_of
from privacy.dossier import Dossier
from privacy.errors import IntegrityError, KeysUnavailableError
from privacy.keys import KeyRing
from privacy.sealed import Label, Sealed, seal
from privacy.store import tables
from privacy.store.chosen import in_chunks, over
from privacy.store.dossiers import Lock, load_evenly, load_stands
from privacy.vault import WrappedKeys, make_keys, open_keys
from schemas.terms import Doel

_BY_INDEX: Final = over(tables.casus.c.blind_index, select(tables.casus.c.id).where)
#: Where casussen stand that are not erased: by whom, and under the key of which epoch.
_WHERE_THEY_STAND: Final = (
    select(tables.casus.c.bronhouder, tables.casus.c.epoch)
    .where(tables.casus.c.spoor_sleutel.is_not(None))
    .distinct()
)
#: Reading casus, consent and summary from three rows takes about as long as opening a decoy six
#: times more (measured on both databases by `tests.bench.refusals`).
_INSTEAD_OF_ROWS: Final = 6
#: As long as a summary that is shared in full, so that opening it takes as long.
_CONTENT: Final[Mapping[str, str | None]] = {
    "vNummer": "0000000000",
    "naam": "Niemand Niemandsland",
    "geboortedatum": "1900-01-01",
    "geslacht": "O",
    "nationaliteit": "0000",
    "status": "aangemeld",
    "lijn": "1",
    "datumAanmelding": "1900-01-01",
    "datumInstroom": None,
    "datumUitstroom": None,
    "uitstroomreden": None,
    "begeleidingsscenario": "niet_vastgesteld",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one organisation has of a person: a casus with its summary, or a decoy.

    A decoy has a pseudonym and salts as any casus, which belong to nobody.
    """

    dossier: Dossier
    stand: Sealed | None
    exists: bool


def look_up(
    tx: Connection, ring: KeyRing, v_nummer: str, bronhouders: Iterable[str], lock: Lock
) -> list[Found]:
    """One answer per organisation: these in the order given, then whoever else has casussen."""
    codes = _codes(tx, ring, bronhouders)
    indexes = ring.blind_indexes(codes, v_nummer)
    ids = [row.id for row in in_chunks(tx, _BY_INDEX, indexes)]
    padded = ids + [uuid4() for _ in range(len(codes) - len(ids))]
    # Held now, and looked at again: meanwhile its V-nummer may have become another's.
    held = load_evenly(tx, ring, padded, lock).values()
    own = _one_each(each for each in held if each.label.kenmerk in indexes)
    decoy = _decoy_of(ring, ring.current.number)
    stands = load_stands(tx, _numbered(own.values(), decoy.dossier(ring), len(codes)))
    return [_found(ring, decoy, own.get(code), stands) for code in codes]


def _codes(tx: Connection, ring: KeyRing, bronhouders: Iterable[str]) -> list[str]:
    """Without the key of an epoch its casussen would be taken for unknown people."""
    rows = tx.execute(_WHERE_THEY_STAND).all()
    missing = {row.epoch for row in rows} - ring.epochs
    if missing:
        raise KeysUnavailableError(f"De sleutel van tijdvak {min(missing)} ontbreekt.")
    return list(dict.fromkeys([*bronhouders, *sorted(row.bronhouder for row in rows)]))


def _one_each(dossiers: Iterable[Dossier]) -> dict[str, Dossier]:
    """By organisation; IntegrityError for two of one, since either may be the one to tell of."""
    own: dict[str, Dossier] = {}
    for each in dossiers:
        if own.setdefault(each.label.bronhouder, each) is not each:
            raise IntegrityError("An organisation has two casussen of one V-nummer.")
    return own


def _numbered(own: Iterable[Dossier], decoy: Dossier, wanted: int) -> list[tuple[Dossier, int]]:
    """The rows of the outbox to read; filled up with numbers that no row has."""
    numbered = [(each, each.stand_nummer) for each in own if each.stand_nummer is not None]
    return numbered + [(decoy, -number) for number in range(1, wanted - len(numbered) + 1)]


def _found(
    ring: KeyRing, decoy: "_Decoy", dossier: Dossier | None, stands: Mapping[int, Sealed]
) -> Found:
    if dossier is None:
        return decoy.found(ring)
    stand = None if dossier.stand_nummer is None else stands[dossier.stand_nummer]
    return Found(dossier, stand, exists=True)


@dataclass(frozen=True, slots=True)
class _Decoy:
    """A casus of nobody, made anew by every process; it is in no database."""

    casus: UUID
    wrapped: WrappedKeys
    blob: bytes
    event: Event

    def found(self, ring: KeyRing) -> Found:
        """The decoy, opened as often as makes up for the rows that nobody has to be read of."""
        for _ in range(_INSTEAD_OF_ROWS):
            self._opened(ring)
        return Found(*self._opened(ring), exists=False)

    def _opened(self, ring: KeyRing) -> tuple[Dossier, Sealed]:
        nobody = self.dossier(ring)
        return nobody, nobody.keys.decrypt(self.blob, "stand", nobody.label)

    def dossier(self, ring: KeyRing) -> Dossier:
        """Its keys opened and its consent folded, as is done for a casus that exists."""
        return Dossier(
            label=Label(self.casus, "niemand", b"", 1),
            keys=open_keys(ring, self.casus, self.wrapped),
            statements=states_of((self.event,)),
            events=(self.event,),
            stand_nummer=None,
            stand_van=datetime(1900, 1, 1, tzinfo=UTC),
            vingerafdruk=None,
            gedekt=json.loads("{}"),
        )


@lru_cache(maxsize=4)
def _decoy_of(ring: KeyRing, _epoch: int) -> _Decoy:
    """Made anew in each epoch: the keys of the last one do not open any more."""
    casus = uuid4()
    keys, wrapped = make_keys(ring, casus)
    sealed = seal(Label(casus, "niemand", b"", 1), dict(_CONTENT))
    # Of a day that is over: it never covers anything.
    statement = Statement(
        toestemming_id=uuid4(),
        versie=1,
        ontvangers=frozenset(),
        doelen=frozenset[Doel](),
        eerste_dag=date(1900, 1, 1),
        laatste_dag=date(1900, 1, 1),
        verklaring="geen",
    )
    event = Event(Gebeurtenis.GEGEVEN, 0, statement)
    return _Decoy(casus, wrapped, keys.encrypt(sealed, "stand", 1), event)
