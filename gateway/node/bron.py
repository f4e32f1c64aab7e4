"""bron.toml: what one organisation tells its node. Every fault is named at once, in Dutch.

Paths count from the folder of the file itself. Whether mapping, keys and policies are any good
shows in `gateway.node.parts`.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from connectors.tokens import Binding
from gateway.cron import cron_trigger
from gateway.node.errors import BronError
from gateway.settings_values import CONVERT, web_address
from schemas.toml_place import toml_place

_BELEID: Final = Path(str(files("privacy").joinpath("pia")))
_VERKLARINGEN: Final = Path(str(files("privacy").joinpath("verklaringen")))
# What the log takes for an organisation and for a client.
_BRONHOUDER: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
_CLIENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}", re.ASCII)
_MOST_PERCENT: Final = 100
_CERTIFICATE: Final = ("certificaat", "certificaatsleutel")

Convert = Callable[[Path, Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bron:
    """One node. `uitgever` is what the gateway calls itself; by default its address.

    `certificaat` and its key are what a node with binding `mtls` shows; `ca` replaces the
    public authorities by which the gateway itself is known.
    """

    bronhouder: str
    naam: str
    mapping: Path
    plaats: str | Path = field(repr=False)  # an address of a database may hold a password
    woordenlijst: Path | None = None
    url: str
    uitgever: str
    client_id: str
    sleutel: Path
    binding: Binding = Binding.DPOP
    certificaat: Path | None = None
    certificaatsleutel: Path | None = None
    ca: Path | None = None
    database: str = field(repr=False)
    sleutels: Path
    beleid: Path = _BELEID
    verklaringen: Path = _VERKLARINGEN
    cron: str | None = None
    drempel_verdwenen: int = 10
    dag: date | None = None

    @property
    def ondertekening(self) -> Path:
        """The key with which the organisation signs consents, beside the other keys."""
        return self.sleutels / "ondertekening.pem"


def load_bron(path: Path) -> Bron:
    """The node as its file describes it; BronError with every fault."""
    raw = _toml(path)
    faults: list[str] = []
    tables = {name: told for name, told in raw.items() if isinstance(told, dict)}
    single = {name: told for name, told in raw.items() if name not in tables}
    values = _take(path.parent, "", single, faults)
    for name in sorted({*tables, *(table for table, _ in _KEYS if table)}):
        values |= _take(path.parent, name, tables.get(name, {}), faults)
    if values.pop("demo", False) is not True:
        faults += _demo_faults(values)
    faults += _binding_faults(values)
    if faults:
        raise BronError(tuple(f"{path.name}: {fault}" for fault in faults))
    values.setdefault("uitgever", values["url"])
    return Bron(**values)


def _demo_faults(values: Mapping[str, Any]) -> list[str]:
    faults = []
    if "dag" in values:
        faults.append("dag: een stilstaande dag mag alleen in de demo (demo = true)")
    if values.get("binding") is Binding.GEEN:
        faults.append("[gateway] binding: geen mag alleen in de demo (demo = true)")
    return faults


def _binding_faults(values: Mapping[str, Any]) -> list[str]:
    """A certificate belongs to `mtls`, whole; a proof names the address that is called."""
    binding = values.get("binding", Binding.DPOP)
    if binding is Binding.MTLS:
        return [f"[gateway] {key}: ontbreekt bij mtls" for key in _CERTIFICATE if key not in values]
    faults = [f"[gateway] {key}: hoort bij binding mtls" for key in _CERTIFICATE if key in values]
    # The gateway compares a proof with the address that it gives out itself (RFC 9449, 4.3).
    if binding is Binding.DPOP and values.get("uitgever", values.get("url")) != values.get("url"):
        faults.append("[gateway] uitgever: moet bij binding dpop hetzelfde zijn als url")
    return faults


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        fault = "dit bestand is er niet of mag niet gelezen"
    except UnicodeDecodeError:
        fault = "dit bestand is geen UTF-8"
    except tomllib.TOMLDecodeError as error:
        fault = f"geen geldige TOML ({toml_place(error)})"
    raise BronError((f"{path.name}: {fault}",))


def _take(folder: Path, table: str, told: Mapping[str, Any], faults: list[str]) -> dict[str, Any]:
    where = f"[{table}] " if table else ""
    asked = {key: row for (name, key), row in _KEYS.items() if name == table}
    if not asked:
        faults.append(f"[{table}]: deze tabel bestaat niet")
        return {}
    faults += [f"{where}{key}: deze sleutel bestaat niet" for key in sorted(told.keys() - asked)]
    values = {}
    for key, (name, convert) in asked.items():
        if key not in told:
            if name not in _OPTIONAL:
                faults.append(f"{where}{key}: ontbreekt")
            continue
        try:
            values[name] = convert(folder, told[key])
        except (ValueError, TypeError) as error:
            faults.append(f"{where}{key}: {error}")
    return values


def _text(_folder: Path, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("hier hoort tekst tussen aanhalingstekens")
    return value.strip()


def _path(folder: Path, value: Any) -> Path:
    return folder / _text(folder, value)


def _place(folder: Path, value: Any) -> str | Path:
    """An address stays as it is; anything else is a file."""
    text = _text(folder, value)
    return text if "://" in text else folder / text


def _database(folder: Path, value: Any) -> str:
    """A SQLite file counts from the folder too, so that it does not matter where one stands."""
    address: str = CONVERT["database"](value)
    if not address.startswith("sqlite"):
        return address
    try:
        file = make_url(address).database
    except ArgumentError:
        file = None
    if not file:
        raise ValueError("geen adres van een database")
    return f"sqlite:///{folder / file}"


def _bronhouder(folder: Path, value: Any) -> str:
    return _matching(_BRONHOUDER, _text(folder, value), "kleine letters, cijfers, - en _")


def _client(folder: Path, value: Any) -> str:
    return _matching(_CLIENT, _text(folder, value), "letters, cijfers, . _ en -, hoogstens 48")


def _matching(form: re.Pattern[str], text: str, rule: str) -> str:
    if not form.fullmatch(text):
        raise ValueError(rule)
    return text


def _address(_folder: Path, value: Any) -> str:
    return web_address(value)


def _binding(folder: Path, value: Any) -> Binding:
    text = _text(folder, value)
    if text not in frozenset(Binding):
        raise ValueError(f"een van: {', '.join(Binding)}")
    return Binding(text)


def _cron(folder: Path, value: Any) -> str:
    text = _text(folder, value)
    cron_trigger(text)
    return text


def _percent(_folder: Path, value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _MOST_PERCENT:
        raise ValueError("een percentage van 0 tot en met 100")
    return value


def _yes_or_no(_folder: Path, value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true of false")
    return value


def _day(_folder: Path, value: Any) -> Any:
    return CONVERT["dag"](value)


#: Table and key to what it is called here, and how it is read.
_KEYS: Final[Mapping[tuple[str, str], tuple[str, Convert]]] = MappingProxyType(
    {
        ("", "bronhouder"): ("bronhouder", _bronhouder),
        ("", "naam"): ("naam", _text),
        ("", "drempel_verdwenen"): ("drempel_verdwenen", _percent),
        ("", "demo"): ("demo", _yes_or_no),
        ("", "dag"): ("dag", _day),
        ("register", "mapping"): ("mapping", _path),
        ("register", "plaats"): ("plaats", _place),
        ("register", "woordenlijst"): ("woordenlijst", _path),
        ("gateway", "url"): ("url", _address),
        ("gateway", "uitgever"): ("uitgever", _address),
        ("gateway", "client_id"): ("client_id", _client),
        ("gateway", "sleutel"): ("sleutel", _path),
        ("gateway", "binding"): ("binding", _binding),
        ("gateway", "certificaat"): ("certificaat", _path),
        ("gateway", "certificaatsleutel"): ("certificaatsleutel", _path),
        ("gateway", "ca"): ("ca", _path),
        ("opslag", "database"): ("database", _database),
        ("opslag", "sleutels"): ("sleutels", _path),
        ("beleid", "map"): ("beleid", _path),
        ("beleid", "verklaringen"): ("verklaringen", _path),
        ("rooster", "cron"): ("cron", _cron),
    }
)
_OPTIONAL: Final = frozenset(
    {"drempel_verdwenen", "demo", "dag", "woordenlijst", "uitgever"}
    | {"beleid", "verklaringen", "cron", "binding", "ca", *_CERTIFICATE}
)
