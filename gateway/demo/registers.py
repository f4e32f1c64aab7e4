"""The registers that the demo plays: a folder with a day each, and in it one per organisation.

Which organisations there are is told by the mapping files beside the program: a new one is a
file there, and no code here. Contents are not looked at; that is what the nodes are for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from connectors.ngo.errors import MappingError
from connectors.ngo.mapping import load_mapping
from connectors.ngo.mapping_values import Bladbron, Bron, Csvbron, Databasebron, Httpbron
from gateway.demo.errors import DemoError, RegistersError

_DEMO: Final = Path(__file__).resolve().parents[2] / "deploy" / "demo"
STANDARD: Final = _DEMO / "registers"
_MAPPINGS: Final = _DEMO / "bronnen"
#: The first page of a system that answers over HTTP; each page names the following.
FIRST_PAGE: Final = "clients-1.json"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Organisatie:
    """One organisation with its mapping, and how its register file is called."""

    code: str
    naam: str
    mapping: Path
    bestand: str

    @property
    def over_http(self) -> bool:
        """Whether its register is a system that is asked, and not a file that is opened."""
        return self.bestand == FIRST_PAGE


@dataclass(frozen=True, slots=True)
class Registers:
    """Days in order, and organisations; every file is there."""

    folder: Path
    dagen: tuple[date, ...]
    organisaties: tuple[Organisatie, ...]

    def of(self, dag: date, organisatie: Organisatie) -> Path:
        """The register of one organisation as it stood on a day."""
        return _one_file(self._folder(dag, organisatie), organisatie.bestand)[0]

    def words(self, dag: date, organisatie: Organisatie) -> Path:
        """The organisation's words for the closed lists."""
        return self._folder(dag, organisatie) / "woordenlijst.json"

    def _folder(self, dag: date, organisatie: Organisatie) -> Path:
        return self.folder / dag.isoformat() / organisatie.code

    def faults(self) -> Iterator[str]:
        """What is missing, one line each."""
        if not self.dagen:
            yield "  - er is geen map met de naam van een dag, zoals 2020-04-01"
        for dag in self.dagen:
            for organisatie in self.organisaties:
                where = f"{dag}/{organisatie.code}"
                if len(_one_file(self._folder(dag, organisatie), organisatie.bestand)) != 1:
                    yield f"  - {where}: hier hoort één bestand {organisatie.bestand} te staan"
                if not self.words(dag, organisatie).is_file():
                    yield f"  - {where}/woordenlijst.json ontbreekt"


def find_registers(folder: Path) -> Registers:
    """The registers in a folder; RegistersError names everything that is missing."""
    folder = folder.resolve()
    if not folder.is_dir():
        raise RegistersError(str(folder), ("  - deze map is er niet",))
    found = Registers(folder, tuple(sorted(_days(folder))), _organisaties())
    if faults := tuple(found.faults()):
        raise RegistersError(str(folder), faults)
    return found


def _days(folder: Path) -> Iterator[date]:
    for path in folder.iterdir():
        if path.is_dir() and _DAY.fullmatch(path.name):
            try:
                yield date.fromisoformat(path.name)
            except ValueError:
                raise RegistersError(
                    str(folder), (f"  - {path.name}: deze dag bestaat niet",)
                ) from None


def _organisaties() -> tuple[Organisatie, ...]:
    paths = sorted(_MAPPINGS.glob("*.toml"))
    if not paths:
        raise DemoError("De map deploy/demo/bronnen hoort naast het programma te staan.")
    try:
        mappings = [(path, load_mapping(path)) for path in paths]
    except MappingError as error:
        raise DemoError(str(error)) from None
    return tuple(
        Organisatie(mapping.bronhouder, mapping.naam, path, _file_name(mapping.bron))
        for path, mapping in mappings
    )


def _file_name(bron: Bron) -> str:
    match bron:
        case Bladbron(soort=soort):
            return f"*.{soort}"
        case Csvbron():
            return "*.csv"
        case Databasebron():
            return "*.sqlite"
        case Httpbron():
            return FIRST_PAGE


def _one_file(folder: Path, pattern: str) -> list[Path]:
    """Files of that name; not the one that an office program keeps beside an open file."""
    return [path for path in sorted(folder.glob(pattern)) if path.name[0] not in ".~"]
