"""The log, whatever is appended and whatever is altered."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import rfc8785
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from sqlalchemy import Engine, update

from privacy.log.commitment import commit
from privacy.log.entries import AuditEntry, encode
from privacy.log.errors import EntryRefusedError
from privacy.log.form import are_canonical, is_canonical
from privacy.log.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash
from privacy.log.tables import auditregel
from privacy.log.terms import Auditsoort
from privacy.store.engine import make_engine, writing
from schemas.canonical import canonical
from schemas.records import Casussamenvatting, wire_names
from schemas.terms import Doel, Grondslag, Precisie
from tests.unit.privacy.log.examples import appended, entries, prepare, stored, verified

HEX32 = st.from_regex(r"\A[0-9a-f]{32}\Z")
HEX64 = st.from_regex(r"\A[0-9a-f]{64}\Z")
CODES = st.from_regex(r"\A[A-Z][A-Za-z0-9&+._-]{0,20}\Z")
CONSENTS = st.builds(lambda name, version: f"{name}:{version}", st.uuids(), st.integers(0, 999_999))
VELDEN = st.dictionaries(
    st.sampled_from(sorted(wire_names(Casussamenvatting).values())), st.sampled_from(Precisie)
)

ENTRIES = st.builds(
    AuditEntry,
    soort=st.sampled_from(Auditsoort),
    tijd=st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    organisatie=CODES,
    client=st.none() | st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._:@-]{0,30}\Z"),
    ontvanger=st.none() | CODES,
    doel=st.none() | st.sampled_from(Doel),
    grondslag=st.none() | st.sampled_from(Grondslag),
    reden=st.none() | st.from_regex(r"\A[a-z][a-z_]{1,20}\Z"),
    pseudoniem=st.none() | HEX32 | HEX64,
    velden=VELDEN,
    toestemmingen=st.lists(CONSENTS, max_size=3).map(tuple),
    beleid=st.none() | HEX64.map("sha256:{}".format),
    verklaringen=st.lists(st.sampled_from(["2019-1", "2020-2"]), max_size=2).map(tuple),
    afdruk=st.none() | HEX64,
    onderdelen=st.none() | st.integers(0, 1000),
    tot=st.none() | st.integers(0, 999_999_999),
    trace=st.none() | HEX32,
    klok_terug=st.booleans(),
)


@contextmanager
def a_log() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'log.sqlite'}")
        prepare(engine)
        yield engine
        engine.dispose()


def naive_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(naive_root(leaves[:split]), naive_root(leaves[split:]))


@given(ENTRIES)
def test_what_is_encoded_is_canonical_json_and_known_as_such(entry):
    try:
        line = encode(entry)
    except EntryRefusedError as refused:
        assume(refused.rule != "lijkt_v_nummer")
        raise

    assert line == canonical(json.loads(line)) == rfc8785.dumps(json.loads(line))
    assert is_canonical(line)
    assert are_canonical([line, line])


@given(ENTRIES, st.sampled_from(["client", "organisatie", "ontvanger", "reden"]), st.text())
def test_a_text_is_refused_or_stands_in_the_entry_as_it_was(entry, key, text):
    given_key = {item: getattr(entry, item) for item in AuditEntry.__slots__} | {key: text}
    try:
        line = encode(AuditEntry(**given_key))
    except EntryRefusedError:
        return

    assert json.loads(line)[key] == text
    assert is_canonical(line)


@given(ENTRIES, st.data())
def test_bytes_that_are_called_canonical_are(entry, data):
    try:
        line = bytearray(encode(entry))
    except EntryRefusedError:
        reject()
    at = data.draw(st.integers(0, len(line) - 1))
    line[at] = data.draw(st.integers(0, 255))

    assert are_canonical([bytes(line)]) == is_canonical(bytes(line))
    if is_canonical(bytes(line)):
        assert rfc8785.dumps(json.loads(line)) == line


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=200), st.integers(0, 200))
def test_the_root_is_that_of_the_definition_however_the_leaves_came(leaves, cut):
    frontier = Frontier()
    frontier.extend(leaves[:cut])
    frontier = Frontier.from_bytes(frontier.size, frontier.to_bytes())
    frontier.extend(leaves[cut:])

    assert frontier.size == len(leaves)
    assert frontier.root() == naive_root(leaves)


@given(st.binary(), st.binary(), st.binary(min_size=16, max_size=16))
def test_a_digest_is_equal_only_for_equal_data(one, other, salt):
    assert (commit(one, salt) == commit(other, salt)) == (one == other)


@given(st.integers(1, 12), st.data())
def test_any_altered_byte_of_any_entry_is_found_and_the_entry_named(size, data):
    nummer = data.draw(st.integers(0, size - 1))
    with a_log() as engine:
        appended(engine, entries(size))
        with writing(engine) as tx:
            line = bytearray(stored(tx)[nummer][1])
            at = data.draw(st.integers(0, len(line) - 1))
            line[at] ^= data.draw(st.integers(1, 255))
            altered = update(auditregel).where(auditregel.c.nummer == nummer)
            tx.execute(altered.values(regel=bytes(line)))

        assert verified(engine).first_bad == nummer


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_how_entries_are_grouped_changes_nothing_in_the_log(groups):
    size = sum(groups)
    leaves = Frontier()
    leaves.extend(leaf_hash(encode(entry)) for entry in entries(size))
    with a_log() as engine:
        at = 0
        for count in groups:
            assert appended(engine, entries(count, start=at)) == at
            at += count
        found = verified(engine)

    assert (found.size, found.root, found.sound) == (size, leaves.root(), True)
