"""The signer signs what the log is, and never a second history of it (statement 5)."""

from base64 import b64decode
from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select, update

from connectors.answer import Answer
from connectors.errors import UnreachableError
from gateway.database import upgrade
from gateway.log_trust import trust_of
from gateway.logtekenaar import SignerFolderError
from gateway.refusals import ConflictError, NotFoundError, ProofNotYetError
from gateway.services.bewijzen import show_bewijs, show_controlepunt
from privacy.errors import LogUnavailableError
from privacy.log.append import append, append_lost
from privacy.log.checkpoints import newest
from privacy.log.copy import Line
from privacy.log.edge import Edge
from privacy.log.errors import NoteError, ProofError, SignerRefusedError
from privacy.log.head import Head, lock_head, read_head
from privacy.log.high_water import note_seen
from privacy.log.merkle import Frontier, leaf_hash
from privacy.log.notes import Checkpoint, parse_note
from privacy.log.proofs import verify_consistency
from privacy.log.tables import (
    audithoofd,
    auditregel,
    audittegel,
    controlepunt,
    medeondertekening,
)
from privacy.log.trust import LogProof
from privacy.rights import SIGNER
from privacy.store.engine import make_engine, reading, writing
from tests.overseen import Overseen
from tests.unit.privacy.log.examples import entries
from tests.witness import getuige


@pytest.fixture
def world(overseen):
    return overseen


@pytest.fixture
def embedded(sqlite_template, tmp_path):
    file = tmp_path / "embedded.sqlite"
    file.write_bytes(sqlite_template.read_bytes())
    made = Overseen(tmp_path, f"sqlite:///{file}", witnesses=2)
    yield made
    made.close()


def grow(world: Overseen, number: int = 3, start: int = 0) -> None:
    with writing(world.parts.engine) as tx:
        append(tx, entries(number, start), world.now)


def rows(world: Overseen, table) -> list:
    with reading(world.parts.engine) as tx:
        return list(tx.execute(select(table)))


def cut(world: Overseen, size: int) -> list[Line]:
    """As somebody who may do anything in the database: the tail is gone, the head fits."""
    with writing(world.parts.engine) as tx:
        found = tx.execute(select(auditregel).order_by(auditregel.c.nummer)).all()
        kept = Frontier()
        kept.extend(bytes(row.blad) for row in found[:size])
        tx.execute(delete(auditregel).where(auditregel.c.nummer >= size))
        tx.execute(delete(audittegel).where(audittegel.c.nummer >= size >> 8))
        head = Head(size, kept.to_bytes(), kept.root(), None)
        tx.execute(update(audithoofd).values(**head._asdict()))
        # What this process remembers is another promise (docs/herstel.md): here it is a new one.
        note_seen(world.parts.engine, size, world.now)
        return [Line(row.nummer, bytes(row.blad), bytes(row.regel)) for row in found[size:]]


def put_back(world: Overseen, lines: list[Line]) -> None:
    with writing(world.parts.engine) as tx:
        append_lost(tx, lock_head(tx), lines, world.now)


def refusal(world: Overseen) -> str:
    with pytest.raises(SignerRefusedError) as refused:
        world.sign()
    return refused.value.rule


# Signing


def test_what_is_signed_is_what_the_log_is_and_who_trusts_the_keys_can_check_it(world):
    told = world.sign()

    with reading(world.parts.engine) as tx:
        head = read_head(tx)
        found, note = newest(tx, trust_of(world.parts.settings))
    assert (told.size, told.root) == (head.omvang, head.wortel)
    assert found == told
    assert len(note.verified([world.log_key, world.getuigen[0].sleutel])) == 2


def test_a_log_that_did_not_grow_is_not_signed_again_and_one_that_grew_is(world):
    world.sign()
    world.sign()
    assert len(rows(world, controlepunt)) == 1

    grow(world)
    world.sign()
    assert len(rows(world, controlepunt)) == 2


