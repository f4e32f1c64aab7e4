"""How the findings of `pia controleer` are told: line by line to people, in JSON to machines.

What is wrong with the DPIA itself is told to people once, however many policies stand on it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from privacy.dpia.answers import Dpia
from privacy.dpia.findings import Bevinding, Bevindingen
from privacy.dpia.lines import line_of
from privacy.policy import Policy


@dataclass(frozen=True, slots=True)
class Report:
    """One policy file, and what was found; `policy` is None where it cannot be read as one."""

    file: str
    text: str
    policy: Policy | None
    found: Bevindingen


def lines(dpia_file: str, reports: Sequence[Report]) -> Iterator[str]:
    """Every finding on a line of its own, faults first, and a count at the end."""
    about_dpia: dict[str, None] = {}
    faults = warnings = 0
    for report in reports:
        for fault in report.found.fouten:
            yield _line("FOUT", report, fault)
        own = [each for each in report.found.waarschuwingen if not _is_about_dpia(each)]
        for warning in own:
            yield _line("LET OP", report, warning)
        for each in report.found.waarschuwingen:
            if each not in own:
                about_dpia[f"LET OP {dpia_file}: {each.tekst} {_rule(each)}"] = None
        faults += len(report.found.fouten)
        warnings += len(own)
    yield from (_shown(each) for each in about_dpia)
    yield (
        f"Gecontroleerd: {_count(len(reports), 'bestand', 'bestanden')};"
        f" {_count(faults, 'fout', 'fouten')},"
        f" {_count(warnings + len(about_dpia), 'waarschuwing', 'waarschuwingen')}."
    )


def as_json(dpia: Dpia, dpia_file: str, reports: Sequence[Report]) -> dict[str, Any]:
    """All of it, for machines."""
    return {
        "akkoord": all(each.found.akkoord for each in reports),
        "dpia": {
            "bestand": dpia_file,
            "digest": dpia.digest,
            "gemaaktOp": dpia.gemaakt_op.isoformat(),
            "openVragen": [
                {
                    "plaats": each.plaats,
                    "paragraaf": each.paragraaf,
                    "verwerkingen": list(each.verwerkingen),
                    "tekst": each.tekst,
                }
                for each in dpia.open_questions
            ],
        },
        "beleid": [_policy(each) for each in reports],
    }


def _policy(report: Report) -> dict[str, Any]:
    return {
        "bestand": report.file,
        "ontvanger": report.policy.ontvanger if report.policy else None,
        "digest": report.policy.digest if report.policy else None,
        "fouten": [_finding(report, each) for each in report.found.fouten],
        "waarschuwingen": [_finding(report, each) for each in report.found.waarschuwingen],
    }


def _finding(report: Report, each: Bevinding) -> dict[str, Any]:
    return {
        "plaats": each.plaats,
        "veld": each.veld,
        "regelnummer": line_of(report.text, each),
        "regel": each.regel.value,
        "paragraaf": each.paragraaf,
        "tekst": each.tekst,
    }


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _is_about_dpia(warning: Bevinding) -> bool:
    return not warning.plaats and bool(warning.paragraaf)


def _line(kind: str, report: Report, each: Bevinding) -> str:
    number = line_of(report.text, each)
    file = f"{report.file}:{number}" if number else report.file
    table = f" [{each.plaats}]" if each.plaats else ""
    field = f" {each.veld}" if each.veld else ""
    return _shown(f"{kind} {file}{table}{field}: {each.tekst} {_rule(each)}")


def _rule(each: Bevinding) -> str:
    paragraph = f"; DPIA {each.paragraaf}" if each.paragraaf else ""
    return f"(regel: {each.regel}{paragraph})"


def _shown(line: str) -> str:
    """What a file holds must not move the cursor of whoever reads about it."""
    return "".join(each if each.isprintable() else "?" for each in line)
