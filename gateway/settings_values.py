"""What each single setting may be: text or TOML value in, typed value out.

A converter raises ValueError with the rule in Dutch, never with the value.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from connectors.addresses import check_address
from connectors.errors import ConnectorError
from gateway.cron import cron_trigger
from gateway.settings_log import log_key, log_keys, log_origin

IpNetwork = IPv4Network | IPv6Network
_OIN: Final = re.compile(r"[0-9]{20}", re.ASCII)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("tekst die niet leeg is")
    return value.strip()


def _path(value: Any) -> Path:
    return Path(_text(value))


def _yes_or_no(value: Any) -> bool:
    known = {"true": True, "false": False, True: True, False: False}
    if value not in known or isinstance(value, int) != isinstance(value, bool):
        raise ValueError("true of false")
    return known[value]


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("een dag als 2020-04-01") from None


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def convert(value: Any) -> int:
        text = value if isinstance(value, str) else str(value)
        if isinstance(value, bool) or not text.isascii() or not text.isdigit():
            raise ValueError("een geheel getal")
        if len(text) > len(str(most)) or not least <= int(text) <= most:
            raise ValueError(f"een getal van {least} tot en met {most}")
        return int(text)

    return convert


def web_address(value: Any) -> str:
    """https, or http on this machine itself; without a slash at the end."""
    address = _text(value).rstrip("/")
    try:
        check_address(address, allow_plain_http=False)
    except ConnectorError:
        raise ValueError("een https-adres (http mag alleen op deze machine zelf)") from None
    return address


def networks(value: Any) -> tuple[IpNetwork, ...]:
    """Addresses or networks: a list, or one text with commas."""
    told = value.split(",") if isinstance(value, str) else value
    try:
        found = tuple(ip_network(each.strip()) for each in told)
    except (ValueError, TypeError, AttributeError):
        raise ValueError("IP-adressen of netwerken, zoals 10.0.0.1 of 10.0.0.0/24") from None
    if any(network.prefixlen == 0 for network in found):
        raise ValueError("alleen eigen adressen, en niet elk adres dat er is")
    return found


def oin(value: Any) -> str:
    """Organisatie-identificatienummer: twenty digits (OIN-stelsel 3)."""
    number = _text(value)
    if not _OIN.fullmatch(number):
        raise ValueError("een OIN van twintig cijfers")
    return number


def _cron(value: Any) -> str:
    cron_trigger(_text(value))
    return _text(value)


def _mail_address(value: Any) -> str:
    address = _text(value)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValueError("een e-mailadres")
    return address


def _database(value: Any) -> str:
    address = _text(value)
    if not address.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("een adres dat begint met sqlite:/// of postgresql://")
    if address in {"sqlite:///", "sqlite:///:memory:"}:
        raise ValueError("een bestand: een database in het geheugen bewaart niets")
    return address


def _listen(value: Any) -> str:
    address = _text(value)
    host, colon, port = address.rpartition(":")
    if not host or not colon or not port.isascii() or not port.isdigit():
        raise ValueError("adres:poort")
    return address


CONVERT: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "database": _database,
        "sleutels": _path,
        "uitgever": web_address,
        "beleid": _path,
        "verklaringen": _path,
        "logkopie": _path,
        "logtekenaar": _path,
        "logherkomst": log_origin,
        "logsleutel": log_key,
        "eerdere_logsleutels": log_keys,
        "getuigen_nodig": _whole(1, 16),
        "toegangslog_maanden": _whole(6, 120),
        "getuige_termijn": _whole(0, 168),
        "getuige_waarschuwing": _whole(1, 1_440),
        "nationaliteiten": _path,
        "contact": _mail_address,
        "demo": _yes_or_no,
        "dag": _day,
        "terugroepingstermijn": _whole(1, 90),
        "max_bytes": _whole(10_000, 64_000_000),
        "max_items": _whole(1, 1_000),
        "luister": _listen,
        "werkprocessen": _whole(1, 64),
        "draden": _whole(1, 64),
        "proxies": networks,
        "dpop_nonce": _yes_or_no,
        "verzoeken_per_minuut": _whole(1, 100_000),
        "sleutelwissel": _cron,
        "tijdvakwissel": _cron,
    }
)