def test_every_checkpoint_is_consistent_with_every_later_one(world):
    """Statement 5: over what is stored, by proofs alone."""
    for size in (1, 2, 3, 60, 200, 1):
        grow(world, size, start=size * 1_000)
        world.sign()
    told = [Checkpoint.parse(parse_note(row.tekst).text) for row in rows(world, controlepunt)]

    for old in told:
        shown = show_controlepunt(world.parts, old.size)
        last = Checkpoint.parse(parse_note(shown["controlepunt"]).text)
        path = [b64decode(each) for each in shown["bewijs"]]
        verify_consistency(old.size, last.size, old.root, last.root, path)
    assert len(told) == 6


def test_the_signer_knows_by_itself_how_far_it_signed_and_goes_on_after_a_restart(world):
    first = world.sign()
    kept = Edge.from_bytes((world.signer.path / "stand.json").read_bytes())
    grow(world)

    second = world.sign()

    assert (kept.omvang, kept.wortel) == (first.size, first.root)
    assert second.size == first.size + 3


@pytest.mark.parametrize("size", [0, 5, 40])
def test_a_log_that_got_shorter_is_refused_also_after_a_restart(world, size):
    """Statement 5: a smaller size is never signed, whoever says that it is the size."""
    grow(world, 60)
    world.sign()
    cut(world, world.installed + size)

    assert refusal(world) == "korter"
    assert refusal(world) == "korter"
    assert len(rows(world, controlepunt)) == 1


def test_another_root_for_the_same_size_is_refused(world):
    grow(world)
    told = world.sign()
    cut(world, told.size - 3)
    grow(world, 3, start=7_000)

    assert refusal(world) == "andere_wortel"
    assert world.ngo.asked.count("/add-checkpoint") == 1


def test_a_longer_log_that_does_not_begin_with_what_was_signed_is_refused(world):
    grow(world)
    told = world.sign()
    cut(world, told.size - 3)
    grow(world, 30, start=7_000)

    assert refusal(world) == "andere_wortel"


def test_a_database_of_yesterday_is_refused_until_it_has_all_that_was_signed(world):
    """Statement 5: after a restore nothing is signed that leaves out what was signed before."""
    kept = world.backup()
    grow(world)
    signed = world.sign()
    lines = [Line(row.nummer, bytes(row.blad), bytes(row.regel)) for row in rows(world, auditregel)]
    world.put_back(kept)
    assert refusal(world) == "korter"

    put_back(world, [each for each in lines if each.nummer >= signed.size - 3])
    grow(world, 2, start=500)

    assert world.sign().size == signed.size + 2


def test_a_log_that_was_cut_and_got_exactly_the_same_entries_again_is_the_same_log(world):
    grow(world, 20)
    told = world.sign()

    put_back(world, cut(world, told.size - 12))

    assert world.sign() == told


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ({"regel": b'{"v":1}'}, "regel_gewijzigd"),
        ({"regel": b'{"v":1}', "blad": leaf_hash(b'{"v":1}')}, "andere_wortel"),
    ],
    ids=["its bytes", "its bytes and its leaf hash"],
)
def test_a_new_entry_that_was_altered_before_it_was_signed_is_refused(world, spoil, rule):
    world.sign()
    grow(world)
    with writing(world.parts.engine) as tx:
        last = tx.execute(select(func.max(auditregel.c.nummer))).scalar_one()
        tx.execute(update(auditregel).where(auditregel.c.nummer == last).values(**spoil))

    assert refusal(world) == rule


def test_an_entry_that_is_not_there_is_named(embedded):
    embedded.sign()
    grow(embedded)
    with writing(embedded.parts.engine) as tx:
        last = tx.execute(select(func.max(auditregel.c.nummer))).scalar_one()
        tx.execute(delete(auditregel).where(auditregel.c.nummer == last - 1))

    with pytest.raises(SignerRefusedError) as refused:
        embedded.sign()
    assert (refused.value.rule, refused.value.nummer) == ("regel_ontbreekt", last - 1)


