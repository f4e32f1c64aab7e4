"""Whether these are the keys of this database: else a known person would be taken for a new one.

A proof of each key is written when it is first used with the database, and compared ever after.
Refuses with KeysUnavailableError. Not checked by a proof: the key of an epoch that is no longer
here and is not the one that is written under, for that may have been destroyed on purpose.
Whether a casus still needs one is asked at the start alone (`check_epochs`).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, bindparam, inspect, select

from privacy.errors import IntegrityError, KeysUnavailableError
from privacy.keys import SYSTEM, KeyRing
from privacy.store import tables
from privacy.store.engine import loser_tries_again, reading, writing
from privacy.store.epochs import HAS_A_KEY
from privacy.vault import WrappedKeys, open_keys

_ASKED: Final = 10
_SOME: Final = (
    select(
        tables.casus.c.id,
        tables.casus.c.epoch,
        tables.casus.c.inhoud_sleutel,
        tables.casus.c.spoor_sleutel,
    )
    .where(tables.casus.c.epoch == bindparam("epoch"))
    .where(HAS_A_KEY)
    .limit(_ASKED)
)


_LIVING: Final = (
    select(tables.casus.c.epoch)
    .where(tables.casus.c.epoch.not_in(bindparam("here", expanding=True)))
    .where(HAS_A_KEY)
    .limit(1)
)


def check_epochs(engine: Engine, ring: KeyRing) -> None:
    """KeysUnavailableError where a casus lives under an epoch whose key is not here.

    It would be taken for a new one at its next delivery. Reads every casus once.
    """
    if not is_there(engine):
        return
    with reading(engine) as connection:
        if not inspect(connection).has_table(tables.casus.name):
            return
        missing = connection.execute(_LIVING, {"here": sorted(ring.epochs)}).scalar()
    if missing is not None:
        raise KeysUnavailableError(
            f"De sleutel van tijdvak {missing} ontbreekt, en er zijn casussen die hem nodig hebben."
        )


def check_keys(engine: Engine, ring: KeyRing) -> None:
    """Compare every key with its proof, and write the proofs that are missing.

    A database without the table has not been upgraded: whoever serves refuses that by itself.
    """
    if not is_there(engine):
        return
    with reading(engine) as connection:
        if not inspect(connection).has_table(tables.sleutelproef.name):
            return
        if not _missing(connection, ring):
            return
    _write(engine, ring)


def is_there(engine: Engine) -> bool:
    """Asked before connecting: SQLite makes a file that is not there."""
    file = engine.url.database
    return engine.dialect.name != "sqlite" or (bool(file) and Path(str(file)).is_file())


@loser_tries_again
def _write(engine: Engine, ring: KeyRing) -> None:
    with writing(engine) as tx:
        missing = _missing(tx, ring)
        for epoch in missing:
            _require_opens(tx, ring, epoch)
        if missing:
            rows = [{"epoch": epoch, "proef": ring.proof(epoch)} for epoch in sorted(missing)]
            tx.execute(tables.sleutelproef.insert(), rows)


def _missing(connection: Connection, ring: KeyRing) -> frozenset[int]:
    """The keys without a proof, once those that have one were found to be the right ones."""
    query = select(tables.sleutelproef.c.epoch, tables.sleutelproef.c.proef)
    proofs = {row.epoch: row.proef for row in connection.execute(query)}
    here = ring.epochs | {SYSTEM}
    _require_proven(ring, proofs, here & proofs.keys() | {_written_under(connection, proofs)})
    return here - proofs.keys()


def _written_under(connection: Connection, proofs: Mapping[int, bytes]) -> int:
    """The epoch of the door; before there is one, the newest that was ever seen."""
    found: int | None = connection.execute(select(tables.poort.c.tijdvak)).scalar()
    return max(proofs, default=SYSTEM) if found is None else found


def _require_proven(ring: KeyRing, proofs: Mapping[int, bytes], epochs: Iterable[int]) -> None:
    for epoch in sorted(epochs):
        if epoch in proofs and not ring.proves(epoch, proofs[epoch]):
            raise KeysUnavailableError(_foreign(epoch))


def _require_opens(tx: Connection, ring: KeyRing, epoch: int) -> None:
    """Of casussen that were stored before there was a proof, one must open."""
    rows = tx.execute(_SOME, {"epoch": epoch}).all()
    for row in rows:
        wrapped = WrappedKeys(row.epoch, row.inhoud_sleutel, row.spoor_sleutel)
        try:
            open_keys(ring, row.id, wrapped)
        except IntegrityError:
            continue
        return
    if rows:
        raise KeysUnavailableError(_foreign(epoch))


def _foreign(epoch: int) -> str:
    which = "systeem.key" if epoch == SYSTEM else f"De sleutel van tijdvak {epoch}"
    return f"{which} hoort niet bij deze database: controleer de map met sleutels."
