"""What came of a run: how it ended, and what may be told of it. No value of any record.

How it ended is the exit code; 0 only where everything that had to be sent was taken.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from connectors.ngo.intake import Rijfout
from privacy.disclosure import Disclosure
from schemas.terms import Itemresultaat


class Afloop(IntEnum):
    """How a run ended. The number is the exit code of the command."""

    GOED = 0
    BEZET = 1  # another run of this node is under way
    BRON = 2  # the register cannot be read, or bron.toml is at fault
    VERDWENEN = 3  # too many records vanished: nothing was sent
    GATEWAY = 4  # the gateway did not answer, or refused the request
    BELEID = 5  # the gateway's policies are not those that were approved here
    GEWEIGERD = 6  # the gateway refused items; the others were taken


#: What a run ends with where nothing else went wrong, in words.
_WOORD: Final[Mapping[Afloop, str]] = MappingProxyType({each: each.name.lower() for each in Afloop})


@dataclass(frozen=True, slots=True)
class Weigering:
    """One fault that the gateway found in one item; `waar` is None where it came from memory."""

    waar: str | None
    veld: str
    code: str


@dataclass(slots=True)
class Tally:
    """What the gateway answered, counted as the answers come in: true also where it stops."""

    counted: Counter[Itemresultaat] = field(default_factory=Counter)
    geweigerd: list[Weigering] = field(default_factory=list)

    @property
    def items(self) -> int:
        """How many items were answered."""
        return self.counted.total()


@dataclass(frozen=True, slots=True, kw_only=True)
class Uitkomst:
    """One run. `verdwenen` was let through by the gate, for the organisation itself.

    `thuis` says where the good records stand that have no consent today. `te_verzenden` counts
    what a trial would have sent.
    """

    bronhouder: str
    dag: date
    afloop: Afloop = Afloop.GOED
    melding: str = ""
    rijen: int = 0
    geldig: int = 0
    fouten: tuple[Rijfout, ...] = ()
    thuis: tuple[str, ...] = ()
    te_verzenden: int = 0
    overgeslagen: int = 0
    aantal_verdwenen: int = 0
    verdwenen: Disclosure | None = None
    tally: Tally = field(default_factory=Tally)
    #: The restore of the gateway that wants everything sent again.
    herstel: UUID | None = None

    @property
    def woord(self) -> str:
        """How it ended, for a log line."""
        return _WOORD[self.afloop]

    def v_nummers(self) -> tuple[str, ...]:
        """The vanished, by number: for the organisation's own screen."""
        if self.verdwenen is None:
            return ()
        told = json.loads(self.verdwenen.body)
        return tuple(sorted(each["samenvatting"]["vNummer"] for each in told["verdwenen"]))

    def to_wire(self) -> dict[str, Any]:
        """For machines; the vanished are this organisation's own records."""
        return {
            "bronhouder": self.bronhouder,
            "dag": self.dag.isoformat(),
            "rijen": self.rijen,
            "geldig": self.geldig,
            "geweigerd": [_fault_to_wire(each) for each in self.fouten],
            "metToestemming": self.geldig - len(self.thuis),
            "zonderToestemming": len(self.thuis),
            "verdwenen": list(self.v_nummers()),
            "verzonden": {each.value: self.tally.counted[each] for each in Itemresultaat},
            "overgeslagen": self.overgeslagen,
        }


def _fault_to_wire(fout: Rijfout) -> dict[str, Any]:
    return {
        "rij": fout.rij,
        "blad": fout.blad,
        "bladrij": fout.bladrij,
        "veld": fout.veld,
        "code": fout.code.value,
    }
