"""Reads a register from a system that answers JSON over HTTP, page by page.

The network is not known here: `fetch` gets an address and gives the decoded answer. A next page
is followed only to the same server, never twice, and not without end.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from connectors.errors import ConnectorError, NotUnderstoodError
from connectors.ngo.errors import RegisterError, Registerfout
from connectors.ngo.mapping_values import Httpbron
from connectors.ngo.rows import Cell, Onleesbaar, Rij

#: Address in, decoded JSON out. Raises ConnectorError or OSError where there is no answer, and
#: ValueError where the answer is no JSON.
Fetch = Callable[[str], object]

MOST_PAGES: Final = 10_000
_PORTS: Final = {"http": 80, "https": 443}


def read_http(
    url: str,
    bron: Httpbron,
    kolommen: Sequence[str],
    statements: tuple[str, Sequence[str]] | None,
    *,
    fetch: Fetch,
) -> Iterator[Rij]:
    """Every item of every page, in order. `statements` names their list and its columns.

    A name that stands in no item at all is a fault of the mapping, not an empty field: a
    withdrawal date that is never found would look like consent that was never withdrawn.
    """
    lijst, binnen = statements or (None, ())
    items, inner = _Seen(kolommen, lijst), _Seen(binnen)
    for number, page in enumerate(_pages(url, bron, fetch), 1):
        plaats = f"pagina {number}"
        for item in _listed(page, bron.lijst, plaats):
            own = None if lijst is None else _nothing_as_list(items.find(item, lijst))
            found = None if own is None else [inner.pick(one) for one in _objects(own, plaats)]
            yield Rij(items.pick(item), toestemmingen=found)
    items.require_all()
    inner.require_all()


class _Seen:
    """Takes named values out of items, and remembers which names were ever there."""

    def __init__(self, paden: Sequence[str], lijst: str | None = None) -> None:
        self._paden = paden
        self._never = {*paden} if lijst is None else {*paden, lijst}
        self._items = 0

    def pick(self, item: dict[str, Any]) -> dict[str, Cell]:
        self._items += 1
        return {pad: _cell(self.find(item, pad)) for pad in self._paden}

    def find(self, item: dict[str, Any], pad: str) -> Any:
        """What stands at a path; a text or a list halfway hides it, and that is not nothing."""
        found: Any = item
        for name in pad.split("."):
            if found is not None and not isinstance(found, dict):
                return Onleesbaar.CEL
            if found is None or name not in found:
                return None
            found = found[name]
        self._never.discard(pad)
        return found

    def require_all(self) -> None:
        if self._items and self._never:
            plaats = ", ".join(f"'{pad}'" for pad in sorted(self._never))
            raise RegisterError(Registerfout.KOLOM_ONTBREEKT, plaats)


def _pages(url: str, bron: Httpbron, fetch: Fetch) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    next_url: str | None = url
    while next_url is not None:
        number = len(seen) + 1
        plaats = f"pagina {number}"
        if next_url in seen or number > MOST_PAGES:
            raise RegisterError(Registerfout.TE_VEEL_PAGINAS, plaats)
        seen.add(next_url)
        page = _fetched(next_url, fetch, plaats)
        yield page
        next_url = _next(next_url, page, bron.volgende, plaats)


def _fetched(url: str, fetch: Fetch, plaats: str) -> dict[str, Any]:
    try:
        page = fetch(url)
    except (ConnectorError, OSError) as error:
        soort = _soort_of(error)
        raise RegisterError(soort, plaats) from None
    except (ValueError, RecursionError):
        raise RegisterError(Registerfout.ANDER_ANTWOORD, plaats) from None
    if not isinstance(page, dict):
        raise RegisterError(Registerfout.ANDER_ANTWOORD, plaats)
    return page


def _soort_of(error: Exception) -> Registerfout:
    other = isinstance(error, NotUnderstoodError)
    return Registerfout.ANDER_ANTWOORD if other else Registerfout.ONBEREIKBAAR


def _next(url: str, page: dict[str, Any], pad: str | None, plaats: str) -> str | None:
    """The address of the next page, or None after the last."""
    named = None if pad is None else _Seen((pad,)).find(page, pad)
    if named is None or named == "":
        return None
    if not isinstance(named, str):
        raise RegisterError(Registerfout.ANDER_ANTWOORD, plaats)
    following = urljoin(url, named)
    if _origin(following) != _origin(url):
        raise RegisterError(Registerfout.ANDERE_HERKOMST, plaats)
    return following


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return ("", "", None)
    return (parts.scheme, (parts.hostname or "").lower(), port)


def _listed(page: dict[str, Any], pad: str, plaats: str) -> list[dict[str, Any]]:
    return _objects(_Seen((pad,)).find(page, pad), plaats)


def _objects(found: Any, plaats: str) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise RegisterError(Registerfout.ANDER_ANTWOORD, plaats)
    return found


def _nothing_as_list(found: Any) -> Any:
    return [] if found is None or found == "" else found


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    return Onleesbaar.CEL
