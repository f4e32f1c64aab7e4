"""One item of a feed or pack as a partner reads it: which casus, who that is, what kind."""

from dataclasses import dataclass, field
from typing import Any, Final

from connectors.wire import Fields
from schemas.terms import Doel, Kennisgevingssoort, Mutatiesoort

_NOTICES: Final = frozenset(soort.value for soort in Kennisgevingssoort)
_WHO: Final = ("vNummer", "bronhouder")

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feeditem:
    """A mutatie, recall or other notice. `who` is what it tells of the person, if policy lets it.

    `doelen`: of a recall the purposes that ended; of a mutatie the one that it was told for.
    `velden`: of a rectificatie the fields that were wrong; of a mutatie those that it tells.
    """

    item_id: str
    soort: str
    casusreferentie: str
    who: dict[str, str] = field(repr=False)
    item: Item = field(repr=False)
    doelen: tuple[str, ...]
    velden: tuple[str, ...] = ()

    @property
    def is_recall(self) -> bool:
        return self.soort == Kennisgevingssoort.TERUGROEPING

    @property
    def is_notice(self) -> bool:
        """Whether it is a recall, a restriction or a rectification, which is to be confirmed."""
        return self.soort in _NOTICES


def read_feeditem(told: Fields) -> Feeditem:
    """Read what has an id, a kind and a casus; the rest is kept as it came."""
    soort = told.text("soort")
    if soort in _NOTICES:
        told.day("uiterlijk")
        corrects = soort == Kennisgevingssoort.RECTIFICATIE
        name = "terugroepingId"
        doelen = () if corrects else told.words("doelen")
        velden = told.words("velden") if corrects else ()
    else:
        name, doelen = "mutatieId", _told_for(soort)
        velden = (*told.inner("velden").plain(), *read_names(told))
    return Feeditem(
        item_id=str(told.uuid(name)),
        soort=soort,
        casusreferentie=str(told.uuid("casusreferentie")),
        who=read_who(told),
        item=told.plain(),
        doelen=doelen,
        velden=velden,
    )


def _told_for(soort: str) -> tuple[str, ...]:
    return ((Doel.AANMELDING if soort == Mutatiesoort.AANMELDING else Doel.MUTATIES).value,)


def read_names(told: Fields) -> tuple[str, ...]:
    """Read which fields the summary of an item or casus tells."""
    return tuple(told.inner("samenvatting").plain()) if told.has("samenvatting") else ()


def read_who(told: Fields) -> dict[str, str]:
    """Read V-nummer and bronhouder from the summary of an item, if it has them."""
    if not told.has("samenvatting"):
        return {}
    summary = told.inner("samenvatting")
    return {name: summary.text(name) for name in _WHO if summary.has(name)}
