"""One item of a feed or pack as a partner reads it: which casus, who that is, what kind."""

from dataclasses import dataclass, field
from typing import Any, Final

from connectors.wire import Fields

TERUGROEPING: Final = "terugroeping"
_WHO: Final = ("vNummer", "bronhouder")

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feeditem:
    """A mutatie or recall. `who` is what it tells of the person, as far as policy lets it."""

    item_id: str
    soort: str
    casusreferentie: str
    who: dict[str, str] = field(repr=False)
    item: Item = field(repr=False)

    @property
    def is_recall(self) -> bool:
        return self.soort == TERUGROEPING


def read_feeditem(told: Fields) -> Feeditem:
    """Read what has an id, a kind and a casus; the rest is kept as it came."""
    soort = told.text("soort")
    name = "terugroepingId" if soort == TERUGROEPING else "mutatieId"
    if soort == TERUGROEPING:
        told.day("uiterlijk")
    else:
        told.inner("velden")
    return Feeditem(
        str(told.uuid(name)), soort, str(told.uuid("casusreferentie")), read_who(told), told.plain()
    )


def read_who(told: Fields) -> dict[str, str]:
    """Read V-nummer and bronhouder from the summary of an item, if it has them."""
    if not told.has("samenvatting"):
        return {}
    summary = told.inner("samenvatting")
    return {name: summary.text(name) for name in _WHO if summary.has(name)}
