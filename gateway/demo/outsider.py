"""Whether the log holds for somebody who believes nobody, shown at the end of the demo.

The log is exported by the gateway's own command, and read by `deploy/controle/controleer.py`: a
program of one file that shares no line with the gateway. Beside the export it gets the checkpoint
that each partner kept, so that a log whose end was cut off would show.
"""

import re
import subprocess  # a program of its own, with our own arguments, never a shell
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.demo.cast import client_id
from gateway.demo.errors import DemoError, InterruptedStepError
from gateway.demo.persistence import persist
from gateway.demo.stage import Stage

_CONTROLEER: Final = Path(__file__).resolve().parents[2] / "deploy" / "controle" / "controleer.py"
_SIZE: Final = re.compile(r"^([0-9]+) regels", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Buitenstaander:
    """What `controleer.py` said of an export, in its own words; `kopieen` came from partners."""

    regels: int
    kopieen: int
    woorden: Sequence[str]

    def to_wire(self) -> dict[str, Any]:
        """Counts, and that it was sound."""
        return {"regels": self.regels, "kopieen": self.kopieen, "gecontroleerd": True}


def ask_outsider(stage: Stage) -> Buitenstaander:
    """Have an export of the log checked from outside; DemoError where it is not sound."""
    folder = stage.installation.folder / "controle"
    folder.mkdir(mode=0o700)
    export, copies = folder / "log.jsonl", list(_copies(stage, folder))
    persist("log exporteren", lambda: _export(stage, export))
    asked = ["log", str(export), "--sleutel", stage.installation.log_key.encode()]
    asked += [word for each in copies for word in ("--kopie", str(each))]
    # Isolated: neither this folder nor any setting of ours is seen by it.
    ended = subprocess.run(  # noqa: S603  the program of this checkout, with our own arguments
        [sys.executable, "-I", str(_CONTROLEER), *asked],
        capture_output=True,
        text=True,
        check=False,
    )
    size = _SIZE.search(ended.stdout)
    if ended.returncode != 0 or size is None:
        raise DemoError(f"Van buiten klopt het log niet:\n{ended.stdout}{ended.stderr}")
    return Buitenstaander(int(size[1]), len(copies), ended.stdout.splitlines())


def _copies(stage: Stage, folder: Path) -> Iterator[Path]:
    """The newest receipt of each partner, which has a signed checkpoint in it."""
    for partner in stage.company.partners:
        proof = partner.newest_proof()
        if proof is not None:
            copy = folder / f"{client_id(partner.code)}.bewijs"
            copy.write_text(proof, encoding="utf-8")
            yield copy


def _export(stage: Stage, export: Path) -> None:
    export.unlink(missing_ok=True)
    asked = ["audit", "exporteer", "--uit", str(export)]
    ended = stage.processes.run("audit", asked, "audit", stage.installation.settings)
    if ended.killed:
        raise InterruptedStepError("het proces is afgebroken")
    if ended.code != 0:
        raise DemoError(f"Het auditlog is niet te exporteren:\n{ended.complaint}")
