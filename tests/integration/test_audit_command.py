"""`lso-gateway audit controleer`: sound or not, said in words, in JSON, and by the exit code."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, delete, select, update

from gateway.cli import cli
from gateway.signer import Signer
from privacy.keys import KeyRing
from privacy.log.access import Toegang, Uitkomst, note_access
from privacy.log.append import append, initialise
from privacy.log.copy import FILE, LogCopy
from privacy.log.copying import copy_on
from privacy.log.head import Head
from privacy.log.high_water import note_seen
from privacy.log.merkle import Frontier, leaf_hash
from privacy.log.tables import audithoofd, auditregel, toegangsregel
from privacy.store.engine import reading, writing
from tests.getuigen import strict_file
from tests.unit.privacy.log.examples import NOW, an_entry

ENTRIES = 20


@pytest.fixture
def check(tmp_path: Path, database_url: str, engine: Engine) -> Callable[..., Result]:
    """The command over a log of some entries."""
    KeyRing.create(tmp_path / "sleutels")
    Signer.create(tmp_path / "sleutels")
    with writing(engine) as tx:
        initialise(tx)
        append(tx, [an_entry() for _ in range(ENTRIES)], NOW)
    environ = {
        "LSO_GATEWAY_DATABASE": database_url,
        "LSO_GATEWAY_SLEUTELS": str(tmp_path / "sleutels"),
        "LSO_GATEWAY_INSTELLINGEN": strict_file(tmp_path),
        "LSO_GATEWAY_UITGEVER": "https://gateway.example",
        "LSO_GATEWAY_LOGKOPIE": str(tmp_path),
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
    }
    return lambda *more: CliRunner(env=environ).invoke(cli, ["audit", "controleer", *more])


def test_a_sound_log_is_said_to_be_sound_with_its_size_and_root(check):
    told, wire = check(), check("--json")

    assert (told.exit_code, wire.exit_code) == (0, 0)
    found = json.loads(wire.output)
    assert found["gecontroleerd"]
    assert found["regels"] == ENTRIES + 1
    assert told.output.startswith(f"Het log klopt: {ENTRIES} regels, wortel ")


def test_the_outcome_stands_in_the_log_itself_and_nothing_else_changes(check, engine):
    """BIO-03: also where the log is not sound."""
    before = entries_of(engine)
    check()
    sound = entries_of(engine)
    with writing(engine) as tx:
        altered = update(auditregel).where(auditregel.c.nummer == 7)
        tx.execute(altered.values(regel=b'{"v":1}'))
    check()
    unsound = entries_of(engine)

    assert sound[:-1] == before
    assert (sound[-1]["soort"], sound[-1].get("reden")) == ("verificatie", None)
    assert (unsound[-1]["soort"], unsound[-1]["reden"]) == ("verificatie", "gewijzigd")
    assert len(unsound) == len(before) + 2


def entries_of(engine: Engine) -> list[dict]:
    with reading(engine) as tx:
        rows = tx.execute(select(auditregel.c.regel).order_by(auditregel.c.nummer)).scalars()
        return [json.loads(row) for row in rows]


def test_in_a_database_that_was_put_back_nothing_is_added_before_what_it_lost(
    check, engine, tmp_path
):
    """Else the outcome would begin a second log, which nobody signs (design 2.10)."""
    copy = LogCopy(tmp_path / FILE, KeyRing.open(tmp_path / "sleutels").system_key("logkopie"))
    whole = entries_of(engine)
    copy_on(engine, copy)
    with writing(engine) as tx:
        found = tx.execute(select(auditregel.c.blad).order_by(auditregel.c.nummer)).scalars()
        kept = Frontier()
        kept.extend(found.all()[:12])
        tx.execute(delete(auditregel).where(auditregel.c.nummer >= 12))
        head = Head(12, kept.to_bytes(), kept.root(), None)
        tx.execute(update(audithoofd).values(**head._asdict()))
        note_seen(engine, 12, NOW)

    assert check().exit_code == 0

    now = entries_of(engine)
    assert now[:ENTRIES] == whole
    assert [each["soort"] for each in now[ENTRIES:]] == ["herstel_ontdekt", "verificatie"]


def test_a_head_that_does_not_fit_itself_is_left_as_evidence(check, engine):
    with writing(engine) as tx:
        tx.execute(update(audithoofd).values(wortel=leaf_hash(b"")))

    told = check()

    assert told.exit_code == 1
    assert "passen niet bij de wortel" in told.output
    assert "niet in het log te zetten" in told.output
    with reading(engine) as tx:
        assert tx.execute(select(audithoofd.c.omvang)).scalar_one() == ENTRIES


def test_the_first_entry_that_was_altered_is_named(check, engine):
    with writing(engine) as tx:
        for number in (7, 12):
            altered = update(auditregel).where(auditregel.c.nummer == number)
            tx.execute(altered.values(regel=b'{"v":1}'))

    told, wire = check(), check("--json")

    assert (told.exit_code, wire.exit_code) == (1, 1)
    assert "klopt niet bij regel 7: deze regel is gewijzigd" in told.output
    found = json.loads(wire.output)
    assert not found["gecontroleerd"]
    assert (found["eersteFout"], found["reden"]) == (7, "gewijzigd")


def test_a_row_of_the_access_log_that_was_changed_is_named(check, engine):
    toegang = Toegang("account:7", "opdracht", "pia/activeer", Uitkomst.GELUKT, "machine:een")
    with writing(engine) as tx:
        numbers = [note_access(tx, toegang, {"organisatie": "gateway"}, NOW) for _ in range(3)]
    assert check().exit_code == 0
    with writing(engine) as tx:
        changed = update(toegangsregel).where(toegangsregel.c.nummer.in_(numbers[1:]))
        tx.execute(changed.values(wie="account:8"))

    told, wire = check(), check("--json")

    assert (told.exit_code, wire.exit_code) == (1, 1)
    assert f"klopt niet bij regel {numbers[1]}: de handeling" in told.output
    assert f"toegangslog: regels {numbers[1]}, {numbers[2]}." in told.output
    found = json.loads(wire.output)
    assert (found["reden"], found["toegangsregels"]) == ("toegang", numbers[1:])
    assert [each.get("reden") for each in entries_of(engine)[-2:]] == ["toegang"] * 2


def test_an_entry_that_was_taken_out_is_named(check, engine):
    with writing(engine) as tx:
        tx.execute(delete(auditregel).where(auditregel.c.nummer == 3))

    told = check()

    assert told.exit_code == 1
    assert "bij regel 3: deze regel ontbreekt" in told.output


def test_a_log_without_its_head_is_no_log(check, engine):
    with writing(engine) as tx:
        tx.execute(delete(audithoofd))

    told = check()

    assert told.exit_code == 1
    assert "Er is geen log" in told.output


def test_where_there_is_no_database_none_is_made(tmp_path):
    KeyRing.create(tmp_path / "sleutels")
    environ = {
        "LSO_GATEWAY_DATABASE": f"sqlite:///{tmp_path / 'nergens.sqlite'}",
        "LSO_GATEWAY_SLEUTELS": str(tmp_path / "sleutels"),
        "LSO_GATEWAY_INSTELLINGEN": strict_file(tmp_path),
        "LSO_GATEWAY_UITGEVER": "https://gateway.example",
        "LSO_GATEWAY_LOGKOPIE": str(tmp_path),
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
    }

    told = CliRunner(env=environ).invoke(cli, ["audit", "controleer"])

    assert told.exit_code == 1
    assert "De database is er niet" in told.output
    assert not (tmp_path / "nergens.sqlite").exists()
