"""A first policy per recipient, written from a DPIA, for a person to finish and to check.

What the DPIA names and a draft leaves out stands in it as a comment, with the reason. Why a
sensitive field is needed is for a person to say: until it is written, the check refuses the
draft. Nothing is kept or switched on here.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from privacy.dpia.answers import Dpia
from privacy.dpia.draft_parts import Deel, part
from privacy.dpia.fields import name_of
from privacy.dpia.limits import Grenzen, limits
from privacy.dpia.sensitive import CLASS_OF, TO_WRITE
from privacy.dpia.support import data_for, processings_for, recipients
from privacy.policy_file import RECIPIENT
from schemas.sensitivity import Gevoeligheid
from schemas.terms import Doel

_SOURCE: Final = "DPIA 6.1.1, 10.1.1, 11.1.1, 12.3.2 en 13.1.1"
_LEAP_DAY: Final = (2, 29)


@dataclass(frozen=True, slots=True)
class Concept:
    """A draft: the name of its file and its text; without a text, the reason why there is none."""

    ontvanger: str
    bestand: str
    tekst: str | None
    reden: str = ""


def drafts(dpia: Dpia, source_name: str) -> tuple[Concept, ...]:
    """A draft for each party that receives personal data; `source_name` says from which file."""
    read = limits(dpia)
    made: dict[str, Concept] = {}
    for recipient in recipients(dpia):
        stem = _slug(recipient)
        file = stem if stem not in made else f"{stem}-{len(made)}"
        made[file] = _draft(dpia, source_name, (recipient, f"{file}.toml"), read)
    return tuple(made.values())


def _draft(dpia: Dpia, source_name: str, named: tuple[str, str], read: Grenzen) -> Concept:
    recipient, file = named
    processings = processings_for(dpia, recipient)
    if not any(data_for(dpia, recipient, each) for each in processings):
        return Concept(recipient, file, None, "krijgt geen persoonsgegevens, alleen totalen")
    if not RECIPIENT.fullmatch(recipient):
        return Concept(recipient, file, None, "de naam heeft tekens die een ontvanger niet heeft")
    parts: dict[Doel, Deel] = {}
    left: list[str] = []
    for name in processings:
        found = part(dpia, recipient, name, read)
        if isinstance(found, str):
            left.append(f"{name}: {found}")
        elif found.doel in parts:
            left.append(f"{name}: het doel {found.doel} staat er al")
        else:
            parts[found.doel] = found
    if not parts:
        return Concept(recipient, file, None, "; ".join(left))
    lines = [*_head(dpia, source_name, recipient), *_left_out(left)]
    for each in parts.values():
        lines += _tables(each)
    return Concept(recipient, file, "\n".join(lines) + "\n")


def _head(dpia: Dpia, source_name: str, recipient: str) -> tuple[str, ...]:
    return (
        f"# Concept uit de DPIA van {dpia.gemaakt_op.isoformat()}. Een concept is geen oordeel:",
        "# lees de DPIA zelf na. Vul bij naam de volledige naam in, en vervang elke tekst die",
        f"# begint met {TO_WRITE}. Wat hier niet staat, gaat niet over.",
        f"ontvanger = {_text(recipient)}",
        f"naam = {_text(recipient)}",
        f"dpia = {_text(f'{source_name}, {dpia.gemaakt_op.isoformat()}')}",
        f"herzien_voor = {_a_year_after(dpia.gemaakt_op).isoformat()}",
    )


def _tables(each: Deel) -> Iterator[str]:
    table = f"doelen.{each.doel}"
    yield from ("", f"[{table}]", 'grondslag = "toestemming"')
    yield f"verwerking = {_text(each.verwerking)}"
    yield f"bron = {_text(_SOURCE)}"
    yield f"bewaartermijn = {_text(each.termijn.duur.iso)}"
    yield f"anker = {_text(each.termijn.anker)}"
    yield from ("", f"[{table}.velden]")
    yield from (f"{name} = {_text(how)}" for name, how in each.velden.items())
    yield from _left_out(each.weggelaten)
    sensitive = [name for name in each.velden if CLASS_OF[name] is not Gevoeligheid.GEWOON]
    if sensitive:
        yield from ("", f"[{table}.motivering]")
    for name in sensitive:
        why = f"{TO_WRITE}: waarom is {name_of(name)} nodig voor dit doel?"
        yield f"{name} = {_text(why)}"


def _left_out(reasons: Iterable[str]) -> Iterator[str]:
    yield from (f"# Niet opgenomen: {reason}." for reason in reasons)


def _text(value: str) -> str:
    """A basic string of TOML; it escapes as JSON does what a DPIA may hold."""
    return json.dumps(value, ensure_ascii=False)


def _slug(recipient: str) -> str:
    """The name of a file: nothing of a path can be in it."""
    kept = "".join(each for each in recipient.lower() if each.isascii() and each.isalnum())
    return kept[:40] or "ontvanger"


def _a_year_after(day: date) -> date:
    if (day.month, day.day) == _LEAP_DAY:
        return date(day.year + 1, 2, 28)
    return day.replace(year=day.year + 1)
