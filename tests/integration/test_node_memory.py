"""What a node remembers, on both databases: it comes back as it went in, or not at all."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select, update

from gateway.node.memory import (
    Stand,
    forget,
    herinnering,
    note_answers,
    note_presence,
    recall_all,
    remember,
)
from gateway.node.statements import Toestemmingsstand
from privacy.comparison import same
from privacy.errors import IntegrityError
from privacy.keys import KeyRing
from privacy.sealed import Label, seal
from privacy.store.engine import reading, writing
from privacy.vault import make_keys

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
ONE, OTHER = b"\x01" * 32, b"\x02" * 32


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing.create(tmp_path / "sleutels")


def a_stand(ring: KeyRing, kenmerk: bytes = ONE) -> Stand:
    keys, wrapped = make_keys(ring, uuid4())
    label = Label(None, "sndvu", kenmerk, 0, "in_begeleiding")
    return Stand(
        kenmerk=kenmerk,
        keys=keys,
        versie=1,
        sealed=seal(label, {"vNummer": "0123456789", "naam": "Ayşe"}),
        consents=Toestemmingsstand(({"toestemmingId": "x"},)),
        gezien_op=NOW,
        wrapped=wrapped,
    )


def known(engine: Engine, ring: KeyRing):
    with reading(engine) as tx:
        return recall_all(tx, ring, "sndvu")


def test_what_was_noted_before_sending_comes_back_and_is_not_certain(engine, ring):
    noted = a_stand(ring)

    with writing(engine) as tx:
        remember(tx, [noted])

    found = known(engine, ring)[ONE]
    assert not found.is_certain
    assert found.casus_id is None
    assert found.status() == "in_begeleiding"
    assert found.consents() == noted.consents
    assert found.gezien_op == NOW
    assert same(found.sealed(), noted.sealed)


def test_an_answer_makes_certain_and_sending_again_takes_that_back(engine, ring):
    noted, casus = a_stand(ring), UUID(int=7)
    with writing(engine) as tx:
        remember(tx, [noted])
        note_answers(tx, [(ONE, casus, b"afdruk")])
    assert known(engine, ring)[ONE].is_certain

    again = Stand(ONE, noted.keys, 2, noted.sealed, noted.consents, NOW + timedelta(hours=1))
    with writing(engine) as tx:
        remember(tx, [again])

    found = known(engine, ring)[ONE]
    assert not found.is_certain
    assert found.casus_id == casus
    assert found.gezien_op == NOW + timedelta(hours=1)
    assert same(found.sealed(), noted.sealed)


def test_who_vanished_is_noted_and_who_is_back_is_too(engine, ring):
    with writing(engine) as tx:
        remember(tx, [a_stand(ring), a_stand(ring, OTHER)])
        note_presence(tx, {ONE: NOW})
    assert known(engine, ring)[ONE].verdwenen_sinds == NOW
    assert known(engine, ring)[OTHER].verdwenen_sinds is None

    with writing(engine) as tx:
        note_presence(tx, {ONE: None})

    assert known(engine, ring)[ONE].verdwenen_sinds is None


def test_what_is_forgotten_leaves_no_key_behind(engine, ring):
    with writing(engine) as tx:
        remember(tx, [a_stand(ring), a_stand(ring, OTHER)])
        forget(tx, [ONE])

    with reading(engine) as tx:
        assert tx.execute(select(herinnering.c.kenmerk)).scalars().all() == [OTHER]


@pytest.mark.parametrize("column", ["stand", "toestemmingen"])
def test_a_record_that_was_moved_to_another_casus_does_not_open(engine, ring, column):
    with writing(engine) as tx:
        remember(tx, [a_stand(ring), a_stand(ring, OTHER)])
        moved = select(herinnering.c[column]).where(herinnering.c.kenmerk == ONE)
        told = tx.execute(moved).scalar_one()
        tx.execute(update(herinnering).where(herinnering.c.kenmerk == OTHER).values({column: told}))

    with pytest.raises(IntegrityError):
        known(engine, ring)[OTHER].sealed()


def test_nothing_that_is_remembered_shows_itself(engine, ring):
    with writing(engine) as tx:
        remember(tx, [a_stand(ring)])

    assert "Ay" not in repr(known(engine, ring))
    assert "0123456789" not in repr(a_stand(ring))
