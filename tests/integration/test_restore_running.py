"""A database that is put back while a process runs: nobody is told that somebody is not known.

What the process has in memory (keys, rules, how long the log was) is then of another moment than
what it reads. Each question gets the right answer, or the same refusal as every other.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import event, make_url
from sqlalchemy.exc import DBAPIError

from gateway.refusals import NotFoundError
from gateway.services import tijdvakken
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.bewijzen import show_bewijs
from gateway.services.casussen import find_casussen, show_casus
from gateway.services.herstel import begin_again, not_there
from gateway.services.inzage import disclose_report
from gateway.services.toestemmingen import show_toestemming
from privacy.errors import SystemRefusalError
from privacy.log.errors import LogShorterError
from privacy.log.head import read_head
from privacy.log.high_water import note_seen
from privacy.restore import look
from privacy.store.engine import reading
from privacy.store.herstel import Oorzaak
from privacy.store.metadata import metadata
from tests.builders import DOELEN, a_consent, a_samenvatting, an_item
from tests.integration.backups import Restorable
from tests.integration.test_restore_places import people, recalls
from tests.postgres import databases
from tests.world import bronhouder, gemeente, ketenpartner

ANNA, BORA = "0000000001", "0000000002"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path, database_url)
    made.without_copy()
    yield made
    made.close()


@pytest.fixture
def on_file(sqlite_template: Path, tmp_path: Path) -> Iterator[Restorable]:
    """On SQLite only."""
    shutil.copyfile(sqlite_template, tmp_path / "gateway.sqlite")
    made = Restorable(tmp_path, f"sqlite:///{tmp_path / 'gateway.sqlite'}")
    made.without_copy()
    yield made
    made.close()


def refilled(world: Restorable, kept: str) -> None:
    """By a tool of the database, in one transaction; the process keeps its connections."""
    url = make_url(world.parts.engine.url)
    if url.drivername.startswith("sqlite"):
        with closing(sqlite3.connect(kept)) as old, closing(sqlite3.connect(url.database)) as new:
            old.backup(new)
        return
    old_url, new_url = (
        databases.plain(each.render_as_string(hide_password=False))
        for each in (url.set(database=kept), url)
    )
    names = [each.name for each in metadata.sorted_tables]
    with psycopg.connect(old_url) as old, psycopg.connect(new_url) as new:
        new.execute("SET session_replication_role = replica")
        new.execute(f"TRUNCATE {', '.join(names)}")
        for name in names:
            with (
                old.cursor().copy(f"COPY {name} TO STDOUT (FORMAT BINARY)") as rows,
                new.cursor().copy(f"COPY {name} FROM STDIN (FORMAT BINARY)") as into,
            ):
                for part in rows:
                    into.write(part)


def replaced(world: Restorable, kept: str) -> None:
    """Another file under the same name."""
    file = Path(str(make_url(world.parts.engine.url).database))
    for rest in ("-wal", "-shm"):
        Path(f"{file}{rest}").unlink(missing_ok=True)
    shutil.copyfile(kept, file.with_suffix(".new"))
    file.with_suffix(".new").replace(file)


def written_over(world: Restorable, kept: str) -> None:
    """The same file, as `cp` does, after what was new had come into it."""
    file = str(make_url(world.parts.engine.url).database)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
    world.page("IND")  # the process sees how large it is now
    shutil.copyfile(kept, file)


def asked(world: Restorable, number: str, consent: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    parts, avim, own = world.parts, ketenpartner("AVIM"), bronhouder("sndvu")
    with reading(parts.engine) as tx:
        last = read_head(tx).omvang - 1
    [casus] = world.casus(
        an_item(samenvatting=a_samenvatting(vNummer=number), toestemmingen=[consent])
    )
    overleg = world.frozen(casus)
    return {
        "toets": lambda: answer_toets(parts, avim, {"vNummer": number}),
        "search": lambda: find_casussen(parts, own, {"vNummer": number}),
        "casus": lambda: show_casus(parts, own, UUID(casus)),
        "feed": lambda: world.page("IND"),
        "pack": lambda: world.pack("IND", overleg),
        "report": lambda: disclose_report(
            parts, gemeente(), {"vNummer": number, "vorm": "gezamenlijk"}
        ),
        "consent": lambda: show_toestemming(parts, own, UUID(consent["toestemmingId"])),
        "proof": lambda: show_bewijs(parts, last + 1),
    }


def ends_of(world: Restorable, questions: dict[str, Callable[[], Any]]) -> dict[str, bool]:
    """Per question whether it was refused as everything is."""
    found = {}
    for name, ask in questions.items():
        found[name] = False
        try:
            ask()
        except (SystemRefusalError, DBAPIError):
            found[name] = True
        except NotFoundError as missing:  # as the application does with that error
            error = not_there(world.parts, missing)
            found[name] = isinstance(error, (SystemRefusalError, DBAPIError))
    return found


def test_who_came_after_the_backup_is_unknown_to_no_question(world):
    world.casus(an_item(samenvatting=a_samenvatting(vNummer=ANNA)))
    kept = world.backup()
    questions = asked(world, BORA, a_consent(doelen=[*DOELEN, "bewaringstoets"]))
    refilled(world, kept)

    assert ends_of(world, questions) == dict.fromkeys(questions, True)


def test_keys_of_a_later_epoch_make_nobody_unknown(world):
    questions = asked(world, ANNA, a_consent())
    del questions["proof"]
    kept = world.backup()
    tijdvakken.turn_epoch(world.parts)
    refilled(world, kept)
    note_seen(world.parts.engine, 0, world.now)  # a process that saw nothing of the log since

    assert ends_of(world, questions) == dict.fromkeys(questions, True)


@pytest.mark.parametrize("put_back", [replaced, written_over])
def test_of_an_old_file_in_place_of_the_new_one_nothing_is_said(on_file, put_back):
    world = on_file
    kept = world.backup()
    world.casus(
        *(an_item(samenvatting=a_samenvatting(vNummer=f"{at:010d}")) for at in range(10, 99))
    )
    questions = asked(world, BORA, a_consent())
    put_back(world, kept)

    assert ends_of(world, questions) == dict.fromkeys(questions, True)


def test_while_the_file_is_away_no_empty_one_is_made(embedded):
    file = Path(str(embedded.parts.engine.url.database))
    file.rename(file.with_suffix(".away"))

    with pytest.raises(DBAPIError):
        embedded.page("IND")

    assert not file.exists()


def test_a_partner_that_shows_a_place_beyond_the_log_shuts_the_door(world):
    kept = world.backup()
    world.casus(an_item())
    cursor = world.cursor("IND")
    world.put_back(kept)
    world.start()
    assert world.herstel is None  # there is no copy: nothing here knows

    with pytest.raises(LogShorterError):
        world.page("IND", cursor)
    begin_again(world.parts)  # as the application does with that error

    assert world.herstel.oorzaak is Oorzaak.LOG_KORTER


def test_so_does_a_place_in_the_list_of_recalls(world):
    kept = world.backup()
    for each in people(world, 1, 3):
        world.withdraw(each)
    told = recalls(world, limiet=2)
    world.put_back(kept)
    world.start()

    with pytest.raises(LogShorterError):
        recalls(world, told["volgende"])


def test_who_writes_while_another_looks_makes_no_restore(world):
    world.casus(an_item())
    engine, written = world.parts.engine, list[bool]()

    def write_meanwhile(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "audithoofd" in statement and not written:
            written.append(True)
            world.casus(an_item(samenvatting=a_samenvatting(vNummer=BORA)))

    event.listen(engine, "before_cursor_execute", write_meanwhile)
    looked = look(engine, None, world.now)
    event.remove(engine, "before_cursor_execute", write_meanwhile)

    assert written
    assert looked.herstel is None
