"""Who notices what: every way to meddle with the log, and the four who look at it.

Somebody can do anything in the database here, and makes all that is in it fit again. The gateway
itself finds it by the checkpoints, the outsider by those in an export, the signer by its own
frontier, and the witness names the entry by its tiles. What the first two cannot see, a witness
or one receipt shows (statements 2, 3 and 4).
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from connectors.bewijscontrole import BewijsError, check_grown, read_checkpoint
from deploy.controle import controleer
from gateway.log_trust import trust_of
from gateway.logtekenaar import SignerFolder
from gateway.refusals import ProofNotYetError
from gateway.services.bewijzen import show_controlepunt
from privacy.errors import LogUnavailableError
from privacy.log.append import append
from privacy.log.errors import ProofError
from privacy.log.merkle import leaf_hash
from privacy.log.notes import VerifierKey
from privacy.log.tables import auditregel, audittegel, controlepunt, medeondertekening
from privacy.log.trust import LogProof, Trust
from privacy.log.verify import Reden, Verification, verify
from privacy.store.engine import reading, writing
from tests.getuigen import ORIGIN
from tests.integration.meddling import (
    FORGED,
    Onlookers,
    forget_checkpoints,
    lines_of,
    rewrite,
)
from tests.overseen import Overseen
from tests.unit.privacy.log.examples import entries

#: The entry that is meddled with, between the first checkpoint and the second.
AT = 290
FIRST, SECOND, THIRD = 280, 300, 330


def grown_to(world: Overseen, size: int) -> None:
    """So many entries, signed and witnessed."""
    have = len(lines_of(world))
    with writing(world.parts.engine) as tx:
        append(tx, entries(size - have, start=have), world.now)
    world.wait(seconds=10)
    world.sign()


def opened(folder: Path, url: str) -> Iterator[Onlookers]:
    world = Overseen(folder, url)
    for size in (FIRST, SECOND, THIRD):
        grown_to(world, size)
    yield Onlookers(world, folder)
    world.close()


@pytest.fixture
def looking(sqlite_installed: Path, tmp_path: Path) -> Iterator[Onlookers]:
    """A log of 330 entries with three checkpoints, on SQLite."""
    file = tmp_path / "log.sqlite"
    file.write_bytes(sqlite_installed.read_bytes())
    yield from opened(tmp_path, f"sqlite:///{file}")


@pytest.fixture
def on_either(installed_url: str, tmp_path: Path) -> Iterator[Onlookers]:
    yield from opened(tmp_path, installed_url)


def test_of_a_sound_log_all_four_say_that_it_is(on_either, capsys):
    found = on_either.inside()

    assert (found.sound, found.size) == (True, THIRD)
    assert (found.checkpoints, found.attested) == (3, THIRD)
    assert on_either.outside() == controleer.KLOPT
    assert on_either.signer() is None
    assert on_either.witness() == 0
    assert "getuige-0.example op " in capsys.readouterr().out


@pytest.mark.parametrize("number", [0, 255, 256, AT, THIRD - 1])
def test_one_byte_that_was_altered_is_named_inside_and_outside(looking, number, capsys):
    """Statement 2. A receipt of it still proves what stood there, and proves nothing else."""
    receipt = LogProof.parse(looking.receipt(number).read_text())
    before = lines_of(looking.world)[number]
    line = before.replace(b"IND", b"INE")
    line = line if b"INE" in line else line[:-2] + b"x}"
    with writing(looking.world.parts.engine) as tx:
        altered = update(auditregel).where(auditregel.c.nummer == number)
        tx.execute(altered.values(regel=line))

    found = looking.inside()

    assert (found.first_bad, found.reason) == (number, Reden.GEWIJZIGD)
    assert looking.outside() == controleer.KLOPT_NIET
    assert f"regel {number} hoort niet bij het blad" in capsys.readouterr().out
    assert looking.witness() == 1
    assert f"De eerste regel die niet klopt is {number}." in capsys.readouterr().out
    trust = trust_of(looking.world.parts.settings)
    assert receipt.verify(leaf_hash(before), trust).size == THIRD
    with pytest.raises(ProofError):
        receipt.verify(leaf_hash(line), trust)


def rewritten(lines: list[bytes]) -> None:
    lines[AT] = FORGED


def swapped(lines: list[bytes]) -> None:
    lines[AT], lines[AT + 5] = lines[AT + 5], lines[AT]


def dropped(lines: list[bytes]) -> None:
    del lines[AT]
    lines.append(FORGED)


def added(lines: list[bytes]) -> None:
    lines.insert(AT, FORGED)


@pytest.mark.parametrize("meddle", [rewritten, swapped, dropped, added])
def test_what_was_made_to_fit_again_is_found_by_all_and_named_by_the_witness(
    looking, meddle, capsys
):
    """Statements 3 and 4: leaf hashes, tiles and head were made anew as well."""
    receipt = looking.receipt(0)
    lines = lines_of(looking.world)
    meddle(lines)
    rewrite(looking.world, lines)

    found = looking.inside()

    assert (found.reason, found.first_bad) == (Reden.CONTROLEPUNT, None)
    assert found.between == (FIRST, SECOND)
    assert looking.outside() == controleer.KLOPT_NIET
    told = capsys.readouterr().out
    assert f"controlepunt over {SECOND} regels past niet: tussen regel {FIRST} en 299" in told
    assert looking.signer() == "andere_wortel"
    assert looking.witness() == 1
    assert f"De eerste regel die niet klopt is {AT}." in capsys.readouterr().out
    forget_checkpoints(looking.world, 0)
    assert looking.inside().sound
    assert looking.outside(receipt) == controleer.KLOPT_NIET
    assert f"controlepunt over {THIRD} regels past niet" in capsys.readouterr().out


def test_a_tail_that_was_cut_is_found_by_the_checkpoint_that_counts_more(looking, capsys):
    """Statement 4."""
    rewrite(looking.world, lines_of(looking.world)[:310])

    found = looking.inside()

    assert (found.reason, found.between) == (Reden.KORTER, (310, THIRD))
    assert looking.outside() == controleer.KLOPT_NIET
    assert "de staart is afgeknipt" in capsys.readouterr().out
    assert looking.signer() == "korter"
    assert looking.witness() == 1


def test_a_tail_cut_with_the_newest_checkpoints_is_found_by_receipt_signer_and_witness(
    looking, capsys
):
    """Statement 4: in the database nothing shows it."""
    receipt = looking.receipt(AT)
    rewrite(looking.world, lines_of(looking.world)[:310])
    forget_checkpoints(looking.world, SECOND)

    assert looking.inside().sound
    assert looking.outside() == controleer.KLOPT
    assert looking.outside(receipt) == controleer.KLOPT_NIET
    assert "telt meer dan de 310 die er zijn" in capsys.readouterr().out
    assert looking.witness() == 1
    assert looking.signer() == "korter"


def test_a_whole_database_of_yesterday_is_found_by_receipt_signer_and_witness(on_either, capsys):
    """Statement 4 and 5: what it says is sound, and shorter than what others know."""
    yesterday = on_either.world.backup()
    grown_to(on_either.world, THIRD + 20)
    receipt = on_either.receipt(THIRD + 3)
    on_either.world.put_back(yesterday)

    assert on_either.inside().sound
    assert on_either.outside() == controleer.KLOPT
    assert on_either.outside(receipt) == controleer.KLOPT_NIET
    assert "telt meer dan de 330 die er zijn" in capsys.readouterr().out
    assert on_either.witness() == 1
    assert on_either.signer() == "korter"


def test_who_also_puts_back_the_signer_is_refused_by_the_witness_and_shown_by_a_receipt(
    looking, tmp_path, capsys
):
    """Statement 4: a second history under the real key of the log, and longer than the first."""
    world = looking.world
    stand = (world.signer.path / "stand.json").read_bytes()
    yesterday = world.backup()
    grown_to(world, THIRD + 20)
    receipt = looking.receipt(THIRD + 3)
    known = show_controlepunt(world.parts, None)

    world.put_back(yesterday)
    (world.signer.path / "stand.json").write_bytes(stand)
    rewrite(world, [*lines_of(world), *[FORGED] * 40])
    world.sign()

    assert looking.inside().sound
    assert looking.outside(receipt) == controleer.KLOPT_NIET
    assert "past niet" in capsys.readouterr().out
    with reading(world.parts.engine) as tx:
        cosigned = tx.execute(select(medeondertekening.c.omvang)).scalars().all()
        second = tx.execute(
            select(controlepunt.c.tekst).where(controlepunt.c.omvang == THIRD + 40)
        ).scalar_one()
    assert max(cosigned) == THIRD
    bare = Trust(world.parts.settings.herkomst, world.log_key)
    mine, shown = (read_checkpoint(text, bare).punt for text in (known["controlepunt"], second))
    with pytest.raises(BewijsError):
        check_grown(mine, shown, [])


@pytest.mark.parametrize("what", ["tekst", "wortel", "een_ander"])
def test_a_checkpoint_that_the_log_never_signed_is_named(looking, what):
    with writing(looking.world.parts.engine) as tx:
        stored = controlepunt.c.omvang == SECOND
        text = tx.execute(select(controlepunt.c.tekst).where(stored)).scalar_one()
        first = select(controlepunt.c.tekst).where(controlepunt.c.omvang == FIRST)
        other = {
            "tekst": {"tekst": text.replace(f"\n{SECOND}\n", f"\n{AT}\n")},
            "wortel": {"wortel": leaf_hash(FORGED)},
            "een_ander": {"tekst": tx.execute(first).scalar_one()},
        }
        tx.execute(update(controlepunt).where(stored).values(**other[what]))

    found = looking.inside()

    assert (found.reason, found.between) == (Reden.HANDTEKENING, (FIRST, SECOND))
    assert found.checkpoints == 2


def test_a_cosignature_that_the_witness_never_gave_is_named(looking):
    table = medeondertekening
    with writing(looking.world.parts.engine) as tx:
        of = select(table.c.regel).where(table.c.omvang == FIRST)
        line = tx.execute(of).scalar_one()
        tx.execute(update(table).where(table.c.omvang == SECOND).values(regel=line))

    found = looking.inside()

    assert (found.reason, found.between) == (Reden.MEDEONDERTEKENING, (FIRST, SECOND))


@pytest.mark.parametrize("meddle", ["alter", "drop"])
def test_a_tile_that_is_not_that_of_its_entries_is_named(looking, meddle):
    with writing(looking.world.parts.engine) as tx:
        altered = update(audittegel).values(wortel=leaf_hash(FORGED))
        tx.execute(altered if meddle == "alter" else delete(audittegel))

    found = looking.inside()

    assert (found.reason, found.between) == (Reden.TEGEL, (0, 256))
    with pytest.raises(LogUnavailableError):
        looking.receipt(AT)


@pytest.mark.parametrize(("niveau", "nummer"), [(0, 1), (0, 4_000), (1, 0), (6, 3)])
def test_a_tile_of_more_entries_than_there_are_is_named(looking, niveau, nummer):
    row = {"niveau": niveau, "nummer": nummer, "wortel": leaf_hash(FORGED)}
    with writing(looking.world.parts.engine) as tx:
        tx.execute(audittegel.insert(), row)

    found = looking.inside()

    first = nummer * 256 ** (niveau + 1)
    assert (found.reason, found.between) == (Reden.TEGEL, (first, first + 256 ** (niveau + 1)))


def test_what_another_key_signed_counts_once_the_settings_name_that_key(looking, tmp_path):
    """After a new key of the signer: what the key before it signed is still to be checked."""
    world, old = looking.world, looking.world.log_key
    fresh = SignerFolder.create(tmp_path / "nieuw").vkey(f"{ORIGIN}/2")
    settings = replace(world.parts.settings, logsleutel=fresh, logherkomst=fresh.name)

    def found(*earlier: VerifierKey) -> Verification:
        with reading(world.parts.engine) as tx:
            return verify(tx, trust_of(replace(settings, eerdere_logsleutels=earlier)))

    assert found().reason is Reden.HANDTEKENING
    assert (found(old).sound, found(old).checkpoints) == (True, 3)
    rewrite(world, [FORGED, *lines_of(world)[1:]])
    assert found(old).reason is Reden.CONTROLEPUNT
    with pytest.raises(ProofNotYetError):
        show_controlepunt(
            replace(world.parts, settings=replace(settings, eerdere_logsleutels=(old,))), None
        )


def test_a_root_of_the_head_that_does_not_fit_is_told_with_what_the_checkpoints_say(looking):
    with writing(looking.world.parts.engine) as tx:
        altered = update(auditregel).where(auditregel.c.nummer == AT)
        tx.execute(altered.values(regel=FORGED, blad=leaf_hash(FORGED)))

    found = looking.inside()

    assert (found.reason, found.between) == (Reden.WORTEL, (FIRST, SECOND))


def test_without_the_key_of_the_log_roots_are_held_and_signatures_are_not(looking):
    with writing(looking.world.parts.engine) as tx:
        tx.execute(update(controlepunt).values(tekst="niets"))

    with reading(looking.world.parts.engine) as tx:
        found = verify(tx)

    assert (found.sound, found.checkpoints) == (True, 3)
    assert looking.inside().reason is Reden.HANDTEKENING
