"""What a recipient ever got of a casus: which fields, and how precisely. A number, a bit for each.

So that who is owed a notice of a rectification (AVG 16, 19) is known without one value: whom the
corrected field never reached, and whom it reached so coarsely that nothing changed, hears nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from types import MappingProxyType
from typing import Final
from uuid import UUID

from privacy.precision import finer
from schemas.terms import Precisie

_DATE: Final = "volledig maand jaar ja_nee"
_CODE: Final = "volledig ja_nee"
_NAME: Final = "volledig pseudoniem ja_nee"
#: A field and a precision for each bit, from the lowest. Stored: added to at the end alone.
ORDER: Final[tuple[tuple[str, Precisie], ...]] = tuple(
    (name, Precisie(precisie))
    for name, precisies in (
        ("vNummer", _NAME),
        ("naam", _NAME),
        ("geboortedatum", f"{_DATE} leeftijdsgroep"),
        ("geslacht", _CODE),
        ("nationaliteit", _CODE),
        ("status", _CODE),
        ("lijn", _CODE),
        ("datumAanmelding", _DATE),
        ("datumInstroom", _DATE),
        ("datumUitstroom", _DATE),
        ("uitstroomreden", "groep ja_nee"),
        ("begeleidingsscenario", _CODE),
        ("bronhouder", _CODE),
        ("rol", _CODE),
    )
    for precisie in precisies.split()
)
_BITS: Final = MappingProxyType({pair: 1 << place for place, pair in enumerate(ORDER)})


@dataclass(frozen=True, slots=True)
class Given:
    """One casus as it left: under which name, and which fields (`marks_of`)."""

    referentie: UUID
    velden: int


def marks_of(velden: Mapping[str, Precisie]) -> int:
    """The number for these fields in these precisions; KeyError for a pair that has no bit."""
    # One pack tells the same fields of most of its casussen.
    return _marks(tuple(velden.items()))


@lru_cache(maxsize=1024)
def _marks(velden: tuple[tuple[str, Precisie], ...]) -> int:
    return reduce(or_, map(_BITS.__getitem__, velden), 0)


@lru_cache(maxsize=1024)
def fields_of(marks: int) -> Mapping[str, Precisie]:
    """Per field the finest precision in which it was ever got; other bits mean nothing yet."""
    found: dict[str, Precisie] = {}
    for (name, precisie), bit in _BITS.items():
        if marks & bit:
            found[name] = finer(found.get(name, precisie), precisie)
    return MappingProxyType(found)
