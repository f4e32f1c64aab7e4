"""`[fsc]`: which peer and service we are, and where our Inway stands.

Without this table no request is taken for one through FSC, and its headers are dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gateway.settings_tables import check_keys, require_path, require_text
from gateway.settings_values import IpNetwork, networks, oin

_KEYS: Final = frozenset({"peer", "groep", "dienst", "inways", "sleutels"})


@dataclass(frozen=True, slots=True)
class Fsc:
    """`peer` is our own OIN; `sleutels` the JWKS of the Manager that signs the tokens (FSC-02).

    What comes from `inways` came through FSC, and must show it; what comes from elsewhere
    cannot pretend to.
    """

    peer: str
    groep: str
    dienst: str
    inways: tuple[IpNetwork, ...]
    sleutels: Path


def read_fsc(raw: Any, faults: list[str]) -> Fsc | None:
    """The table, or None where there is none; each fault by its key."""
    if raw is None:
        return None
    table: Mapping[str, Any] = check_keys("fsc", raw, _KEYS, faults)
    found = len(faults)
    peer = require_text("fsc", table, "peer", faults)
    groep = require_text("fsc", table, "groep", faults)
    dienst = require_text("fsc", table, "dienst", faults)
    sleutels = require_path("fsc", table, "sleutels", faults)
    inways: tuple[IpNetwork, ...] = ()
    try:
        peer = oin(peer)
    except ValueError as error:
        faults.append(f"fsc peer: {error}")
    try:
        inways = networks(table.get("inways", []))
    except ValueError as error:
        faults.append(f"fsc inways: {error}")
    if not inways:
        faults.append("fsc inways: ontbreekt")
    return None if len(faults) > found else Fsc(peer, groep, dienst, inways, sleutels)
