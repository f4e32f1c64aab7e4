"""The same V-nummer twice in one register or one aanlevering (REGELS, Reading)."""

from collections.abc import Iterable

from schemas.faults import Foutcode


def find_duplicates(entries: Iterable[tuple[str | None, object]]) -> dict[int, Foutcode]:
    """Which entries (by position, from 0) are refused because their V-nummer stands twice.

    An entry is its normalised V-nummer and all else it says, consent included, in a form that
    `==` compares. All alike: the later ones are refused. Any difference: all of them are. An
    entry without a V-nummer is at fault elsewhere and is left out.
    """
    places: dict[str, list[tuple[int, object]]] = {}
    for place, (v_nummer, content) in enumerate(entries):
        if v_nummer is not None:
            places.setdefault(v_nummer, []).append((place, content))
    refused: dict[int, Foutcode] = {}
    for group in places.values():
        alike = all(content == group[0][1] for _, content in group)
        if alike:
            refused.update((place, Foutcode.DUBBEL_GELIJK) for place, _ in group[1:])
        else:
            refused.update((place, Foutcode.DUBBEL_VERSCHILLEND) for place, _ in group)
    return dict(sorted(refused.items()))
