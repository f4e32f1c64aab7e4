"""`lso-gateway logtekenaar` as an operator runs it, with a witness on a real socket."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, delete, select

from gateway.cli import cli
from gateway.database import upgrade
from privacy.clock import real_clock
from privacy.log.append import append
from privacy.log.checkpoints import newest
from privacy.log.head import Head, read_head
from privacy.log.merkle import EMPTY_ROOT
from privacy.log.notes import VerifierKey
from privacy.log.tables import audithoofd, auditregel, controlepunt, medeondertekening
from privacy.log.trust import Trust
from privacy.store.engine import make_engine, reading, writing
from tests.architecture.checkout import ROOT
from tests.getuigen import ORIGIN
from tests.unit.privacy.log.examples import entries
from tests.witness import Witness, witness


@dataclass(frozen=True)
class Followed:
    """A log as a witness first hears of it: by its key alone."""

    key: VerifierKey


@dataclass
class Office:
    """An installation with a log of some entries, its signer and one witness."""

    engine: Engine
    folder: Path
    environ: dict[str, str]
    vkey: VerifierKey
    outside: Witness | None = None
    made: list[subprocess.Popen] = field(default_factory=list)

    def run(self, *words: str) -> Result:
        return CliRunner(env=self.environ).invoke(cli, ["logtekenaar", *words])

    def start(self) -> subprocess.Popen:
        command = (sys.executable, "-m", "gateway.cli", "logtekenaar", "--elke", "0.2")
        environ = {**os.environ, **self.environ}
        self.made.append(subprocess.Popen(command, env=environ, cwd=ROOT, stderr=subprocess.PIPE))
        return self.made[-1]

    def grow(self, number: int = 3, start: int = 0) -> None:
        with writing(self.engine) as tx:
            append(tx, entries(number, start), real_clock().now())

    def size(self) -> int:
        with reading(self.engine) as tx:
            return read_head(tx).omvang

    def signed(self) -> list[int]:
        with reading(self.engine) as tx:
            return list(tx.execute(select(controlepunt.c.omvang).order_by("omvang")).scalars())

    def cosigned(self) -> list[int]:
        with reading(self.engine) as tx:
            query = select(medeondertekening.c.omvang).order_by("omvang")
            return list(tx.execute(query).scalars())

    def trust(self) -> Trust:
        return Trust(ORIGIN, self.vkey, (self.outside.key,), 1)


@pytest.fixture
def office(empty_database_url: str, tmp_path: Path) -> Iterator[Office]:
    engine = make_engine(empty_database_url)
    upgrade(engine)
    words = ["logtekenaar", "aanmaken", "--map", str(tmp_path / "teken"), "--herkomst", ORIGIN]
    told = CliRunner().invoke(cli, words)
    assert told.exit_code == 0
    vkey = VerifierKey.parse(told.output.split('"')[3])
    with witness(tmp_path, Followed(vkey)) as outside:
        (tmp_path / "gateway.toml").write_text(
            f'{told.output}logtekenaar = "{tmp_path / "teken"}"\n'
            f'database = "{empty_database_url}"\nsleutels = "{tmp_path / "niet-van-hem"}"\n'
            f'uitgever = "https://gateway.example"\ncontact = "lso@gemeente.example"\n'
            f'logkopie = "{tmp_path}"\n[[getuige]]\nnaam = "NGO"\nurl = "{outside.url}"\n'
            f'sleutel = "{outside.key.encode()}"\n'
        )
        environ = {"LSO_GATEWAY_INSTELLINGEN": str(tmp_path / "gateway.toml")}
        made = Office(engine, tmp_path, environ, vkey, outside)
        made.grow()
        yield made
        for each in made.made:
            each.kill()
            each.communicate()
    engine.dispose()


def eventually(happened: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_one_round_signs_the_log_and_has_it_cosigned_by_the_program_that_partners_run(office):
    told = office.run("--eenmalig")

    assert told.exit_code == 0, told.output
    assert f"Ondertekend: {office.size()} regels" in told.output
    with reading(office.engine) as tx:
        found, _note = newest(tx, office.trust())
        head = read_head(tx)
    assert (found.size, found.root) == (head.omvang, head.wortel)


def test_it_needs_no_key_of_the_gateway(office):
    assert not (office.folder / "niet-van-hem").exists()
    assert office.run("--eenmalig").exit_code == 0


def test_a_second_round_goes_on_from_the_first(office):
    for start in (10, 20, 30):
        assert office.run("--eenmalig").exit_code == 0
        office.grow(start=start)

    assert office.signed() == office.cosigned()
    assert len(office.signed()) == 3


def test_a_database_that_was_put_back_is_refused_with_an_exit_code(office):
    """Statement 5, from the command line."""
    assert office.run("--eenmalig").exit_code == 0
    with writing(office.engine) as tx:
        tx.execute(delete(auditregel))
        tx.execute(audithoofd.update().values(omvang=0, rand=b""))

    told = office.run("--eenmalig")

    assert told.exit_code == 1
    assert "korter" in told.output
    assert len(office.signed()) == 1


def test_an_empty_log_is_no_fault(office):
    with writing(office.engine) as tx:
        tx.execute(delete(auditregel))
        tx.execute(audithoofd.update().values(**Head(0, b"", EMPTY_ROOT, None)._asdict()))

    told = office.run("--eenmalig")

    assert (told.exit_code, office.signed()) == (0, [])


def test_a_key_that_is_not_that_of_the_settings_signs_nothing(office):
    shutil.rmtree(office.folder / "teken")
    office.run("aanmaken", "--map", str(office.folder / "teken"), "--herkomst", ORIGIN)

    told = office.run("--eenmalig")

    assert told.exit_code == 2
    assert "logsleutel" in told.output
    assert office.signed() == []


@pytest.mark.parametrize("name", ["", "met spatie", "gateway+example"])
def test_a_name_that_no_checkpoint_can_hold_makes_no_key(tmp_path, name):
    words = ["logtekenaar", "aanmaken", "--map", str(tmp_path / "teken"), "--herkomst", name]

    assert CliRunner().invoke(cli, words).exit_code == 2
    assert not (tmp_path / "teken").exists()


def test_a_signer_that_is_killed_signs_the_same_history_when_it_comes_back(office):
    """Statement 5: killed while the log grows, and started again."""
    first = office.start()
    eventually(lambda: bool(office.cosigned()))
    office.grow(300, start=1_000)
    first.kill()
    first.wait()
    office.grow(5, start=2_000)

    second = office.start()
    eventually(lambda: office.size() in office.cosigned())
    second.send_signal(signal.SIGTERM)

    assert second.wait(timeout=20) == 0
    with reading(office.engine) as tx:
        found, _note = newest(tx, office.trust())
    assert found.size == office.size()


def test_two_signers_with_one_key_are_refused(office):
    office.start()
    eventually(lambda: bool(office.signed()))

    told = office.run("--eenmalig")

    assert told.exit_code == 1
    assert "al bezig" in told.output
