"""The kinds of work, and how a round of one is prepared, done and counted.

Every call is made ready before the clock runs. A read is always a first one: of casussen that
the recipient did not get before, so that its audit entry and its reference are both new.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from privacy.log.append import append
from privacy.log.verify import verify
from privacy.store.engine import reading, writing
from tests.bench.house import PARTNER, Environ, House
from tests.bench.raw import Call
from tests.bench.sample import Sample
from tests.unit.privacy.log.examples import entries

BATCH = 1_000
PACK = 300


@dataclass(frozen=True)
class Work:
    """One row of the table. `goal` is in milliseconds for one `unit`; `units` are in one call."""

    name: str
    unit: str
    goal: float | None
    units: int
    round: Callable[[House], Sample]


def push_one(house: House, times: int = 100) -> Sample:
    return _push(house, [house.a_push(1) for _ in range(times)])


def push_batch(house: House) -> Sample:
    return _push(house, [house.a_push(BATCH)])


def read_page(house: House, times: int = 60) -> Sample:
    """The page of the feed that begins at a casus and asks for one item: an aanmelding."""
    return _read(house, [_page(house, house.take()) for _ in range(times)])


def read_pack_of_one(house: House, times: int = 60) -> Sample:
    return _read(house, [house.a_pack([house.take()]) for _ in range(times)])


def read_pack(house: House) -> Sample:
    return _read(house, [house.a_pack([house.take() for _ in range(PACK)])])


def append_to_log(house: House) -> Sample:
    """Entries alone, in a transaction of their own, as one pack leaves them."""
    now = house.parts.clock.now()
    given = [replace(entry, tijd=now) for entry in entries(PACK)]
    begun = house.begin()
    with writing(house.parts.engine) as tx:
        appended = append(tx, given, now)
    return house.end(begun, [appended.lines])


def verify_log(house: House) -> Sample:
    """Every entry read again; the count is in the sample."""
    begun = house.begin()
    with reading(house.parts.engine) as tx:
        found = verify(tx)
    if not found.sound:
        raise RuntimeError("The log is not sound.")
    return replace(house.end(begun, []), calls=found.size)


#: Reads first: the first round of them meets exactly as many casussen as were loaded.
WORKS = (
    Work("een pakket van 1", "pakket", 2.0, 1, read_pack_of_one),
    Work("een pagina vanaf 1 casus", "pagina", 2.0, 1, read_page),
    Work(f"een pakket van {PACK}", "pakket", 60.0, 1, read_pack),
    Work("een aanlevering van 1", "aanlevering", 3.0, 1, push_one),
    Work(f"een aanlevering van {BATCH}", "item", 0.3, BATCH, push_batch),
    Work(f"{PACK} regels in het log", "regel", None, PACK, append_to_log),
    Work("het hele log nagerekend", "regel", 0.015, 1, verify_log),
)


def load(house: House, total: int) -> Iterator[float]:
    """Deliver until so many casussen are stored; per batch the seconds of CPU for one item.

    The same requests as those that are measured: loading is a measurement, too.
    """
    while len(house.casussen) < total:
        count = min(BATCH, total - len(house.casussen))
        asked, begun = house.a_push(count), sum(house.begin())
        answer = house.answer(asked)
        yield (house.meter.client() + house.meter.database() - begun) / count
        house.note(answer)


def _push(house: House, asked: Sequence[Environ]) -> Sample:
    bodies = [environ["wsgi.input"].getvalue() for environ in asked]
    begun = house.begin()
    answers = [house.answer(environ) for environ in asked]
    sample = house.end(begun, [_parts_of(body, b'{"standVan"') for body in bodies])
    for answer in answers:
        house.note(answer)
    return sample


def _read(house: House, asked: Sequence[Environ]) -> Sample:
    begun = house.begin()
    answers = [house.answer(environ) for environ in asked]
    return house.end(begun, [_parts_of(body, b'"casusreferentie"') for body in answers])


def _page(house: House, casus: str) -> Environ:
    cursor = house.parts.keys.hide_position(PARTNER, house.position_before(casus))
    return house.a_request(PARTNER, "/v1/mutaties", query=f"limiet=1&na={cursor}")


def _parts_of(body: bytes, start: bytes) -> Call:
    """The body in one part for each casus: as many rows as a store would make of it."""
    first, *others = body.split(start)
    return [first + start + others[0], *(start + other for other in others[1:])]
