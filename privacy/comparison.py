"""Comparison: what changed between two sealed summaries, without letting a value out.

One of the modules that open a seal. It answers with kinds of mutation, field names and sealed
values; never with a value. The rules are those of REGELS (Utrecht sample), "Mutaties".
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from privacy._unseal import open_sealed
from privacy.filter import filter_fields
from privacy.precision import Viewer
from privacy.sealed import Sealed, seal
from schemas.canonical import canonical
from schemas.terms import Lijn, Mutatiesoort, Precisie, Status

#: Which fields belong to a kind. A changed field belongs to the first kind that takes it.
KIND_FIELDS: Final[Mapping[Mutatiesoort, tuple[str, ...]]] = {
    Mutatiesoort.INSTROOM: ("status", "datumInstroom", "lijn"),
    Mutatiesoort.HEROPENING: (
        "status",
        "datumInstroom",
        "datumUitstroom",
        "uitstroomreden",
        "lijn",
    ),
    Mutatiesoort.DOORSTROOM: ("lijn",),
    Mutatiesoort.UITSTROOM: ("datumUitstroom", "uitstroomreden", "status"),
}


#: The date that tells of a kind, and the statuses that tell of it.
_FROM_THE_START: Final = (
    (Mutatiesoort.INSTROOM, "datumInstroom", (Status.IN_BEGELEIDING, Status.UITGESTROOMD)),
    (Mutatiesoort.UITSTROOM, "datumUitstroom", (Status.UITGESTROOMD,)),
)
_NO_DATE: Final = (None, "nee")
_LATER: Final = (Status.IN_BEGELEIDING, Status.UITGESTROOMD)


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of mutation that a recipient is told, and the names of its changed fields."""

    soort: Mutatiesoort
    velden: tuple[str, ...]


def same(one: Sealed, other: Sealed) -> bool:
    """Whether two records hold the same fields with the same values."""
    return dict(open_sealed(one)) == dict(open_sealed(other))


def precedes(one: Sealed, other: Sealed) -> bool:
    """A fixed order of two different records of one moment, whichever of them came first."""
    return _in_order(one) < _in_order(other)


def exceeding(sealed: Sealed, allowed: Mapping[str, Precisie], viewer: Viewer) -> tuple[str, ...]:
    """Names of the fields that a record may not hold, or holds more precisely than allowed."""
    inhoud = open_sealed(sealed)
    kept = filter_fields(inhoud, allowed, viewer)
    return tuple(name for name in inhoud if name not in kept or kept[name] != inhoud[name])


def digest_of(sealed: Sealed, allowed: Mapping[str, Precisie], viewer: Viewer, key: bytes) -> bytes:
    """A keyed digest of what the filter leaves of a record: tells only "the same"."""
    return hmac.digest(key, canonical(filter_fields(open_sealed(sealed), allowed, viewer)), sha256)


def change(old: Sealed, new: Sealed) -> tuple[Sealed, Sealed] | None:
    """Old and new values of the fields that both hold and that differ; None where none does.

    A field that only one of them holds came or went because consent widened or narrowed: that
    is not a change of the casus, and nobody is told of it.
    """
    was, now = open_sealed(old), open_sealed(new)
    changed = [name for name in now if name in was and was[name] != now[name]]
    if not changed:
        return None
    return (
        seal(old.label, {name: was[name] for name in changed}),
        seal(new.label, {name: now[name] for name in changed}),
    )


def told(
    old: Sealed, new: Sealed, visible: Mapping[str, Precisie], viewer: Viewer
) -> tuple[Told, ...]:
    """The kinds a recipient is told of one change, in order; a kind with no field is not told.

    Only fields in `visible` count, and only where they differ in the precision the recipient
    gets: from medisch to artikel 64 is no change to anyone. The kind too is told by what the
    recipient sees, or it would tell of a field that is hidden.
    """
    seen_old = filter_fields(open_sealed(old), visible, viewer)
    seen_new = filter_fields(open_sealed(new), visible, viewer)
    left = [name for name in seen_new if seen_new[name] != seen_old.get(name)]
    found = []
    for soort in _kinds(seen_old, seen_new):
        mine = tuple(name for name in KIND_FIELDS[soort] if name in left)
        left = [name for name in left if name not in mine]
        if mine:
            found.append(Told(soort, mine))
    if left:
        found.append(Told(Mutatiesoort.CORRECTIE, tuple(left)))
    return tuple(found)


def told_at_start(
    stand: Sealed, visible: Mapping[str, Precisie], viewer: Viewer
) -> tuple[Told, ...]:
    """What follows an aanmelding: that someone came in and left, without changed fields.

    Told only where the recipient sees, in the feed, a field that says so.
    """
    seen = filter_fields(open_sealed(stand), visible, viewer)
    found = []
    for soort, name, after in _FROM_THE_START:
        if seen.get(name) not in _NO_DATE or seen.get("status") in after:
            found.append(Told(soort, ()))
    return tuple(found)


def _kinds(old: Mapping[str, str | None], new: Mapping[str, str | None]) -> list[Mutatiesoort]:
    """The kinds that changed fields tell of: by the status, or by the dates it follows from.

    Either says the same, so that hiding one of them changes nothing but that field.
    """
    was, now = old.get("status"), new.get("status")
    came, went = _dated(old, new, "datumInstroom"), _dated(old, new, "datumUitstroom")
    told_of = {
        Mutatiesoort.INSTROOM: (was == Status.AANGEMELD and now in _LATER) or came is True,
        Mutatiesoort.HEROPENING: (was == Status.UITGESTROOMD and now == Status.IN_BEGELEIDING)
        or (went is False and came is not False),
        Mutatiesoort.DOORSTROOM: old.get("lijn") == Lijn.EERSTE and new.get("lijn") == Lijn.TWEEDE,
        Mutatiesoort.UITSTROOM: now == Status.UITGESTROOMD or went is True,
    }
    return [soort for soort, is_told in told_of.items() if is_told]


def _dated(old: Mapping[str, str | None], new: Mapping[str, str | None], name: str) -> bool | None:
    """True where a date was filled in, False where it was cleared; None where neither."""
    if name not in new:
        return None
    before, after = old.get(name) not in _NO_DATE, new[name] not in _NO_DATE
    return None if before == after else after


def _in_order(sealed: Sealed) -> list[tuple[str, str]]:
    return sorted((name, value or "") for name, value in open_sealed(sealed).items())
