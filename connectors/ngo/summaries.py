"""From the cells of one row to a casussamenvatting, and every fault with its field.

Values that break a rule are left out of the summary and of the rules between fields; what is
only filled in wrongly still counts as filled in.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from connectors.ngo.mapping_values import Mapping
from connectors.ngo.rows import Cell, Rij
from connectors.ngo.values import birth_of, day_of, sound_text, v_nummer_of
from connectors.ngo.words import LIJSTEN, Woorden
from schemas.errors import RefusedValueError
from schemas.faults import Foutcode
from schemas.nationaliteiten import Nationaliteiten
from schemas.records import Casussamenvatting, wire_names
from schemas.rules import check_samenvatting, derive_status
from schemas.terms import NIET_GEDEELD

_NAMES: Final = wire_names(Casussamenvatting)
_DERIVED: Final = frozenset({"status", "bronhouder"})
_DAYS: Final = frozenset({"datumAanmelding", "datumInstroom", "datumUitstroom"})


@dataclass(frozen=True, slots=True, repr=False)
class Samengevat:
    """One record: its summary where it is sound, its faults by field, and a form to compare."""

    v_nummer: str | None
    samenvatting: Casussamenvatting
    fouten: dict[str, Foutcode]
    inhoud: tuple[object, ...]


class Samenvatter:
    """Reads rows of one register on one day."""

    def __init__(
        self, mapping: Mapping, woorden: Woorden, table: Nationaliteiten, day: date
    ) -> None:
        self._mapping = mapping
        self._woorden = woorden
        self._table = table
        self._day = day

    def read(self, rij: Rij) -> Samengevat:
        """The summary of a row; never raises for what stands in a cell."""
        values: dict[str, Any] = {}
        fouten: dict[str, Foutcode] = {}
        inhoud: list[object] = []
        filled: set[str] = set()
        for name, wire in _NAMES.items():
            if wire in _DERIVED:
                continue
            cell = self._cell(rij, wire)
            try:
                # Kept where it is merged too: a number at fault still counts among the doubles.
                values[name] = self._value(wire, cell, rij)
            except RefusedValueError as error:
                fouten[wire] = error.code
            if self._mapping.velden.get(wire) in rij.samengevoegd:
                fouten[wire] = Foutcode.VERKEERD_TYPE
            if wire in fouten:
                filled.add(wire)
            inhoud.append(repr(cell) if wire in fouten else values[name])
        return self._checked(values, fouten, filled, tuple(inhoud))

    def _checked(
        self,
        values: dict[str, Any],
        fouten: dict[str, Foutcode],
        filled: set[str],
        inhoud: tuple[object, ...],
    ) -> Samengevat:
        v_nummer = values.pop("v_nummer", None)
        absent = {name: NIET_GEDEELD for name, wire in _NAMES.items() if wire in fouten}
        absent.pop("v_nummer", None)
        summary = Casussamenvatting(
            v_nummer=v_nummer or "",
            **{**values, **absent},
            bronhouder=self._mapping.bronhouder,
            status=_status(values, fouten),
        )
        found = check_samenvatting(summary, self._day, complete=True, at_fault=fouten)
        missing = _missing_beside(values, filled)
        return Samengevat(
            v_nummer,
            summary,
            {**missing, **{fout.veld: fout.code for fout in found}, **fouten},
            inhoud,
        )

    def _cell(self, rij: Rij, wire: str) -> Cell:
        kolom = self._mapping.velden.get(wire)
        return self._mapping.vast.get(wire) if kolom is None else rij.cellen.get(kolom)

    def _value(self, wire: str, cell: Cell, rij: Rij) -> Any:
        vormen, nuldag = self._mapping.datumvormen, rij.nuldag
        if wire == "vNummer":
            return v_nummer_of(cell)
        if wire == "geboortedatum":
            return birth_of(cell, vormen, nuldag)
        if wire in _DAYS:
            return day_of(cell, vormen, nuldag)
        text = sound_text(cell)
        if text is None or wire == "naam":
            return text
        return self._nationaliteit(text) if wire == "nationaliteit" else self._listed(wire, text)

    def _listed(self, wire: str, text: str) -> Any:
        code = self._woorden.code_for(wire, text)
        if code is None:
            raise RefusedValueError(Foutcode.ONBEKENDE_WAARDE)
        return LIJSTEN[wire](code)

    def _nationaliteit(self, text: str) -> str:
        """The organisation's own word first, then code or name of the table, valid on the day."""
        own = self._woorden.code_for("nationaliteit", text) or text
        code = self._table.code_for(own, self._day)
        if code is None:
            ended = self._table.known(own)
            unknown = Foutcode.NIET_GELDIG_OP_DE_DAG if ended else Foutcode.ONBEKENDE_WAARDE
            raise RefusedValueError(unknown)
        return code


def _status(values: dict[str, Any], fouten: dict[str, Foutcode]) -> Any:
    if fouten.keys() & {"datumInstroom", "datumUitstroom"}:
        return NIET_GEDEELD
    return derive_status(values["datum_instroom"], values["datum_uitstroom"])


def _missing_beside(values: dict[str, Any], filled: set[str]) -> dict[str, Foutcode]:
    """What an exit still misses where the exit itself is filled in wrongly.

    The rules skip a value at fault; but that an exit date has no reason, or no entry, does not
    follow from how the date was written, and would show as soon as that is mended.
    """
    missing = {}
    if "datumUitstroom" in filled:
        for name, wire in (
            ("uitstroomreden", "uitstroomreden"),
            ("datum_instroom", "datumInstroom"),
        ):
            if wire not in filled and values[name] is None:
                missing[wire] = Foutcode.ONTBREEKT
    undated = "datumUitstroom" not in filled and values["datum_uitstroom"] is None
    if "uitstroomreden" in filled and undated:
        missing["datumUitstroom"] = Foutcode.ONTBREEKT
    return missing