def test_another_checkpoint_in_our_place_is_refused(embedded):
    told = embedded.sign()
    with writing(embedded.parts.engine) as tx:
        tx.execute(update(controlepunt).values(tekst="van een ander\n\n"))

    assert refusal(embedded) == "ander_controlepunt"
    assert told.size


def test_killed_between_remembering_and_storing_it_stores_the_same_bytes_afterwards(embedded):
    embedded.sign()
    before = rows(embedded, controlepunt)
    with writing(embedded.parts.engine) as tx:
        tx.execute(delete(medeondertekening))
        tx.execute(delete(controlepunt))

    embedded.sign()

    assert [each.tekst for each in rows(embedded, controlepunt)] == [each.tekst for each in before]


def test_one_that_does_not_know_any_more_how_far_it_signed_signs_nothing(embedded):
    embedded.sign()
    stand = embedded.signer.path / "stand.json"
    good = stand.read_bytes()
    for bad in (b"", b"{}", good[:-3], good.replace(b'"wortel": "', b'"wortel": "0')):
        stand.write_bytes(bad)
        with pytest.raises(SignerFolderError, match="bewijs"):
            embedded.sign()
    stand.unlink()
    with pytest.raises(SignerFolderError):
        embedded.sign()


def test_the_signer_does_all_its_work_with_the_rights_of_who_signs(postgres_url, tmp_path):
    """An account that may read no casus, and add no entry."""
    owner = make_engine(postgres_url)
    upgrade(owner)
    owner.dispose()
    world = Overseen(tmp_path, postgres_url)
    narrow = make_engine(f"{postgres_url}?options=-c%20role%3D{SIGNER}")
    whole = world.tekenaar
    signer = replace(whole, engine=narrow, offering=replace(whole.offering, engine=narrow))

    for start in (0, 100):
        grow(world, 300, start)
        assert signer.round() is not None
        world.wait(minutes=6)
        signer.round()

    assert max(row.ontvangen for row in rows(world, medeondertekening)) == world.now
    narrow.dispose()
    world.close()


# Witnesses


def test_a_witness_that_is_away_holds_up_nobody_and_catches_up(embedded):
    first, second = embedded.wire.ngos.values()
    first.away = True
    embedded.sign()
    grow(embedded)
    told = embedded.sign()
    assert {row.getuige for row in rows(embedded, medeondertekening)} == {second.naam}

    first.away = False
    embedded.sign()

    signed = {(row.getuige, row.omvang) for row in rows(embedded, medeondertekening)}
    assert {(first.naam, told.size), (second.naam, told.size)} <= signed


def test_a_witness_that_is_further_than_we_remember_is_gone_on_with_from_there(embedded):
    """C2SP tlog-witness: 409 tells the size, and the proof begins there."""
    embedded.sign()
    with writing(embedded.parts.engine) as tx:
        tx.execute(delete(medeondertekening))
    grow(embedded)

    told = embedded.sign()

    assert {row.omvang for row in rows(embedded, medeondertekening)} == {told.size}


def test_every_witness_gets_every_leaf_hash_also_after_a_restart_of_the_signer(embedded):
    embedded.sign()
    embedded.counts.clear()
    grow(embedded, 300)
    embedded.sign()

    leaves = b"".join(bytes(row.blad) for row in rows(embedded, auditregel))
    assert [each.leaves for each in embedded.wire.ngos.values()] == [leaves, leaves]


def test_a_cosignature_of_long_ago_or_of_later_is_not_taken(embedded):
    for ahead in (-6, 6):
        for ngo in embedded.wire.ngos.values():
            ngo.ahead = ngo.ahead.__class__(minutes=ahead)
        embedded.sign()
    assert rows(embedded, medeondertekening) == []


