"""Which rows add the list up and are no records: their number cell begins with a word for it."""

from collections.abc import Callable, Mapping

from connectors.ngo.mapping_values import Mapping as Registermapping
from connectors.ngo.rows import Cell
from connectors.ngo.values import text_of
from schemas.errors import RefusedValueError

#: The named cells of a row to whether it is no record.
IsTotaal = Callable[[Mapping[str, Cell]], bool]


def totals_of(mapping: Registermapping) -> IsTotaal:
    """The test for one register, by the words of its mapping."""
    kolom = mapping.velden.get("vNummer", "")
    begin = tuple(word.casefold() for word in mapping.nummer_begint_met)
    return lambda cellen: _text(cellen.get(kolom)).startswith(begin)


def _text(cell: Cell) -> str:
    try:
        return (text_of(cell) or "").casefold()
    except RefusedValueError:
        return ""
