"""One item of a feed or pack as a partner reads it: which casus, who that is, what kind."""

from dataclasses import dataclass, field
from typing import Any, Final

from connectors.wire import Fields
from schemas.terms import Doel, Mutatiesoort

TERUGROEPING: Final = "terugroeping"
_WHO: Final = ("vNummer", "bronhouder")

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feeditem:
    """A mutatie or recall. `who` is what it tells of the person, as far as policy lets it.

    `doelen`: of a recall the purposes that ended; of a mutatie the one that it was told for.
    """

    item_id: str
    soort: str
    casusreferentie: str
    who: dict[str, str] = field(repr=False)
    item: Item = field(repr=False)
    doelen: tuple[str, ...]

    @property
    def is_recall(self) -> bool:
        return self.soort == TERUGROEPING


def read_feeditem(told: Fields) -> Feeditem:
    """Read what has an id, a kind and a casus; the rest is kept as it came."""
    soort = told.text("soort")
    name, doelen = "mutatieId", _told_for(soort)
    if soort == TERUGROEPING:
        told.day("uiterlijk")
        name, doelen = "terugroepingId", told.words("doelen")
    else:
        told.inner("velden")
    return Feeditem(
        item_id=str(told.uuid(name)),
        soort=soort,
        casusreferentie=str(told.uuid("casusreferentie")),
        who=read_who(told),
        item=told.plain(),
        doelen=doelen,
    )


def _told_for(soort: str) -> tuple[str, ...]:
    return ((Doel.AANMELDING if soort == Mutatiesoort.AANMELDING else Doel.MUTATIES).value,)


def read_who(told: Fields) -> dict[str, str]:
    """Read V-nummer and bronhouder from the summary of an item, if it has them."""
    if not told.has("samenvatting"):
        return {}
    summary = told.inner("samenvatting")
    return {name: summary.text(name) for name in _WHO if summary.has(name)}