def test_a_witness_that_signs_a_moment_that_no_calendar_has_stops_nobody(embedded, caplog):
    """Its own key signs it, so that it is no garbage to whoever reads the line."""
    first, second = embedded.wire.ngos.values()
    good = embedded.wire.post_once

    def never(url: str, body: bytes, headers, wanted) -> Answer:
        if first.naam not in url or not url.endswith("add-checkpoint"):
            return good(url, body, headers, wanted)
        with getuige.alone(first.database) as db:
            told = getuige.add_checkpoint(db, body, 2**62)
        return Answer(told.status, {"content-type": told.soort}, told.tekst.encode())

    embedded.wire.post_once = never
    with caplog.at_level("ERROR", logger="lso_gateway"):
        embedded.tekenaar.attempt()

    assert {each.msg for each in caplog.records} == {"getuige_ondertekent_verkeerd"}
    assert {row.getuige for row in rows(embedded, medeondertekening)} == {second.naam}


def test_a_witness_that_signs_what_it_was_not_asked_is_not_believed(embedded, caplog):
    """Its cosignature of an earlier checkpoint, though of this very moment."""
    embedded.sign()
    old = embedded.tekenaar.sign()[1]
    grow(embedded)
    good = embedded.wire.post_once

    def earlier(url: str, body: bytes, headers, wanted) -> Answer:
        if url.endswith("add-checkpoint"):
            size = Checkpoint.parse(old.text).size
            body = f"old {size}\n\n{old.encode()}".encode()
        return good(url, body, headers, wanted)

    embedded.wire.post_once = earlier
    before = rows(embedded, medeondertekening)
    with caplog.at_level("ERROR", logger="lso_gateway"):
        embedded.sign()

    assert {each.msg for each in caplog.records} == {"getuige_ondertekent_verkeerd"}
    assert rows(embedded, medeondertekening) == before


def test_a_slow_witness_that_never_has_enough_leaf_hashes_holds_up_no_next_checkpoint(embedded):
    asked = []

    def slow(url: str, body: bytes, headers, wanted) -> Answer:
        if url.endswith("add-checkpoint"):
            raise UnreachableError
        asked.append(url)
        embedded.passed += 9
        size = f"{len(asked) % 2}\n".encode()
        return Answer(409, {"content-type": "text/x.tlog.size"}, size)

    embedded.sign()
    embedded.counts.clear()
    embedded.wire.post_once = slow
    tekenaar = embedded.tekenaar
    tekenaar = replace(
        tekenaar,
        offering=replace(
            tekenaar.offering, getuigen=embedded.getuigen[:1], elapsed=lambda: embedded.passed
        ),
    )
    tekenaar.round()

    assert len(asked) == 2


def test_whatever_goes_wrong_in_a_round_the_next_one_comes(embedded, caplog, monkeypatch):
    def unforeseen(*_: object) -> None:
        raise RuntimeError("unforeseen")

    with monkeypatch.context() as patch, caplog.at_level("ERROR", logger="lso_gateway"):
        patch.setattr("gateway.services.controlepunten.follow", unforeseen)
        embedded.tekenaar.attempt()
    assert [each.msg for each in caplog.records] == ["fout"]

    embedded.tekenaar.attempt()
    assert len(rows(embedded, controlepunt)) == 1


def test_a_witness_is_asked_again_about_a_log_that_does_not_grow(embedded):
    embedded.sign()
    embedded.wait(minutes=4)
    embedded.sign()
    assert embedded.ngo.asked.count("/add-checkpoint") == 1

    embedded.wait(minutes=2)
    embedded.sign()

    assert embedded.ngo.asked.count("/add-checkpoint") == 2
    assert len(rows(embedded, controlepunt)) == 1
    assert {row.ontvangen for row in rows(embedded, medeondertekening)} == {embedded.now}


