"""What strict refuses: settings that work, and put people at risk.

The demo is the exception that says so; files are looked at in the demo too.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from gateway.settings_console import Console
from gateway.settings_fsc import Fsc
from gateway.settings_getuigen import getuigen_faults
from gateway.settings_values import IpNetwork

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def safety_faults(values: Mapping[str, Any]) -> list[str]:
    """Faults that show in the settings themselves."""
    faults = []
    if "dag" in values and not values.get("demo", False):
        faults.append("dag: een stilstaande dag mag alleen in de demo (demo = true)")
    if "contact" not in values and not values.get("demo", False):
        faults.append("contact: ontbreekt (het team dat in de beschrijving van de API staat)")
    if "logkopie" not in values and not values.get("demo", False):
        faults.append("logkopie: ontbreekt (een map op een andere schijf of machine)")
    faults += getuigen_faults(values)
    console: Console | None = values.get("console")
    if console is not None and not values.get("demo", False):
        faults += _console_faults(console)
    fsc: Fsc | None = values.get("fsc")
    if fsc is not None:
        faults += _fsc_faults(fsc, values.get("proxies", ()))
    database = values.get("database", "")
    if database.startswith("sqlite") and values.get("werkprocessen", 1) != 1:
        faults.append("werkprocessen: met SQLite is er één; neem PostgreSQL voor meer")
    return faults


def _console_faults(console: Console) -> list[str]:
    """A provider without TLS, as the demo's own is; and a key that others may read."""
    faults = []
    if not console.aanbieder.startswith("https://"):
        faults.append("console aanbieder: zonder https mag alleen in de demo (demo = true)")
    if console.sleutel.stat().st_mode & _OTHERS:
        faults.append("console sleutel: is leesbaar voor anderen (chmod 600)")
    return faults


def _fsc_faults(fsc: Fsc, proxies: tuple[IpNetwork, ...]) -> list[str]:
    """Callers who pass for our Inway; and keys of the Manager that anyone can replace."""
    faults = []
    if any(inway.overlaps(proxy) for inway in fsc.inways for proxy in proxies):
        faults.append("fsc inways: een adres is ook dat van een proxy, waar iedereen achter zit")
    if fsc.sleutels.stat().st_mode & stat.S_IWOTH:
        faults.append("fsc sleutels: mag door iedereen worden gewijzigd (chmod o-w)")
    return faults


def file_faults(sleutels: Path, *readable: Path) -> list[str]:
    """Faults of folders: keys that others may read, or a folder that is not there."""
    faults = [f"{folder.name}: deze map is er niet" for folder in readable if not folder.is_dir()]
    if not sleutels.is_dir():
        return [*faults, "sleutels: deze map is er niet (maak hem met: sleutels aanmaken)"]
    open_files = [path.name for path in sorted(sleutels.iterdir()) if _is_open(path)]
    faults += [f"sleutels: {name} is leesbaar voor anderen (chmod 600)" for name in open_files]
    if sleutels.stat().st_mode & _OTHERS:
        faults.append("sleutels: de map is toegankelijk voor anderen (chmod 700)")
    return faults


def copy_faults(folder: Path | None) -> list[str]:
    """Without a copy of the log outside, nobody knows of a restored database what it lost."""
    if folder is None:
        return []
    if not folder.is_dir():
        return ["logkopie: deze map is er niet"]
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return ["logkopie: deze map is niet te lezen of niet te schrijven"]
    return []


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except FileNotFoundError:  # a rotation went on while we looked
        return False
