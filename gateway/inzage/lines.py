"""The lines of a report: one for each entry of the log about a casus, the entry in full.

Beside the entry stand the names of who acts and who got (the organisation itself, C-154/21), and
the page or pack that it was part of. In the person's own report also the salt: with that and what
the recipient got, the digest of the entry opens.

An organisation is not told where the page or pack stands. Between an entry and what closes over it
stand those of other casussen: of a question about one person, they would tell how many
organisations know that person.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.config import Settings
from privacy.log.commitment import occasion
from privacy.log.entries import Auditsoort
from privacy.log.search import Found
from privacy.question import PROCESSOR

_SELF: Final = "LSO-gateway"
#: Entries that a question made: only of these is what closes over them their page or pack.
_ASKED: Final = frozenset({Auditsoort.VERSTREKKING.value, Auditsoort.WEIGERING.value})
Salt = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Parties:
    """Who takes part by code, as people and machines know it."""

    by_code: Mapping[str, Mapping[str, str | None]]

    @classmethod
    def of(cls, settings: Settings) -> "Parties":
        """All of the settings. Who left since is known by its code alone."""
        gemeente = () if settings.gemeente is None else (settings.gemeente,)
        known = (*gemeente, *settings.bronhouders, *settings.ketenpartners)
        found = {each.code: _party(each.code, each.naam, each.oin) for each in known}
        return cls({PROCESSOR: _party(PROCESSOR, _SELF, None), **found})

    def told(self, code: str | None) -> Mapping[str, str | None] | None:
        """Code, name and OIN; None where the entry names nobody."""
        return None if code is None else self.by_code.get(code, _party(code, code, None))


def lines_of(found: Iterable[Found], parties: Parties, salt: Salt | None) -> list[dict[str, Any]]:
    """For the person, in the order of the log; of an erased casus no digest opens, without salt."""
    return [_line(each, parties, salt) for each in found]


def own_lines_of(found: Iterable[Found], parties: Parties) -> list[dict[str, Any]]:
    """For an organisation about its own casus: no digest opens, and no place of a page is told."""
    lines = [_line(each, parties, None) for each in found]
    return [{**each, "deelVan": each["deelVan"] and _without_place(each)} for each in lines]


def _without_place(line: Mapping[str, Any]) -> dict[str, str]:
    return {"soort": line["deelVan"]["soort"]}


def _line(found: Found, parties: Parties, salt: Salt | None) -> dict[str, Any]:
    regel = dict(found.entry.told)
    page = found.page if regel["soort"] in _ASKED else None
    line: dict[str, Any] = {
        "index": found.nummer,
        "regel": regel,
        "organisatie": parties.told(regel.get("organisatie")),
        "ontvanger": parties.told(regel.get("ontvanger")),
        "deelVan": None if page is None else _of(page.nummer, page.told["soort"]),
    }
    if salt is not None and page is not None and "afdruk" in regel:
        line["zout"] = salt(occasion(regel.get("trace"), regel["tijd"], found.place)).hex()
    return line


def _of(index: int, soort: str) -> dict[str, int | str]:
    return {"index": index, "soort": soort}


def _party(code: str, naam: str, oin: str | None) -> dict[str, str | None]:
    return {"code": code, "naam": naam, "oin": oin}
