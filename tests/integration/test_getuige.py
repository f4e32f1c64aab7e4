"""The witness: what it cosigns, what it refuses, and what it still knows after it was killed.

Statement 6 of the design: 409 with its size on a stale request, 422 on a bad proof, and never two
roots of one size.
"""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.client import HTTPException
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.retries import NO_PATIENCE
from connectors.transport import Transport, Transportsettings
from privacy.log.merkle import EMPTY_ROOT
from privacy.log.notes import SignedNote, parse_note, parse_signature, sign
from privacy.log.trust import Trust
from tests.certificates import Authority
from tests.witness import (
    PROGRAM,
    Log,
    Witness,
    a_log,
    getuige,
    make,
    post,
    served,
    submission,
    witness,
)

LOG = a_log(20)
FORK = LOG.with_entries([b"anders", *LOG.entries[1:]])
ADD = "/add-checkpoint"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Witness]:
    with witness(tmp_path, LOG) as made:
        yield made


def cosigned(running: Witness, log: Log, old: int, size: int) -> str:
    told = running.post(ADD, log.submission(old, size))
    assert told.status == 200, told
    return told.body


def test_its_cosignature_is_believed_by_who_trusts_it(running):
    (line,) = cosigned(running, LOG, 0, 7).splitlines()

    note = LOG.note(7).with_signatures([parse_signature(line)])
    trust = Trust(LOG.origin, LOG.key, (running.key,), enough=1)

    assert trust.checkpoint(note) == LOG.checkpoint(7)
    assert abs(parse_signature(line).time - time.time()) < 5


def test_it_cosigns_a_log_that_grew_however_it_grew(running):
    for old, size in pairwise((0, 1, 2, 3, 7, 8, 8, 13, 16, 20, 20)):
        cosigned(running, LOG, old, size)


def test_the_same_checkpoint_is_cosigned_again_for_who_sends_it_every_hour(running):
    cosigned(running, LOG, 0, 7)

    assert running.post(ADD, LOG.submission(7, 7)).status == 200


def test_an_empty_log_is_cosigned_and_may_grow(running):
    cosigned(running, LOG, 0, 0)
    cosigned(running, LOG, 0, 20)


def test_a_stale_request_hears_the_size_statement_6(running):
    cosigned(running, LOG, 0, 7)

    for old, size in ((0, 7), (0, 9), (3, 9), (9, 12)):
        told = running.post(ADD, LOG.submission(old, size))
        assert (told.status, told.content_type, told.body) == (409, "text/x.tlog.size", "7\n")


def test_a_bad_proof_is_not_cosigned_statement_6(running):
    cosigned(running, LOG, 0, 7)
    proof, note = LOG.proof(7, 12), LOG.note(12)
    turned = [bytes([proof[0][0] ^ 1]) + proof[0][1:], *proof[1:]]

    for wrong in ([], proof[:-1], [*proof, proof[0]], proof[::-1], turned):
        assert running.post(ADD, submission(7, wrong, note)).status == 422
    assert running.post(ADD, FORK.submission(7, 12)).status == 422
    assert running.post(ADD, submission(7, proof, note)).status == 200


def test_a_first_checkpoint_brings_no_proof_and_an_empty_tree_has_the_empty_root(running):
    no_such_tree = replace(LOG.checkpoint(0), root=bytes(32)).text()
    signed = SignedNote(no_such_tree, (sign(no_such_tree, LOG.origin, LOG.private),))

    assert running.post(ADD, submission(0, [EMPTY_ROOT], LOG.note(7))).status == 422
    assert running.post(ADD, submission(0, [], signed)).status == 409


def test_another_root_of_the_same_size_is_refused_and_kept_as_evidence(running, capsys):
    cosigned(running, LOG, 0, 7)

    told = running.post(ADD, submission(7, [], FORK.note(7)))

    assert (told.status, told.content_type) == (409, "text/plain; charset=utf-8")
    assert getuige.main(["--database", str(running.database), "toon"]) == 1
    assert FORK.note(7).text in capsys.readouterr().out


