"""Settings: read once, from `LSO_GATEWAY_*` variables over one TOML file, and checked at once.

Every fault is named in one error, in Dutch, by setting and rule; never by its value, which may
hold a password. Strict is the default; only `demo = true` allows a day that stands still.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from gateway.parties import Bronhouder, Gemeente, Ketenpartner, Soort, Verwerker
from gateway.settings_console import Console, read_console
from gateway.settings_fsc import Fsc, read_fsc
from gateway.settings_getuigen import TERMIJN, Getuige, read_getuigen
from gateway.settings_log import host_of
from gateway.settings_parties import (
    read_gemeente,
    read_organisaties,
    read_partners,
    read_verwerker,
)
from gateway.settings_safety import copy_faults, file_faults, safety_faults
from gateway.settings_values import CONVERT, IpNetwork
from privacy.log.notes import VerifierKey
from schemas.toml_place import toml_place

PREFIX: Final = "LSO_GATEWAY_"
_FILE: Final = "LSO_GATEWAY_INSTELLINGEN"
_BELEID: Final = Path(str(files("privacy").joinpath("pia")))
_VERKLARINGEN: Final = Path(str(files("privacy").joinpath("verklaringen")))
_TABLES: Final = (
    *("bronhouder", "ketenpartner", "gemeente", "verwerker"),
    *("fsc", "console", "getuige"),
)


class SettingsError(Exception):
    """The settings cannot be used; `faults` names each, one Dutch sentence each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """No fault may hold the value of a setting."""
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that differs between two installations. Documented in deploy/example.toml."""

    database: str
    sleutels: Path
    uitgever: str
    beleid: Path = _BELEID
    verklaringen: Path = _VERKLARINGEN
    nationaliteiten: Path | None = None
    logkopie: Path | None = None
    logtekenaar: Path | None = None
    logherkomst: str = ""
    logsleutel: VerifierKey | None = None
    eerdere_logsleutels: tuple[VerifierKey, ...] = ()
    getuigen: tuple[Getuige, ...] = ()
    getuigen_nodig: int = 1
    getuige_termijn: int = 0
    getuige_waarschuwing: int = 15
    toegangslog_maanden: int = 24
    contact: str | None = None
    demo: bool = False
    dag: date | None = None
    terugroepingstermijn: int = 14
    max_bytes: int = 8_000_000
    max_items: int = 1_000
    luister: str = "127.0.0.1:8080"
    werkprocessen: int = 1
    draden: int = 8
    proxies: tuple[IpNetwork, ...] = ()
    dpop_nonce: bool = False
    verzoeken_per_minuut: int = 1_200
    sleutelwissel: str = "0 3 1 * *"
    tijdvakwissel: str = "30 2 1 * *"
    bronhouders: tuple[Bronhouder, ...] = ()
    ketenpartners: tuple[Ketenpartner, ...] = ()
    gemeente: Gemeente | None = None
    verwerker: Verwerker | None = None
    fsc: Fsc | None = None
    console: Console | None = None

    @property
    def sqlite(self) -> bool:
        """Whether the database is the embedded one, with a single writer."""
        return self.database.startswith("sqlite")

    @property
    def toegang_bewaard(self) -> timedelta:
        """How long rows of the access log stay: each month counts for its longest."""
        return timedelta(days=31 * self.toegangslog_maanden)

    @property
    def herkomst(self) -> str:
        """What the log is called in its checkpoints."""
        return self.logherkomst or host_of(self.uitgever)

    def takes_part(self, soort: Soort, code: str) -> bool:
        """Whether an organisation of this kind and code takes part in this installation."""
        match soort:
            case Soort.BRONHOUDER:
                return any(party.code == code for party in self.bronhouders)
            case Soort.KETENPARTNER:
                return any(party.code == code for party in self.ketenpartners)
            case Soort.GEMEENTE | Soort.FG:
                return self.gemeente is not None and self.gemeente.code == code

    def oin_of(self, soort: Soort, code: str) -> str | None:
        """The OIN of an organisation that takes part; None where the settings give none."""
        gemeente = () if self.gemeente is None else (self.gemeente,)
        parties: Mapping[Soort, tuple[Bronhouder | Ketenpartner | Gemeente, ...]] = {
            Soort.BRONHOUDER: self.bronhouders,
            Soort.KETENPARTNER: self.ketenpartners,
            Soort.GEMEENTE: gemeente,
            Soort.FG: gemeente,
        }
        return next((party.oin for party in parties[soort] if party.code == code), None)

    def talen_of(self, bronhouder: str) -> frozenset[str] | None:
        """The languages that the staff of an organisation speak; None where nothing says."""
        return next((each.talen for each in self.bronhouders if each.code == bronhouder), None)

    def __repr__(self) -> str:
        return "<Settings>"  # the database address may hold a password


#: Settings that a variable can give; the parties stand in the file.
SINGLE: Final = tuple(f.name for f in fields(Settings) if f.name in CONVERT)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings fit to start with: `read_settings_without_keys`, and the files are safe too."""
    settings, faults = _read(environ)
    if settings is not None:
        faults += file_faults(settings.sleutels)
        faults += copy_faults(settings.logkopie)
    return _whole(settings, faults)


def read_settings_without_keys(environ: Mapping[str, str]) -> Settings:
    """For making the keys: key files are not looked at, all else is checked."""
    return _whole(*_read(environ))


def _whole(settings: Settings | None, faults: list[str]) -> Settings:
    if faults or settings is None:
        raise SettingsError(tuple(faults))
    return settings


def _read(environ: Mapping[str, str]) -> tuple[Settings | None, list[str]]:
    faults: list[str] = []
    raw = _from_file(environ.get(_FILE), faults)
    given = {name: raw[name] for name in SINGLE if name in raw}
    for variable, text in environ.items():
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or variable == _FILE:
            continue
        if name in SINGLE:
            given[name] = text
        else:
            faults.append(f"{variable}: deze instelling bestaat niet")
    faults += [
        f"{name}: deze instelling bestaat niet" for name in sorted({*raw} - {*SINGLE, *_TABLES})
    ]
    values = _values(given, faults)
    values["bronhouders"] = read_organisaties(raw.get("bronhouder", []), faults)
    values["ketenpartners"] = read_partners(raw.get("ketenpartner", []), faults)
    values["gemeente"] = read_gemeente(raw.get("gemeente"), faults)
    values["verwerker"] = read_verwerker(raw.get("verwerker"), faults)
    values["fsc"] = read_fsc(raw.get("fsc"), faults)
    values["console"] = read_console(raw.get("console"), faults)
    values["getuigen"] = read_getuigen(raw.get("getuige", []), faults)
    values.setdefault("getuige_termijn", 0 if values.get("demo") else TERMIJN)
    faults += [f"{f}: ontbreekt" for f in ("database", "sleutels", "uitgever") if f not in given]
    faults += safety_faults(values)
    return (None if faults else Settings(**values)), faults


def _values(given: Mapping[str, Any], faults: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in given.items():
        try:
            values[name] = CONVERT[name](value)
        except (ValueError, TypeError) as error:
            faults.append(f"{name}: {error}")
    return values


def _from_file(path: str | None, faults: list[str]) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError:
        faults.append(f"{_FILE}: het bestand is niet te lezen")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{_FILE}: geen geldige TOML ({toml_place(error)})")
    except UnicodeDecodeError:
        faults.append(f"{_FILE}: het bestand is geen UTF-8")
    return {}
