"""`[console]`: the OpenID provider that says who a person is, and which claim gives which role.

Without this table there is no console.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from gateway.settings_tables import check_keys, require_path, require_text
from gateway.settings_values import web_address

_KEYS: Final = frozenset(
    {"aanbieder", "client_id", "sleutel", "acr", "rolclaim", "rollen", "rust", "langst"}
)
#: Minutes without a click, and in all, after which one logs in again.
_IDLE, _LONGEST = 15, 480


class Rol(StrEnum):
    """What a person may be here. The two officers are two people, so that neither acts alone."""

    PRIVACY_OFFICER = "privacy_officer"
    TWEEDE_OFFICER = "tweede_officer"
    BEHEERDER = "beheerder"
    VOORZITTER = "voorzitter"


@dataclass(frozen=True, slots=True)
class Console:
    """`acr` are the levels that are high enough; `rollen` is from a value of the claim to a role.

    `sleutel` is the private key by which we prove ourselves to the provider (private_key_jwt).
    """

    aanbieder: str
    client_id: str
    sleutel: Path
    acr: tuple[str, ...]
    rolclaim: str
    rollen: Mapping[str, Rol]
    rust: int = _IDLE
    langst: int = _LONGEST


def read_console(raw: Any, faults: list[str]) -> Console | None:
    """The table, or None where there is none; each fault by its key."""
    if raw is None:
        return None
    table: Mapping[str, Any] = check_keys("console", raw, _KEYS, faults)
    found = len(faults)
    aanbieder = require_text("console", table, "aanbieder", faults)
    try:
        # Kept as it is written, also with a slash at the end: it is compared letter by letter.
        web_address(aanbieder)
    except ValueError as error:
        faults.append(f"console aanbieder: {error}")
    console = Console(
        aanbieder=aanbieder,
        client_id=require_text("console", table, "client_id", faults),
        sleutel=require_path("console", table, "sleutel", faults),
        acr=_levels(table.get("acr"), faults),
        rolclaim=require_text("console", table, "rolclaim", faults),
        rollen=_roles(table.get("rollen"), faults),
        rust=_minutes("rust", table.get("rust", _IDLE), 60, faults),
        langst=_minutes("langst", table.get("langst", _LONGEST), 720, faults),
    )
    return None if len(faults) > found else console


def _levels(told: Any, faults: list[str]) -> tuple[str, ...]:
    if isinstance(told, list) and told and all(isinstance(each, str) and each for each in told):
        return tuple(told)
    faults.append("console acr: een lijst van niveaus die hoog genoeg zijn")
    return ()


def _roles(told: Any, faults: list[str]) -> Mapping[str, Rol]:
    known = {rol.value for rol in Rol}
    if not isinstance(told, dict) or not told or not set(told) <= known:
        faults.append(f"console rollen: een tabel met {', '.join(sorted(known))}")
        return {}
    if not all(isinstance(value, str) and value for value in told.values()):
        faults.append("console rollen: bij elke rol een waarde van de claim")
        return {}
    if len(set(told.values())) != len(told):
        faults.append("console rollen: elke rol heeft een eigen waarde")
    return MappingProxyType({value: Rol(name) for name, value in told.items()})


def _minutes(key: str, told: Any, most: int, faults: list[str]) -> int:
    if isinstance(told, int) and not isinstance(told, bool) and 1 <= told <= most:
        return told
    faults.append(f"console {key}: minuten, van 1 tot en met {most}")
    return 1
