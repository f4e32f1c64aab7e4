"""Reading one TOML table of the settings: each fault by table and key, never by value."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any


def check_keys(name: str, raw: Any, known: Collection[str], faults: list[str]) -> Mapping[str, Any]:
    """The table itself; keys that do not exist, and what is no table, are faults."""
    if not isinstance(raw, dict):
        faults.append(f"{name}: een tabel van TOML")
        return {}
    faults.extend(f"{name} {key}: bestaat niet" for key in sorted(set(raw) - set(known)))
    return raw


def require_text(name: str, table: Mapping[str, Any], key: str, faults: list[str]) -> str:
    """A text that is not empty; what is missing is a fault."""
    value = table.get(key)
    if isinstance(value, str) and value.strip():
        return value.strip()
    faults.append(f"{name} {key}: ontbreekt")
    return ""


def require_path(name: str, table: Mapping[str, Any], key: str, faults: list[str]) -> Path:
    """The path of a file that is there."""
    path = Path(require_text(name, table, key, faults))
    if path.name and not path.is_file():
        faults.append(f"{name} {key}: dit bestand is er niet")
    return path
