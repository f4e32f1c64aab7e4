"""Reads the glossary, and keeps the table of it in README.md current.

`python -m schemas.glossary` rewrites the table; a test refuses a table that is not current.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from schemas.errors import GlossaryError

FOLDER: Final = Path(__file__).parent
_BEGIN: Final = "<!-- begin van de begrippen: gemaakt door `python -m schemas.glossary` -->\n"
_END: Final = "<!-- einde van de begrippen -->\n"
_PARTS: Final = frozenset({"plural", "meaning", "source", "never"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One Dutch term; `codes` is empty where it is no closed list."""

    name: str
    plural: str
    meaning: str
    source: str
    never: tuple[str, ...]
    codes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Glossary:
    """All terms by their form in code, and the technical words that go beside them."""

    terms: dict[str, Term]
    technical: frozenset[str]


@cache
def load() -> Glossary:
    """Read the glossary that comes with the package; GlossaryError names an unfinished entry."""
    with (FOLDER / "glossary.toml").open("rb") as file:
        content = tomllib.load(file)
    terms = {key: _term(key, entry) for key, entry in content["terms"].items()}
    return Glossary(terms, frozenset(content["technical"]))


def render(glossary: Glossary) -> str:
    """Write the terms as a table, in the order of the alphabet."""
    lines = ["| begrip | betekenis | bron |", "|---|---|---|"]
    for _, term in sorted(glossary.terms.items()):
        codes = f" Codes: {', '.join(term.codes)}." if term.codes else ""
        lines.append(f"| {term.name} | {term.meaning}{codes} | {term.source} |")
    return "\n".join(lines) + "\n"


def replace_table(readme: str, table: str) -> str:
    """Put the table between its two marks."""
    before, begin, rest = readme.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise GlossaryError("README.md has lost the marks of its table")
    return f"{before}{begin}\n{table}\n{end}{after}"


def _term(key: str, entry: dict[str, Any]) -> Term:
    if missing := sorted(_PARTS - entry.keys()):
        raise GlossaryError(f"{key} has no {', '.join(missing)}")
    return Term(
        name=entry.get("name", key.replace("_", " ")),
        plural=entry["plural"],
        meaning=entry["meaning"],
        source=entry["source"],
        never=tuple(entry["never"]),
        codes=entry.get("codes", {}),
    )


if __name__ == "__main__":
    path = FOLDER / "README.md"
    path.write_text(
        replace_table(path.read_text(encoding="utf-8"), render(load())), encoding="utf-8"
    )