def test_a_witness_that_signed_another_history_is_loud_and_signs_nothing_here(embedded, caplog):
    """The key signs two logs, by a copy of its folder and stand: the witness finds out."""
    stand = (embedded.signer.path / "stand.json").read_bytes()
    grow(embedded)
    told = embedded.sign()
    cut(embedded, told.size - 3)
    with writing(embedded.parts.engine) as tx:
        tx.execute(delete(medeondertekening))
        tx.execute(delete(controlepunt))
    grow(embedded, 3, start=9_000)
    (embedded.signer.path / "stand.json").write_bytes(stand)

    with caplog.at_level("ERROR", logger="lso_gateway"):
        embedded.sign()

    assert {each.msg for each in caplog.records} == {"getuige_kent_ander_log"}
    assert rows(embedded, medeondertekening) == []


# Proofs


def test_a_receipt_proves_its_entry_and_no_other(world):
    """Statement 14: offline, by the keys alone."""
    grow(world, 20)
    world.sign()
    trust = trust_of(world.parts.settings)
    regel = {row.nummer: bytes(row.regel) for row in rows(world, auditregel)}

    proof = LogProof.parse(show_bewijs(world.parts, 7)["bewijs"])

    assert proof.verify(leaf_hash(regel[7]), trust).size == max(regel) + 1
    with pytest.raises(ProofError):
        proof.verify(leaf_hash(regel[8]), trust)
    with pytest.raises(ProofError):
        replace(proof, index=8).verify(leaf_hash(regel[7]), trust)
    with pytest.raises(NoteError):
        proof.verify(leaf_hash(regel[7]), replace(trust, origin="ander.example"))
    with pytest.raises(NoteError):
        proof.verify(leaf_hash(regel[7]), replace(trust, enough=2))


def test_an_entry_that_no_checkpoint_holds_yet_is_told_apart_from_one_that_is_not_there(world):
    with pytest.raises(ProofNotYetError):
        show_bewijs(world.parts, 0)
    told = world.sign()
    grow(world)
    with pytest.raises(ProofNotYetError):
        show_bewijs(world.parts, told.size)
    with pytest.raises(NotFoundError):
        show_bewijs(world.parts, told.size + 3)
    with pytest.raises(ConflictError):
        show_controlepunt(world.parts, told.size + 1)


def test_without_enough_witnesses_nothing_is_given_out_as_proven(world):
    told = world.sign()
    world.ngo.away = True
    grow(world)
    world.sign()

    assert show_controlepunt(world.parts, None)["omvang"] == told.size


def test_a_checkpoint_that_somebody_put_there_is_passed_over(embedded):
    told = embedded.sign()
    row = rows(embedded, controlepunt)[0]._asdict()
    lines = [each._asdict() for each in rows(embedded, medeondertekening)]
    with writing(embedded.parts.engine) as tx:
        tx.execute(controlepunt.insert(), {**row, "omvang": 10**6})
        tx.execute(medeondertekening.insert(), [{**each, "omvang": 10**6} for each in lines])
        forged = row["tekst"].replace(f"\n{told.size}\n", "\n2000000\n")
        tx.execute(controlepunt.insert(), {**row, "omvang": 2 * 10**6, "tekst": forged})
        tx.execute(medeondertekening.insert(), [{**each, "omvang": 2 * 10**6} for each in lines])

    assert show_controlepunt(embedded.parts, None)["omvang"] == told.size


def test_where_the_tree_of_the_database_was_altered_no_proof_is_given(embedded):
    embedded.sign()
    with writing(embedded.parts.engine) as tx:
        tx.execute(update(auditregel).where(auditregel.c.nummer == 1).values(blad=bytes(32)))

    with pytest.raises(LogUnavailableError):
        show_bewijs(embedded.parts, 0)


def test_where_the_tree_was_altered_no_growth_is_shown_that_would_accuse_the_log(embedded):
    first = embedded.sign()
    grow(embedded, 40)
    embedded.sign()
    with writing(embedded.parts.engine) as tx:
        last = tx.execute(select(func.max(auditregel.c.nummer))).scalar_one()
        tx.execute(update(auditregel).where(auditregel.c.nummer == last).values(blad=bytes(32)))

    with pytest.raises(LogUnavailableError):
        show_controlepunt(embedded.parts, first.size)