def test_a_log_that_was_cut_and_grew_anew_is_refused(running):
    cosigned(running, LOG, 0, 12)

    again = LOG.with_entries([*LOG.entries[:5], *(b"opnieuw %d" % each for each in range(15))])

    assert running.post(ADD, again.submission(12, 9)).status == 400
    assert running.post(ADD, again.submission(12, 20)).status == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(a_log(7).submission(0), 403, id="signed by a key that is not of this log"),
        pytest.param(Log([b"1"], "elders.example").submission(0), 404, id="an unknown origin"),
        pytest.param(submission(9, [], LOG.note(7)), 400, id="an old size beyond the new"),
        pytest.param(submission(0, [bytes(32)] * 64, LOG.note(7)), 400, id="a proof of 64 lines"),
        pytest.param(LOG.submission(0).replace(b"old 0", b"old 00"), 400, id="a leading zero"),
        pytest.param(LOG.submission(0).replace(b"old 0", b"old -1"), 400, id="below zero"),
        pytest.param(LOG.submission(0).replace(b"old 0\n", b"old 0\r\n"), 400, id="a line of DOS"),
        pytest.param(b"old 0\n\n" + LOG.note().text.encode(), 400, id="a note without signature"),
        pytest.param(LOG.submission(0)[:-1], 400, id="no end of the last line"),
        pytest.param(b"", 400, id="nothing"),
        pytest.param(b"\xff\xfe", 400, id="no text"),
        pytest.param(b"0" * 70_000, 413, id="more than a checkpoint can be"),
    ],
)
def test_what_is_no_submission_changes_nothing(running, body, status):
    assert running.post(ADD, body).status == status
    cosigned(running, LOG, 0, 7)


def test_a_note_of_which_one_line_of_the_log_is_wrong_is_not_believed(running):
    good, other = LOG.note(7), LOG.note(8)
    both = replace(good, signatures=(*good.signatures, *other.signatures))

    assert running.post(ADD, submission(0, [], both)).status == 403


def test_lines_of_others_are_passed_over_and_not_kept(running):
    stranger = a_log(1)
    note = LOG.note(7)
    more = note.with_signatures([sign(note.text, stranger.origin, stranger.private)])

    assert running.post(ADD, submission(0, [], more)).status == 200
    with getuige.closing(getuige.connect(running.database)) as db:
        kept = parse_note(getuige.book_of(db, LOG.origin)["verklaring"])
    assert kept.verified([LOG.key, running.key]).keys() == {LOG.key, running.key}
    assert len(kept.signatures) == 2


def test_only_its_two_addresses_are_there(running):
    assert running.post("/", b"").status == 404
    assert running.post(f"{ADD}/", b"").status == 404


def test_of_two_roots_of_one_size_at_the_same_moment_one_is_cosigned_statement_6(running):
    gate = threading.Barrier(2)

    def offer(log: Log, old: int, size: int) -> int:
        gate.wait()
        return running.post(ADD, log.submission(old, size)).status

    grown: list[bytes] = []
    with ThreadPoolExecutor(2) as pool:
        for size in range(1, 20):
            # Both grow out of what was cosigned before, and differ in the last entry.
            both = [LOG.with_entries([*grown, word]) for word in (b"zo", b"of zo")]
            answers = list(pool.map(offer, both, (size - 1,) * 2, (size,) * 2))
            assert sorted(answers) == [200, 409]
            grown = both[answers.index(200)].entries


def test_of_two_processes_on_one_database_one_cosigns_statement_6(tmp_path):
    database = tmp_path / "getuige.sqlite"
    make(database, LOG)

    with (
        process(database) as (first, _),
        process(database) as (second, _),
        ThreadPoolExecutor(2) as pool,
    ):
        for _ in range(5):
            bodies = LOG.submission(0, 9), FORK.submission(0, 9)
            told = list(pool.map(post, (first, second), (ADD, ADD), bodies))
            assert sorted(each.status for each in told) in ([200, 409], [409, 409])


