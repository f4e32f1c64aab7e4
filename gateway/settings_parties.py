"""The parties as they stand in the settings file; every fault by table, position and key."""

import re
from collections.abc import Mapping
from typing import Any, Final

from gateway.cron import cron_trigger
from gateway.parties import Bronhouder, Gemeente, Ketenpartner, Levering, Verwerker
from gateway.settings_tables import check_keys, require_text
from gateway.settings_values import oin, web_address
from schemas.texts import TEXT_LIMIT, text_fault

_NAMES: Final = frozenset({"code", "naam", "oin", "kvk", "adres", "contact"})
_REACH: Final = ("adres", "contact")
_KVK: Final = re.compile(r"[0-9]{8}", re.ASCII)
_TAAL: Final = re.compile(r"[a-z]{2,3}", re.ASCII)  # as a consent names its language
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9&_-]{0,31}", re.ASCII)


def read_organisaties(raw: Any, faults: list[str]) -> tuple[Bronhouder, ...]:
    """`[[bronhouder]]`: code, naam, adres, contact, talen; oin, or kvk, that gives the OIN."""
    found = []
    for where, table in _tables("bronhouder", raw, _NAMES | {"talen"}, faults):
        code, naam = _code_and_name(where, table, faults)
        number, reach = _oin(where, table, faults), _reach(where, table, faults)
        found.append(Bronhouder(code, naam, number, **reach, talen=_talen(where, table, faults)))
    return tuple(found)


def read_gemeente(raw: Any, faults: list[str]) -> Gemeente | None:
    """`[gemeente]`: as a bronhouder; None where the settings name no municipality."""
    if raw is None:
        return None
    for where, table in _tables("gemeente", [raw], _NAMES, faults):
        code, naam = _code_and_name(where, table, faults)
        number = _oin(where, table, faults)
        return Gemeente(code, naam, number, **_reach(where, table, faults))
    return None


def read_verwerker(raw: Any, faults: list[str]) -> Verwerker | None:
    """`[verwerker]`: naam, oin or kvk, adres, contact, fg; None where the settings name none."""
    if raw is None:
        return None
    table = check_keys("verwerker", raw, (_NAMES | {"fg"}) - {"code"}, faults)
    naam = require_text("verwerker", table, "naam", faults)
    number = _oin("verwerker", table, faults)
    reach = _reach("verwerker", table, faults, (*_REACH, "fg"))
    return Verwerker(naam, number, **reach)


def read_partners(raw: Any, faults: list[str]) -> tuple[Ketenpartner, ...]:
    """`[[ketenpartner]]`: code, naam, levering; with `bezorgen` also cron and url."""
    keys = _NAMES | {"levering", "cron", "url"}
    return tuple(
        _partner(where, table, faults)
        for where, table in _tables("ketenpartner", raw, keys, faults)
    )


def _partner(where: str, table: Mapping[str, Any], faults: list[str]) -> Ketenpartner:
    code, naam = _code_and_name(where, table, faults)
    levering = Levering.OPHALEN
    try:
        levering = Levering(str(table.get("levering")))
    except ValueError:
        faults.append(f"{where} levering: ophalen of bezorgen")
    brought = levering is Levering.BEZORGEN
    for key in ("cron", "url"):
        if brought and key not in table:
            faults.append(f"{where} {key}: verplicht bij bezorgen")
        if not brought and key in table:
            faults.append(f"{where} {key}: alleen bij bezorgen")
    url = table.get("url")
    try:
        if "cron" in table:
            cron_trigger(str(table["cron"]))
    except ValueError as error:
        faults.append(f"{where} cron: {error}")
    try:
        url = web_address(url) if url is not None else None
    except ValueError as error:
        faults.append(f"{where} url: {error}")
    number, reach = _oin(where, table, faults), _reach(where, table, faults)
    return Ketenpartner(code, naam, levering, table.get("cron"), url, number, **reach)


def _tables(
    name: str, raw: Any, keys: frozenset[str], faults: list[str]
) -> list[tuple[str, Mapping[str, Any]]]:
    if not isinstance(raw, list) or not all(isinstance(table, dict) for table in raw):
        faults.append(f"{name}: een tabel van TOML")
        return []
    found = [(f"{name} {number}:", table) for number, table in enumerate(raw, 1)]
    for where, table in found:
        faults.extend(f"{where} {key}: bestaat niet" for key in sorted(set(table) - keys))
    codes = [str(table.get("code")) for table in raw]
    if len(set(codes)) != len(codes):
        faults.append(f"{name}: een code komt meer dan eens voor")
    return found


def _code_and_name(where: str, table: Mapping[str, Any], faults: list[str]) -> tuple[str, str]:
    code, naam = table.get("code"), table.get("naam")
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        faults.append(f"{where} code: letters, cijfers, &, _ en -, hoogstens 32")
    if not isinstance(naam, str) or not naam.strip():
        faults.append(f"{where} naam: ontbreekt")
    return str(code), str(naam)


def _reach(
    where: str, table: Mapping[str, Any], faults: list[str], keys: tuple[str, ...] = _REACH
) -> dict[str, str | None]:
    """Where people find the party: neither need be there, but what is must be a line of text."""
    found: dict[str, str | None] = {}
    for key in keys:
        value = table.get(key)
        if value is not None and (not isinstance(value, str) or text_fault(value) is not None):
            faults.append(f"{where} {key}: een regel tekst, hoogstens {TEXT_LIMIT} tekens")
        found[key] = value if isinstance(value, str) else None
    return found


def _talen(where: str, table: Mapping[str, Any], faults: list[str]) -> frozenset[str] | None:
    value = table.get("talen")
    if value is None:
        return None
    told = value if isinstance(value, list) and value else [None]
    if not all(isinstance(each, str) and _TAAL.fullmatch(each) for each in told):
        faults.append(f"{where} talen: een lijst van taalcodes, twee of drie kleine letters elk")
        return None
    return frozenset(told)


def _oin(where: str, table: Mapping[str, Any], faults: list[str]) -> str | None:
    """As given, or made of the KVK number: prefix 00000003, the number, 0000 (OIN-stelsel 3)."""
    kvk = table.get("kvk")
    if kvk is not None and "oin" in table:
        faults.append(f"{where} kvk: niet naast oin")
    elif kvk is not None:
        if isinstance(kvk, str) and _KVK.fullmatch(kvk):
            return f"00000003{kvk}0000"
        faults.append(f"{where} kvk: acht cijfers als tekst")
    elif "oin" in table:
        try:
            return oin(table["oin"])
        except ValueError as error:
            faults.append(f"{where} oin: {error}")
    return None
