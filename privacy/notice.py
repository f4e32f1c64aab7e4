"""Notices: what the person was told before agreeing, version by version.

A notice lists fields and precision per recipient and purpose. What leaves is the lesser of
the policy and the notice that was read, so a new policy never widens an old consent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from privacy.errors import PolicyFaultError
from privacy.policy_file import read_doel, read_fields, read_toml
from schemas.canonical import canonical
from schemas.terms import Doel, Precisie


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of what is explained, named by version and digest."""

    versie: str
    titel: str
    velden: Mapping[tuple[str, Doel], Mapping[str, Precisie]]
    digest: str

    def fields(self, recipient: str, purpose: Doel) -> Mapping[str, Precisie]:
        """Fields that were explained for a recipient and purpose; none where not explained."""
        return self.velden.get((recipient, purpose), MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Notices:
    """Every known notice by version."""

    by_version: Mapping[str, Notice]

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
    raw = read_toml(path)
    faults: list[str] = []
    versie, titel = raw.get("versie"), raw.get("titel")
    if not isinstance(versie, str) or not isinstance(titel, str):
        raise PolicyFaultError(path.name, ("versie of titel ontbreekt",))
    unknown = set(raw) - {"versie", "titel", "ontvangers"}
    faults.extend(f"{name}: deze sleutel bestaat niet" for name in sorted(unknown))
    fields = _explained(raw.get("ontvangers"), faults)
    if faults:
        raise PolicyFaultError(path.name, tuple(faults))
    return Notice(versie, titel, MappingProxyType(fields), _digest(versie, titel, fields))


def _explained(tables: object, faults: list[str]) -> dict[tuple[str, Doel], Mapping[str, Precisie]]:
    if not isinstance(tables, Mapping) or not tables:
        faults.append("[ontvangers] ontbreekt")
        return {}
    fields: dict[tuple[str, Doel], Mapping[str, Precisie]] = {}
    for recipient, purposes in tables.items():
        where = f"ontvangers.{recipient}"
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
    versie: str, titel: str, fields: Mapping[tuple[str, Doel], Mapping[str, Precisie]]
) -> str:
    meaning = {
        "versie": versie,
        "titel": titel,
        "velden": {
            f"{recipient} {doel}": {name: p.value for name, p in table.items()}
            for (recipient, doel), table in fields.items()
        },
    }
    return f"sha256:{sha256(canonical(meaning)).hexdigest()}"