@contextmanager
def process(database: Path) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    """The program itself, and its port. Killed at the end: it needs no farewell."""
    words = [sys.executable, str(PROGRAM), "--database", str(database), "draaien", "--luister"]
    child = subprocess.Popen([*words, "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        yield int(child.stdout.readline().rstrip(".\n").rpartition(":")[2]), child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


@pytest.mark.parametrize("seconds", [0.02, 0.05, 0.08])
def test_what_it_answered_it_knows_after_kill_9_statement_6(tmp_path, seconds):
    """Killed at any moment: it never goes back behind a cosignature that somebody has."""
    database, log = tmp_path / "getuige.sqlite", a_log(200)
    make(database, log)
    answered = 1
    with process(database) as (port, child):
        assert post(port, ADD, log.submission(0, 1)).status == 200
        killer = threading.Timer(seconds, child.kill)
        killer.start()
        with suppress(OSError, HTTPException):
            while post(port, ADD, log.submission(answered, answered + 1)).status == 200:
                answered += 1
        killer.join()

    with process(database) as (port, _):
        told = post(port, ADD, log.submission(0, 200))
        held = int(told.body) if told.status == 409 else 0
        fork = log.with_entries([b"anders", *log.entries[1:]])

        assert held in {answered, answered + 1}
        assert post(port, ADD, submission(held, [], fork.note(held))).status == 409
        assert post(port, ADD, fork.submission(held, 200)).status == 422
        assert post(port, ADD, log.submission(held, 200)).status == 200


def test_who_sends_slowly_is_cut_off_and_others_are_served(tmp_path):
    with witness(tmp_path, LOG, seconds=0.6) as running:
        slow = socket.create_connection(("127.0.0.1", running.port), timeout=20)
        slow.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 500\r\n\r\nold")
        begun = time.monotonic()
        assert running.post(ADD, LOG.submission(0, 7)).status == 200

        # A byte now and then does not buy more time.
        answered = b""
        with suppress(ConnectionError):
            for _ in range(3):
                time.sleep(0.15)
                slow.sendall(b" ")
            answered = slow.recv(100)
        slow.close()

    assert answered == b""
    assert time.monotonic() - begun < 10


def test_it_does_tls_itself_where_it_is_given_a_certificate(tmp_path):
    database, authority = tmp_path / "getuige.sqlite", Authority(tmp_path)
    make(database, LOG)
    pair = authority.give("getuige")
    tls = getuige.tls_of([pair.certificate, pair.key])
    settings = Transportsettings(ca_bundle=authority.file)
    with served(getuige.Loket(("127.0.0.1", 0), database, tls)) as port:
        transport = Transport(settings, patience=NO_PATIENCE)
        told = transport.request(
            "POST", f"https://127.0.0.1:{port}{ADD}", body=LOG.submission(0, 7)
        )
        transport.close()
        # Who does not speak TLS gets nothing, and is no reason to stop.
        with pytest.raises((OSError, HTTPException)):
            post(port, ADD, LOG.submission(7, 9))

    assert parse_signature(told.body.decode().rstrip("\n")).name == "getuige.example"


def test_its_database_is_for_its_owner_alone_and_its_key_is_made_once(tmp_path, capsys):
    database = tmp_path / "getuige.sqlite"
    first = make(database, LOG)

    assert make(database, LOG, Log([b"1"], "tweede.example")) == first
    assert database.stat().st_mode & 0o777 == 0o600
    words = ["--database", str(database), "aanmaken", "--naam", "een.ander"]
    assert getuige.main(words) == 2
    assert "is van getuige getuige.example" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--database weg/g.sqlite aanmaken --naam x", "weg/g.sqlite: dit is er niet."),
        (
            "--database g.sqlite aanmaken --naam getuige.example --log x+y",
            "niet helemaal overgenomen",
        ),
        ("--database tekst toon", "tekst is niet te gebruiken"),
        ("--database g.sqlite draaien --luister 127.0.0.1:99999", "--luister is ADRES:POORT"),
        ("--database g.sqlite draaien --luister 127.0.0.1:{taken}", "al een ander programma"),
        ("--database g.sqlite draaien --tls a b", "--tls: dit certificaat"),
        ("--database g.sqlite draaien --luistr x", "dit is hier onbekend: --luistr x"),
        ("anmaken", "'anmaken' bestaat niet; kies uit"),
        ("aanmaken", "er ontbreekt: --naam"),
    ],
)
def test_a_volunteer_who_makes_a_mistake_reads_in_dutch_which(
    tmp_path, monkeypatch, capsys, words, told
):
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "g.sqlite", LOG)
    (tmp_path / "tekst").write_text("geen database, en lang genoeg om dat te zien" * 40)
    with socket.create_server(("127.0.0.1", 0)) as other:
        typed = words.format(taken=other.getsockname()[1]).split()
        try:
            ended: object = getuige.main(typed)
        except SystemExit as stop:
            ended = stop.code

    shown = capsys.readouterr().err
    assert ended == 2
    assert told in shown
    assert "rror" not in shown


def test_it_imports_nothing_of_the_gateway():
    text = PROGRAM.read_text()

    assert not any(f"import {name}" in text for name in ("privacy", "gateway", "connectors"))
    assert not any(f"from {name}" in text for name in ("privacy", "gateway", "connectors", "schem"))


SIZES = st.integers(1, 130).flatmap(lambda size: st.tuples(st.integers(1, size), st.just(size)))
GROWN = a_log(130)


@given(SIZES)
def test_its_own_check_accepts_every_consistency_proof_and_none_with_a_bit_turned(sizes):
    old, size = sizes
    roots = GROWN.checkpoint(old).root, GROWN.checkpoint(size).root
    proof = GROWN.proof(old, size)

    assert getuige.follows(old, size, roots, proof)
    assert not getuige.follows(old, size, roots, [*proof, bytes(32)])
    for place, hash_ in enumerate(proof):
        turned = [*proof[:place], bytes([hash_[0] ^ 0x80]) + hash_[1:], *proof[place + 1 :]]
        assert not getuige.follows(old, size, roots, turned)
        assert not getuige.follows(old, size, roots, proof[:place])
