"""Compares an UIT.json with what was expected: every difference is named, nothing is passed over.

Lists are compared as multisets. Ignored are `bestand`, `cijfers` and the `code` of a refusal,
which an expectation may leave out, the number of entries in the log, and `rechten`: what was made
of the log afterwards.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_COUNTS = ("rijen", "geldig", "metToestemming", "zonderToestemming")
_BRON = {*_COUNTS, "geweigerd", "verdwenen"}


def differences(found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """One line per difference; none where the two are equal."""
    return [
        *_same_names("UIT", set(found) - {"rechten"}, {"momenten", "audit"}),
        *_audit(found.get("audit")),
        *_momenten(found.get("momenten", {}), expected["momenten"]),
    ]


def _audit(told: Any) -> Iterator[str]:
    sound = isinstance(told, dict) and told.get("gecontroleerd") is True
    if not sound or set(told) != {"regels", "gecontroleerd"} or not told["regels"] > 0:
        yield "audit: not {regels, gecontroleerd: true}"


def _momenten(found: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    yield from _same_names("momenten", set(found), set(expected))
    for dag in sorted(set(found) & set(expected)):
        yield from _moment(dag, found[dag], expected[dag])


def _moment(dag: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    yield from _same_names(dag, set(found), set(expected) - {"cijfers"})
    bronnen = expected["bronnen"]
    yield from _same_names(f"{dag} bronnen", set(found["bronnen"]), set(bronnen))
    for code in sorted(set(bronnen) & set(found["bronnen"])):
        yield from _bron(f"{dag} {code}", found["bronnen"][code], bronnen[code])
    for part in ("pakketten", "mutaties", "terugroepingen"):
        ours, theirs = found.get(part, {}), expected.get(part, {})
        yield from _same_names(f"{dag} {part}", set(ours), set(theirs))
        for ontvanger in sorted(set(ours) & set(theirs)):
            where = f"{dag} {part} {ontvanger}"
            yield from _same_items(where, ours[ontvanger], theirs[ontvanger])


def _bron(where: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[str]:
    yield from _same_names(where, set(found), _BRON)
    for name in _COUNTS:
        if found.get(name) != expected[name]:
            yield f"{where} {name}: {found.get(name)} and not {expected[name]}"
    ours, theirs = (
        [{name: each[name] for name in each if name != "code"} for each in side["geweigerd"]]
        for side in (found, expected)
    )
    yield from _same_items(f"{where} geweigerd", ours, theirs)
    yield from _same_items(f"{where} verdwenen", found["verdwenen"], expected["verdwenen"])


def _same_names(where: str, found: set[str], expected: set[str]) -> Iterator[str]:
    for name in sorted(expected - found):
        yield f"{where}: {name} is missing"
    for name in sorted(found - expected):
        yield f"{where}: {name} does not belong there"


def _same_items(where: str, found: Iterable[Any], expected: Iterable[Any]) -> Iterator[str]:
    ours, theirs = (
        Counter(json.dumps(each, sort_keys=True) for each in side) for side in (found, expected)
    )
    for item, count in sorted((theirs - ours).items()):
        yield f"{where}: {count} x missing {item}"
    for item, count in sorted((ours - theirs).items()):
        yield f"{where}: {count} x too many {item}"
