"""The words of a receipt, one file per language: fields, purposes, dates and what stands around.

Every language holds every key, down to each precision of each field, so that what may leave can
always be said. Recipients are not among them: what those are called stands in the notice.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, Final

from gateway.receipt.record import Stand
from privacy.errors import PolicyFaultError
from privacy.policy_file import toml_fault
from privacy.precision import SUPPORTED
from schemas.terms import Doel, Precisie

PACKAGED: Final = Path(str(files("gateway.receipt").joinpath("woorden")))
_MONTHS: Final = "maanden"
_TWELVE: Final = 12
_DAYS: Final = frozenset({"eerste", "laatste", "sinds"})
#: Each key with the blanks that may stand in it; "" is for a file's own top.
_EXPECTED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "datum": frozenset({"dag", "maand", "jaar"}),
        **dict.fromkeys(("eerste_van_de_maand", "komma", "en"), frozenset()),
        **{
            f"blad.{name}": frozenset(blanks)
            for name, blanks in {
                "titel": (),
                "titel_nee": (),
                "organisatie": ("naam",),
                "wie": (),
                "zien": (),
                "allen": (),
                "ook": (),
                "waarvoor": (),
                "niemand": (),
                "ging_over": ("ontvangers",),
                "gestopt": ("wat",),
                "stoppen": (),
                "klagen": (),
                "code": (),
                "naam": (),
                "vouwen": (),
                "herkomst": ("verklaring", "versie"),
            }.items()
        },
        **{f"stand.{stand}.{part}": _DAYS for stand in Stand for part in ("kop", "tekst")},
        **{f"doelen.{doel}": frozenset() for doel in Doel},
        **{
            f"velden.{name}.{precisie}": frozenset()
            for name, precisions in SUPPORTED.items()
            for precisie in precisions
        },
    }
)


@dataclass(frozen=True, slots=True)
class Woorden:
    """The words of one language; complete, or they were refused."""

    taal: str
    teksten: Mapping[str, str]
    maanden: Sequence[str]

    def say(self, key: str, **blanks: str) -> str:
        """The text of a key, its blanks filled."""
        return self.teksten[key].format(**blanks)

    def day(self, day: date) -> str:
        """A day as people write it."""
        first = self.teksten["eerste_van_de_maand"]
        number = first if day.day == 1 else str(day.day)
        return self.say("datum", dag=number, maand=self.maanden[day.month - 1], jaar=str(day.year))

    def listed(self, parts: Sequence[str]) -> str:
        """One, one and two, or one, two and three."""
        *most, last = parts
        return self.teksten["komma"].join(most) + self.teksten["en"] + last if most else last

    def field(self, name: str, precisie: Precisie) -> str:
        """A field in its precision."""
        return self.teksten[f"velden.{name}.{precisie}"]

    def purpose(self, doel: Doel) -> str:
        """A purpose."""
        return self.teksten[f"doelen.{doel}"]


def load_words(*folders: Path) -> Mapping[str, Woorden]:
    """The words of every language there is; a later folder adds to an earlier or replaces it.

    PolicyFaultError names each fault of the first bad file. A folder that is not there adds none.
    """
    found = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            found[path.stem] = parse_words(path.stem, path.read_text(encoding="utf-8"))
    return MappingProxyType(found)


def parse_words(taal: str, text: str) -> Woorden:
    """The words of one language from the text of its file."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyFaultError(taal, (toml_fault(error),)) from None
    months = raw.pop(_MONTHS, None)
    said = dict(_flat(raw))
    faults = [f"{key}: ontbreekt" for key in _EXPECTED if key not in said]
    faults += [f"{key}: deze sleutel bestaat niet" for key in sorted(said) if key not in _EXPECTED]
    faults += [fault for key in _EXPECTED if key in said for fault in _faults_of(key, said[key])]
    if not _is_texts(months) or len(months) != _TWELVE:
        faults.append(f"{_MONTHS}: twaalf namen")
    if faults:
        raise PolicyFaultError(taal, tuple(faults))
    return Woorden(taal, MappingProxyType(said), tuple(months))


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _faults_of(key: str, value: object) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"{key}: geen tekst"
        return
    try:
        blanks = {name for _, name, _, _ in Formatter().parse(value) if name is not None}
    except ValueError:
        blanks = {"{"}
    for blank in sorted(blanks - _EXPECTED[key]):
        yield f"{key}: {{{blank}}} kan hier niet worden ingevuld"


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)
