"""What the demo came to: each organisation's intake and each partner's receipts, day by day.

`to_wire` gives it the form of UIT.json, exactly as it stood on the partners' side of the wire.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gateway.demo.errors import DemoError
from gateway.demo.partners import Item, Ontvangen, Teruggeroepen


@dataclass(frozen=True, slots=True)
class Geweigerd:
    """One fault of one record, where a person finds it."""

    rij: int
    blad: str | None
    bladrij: int | None
    veld: str
    code: str


@dataclass(frozen=True, slots=True)
class Intake:
    """What one node made of its register; `verdwenen` are its own organisation's numbers."""

    rijen: int
    geldig: int
    geweigerd: tuple[Geweigerd, ...]
    met_toestemming: int
    zonder_toestemming: int
    verdwenen: tuple[str, ...] = field(repr=False)

    def to_wire(self) -> dict[str, Any]:
        return {
            "rijen": self.rijen,
            "geldig": self.geldig,
            "geweigerd": [
                {"rij": each.rij, "veld": each.veld, "code": each.code} for each in self.geweigerd
            ],
            "metToestemming": self.met_toestemming,
            "zonderToestemming": self.zonder_toestemming,
            "verdwenen": list(self.verdwenen),
        }


def read_intake(told: Mapping[str, Any]) -> Intake:
    """What `agent aanleveren --json` told; DemoError where it told something else."""
    try:
        return Intake(
            rijen=told["rijen"],
            geldig=told["geldig"],
            geweigerd=tuple(
                Geweigerd(**{name: each[name] for name in Geweigerd.__slots__})
                for each in told["geweigerd"]
            ),
            met_toestemming=told["metToestemming"],
            zonder_toestemming=told["zonderToestemming"],
            verdwenen=tuple(told["verdwenen"]),
        )
    except (KeyError, TypeError):
        raise DemoError("De node vertelde iets anders dan is afgesproken.") from None


@dataclass(frozen=True, slots=True)
class Moment:
    """One day of the demo."""

    dag: date
    bronnen: Mapping[str, Intake]
    ontvangen: Mapping[str, Ontvangen]
    duur: Mapping[str, float]

    def to_wire(self, *, first: bool) -> dict[str, Any]:
        """Changes are told since the day before, so the first day has none."""
        told: dict[str, Any] = {
            "bronnen": {code: intake.to_wire() for code, intake in self.bronnen.items()},
            "pakketten": {code: list(each.pakket) for code, each in self.ontvangen.items()},
        }
        if not first:
            told["mutaties"] = {
                code: [_mutatie(item) for item in each.mutaties]
                for code, each in self.ontvangen.items()
            }
            told["terugroepingen"] = {
                code: [_terugroeping(recall) for recall in each.terugroepingen]
                for code, each in self.ontvangen.items()
            }
        return told


def to_wire(momenten: Sequence[Moment], regels: int) -> dict[str, Any]:
    """The whole of UIT.json, for a log of `regels` entries that was found sound."""
    return {
        "momenten": {
            moment.dag.isoformat(): moment.to_wire(first=moment is momenten[0])
            for moment in momenten
        },
        "audit": {"regels": regels, "gecontroleerd": True},
    }


def _mutatie(item: Item) -> dict[str, Any]:
    who = item["samenvatting"]
    return {
        "bron": who.get("bronhouder"),
        "vNummer": who.get("vNummer"),
        "soort": item["soort"],
        "velden": item["velden"],
    }


def _terugroeping(recall: Teruggeroepen) -> dict[str, Any]:
    return {"bron": recall.bron, "vNummer": recall.v_nummer}
