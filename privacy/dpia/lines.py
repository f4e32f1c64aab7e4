"""On which line of a policy file a finding is: for people, who find the place sooner.

A file that is written in another way than ours (dotted keys, tables on one line) is checked all
the same; its findings then name the line of the table, or none.
"""

import re
from typing import Final

from privacy.dpia.findings import Bevinding

_TABLE: Final = re.compile(r"\s*\[(?P<name>[^\[\]]+)\]\s*(?:#.*)?")
_KEY: Final = re.compile(r"\s*(?P<name>[A-Za-z0-9_\"'-]+)\s*=")


def line_of(text: str, finding: Bevinding) -> int | None:
    """The line of the key, else of its table, else of the table that should have held that."""
    lines = _lines(text)
    table = finding.plaats
    wanted = [(table, finding.veld), (table, "")]
    while "." in table:
        table = table.rpartition(".")[0]
        wanted.append((table, ""))
    return next((lines[each] for each in wanted if each in lines), None)


def _lines(text: str) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.fullmatch(line):
            table = re.sub(r"[\s\"']", "", header["name"])
            found.setdefault((table, ""), number)
        elif key := _KEY.match(line):
            found.setdefault((table, key["name"].strip("\"'")), number)
    return found
