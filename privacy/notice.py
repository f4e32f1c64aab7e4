"""Notices: what the person was told before agreeing, version by version.

A notice lists fields and precision per recipient and purpose, and says in each of its languages
what that means. What leaves is the lesser of the policy and the notice that was read, so a new
policy never widens an old consent, and a new notice does not either.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from privacy.errors import PolicyFaultError
from privacy.notice_texts import Verklaringstekst, primary, read_texts
from privacy.policy_file import RECIPIENT, parse_toml, read_doel, read_fields, read_text
from schemas.canonical import canonical
from schemas.terms import Doel, Precisie

Explained = Mapping[tuple[str, Doel], Mapping[str, Precisie]]

_NOTHING: Final[Mapping[str, Precisie]] = MappingProxyType({})
_KEYS: Final = frozenset({"versie", "titel", "teksten", "ontvangers"})
# As the log has it: a version that it refuses would never do.
_VERSIE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of what is explained, named by version and digest.

    `teksten` are its words by language; a notice that was read from a file has them at least in
    Dutch, and in every language the same ones.
    """

    versie: str
    titel: str
    velden: Explained
    digest: str
    teksten: Mapping[str, Verklaringstekst] = field(default_factory=dict)

    @property
    def talen(self) -> tuple[str, ...]:
        """The languages it can be read in, in the order of their tags."""
        return tuple(sorted(self.teksten))

    def fields(self, recipient: str, purpose: Doel) -> Mapping[str, Precisie]:
        """Fields that were explained for a recipient and purpose; none where not explained."""
        return self.velden.get((recipient, purpose), _NOTHING)

    def closest(self, taal: str) -> str | None:
        """The language of this notice that someone who speaks `taal` reads; None: it has none."""
        if taal in self.teksten:
            return taal
        return next((each for each in self.talen if primary(each) == primary(taal)), None)


@dataclass(frozen=True, slots=True)
class Notices:
    """Every known notice by version.

    A consent that was given on a notice of `recalled` counts no more, from that moment on.
    """

    by_version: Mapping[str, Notice]
    recalled: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def versions(self) -> frozenset[str]:
        """Versions a consent may name."""
        return frozenset(self.by_version)

    def of(self, versie: str) -> Notice | None:
        """A notice by version, or None: then nothing was explained and nothing leaves."""
        return self.by_version.get(versie)

    def digests(self) -> dict[str, str]:
        """Version to digest."""
        return {name: notice.digest for name, notice in sorted(self.by_version.items())}


def load_notices(folder: Path) -> Notices:
    """Load every notice of a folder; PolicyFaultError names each fault of the first bad file."""
    notices: dict[str, Notice] = {}
    for path in sorted(folder.glob("*.toml")):
        notice = load_notice(path)
        if notice.versie in notices:
            raise PolicyFaultError(path.name, ("deze versie bestaat al",))
        notices[notice.versie] = notice
    return Notices(MappingProxyType(notices))


def load_notice(path: Path) -> Notice:
    """Load and check one notice file."""
    return parse_notice(path.name, read_text(path))


def parse_notice(source_name: str, text: str) -> Notice:
    """A notice from the text of its file; PolicyFaultError names every fault, by `source_name`.

    The digest goes by the meaning: comments and the order of lines are no part of it, every
    word that someone is told is.
    """
    raw, faults = parse_toml(source_name, text), list[str]()
    versie, titel = raw.get("versie"), raw.get("titel")
    if not isinstance(versie, str) or not isinstance(titel, str):
        raise PolicyFaultError(source_name, ("versie of titel ontbreekt",))
    if not _VERSIE.fullmatch(versie) or versie.isdigit():
        faults.append("versie: letters, cijfers, punt, _ en -, hoogstens 32, niet alleen cijfers")
    if not titel.strip():
        faults.append("titel: ontbreekt")
    faults.extend(f"{name}: deze sleutel bestaat niet" for name in sorted(set(raw) - _KEYS))
    explained = _explained(raw.get("ontvangers"), faults)
    teksten = read_texts(raw.get("teksten"), {recipient for recipient, _ in explained}, faults)
    if faults:
        raise PolicyFaultError(source_name, tuple(faults))
    digest = _digest(versie, titel, explained, teksten)
    return Notice(versie, titel, MappingProxyType(explained), digest, teksten)


def _explained(tables: object, faults: list[str]) -> dict[tuple[str, Doel], Mapping[str, Precisie]]:
    if not isinstance(tables, Mapping) or not tables:
        faults.append("[ontvangers] ontbreekt")
        return {}
    fields: dict[tuple[str, Doel], Mapping[str, Precisie]] = {}
    for recipient, purposes in tables.items():
        where = f"ontvangers.{recipient}"
        if not RECIPIENT.fullmatch(recipient):
            faults.append(f"[{where}] letters, cijfers, &, _ en -, hoogstens 32")
        if not isinstance(purposes, Mapping) or not purposes:
            faults.append(f"[{where}] is geen tabel van doelen")
            continue
        for word, table in purposes.items():
            doel = read_doel(where, word, faults)
            if doel is not None:
                fields[recipient, doel] = MappingProxyType(
                    read_fields(f"{where}.{word}", table, faults)
                )
    return fields


def _digest(
    versie: str, titel: str, fields: Explained, teksten: Mapping[str, Verklaringstekst]
) -> str:
    meaning = {
        "versie": versie,
        "titel": titel,
        "velden": {
            f"{recipient} {doel}": {name: p.value for name, p in table.items()}
            for (recipient, doel), table in fields.items()
        },
        "teksten": {taal: _meaning(tekst) for taal, tekst in teksten.items()},
    }
    return f"sha256:{sha256(canonical(meaning)).hexdigest()}"


def _meaning(tekst: Verklaringstekst) -> dict[str, Any]:
    recipients = {code: asdict(told) for code, told in tekst.ontvangers.items()}
    said = {name: getattr(tekst, name) for name in Verklaringstekst.__dataclass_fields__}
    return {**said, "richting": tekst.richting.value, "ontvangers": recipients}
