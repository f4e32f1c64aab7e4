"""Comparison: what changed between two sealed summaries, without letting a value out.

One of the modules that open a seal. It answers with kinds of mutation, field names and sealed
values; never with a value. The rules are those of REGELS (Utrecht sample), "Mutaties".
"""

import hmac
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

from privacy._unseal import open_sealed
from privacy.filter import filter_fields
from privacy.precision import SUPPORTED, Viewer, is_age_group, is_date
from privacy.sealed import Sealed, seal
from schemas.canonical import canonical
from schemas.terms import JaOfNee, Lijn, Mutatiesoort, Precisie, Rol, Status

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
_BIRTH: Final = "geboortedatum"
_NO_DATE: Final = (None, JaOfNee.NEE)
#: What is left of a day, by how long it is written.
_OF_A_DATE: Final[Mapping[int, Precisie]] = {
    len("2020"): Precisie.JAAR,
    len("2020-04"): Precisie.MAAND,
    len("2020-04-01"): Precisie.VOLLEDIG,
}
_MONTHS: Final = 12
#: No field leaves more precisely to any partner.
_FINEST: Final[Mapping[str, Precisie]] = {
    name: Precisie.VOLLEDIG if Precisie.VOLLEDIG in precisies else Precisie.GROEP
    for name, precisies in SUPPORTED.items()
}
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
    kept = _left_of(sealed, allowed, viewer)
    return tuple(name for name in inhoud if name not in kept or kept[name] != inhoud[name])


def digest_of(sealed: Sealed, allowed: Mapping[str, Precisie], viewer: Viewer, key: bytes) -> bytes:
    """A keyed digest of what the filter leaves of a record: tells only "the same"."""
    return hmac.digest(key, canonical(_left_of(sealed, allowed, viewer)), sha256)


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


def latest_day_of(sealed: Sealed, name: str) -> date | None:
    """The last day that a date can be of, as precisely as it was told; None where it tells none.

    For retention, which counts from that day on: who told the month alone is kept to its end.
    """
    value = open_sealed(sealed).get(name)
    if not isinstance(value, str) or not is_date(value):
        return None
    year, month, day = (*map(int, value.split("-")), 0, 0)[:3]
    month = month or _MONTHS
    return date(year, month, day or monthrange(year, month)[1])


def told(
    old: Sealed, new: Sealed, visible: Mapping[str, Precisie], viewer: Viewer
) -> tuple[Told, ...]:
    """The kinds a recipient is told of one change, in order; a kind with no field is not told.

    Only fields in `visible` count, and only where they differ in the precision the recipient
    gets: from medisch to artikel 64 is no change to anyone. The kind too is told by what the
    recipient sees, or it would tell of a field that is hidden.

    An age moves on with the day. Where the organisation sends the group itself, that is a change
    and told as one. Where the gateway makes the group of a date it holds for another partner,
    nothing changed in the casus: who asks for a pack gets the group of that day.
    """
    seen_old, seen_new = _left_of(old, visible, viewer), _left_of(new, visible, viewer)
    left = [
        name
        for name in seen_new
        if seen_new[name] != seen_old.get(name) and not _only_regrouped(name, old, new)
    ]
    found = []
    for soort in _kinds(seen_old, seen_new):
        mine = tuple(name for name in KIND_FIELDS[soort] if name in left)
        left = [name for name in left if name not in mine]
        if mine:
            found.append(Told(soort, mine))
    if left:
        found.append(Told(Mutatiesoort.CORRECTIE, tuple(left)))
    return tuple(found)


def corrected(old: Sealed, new: Sealed, viewer: Viewer) -> frozenset[str]:
    """Names of the fields that were wrong, as finely as anybody may get them (AVG 16).

    What else changed, such as that someone came in or left, was right before and is right now.
    """
    items = told(old, new, _FINEST, viewer)
    return frozenset(
        name for item in items if item.soort is Mutatiesoort.CORRECTIE for name in item.velden
    )


def seen_in(
    old: Sealed, new: Sealed, visible: Mapping[str, Precisie], viewer: Viewer
) -> frozenset[str]:
    """Names of the fields of which this viewer sees that they changed, of whatever kind that is."""
    return frozenset(name for item in told(old, new, visible, viewer) for name in item.velden)


def told_at_start(
    stand: Sealed, visible: Mapping[str, Precisie], viewer: Viewer
) -> tuple[Told, ...]:
    """What follows an aanmelding: that someone came in and left, without changed fields.

    Told only where the recipient sees, in the feed, a field that says so.
    """
    seen = _left_of(stand, visible, viewer)
    found = []
    for soort, name, after in _FROM_THE_START:
        if seen.get(name) not in _NO_DATE or seen.get("status") in after:
            found.append(Told(soort, ()))
    return tuple(found)


def held(sealed: Sealed) -> dict[str, Precisie]:
    """Per field of a record the finest precision in which its value can still leave.

    Told by the form of the value: a birth date of which the register itself knows the year alone
    looks as one that was cut off. What is empty is as empty in every precision.
    """
    return {name: _finest_of(name, value) for name, value in open_sealed(sealed).items()}


def person_mark(sealed: Sealed, key: bytes) -> bytes:
    """A keyed digest of the V-nummer, to count people over organisations.

    Give a key that lives no longer than the count: nothing then remembers who is whom.
    """
    v_nummer = open_sealed(sealed)["vNummer"] or ""
    return hmac.digest(key, v_nummer.encode(), sha256)


def zaakhouder_mark(sealed: Sealed, key: bytes) -> bytes | None:
    """`person_mark` of a record that says it leads the casus; None of any other.

    Guidance that ended is led by nobody. Who did not share its role is not known to lead.
    """
    inhoud = open_sealed(sealed)
    if inhoud.get("rol") != Rol.ZAAKHOUDER or inhoud.get("status") == Status.UITGESTROOMD:
        return None
    return person_mark(sealed, key)


def _finest_of(name: str, value: str | None) -> Precisie:
    if value in (JaOfNee.JA, JaOfNee.NEE):
        return Precisie.JA_NEE
    if value is None or Precisie.MAAND not in SUPPORTED[name]:
        return Precisie.VOLLEDIG
    return Precisie.LEEFTIJDSGROEP if is_age_group(value) else _OF_A_DATE[len(value)]


def _only_regrouped(name: str, old: Sealed, new: Sealed) -> bool:
    """Whether a date came in the place of an age group, or a group in that of a date.

    That is no change of the casus: another partner may have more of it now, or may no more, and
    none but that partner is to learn of it.
    """
    if name != _BIRTH:
        return False
    was, now = open_sealed(old).get(name), open_sealed(new).get(name)
    return (is_age_group(was) and is_date(now)) or (is_date(was) and is_age_group(now))


def _left_of(
    sealed: Sealed, allowed: Mapping[str, Precisie], viewer: Viewer
) -> dict[str, str | None]:
    return filter_fields(open_sealed(sealed), allowed, viewer, sealed.label.casus)


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
        # Of who had a status and no more than that, it is not known that this is another one.
        Mutatiesoort.UITSTROOM: (now == Status.UITGESTROOMD and was != JaOfNee.JA) or went is True,
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
