"""A page and its parts stay together, and what only stands beside them is not taken for a part."""

import json
from typing import Any

import pytest
from sqlalchemy import insert

from gateway.exports.ids import parent_id, span_id, trace_id
from gateway.exports.reading import Logregel, read_batch
from privacy.log.merkle import leaf_hash
from privacy.log.tables import auditregel
from privacy.store.engine import make_engine, reading, writing
from privacy.store.metadata import metadata
from tests.unit.privacy.log.examples import NOW

PAGE = {"soort": "pagina", "organisatie": "IND"}
PART = {"soort": "verstrekking", "organisatie": "IND"}
ALONE = {"soort": "toestemming_ingetrokken", "organisatie": "sndvu"}


@pytest.fixture
def read(tmp_path):
    """The log that says this, read from a number on."""
    engine = make_engine(f"sqlite:///{tmp_path / 'log.sqlite'}")
    metadata.create_all(engine, [auditregel])

    def read(entries: list[dict[str, Any]], since: int = 0, wanted: int = 500):
        rows = [
            {"nummer": n, "regel": line, "blad": leaf_hash(line), "opgenomen": NOW}
            for n, line in enumerate(json.dumps(each).encode() for each in entries)
        ]
        with writing(engine) as tx:
            tx.execute(auditregel.delete())
            tx.execute(insert(auditregel), rows)
        with reading(engine) as tx:
            return read_batch(tx, since, wanted)

    yield read
    engine.dispose()


def parents(regels) -> list[int | None]:
    return [None if each.ouder is None else each.ouder.nummer for each in regels]


def test_the_parts_of_a_page_stand_directly_before_it(read):
    batch = read([ALONE, PART, PART, {**PAGE, "onderdelen": 2}, {**PAGE, "onderdelen": 0}])

    assert parents(batch.regels) == [None, 3, 3, None, None]
    assert batch.volgende == 5


def test_a_part_along_the_same_way_that_is_not_counted_stands_alone(read):
    batch = read([PART, PART, {**PAGE, "onderdelen": 1}])

    assert parents(batch.regels) == [None, 2, None]


@pytest.mark.parametrize("soort", ["agendapunt", "overleg_bevroren"])
def test_a_count_of_what_has_no_entry_takes_nobody_elses(read, soort):
    batch = read([ALONE, {"soort": soort, "organisatie": "sndvu", "onderdelen": 1}])

    assert parents(batch.regels) == [None, None]


def test_a_batch_ends_with_a_whole_page_and_the_next_begins_after_it(read):
    log = [PART, PART, {**PAGE, "onderdelen": 2}, ALONE, PART, {**PAGE, "onderdelen": 1}]

    first = read(log, wanted=1)
    second = read(log, since=first.volgende, wanted=1)
    third = read(log, since=second.volgende, wanted=1)

    assert [len(each.regels) for each in (first, second, third)] == [3, 1, 2]
    assert parents(third.regels) == [5, None]
    assert read(log, since=third.volgende).volgende == third.volgende == 6


def test_the_same_entry_has_the_same_ids_and_another_at_its_number_has_others():
    one = Logregel(7, b"\x01" * 32, {"soort": "pagina"})
    other = Logregel(7, b"\x02" * 32, {"soort": "pagina"})

    assert span_id(one) == span_id(Logregel(7, b"\x01" * 32, {})) != span_id(other)
    assert trace_id(one) != trace_id(other)
    assert parent_id(one) is None


def test_without_a_trace_the_parts_are_in_that_of_their_page():
    page = Logregel(7, b"\x01" * 32, {"soort": "pagina", "span": "ab" * 8})
    part = Logregel(6, b"\x02" * 32, {"soort": "verstrekking"}, page)

    assert trace_id(part) == trace_id(page)
    assert (parent_id(part), parent_id(page)) == (span_id(page), "ab" * 8)
