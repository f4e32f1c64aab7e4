"""The leaf hashes that a witness keeps, and the entries that it can name by them.

Statement 3 of the design, through the witness: an entry that was altered together with its leaf
hash, the tiles and the head is still named.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.witness import Log, Witness, a_log, getuige, hashes, witness

ADD, HASHES = "/add-checkpoint", "/add-hashes"
LOG = a_log(600)
SIZE = "text/x.tlog.size"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Witness]:
    """A witness that cosigned the first 300 entries, and has no hashes yet."""
    with witness(tmp_path, LOG) as made:
        grow(made, LOG, 0, 300)
        yield made


def grow(running: Witness, log: Log, old: int, size: int) -> None:
    assert running.post(ADD, log.submission(old, size)).status == 200


def keep(running: Witness, log: Log, first: int, last: int) -> None:
    told = running.post(HASHES, log.hashes(first, last))
    assert (told.status, told.content_type, told.body) == (200, SIZE, f"{last}\n")


def compared(running: Witness, tmp_path: Path, lines: list[dict]) -> int:
    export = tmp_path / "export.jsonl"
    export.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return getuige.main(["--database", str(running.database), "vergelijk", str(export)])


def exported(entries: list[bytes]) -> list[dict]:
    return [{"nummer": at, "regel": entry.decode()} for at, entry in enumerate(entries)]


def test_it_keeps_the_hashes_that_lead_to_what_it_cosigned(running):
    keep(running, LOG, 0, 300)
    grow(running, LOG, 300, 600)
    keep(running, LOG, 300, 600)


def test_hashes_from_another_place_hear_how_many_there_are(running):
    keep(running, LOG, 0, 300)

    for first in (0, 299, 301):
        told = running.post(HASHES, LOG.hashes(first, 300))
        assert (told.status, told.content_type, told.body) == (409, SIZE, "300\n")


def test_who_sends_none_hears_how_many_there_are(running):
    keep(running, LOG, 0, 300)

    assert running.post(HASHES, LOG.hashes(300, 300)).body == "300\n"


def test_hashes_beyond_what_was_cosigned_are_passed_over(running):
    told = running.post(HASHES, LOG.hashes(0, 600))

    assert (told.status, told.body) == (200, "300\n")


def test_hashes_that_do_not_lead_to_the_root_are_not_kept(running):
    other = LOG.with_entries([b"anders", *LOG.entries[1:]])

    assert running.post(HASHES, other.hashes(0, 300)).status == 422
    assert running.post(HASHES, LOG.hashes(0, 299)).status == 422
    keep(running, LOG, 0, 300)


def test_a_long_log_comes_in_portions_and_a_false_one_is_forgotten_to_the_last_proven(tmp_path):
    entries = [b"%d" % number for number in range(9_000)]
    log, false = Log(entries), Log([*entries[:500], b"vals", *entries[501:]])
    with witness(tmp_path, log) as running:
        grow(running, log, 0, 300)
        keep(running, log, 0, 300)
        grow(running, log, 300, 9_000)
        keep(running, false, 300, 4_396)
        keep(running, log, 4_396, 8_492)
        assert running.post(HASHES, log.hashes(8_492, 9_000)).status == 422

        assert running.post(HASHES, log.hashes(9_000, 9_000)).body == "300\n"
        for first in range(300, 9_000, 4_096):
            keep(running, log, first, min(first + 4_096, 9_000))

        assert compared(running, tmp_path, exported(entries)) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(hashes("elders.example", 0, []), 404, id="an unknown origin"),
        pytest.param(LOG.hashes(0, 300)[:-1], 400, id="no end of the last line"),
        pytest.param(LOG.hashes(0, 300).replace(b"from 0", b"from 00"), 400, id="a leading zero"),
        pytest.param(LOG.hashes(0, 300).replace(b"=\n", b"\n", 1), 400, id="a hash that is short"),
        pytest.param(LOG.hashes(0, 3).replace(b"origin ", b"herkomst "), 400, id="another word"),
        pytest.param(hashes(LOG.origin, 0, [bytes(32)] * 4_097), 400, id="more than 4096"),
        pytest.param(b"x" * 300_000, 413, id="more than can be"),
    ],
)
def test_what_is_no_list_of_hashes_changes_nothing(running, body, status):
    assert running.post(HASHES, body).status == status
    keep(running, LOG, 0, 300)


def _altered(entries: list[bytes], at: int) -> list[dict]:
    return exported([*entries[:at], b"veranderd", *entries[at + 1 :]])


def _swapped(entries: list[bytes], at: int) -> list[dict]:
    return exported([*entries[:at], entries[at + 1], entries[at], *entries[at + 2 :]])


def _dropped(entries: list[bytes], at: int) -> list[dict]:
    return [line for line in exported(entries) if line["nummer"] != at]


def _doubled(entries: list[bytes], at: int) -> list[dict]:
    lines = exported(entries)
    return [*lines[: at + 1], lines[at], *lines[at + 1 :]]


def _added(entries: list[bytes], at: int) -> list[dict]:
    return exported([*entries[:at], b"ertussen", *entries[at:]])


def _cut(entries: list[bytes], at: int) -> list[dict]:
    return exported(entries[:at])


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        pytest.param(_altered, "anders dan toen: 123", id="one entry altered"),
        pytest.param(_swapped, "anders dan toen: 123 t/m 124", id="two swapped"),
        pytest.param(_dropped, "ontbreekt: 123", id="one dropped"),
        pytest.param(_doubled, "staat er vaker: 123", id="one twice"),
        pytest.param(_added, "anders dan toen: 123 t/m 299", id="one added"),
        pytest.param(_cut, "ontbreekt: 123 t/m 299", id="the tail cut"),
    ],
)
def test_an_export_that_was_tampered_with_has_its_first_bad_entry_named_statement_3(
    running, tmp_path, capsys, tamper, named
):
    """Leaf hash, tiles and head of the gateway may have been made anew: these were not."""
    keep(running, LOG, 0, 300)

    assert compared(running, tmp_path, tamper(list(LOG.entries[:300]), 123)) == 1

    said = capsys.readouterr().out
    assert "De eerste regel die niet klopt is 123." in said
    assert named in said


def test_a_sound_export_is_equal_also_where_it_is_newer_and_holds_checkpoints(
    running, tmp_path, capsys
):
    keep(running, LOG, 0, 300)
    lines = [*exported(list(LOG.entries[:310])), {"controlepunt": LOG.note(310).encode()}]

    assert compared(running, tmp_path, lines) == 0

    assert "Gelijk: 300 regels; 10 zijn nieuwer." in capsys.readouterr().out


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "7", '{"regel": "x"}', '{"regel": 1, "nummer": 1}', '{"regel":"","nummer":-1}'],
)
def test_an_export_that_cannot_be_read_is_no_finding(running, tmp_path, capsys, line):
    keep(running, LOG, 0, 300)
    export = tmp_path / "export.jsonl"
    export.write_text(f"{line}\n")

    assert getuige.main(["--database", str(running.database), "vergelijk", str(export)]) == 2
    assert "Regel 1 van de export is niet te lezen." in capsys.readouterr().err


def test_a_witness_whose_own_hashes_were_altered_accuses_nobody(running, tmp_path, capsys):
    keep(running, LOG, 0, 300)
    with getuige.closing(getuige.connect(running.database)) as db:
        db.execute("UPDATE tegel SET bladen = zeroblob(8192) WHERE nummer = 0")

    assert compared(running, tmp_path, exported(list(LOG.entries[:300]))) == 2
    assert "beschadigd" in capsys.readouterr().err


def test_a_witness_that_has_no_hashes_yet_says_so_and_calls_nothing_equal(
    running, tmp_path, capsys
):
    assert compared(running, tmp_path, exported(list(LOG.entries[:300]))) == 2
    assert "nog geen bladen" in capsys.readouterr().err


def test_an_export_that_is_older_or_of_another_log_is_not_taken_for_meddling_at_once(
    running, tmp_path, capsys
):
    keep(running, LOG, 0, 300)

    assert compared(running, tmp_path, exported(list(LOG.entries[:200]))) == 1
    assert "vraag een nieuwe export" in capsys.readouterr().out
    with_newer = exported(list(LOG.entries[:310]))
    assert compared(running, tmp_path, with_newer[:290] + with_newer[300:]) == 1
    assert "nieuwe export" not in capsys.readouterr().out  # they were there, and are gone
    assert compared(running, tmp_path, exported([b"anders"] * 300)) == 1
    assert "is dit wel de export van dit log?" in capsys.readouterr().out


def test_of_more_logs_one_is_chosen(tmp_path, capsys):
    with witness(tmp_path, LOG, Log([b"1"], "tweede.example")) as running:
        assert compared(running, tmp_path, []) == 2

    assert "gateway.example, tweede.example" in capsys.readouterr().err


@given(st.lists(st.integers(0, 40), unique=True))
def test_numbers_are_told_in_ranges_that_say_the_same(numbers):
    told = getuige.in_ranges(sorted(numbers))

    found = set()
    for part in filter(None, told.split(", ")):
        first, _, last = part.partition(" t/m ")
        found.update(range(int(first), int(last or first) + 1))
    assert found == set(numbers)
