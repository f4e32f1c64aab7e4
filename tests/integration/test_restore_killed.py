"""`herstel verzoenen` in a process of its own, killed at any moment, and gone on with."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.database import newest
from privacy.store.engine import writing
from tests.architecture.checkout import ROOT
from tests.builders import a_consent, a_samenvatting, an_item
from tests.integration.backups import Restorable

COMMAND = (sys.executable, "-m", "gateway.cli", "herstel", "verzoenen")
PEOPLE = 60
#: Seconds after its start at which the process is killed: from before it begins until it is over.
MOMENTS = (0.4, 0.8, 1.0, 1.2, 1.5)


@pytest.fixture
def world(installed_url: str, tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path, installed_url)
    yield made
    made.close()


@pytest.mark.slow
def test_statement_33_kill_9_in_the_middle_of_reconciling_loses_no_withdrawal(world, tmp_path):
    consents = [a_consent() for _ in range(PEOPLE)]
    items = [
        an_item(samenvatting=a_samenvatting(vNummer=f"{at:010d}"), toestemmingen=[each])
        for at, each in enumerate(consents, 1)
    ]
    world.casus(*items)
    world.feed("IND")
    _as_upgraded(world)
    kept = world.backup()
    for each in consents:
        world.withdraw(each)
    world.copy_log()
    world.put_back(kept)
    environ = _environ(world, tmp_path)

    for moment in MOMENTS:
        with subprocess.Popen(COMMAND, cwd=ROOT, env=environ, start_new_session=True) as process:
            time.sleep(moment)
            os.killpg(process.pid, signal.SIGKILL)
    done = subprocess.run(COMMAND, cwd=ROOT, env=environ, check=True, capture_output=True)
    world.start()
    world.push(*items)
    world.speak()

    assert b"verzoend" in done.stdout
    assert world.log_is_sound()
    assert world.herstel is None
    assert "aanmelding" not in world.told("IND")
    withdrawn = [each for each in world.entries() if each["soort"] == "toestemming_ingetrokken"]
    # Each once before the disaster, put back, and once again.
    assert len(withdrawn) == 2 * PEOPLE


def _as_upgraded(world: Restorable) -> None:
    """The schema of the tests is the newest, and this says so."""
    with writing(world.parts.engine) as tx:
        tx.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        tx.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest()})


def _environ(world: Restorable, folder: Path) -> dict[str, str]:
    settings = world.parts.settings
    parties = "".join(
        f'[[bronhouder]]\ncode = "{each.code}"\nnaam = "{each.naam}"\n'
        for each in settings.bronhouders
    ) + "".join(
        f'[[ketenpartner]]\ncode = "{each.code}"\nnaam = "{each.naam}"\nlevering = "ophalen"\n'
        for each in settings.ketenpartners
    )
    file = folder / "gateway.toml"
    file.write_text(
        f'database = "{settings.database}"\nsleutels = "{settings.sleutels}"\n'
        f'uitgever = "{settings.uitgever}"\nlogkopie = "{settings.logkopie}"\n'
        f"demo = true\ndag = {world.day}\n{parties}"
        '[gemeente]\ncode = "utrecht"\nnaam = "Gemeente Utrecht"\n'
    )
    return {**os.environ, "LSO_GATEWAY_INSTELLINGEN": str(file)}
