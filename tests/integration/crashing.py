"""A program for `test_crashes`: appends under ptrace, and says as JSON what is left afterwards.

python -m tests.integration.crashing kill|power FULL|NORMAL
"""

import json
import os
import random
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from privacy.log.errors import LogUnavailableError
from privacy.log.verify import verify
from privacy.store.engine import make_engine, reading
from tests.integration.tracing import Call, Kind, traced
from tests.unit.privacy.log.examples import appended, entries, prepare

ROUNDS, EACH = 6, 5
_SECTOR = 512
_SEED = 20_200_415


def beside(file: str, count: str) -> None:
    """Append one entry at a time, beside another that does the same."""
    engine = make_engine(f"sqlite:///{file}")
    for number in range(int(count)):
        appended(engine, entries(1, number))
    engine.dispose()


def main(how: str, synchronous: str) -> None:
    """Print, for each way in which it went wrong, what was acknowledged, stored and sound."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        template = folder / "begin.sqlite"
        engine = make_engine(f"sqlite:///{template}")
        prepare(engine)
        _close(engine)
        ways = {"kill": _killed, "power": _cut, "full": _full}
        told = list(ways[how](folder, template.read_bytes(), synchronous))
    print(json.dumps(told))  # noqa: T201  a program's answer


def _killed(folder: Path, template: bytes, synchronous: str) -> Iterator[dict[str, int | bool]]:
    """Killed at every call that writes or makes durable, from the first to the last."""
    at = 0
    while True:
        place = folder / str(at)
        place.mkdir()
        file = place / "log.sqlite"
        file.write_bytes(template)
        done = traced(lambda pipe, file=file: _append(file, synchronous, pipe), kill_at=at)
        acknowledged = EACH * sum(each.kind is Kind.ACKNOWLEDGE for each in done)
        yield _left(file, acknowledged)
        if len(done) < at:
            return
        at += 1


def _cut(folder: Path, template: bytes, synchronous: str) -> Iterator[dict[str, int | bool]]:
    """The power goes at every call: of what was not made durable, some is there and some not."""
    file = folder / "log.sqlite"
    file.write_bytes(template)
    calls = traced(lambda pipe: _append(file, synchronous, pipe))
    draw = random.Random(_SEED)  # noqa: S311  which writes survive, not keys
    for end in range(len(calls) + 1):
        done = calls[:end]
        acknowledged = EACH * sum(each.kind is Kind.ACKNOWLEDGE for each in done)
        for number, survives in enumerate(_SURVIVING):
            place = folder / f"{end}-{number}"
            place.mkdir()
            _rebuild(place, template, done, survives, draw)
            yield _left(place / "log.sqlite", acknowledged)


def _full(folder: Path, template: bytes, _synchronous: str) -> Iterator[dict[str, int | bool]]:
    """No file may grow further: as it is, when it refuses, and when there is room again."""
    file = folder / "log.sqlite"
    file.write_bytes(template)
    engine = make_engine(f"sqlite:///{file}")
    appended(engine, entries(EACH))
    yield _left(file, EACH)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, hard))
    refused = False
    try:
        appended(engine, entries(2_000, EACH))
    except (LogUnavailableError, DBAPIError):
        refused = True
    with reading(engine) as tx:
        found = verify(tx)
    yield {"acknowledged": EACH, "stored": found.size, "sound": found.sound and refused}
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    appended(engine, entries(EACH, EACH))
    yield _left(file, 2 * EACH)
    engine.dispose()


def _append(file: Path, synchronous: str, pipe: int) -> None:
    engine = make_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect", insert=False)
    def _set(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")

    for number in range(ROUNDS):
        appended(engine, entries(EACH, number * EACH))
        os.write(pipe, b".")


def _left(file: Path, acknowledged: int) -> dict[str, int | bool]:
    engine = make_engine(f"sqlite:///{file}")
    with reading(engine) as tx:
        found = verify(tx)
    _close(engine)
    return {"acknowledged": acknowledged, "stored": found.size, "sound": found.sound}


def _close(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def _none(_data: bytes, _draw: random.Random) -> bytes | None:
    return None


def _all(data: bytes, _draw: random.Random) -> bytes | None:
    return data


def _some(data: bytes, draw: random.Random) -> bytes | None:
    return data if draw.random() < 0.5 else None


def _torn(data: bytes, draw: random.Random) -> bytes | None:
    return data[: _SECTOR * draw.randint(0, len(data) // _SECTOR)]


_SURVIVING = (_none, _all, _some, _torn)


def _rebuild(
    place: Path,
    template: bytes,
    done: Sequence[Call],
    survives: Callable[[bytes, random.Random], bytes | None],
    draw: random.Random,
) -> None:
    """The files as they may lie on the disk: what was synced, and of the rest what survives."""
    durable = {"log.sqlite": bytearray(template)}
    pending: dict[str, list[Call]] = {}
    for name, call in ((Path(each.path).name, each) for each in done):
        if name not in {"log.sqlite", "log.sqlite-wal"}:
            continue
        if call.kind is Kind.SYNC:
            for each in pending.pop(name, []):
                _apply(durable.setdefault(name, bytearray()), each, each.data)
        else:
            pending.setdefault(name, []).append(call)
    for name, call in ((name, each) for name, calls in pending.items() for each in calls):
        data = survives(call.data, draw) if call.kind is Kind.WRITE else call.data
        if data is not None:
            _apply(durable.setdefault(name, bytearray()), call, data)
    for name, content in durable.items():
        (place / name).write_bytes(content)


def _apply(content: bytearray, call: Call, data: bytes) -> None:
    if call.kind is Kind.TRUNCATE:
        del content[call.offset :]
        content.extend(bytes(call.offset - len(content)))
    elif data:
        content.extend(bytes(max(0, call.offset - len(content))))
        content[call.offset : call.offset + len(data)] = data


if __name__ == "__main__":
    beside(*sys.argv[2:]) if sys.argv[1] == "beside" else main(*sys.argv[1:])
