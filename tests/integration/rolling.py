"""Replicas that roll over: each with an engine and a ring of its own, over one folder of keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from gateway.wiring import Parts
from privacy.epoch_files import numbers_in
from privacy.gate import PrivacyGate
from privacy.keys import KeyRing
from privacy.log.tables import auditregel
from privacy.store.engine import make_engine, reading
from privacy.store.tables import casus, poort, tijdvak
from tests.world import World


@contextmanager
def replica(world: World) -> Iterator[Parts]:
    """Another process of the same gateway."""
    parts = world.parts
    engine = make_engine(parts.engine.url.render_as_string(hide_password=False))
    keys = KeyRing.open(parts.settings.sleutels)
    gate = PrivacyGate(engine=engine, keys=keys, rules=parts.rules, clock=parts.clock)
    yield replace(parts, engine=engine, keys=keys, gate=gate)
    engine.dispose()


def epochs_in(world: World) -> set[int]:
    """Under which epochs casussen stand that can still be read."""
    return {row.epoch for row in rows(world) if row.spoor_sleutel is not None}


def rows(world: World) -> list[Row[Any]]:
    with reading(world.parts.engine) as tx:
        return list(tx.execute(select(casus).order_by(casus.c.id)).all())


def row_of(world: World, name: str) -> Row[Any]:
    [row] = [row for row in rows(world) if row.id == UUID(name)]
    return row


def door_of(world: World) -> tuple[int, int]:
    with reading(world.parts.engine) as tx:
        row = tx.execute(select(poort.c.tijdvak, poort.c.oudste_tijdvak)).one()
    return row.tijdvak, row.oudste_tijdvak


def destroyed(world: World) -> set[int]:
    """What is written down as destroyed."""
    with reading(world.parts.engine) as tx:
        found = tx.execute(select(tijdvak.c.nummer).where(tijdvak.c.vernietigd.is_not(None)))
        return set(found.scalars())


def files_of(folder: Path) -> set[int]:
    """The epochs of which a key stands here; nothing half made or half destroyed beside them."""
    assert not [path.name for path in folder.glob(".nieuw-*")]
    assert not [path.name for path in folder.glob(".vernietigd-*")]
    return set(numbers_in(folder))


def told_of_epochs(world: World) -> list[str]:
    """The entries of the log about epochs, in order."""
    with reading(world.parts.engine) as tx:
        lines = tx.execute(select(auditregel.c.regel).order_by(auditregel.c.nummer)).scalars()
        return [
            word
            for line in lines
            for word in ("tijdvak_begonnen", "tijdvak_vernietigd")
            if word.encode() in line
        ]
