"""The access report of one person, made at the end of the demo as an officer makes it.

The officer's own command makes it, and each organisation asks for the report of its own casus.
What is told of both was compared: where anything differs the demo ends with an error.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

from connectors.errors import GeweigerdError
from gateway.demo.errors import DemoError, InterruptedStepError
from gateway.demo.partners import Partner
from gateway.demo.persistence import persist
from gateway.demo.report_check import Line, Nagerekend, check_report
from gateway.demo.stage import Stage
from gateway.inzage.paper import report_paper
from gateway.receipt.words import PACKAGED, load_words


@dataclass(frozen=True, slots=True)
class Verslag:
    """The report of one person: its files, how long it is, and what came of checking it.

    `eigen` is how many of its lines each organisation finds in the report of its own casus.
    """

    papier: Path
    data: Path
    regels: int
    nagerekend: Nagerekend
    eigen: Mapping[str, int]

    def to_wire(self) -> dict[str, Any]:
        """Counts, and nothing of the person."""
        return {
            "regels": self.regels,
            "nagerekend": self.nagerekend.regels,
            "partners": self.nagerekend.partners,
            "nietAangekomen": self.nagerekend.niet_aangekomen,
            "eigen": dict(self.eigen),
        }


def make_verslag(stage: Stage) -> Verslag | None:
    """Make the report of one person and check it; None where no partner received anything."""
    partners = stage.company.partners
    v_nummer = choose_person(partners)
    if v_nummer is None:
        return None
    folder = stage.installation.folder / "inzage"
    folder.mkdir(mode=0o700)
    data, paper = folder / "verslag.json", folder / "verslag.pdf"
    body = persist("inzageverslag maken", lambda: _run(stage, data, v_nummer))
    paper.touch(mode=0o600)
    paper.write_bytes(report_paper(body, load_words(PACKAGED)))
    casussen = json.loads(body)["inzage"]["casussen"]
    lines = [line for casus in casussen for line in casus["regels"]]
    return Verslag(
        papier=paper,
        data=data,
        regels=len(lines),
        nagerekend=check_report(lines, partners, v_nummer),
        eigen={each["bronhouder"]["code"]: check_own(stage, each) for each in casussen},
    )


def choose_person(partners: Sequence[Partner]) -> str | None:
    """Of whom the partners received most; somebody of whom something was recalled goes first."""
    count = Counter(who for each in partners for who in _told_of(each))
    recalled = {each.v_nummer(recall) for each in partners for recall in each.recalls}
    return max(count, key=lambda who: (who in recalled, count[who], who), default=None)


def _told_of(partner: Partner) -> Iterator[str]:
    for items in partner.answers.values():
        for item in items:
            who = partner.v_nummer(item)
            if who is not None:
                yield who


def _run(stage: Stage, data: Path, v_nummer: str) -> bytes:
    """As an officer would. The number goes in by the input: arguments are seen by others."""
    data.unlink(missing_ok=True)
    ended = stage.processes.run(
        "inzage",
        ["inzage", str(data), "--vorm", "json"],
        "inzage",
        stage.installation.settings,
        given=f"{v_nummer}\n",
    )
    if ended.killed:
        raise InterruptedStepError("het proces is afgebroken")
    if ended.code != 0:
        raise DemoError(f"Het inzageverslag is niet gemaakt:\n{ended.complaint}")
    return data.read_bytes()


def check_own(stage: Stage, casus: Mapping[str, Any]) -> int:
    """How many lines its organisation finds too: all, without a salt, or DemoError.

    DemoError also where any other organisation is told that there is such a casus.
    """
    code, wanted = casus["bronhouder"]["code"], UUID(casus["casusId"])
    own = _asked_by(stage, code, wanted)
    if own is None or _entries(own[: len(casus["regels"])]) != _entries(casus["regels"]):
        raise DemoError(f"Het verslag van {code} over de eigen casus is een ander.")
    if any("zout" in line for line in own):
        raise DemoError(f"{code} kreeg sleutels die alleen voor de persoon zelf zijn.")
    for other in stage.installation.registers.organisaties:
        if other.code != code and _asked_by(stage, other.code, wanted) is not None:
            raise DemoError(f"{other.code} ziet iets van een casus van {code}.")
    return len(casus["regels"])


def _asked_by(stage: Stage, code: str, casus: UUID) -> Sequence[Line] | None:
    """The lines that an organisation is shown of a casus; None where there is none for it."""
    client = stage.installation.client(code, stage.transport)
    try:
        told = persist(f"verslag voor {code}", lambda: client.get_verstrekkingen(casus))
    except GeweigerdError as refused:
        if refused.status != HTTPStatus.NOT_FOUND:
            raise
        return None
    lines: Sequence[Line] = told["casus"]["regels"]
    return lines


def _entries(lines: Sequence[Line]) -> list[tuple[int, Any]]:
    return [(line["index"], line["regel"]) for line in lines]
