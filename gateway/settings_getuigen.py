"""`[[getuige]]`: who outside us cosigns what the log is; and what strict asks of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.settings_log import witness_key
from gateway.settings_tables import check_keys, require_text
from gateway.settings_values import web_address
from privacy.log.notes import VerifierKey

_KEYS: Final = frozenset({"naam", "url", "sleutel"})
#: In earnest; in the demo nothing stops.
TERMIJN: Final = 4


@dataclass(frozen=True, slots=True)
class Getuige:
    """One witness: what we call it, where it is asked, and by which key it is known."""

    naam: str
    url: str
    sleutel: VerifierKey


def read_getuigen(raw: Any, faults: list[str]) -> tuple[Getuige, ...]:
    """Every `[[getuige]]`; each fault by table, position and key."""
    if not isinstance(raw, list):
        faults.append("getuige: een tabel van TOML")
        return ()
    found = [_read(f"getuige {number}:", table, faults) for number, table in enumerate(raw, 1)]
    known = [each for each in found if each is not None]
    if len({each.sleutel.name for each in known}) != len(known):
        faults.append("getuige: een sleutel met deze naam komt meer dan eens voor")
    return tuple(known)


def _read(where: str, raw: Any, faults: list[str]) -> Getuige | None:
    before = len(faults)
    table = check_keys(where, raw, _KEYS, faults)
    naam = require_text(where, table, "naam", faults)
    url = require_text(where, table, "url", faults)
    text = require_text(where, table, "sleutel", faults)
    if len(faults) > before:
        return None
    try:
        return Getuige(naam, web_address(url), witness_key(text))
    except ValueError as error:
        faults.append(f"{where} {error}")
        return None


def getuigen_faults(values: Mapping[str, Any]) -> list[str]:
    """What strict refuses: a log of which only we ourselves know what it was."""
    getuigen, nodig = values.get("getuigen", ()), values.get("getuigen_nodig", 1)
    faults = []
    if getuigen and nodig > len(getuigen):
        faults.append("getuigen_nodig: meer dan er getuigen zijn")
    if getuigen and "logsleutel" not in values:
        faults.append("logsleutel: ontbreekt (lso-gateway logtekenaar aanmaken geeft hem)")
    if values.get("demo", False):
        return faults
    if not getuigen:
        faults.append("getuige: ontbreekt (iemand buiten u die het log medeondertekent)")
    if not getuigen and "logsleutel" not in values:
        faults.append("logsleutel: ontbreekt (lso-gateway logtekenaar aanmaken geeft hem)")
    if values.get("getuige_termijn") == 0:
        faults.append("getuige_termijn: 0 mag alleen in de demo (demo = true)")
    return faults
