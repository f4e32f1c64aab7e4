"""Frozen records: what crosses, as values. No behaviour, no web, no database.

A field is absent (`NIET_GEDEELD`), empty (`None`) or filled; the three are never confused.
The wire name of a field is its camelCase form (`wire_names`). Every field declares its class.
"""

# The calls that RUF009 sees make dataclass fields.
# ruff: noqa: RUF009

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from schemas.sensitivity import KEY, Gevoeligheid
from schemas.terms import (
    NIET_GEDEELD,
    Begeleidingsscenario,
    Besluit,
    Doel,
    Geslacht,
    JaOfNee,
    Lijn,
    Mutatiesoort,
    NietGedeeld,
    Rol,
    Status,
    Uitstroomreden,
    Vorm,
)


def _gewoon(**extra: Any) -> Any:
    return field(metadata={KEY: Gevoeligheid.GEWOON}, **extra)


def _gevoelig(**extra: Any) -> Any:
    return field(metadata={KEY: Gevoeligheid.GEVOELIG}, **extra)


@dataclass(frozen=True, slots=True, kw_only=True)
class Casussamenvatting:
    """The summary of one casus: all of it in a register, a part of it on the wire.

    `geboortedatum` is text because it can be partial: `1987-03-14`, `1987-03`, `1987`.
    `nationaliteit` is a BRP code of four digits. `bronhouder` is the organisation's code.

    On the wire a field may be coarser than it is in a register: a date is then text too, a code
    the word `ja` or `nee`, a birth date an age group.
    """

    v_nummer: str = field(metadata={KEY: Gevoeligheid.NATIONAAL_NUMMER})
    naam: str | NietGedeeld | None = _gewoon(default=NIET_GEDEELD)
    geboortedatum: str | NietGedeeld | None = _gewoon(default=NIET_GEDEELD)
    geslacht: Geslacht | JaOfNee | NietGedeeld | None = _gewoon(default=NIET_GEDEELD)
    nationaliteit: str | NietGedeeld | None = _gevoelig(default=NIET_GEDEELD)
    status: Status | JaOfNee | NietGedeeld | None = _gewoon(default=NIET_GEDEELD)
    lijn: Lijn | JaOfNee | NietGedeeld | None = _gewoon(default=NIET_GEDEELD)
    datum_aanmelding: date | str | NietGedeeld | None = _gewoon(default=NIET_GEDEELD)
    datum_instroom: date | str | NietGedeeld | None = _gewoon(default=NIET_GEDEELD)
    datum_uitstroom: date | str | NietGedeeld | None = _gewoon(default=NIET_GEDEELD)
    # Two of its values tell of health: the field is treated as its most sensitive value.
    uitstroomreden: Uitstroomreden | JaOfNee | NietGedeeld | None = field(
        default=NIET_GEDEELD, metadata={KEY: Gevoeligheid.BIJZONDER}
    )
    begeleidingsscenario: Begeleidingsscenario | JaOfNee | NietGedeeld | None = _gevoelig(
        default=NIET_GEDEELD
    )
    bronhouder: str | NietGedeeld | None = _gewoon(default=NIET_GEDEELD)
    rol: Rol | JaOfNee | NietGedeeld | None = _gewoon(default=NIET_GEDEELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Toestemming:
    """One statement of consent by one person (AVG 7): to whom, for what, from when until when.

    `laatste_dag` is the last day on which it counts. From `ingetrokken_op` on it counts no
    longer. `vertegenwoordiger_vereist` is set by the organisation, which alone knows the full
    birth date (UAVG 5); under `curatele` someone else agrees too. `bewijs_sha256` is the digest
    of the signed paper, which stays there.
    With `besluit` geweigerd it is a refusal, of these recipients for these purposes.
    `handtekening` is the organisation's own, over all the rest: a compact JWS with its payload
    left out (RFC 7515, appendix F).
    """

    toestemming_id: UUID = _gewoon()
    ontvangers: tuple[str, ...] = _gewoon()
    doelen: tuple[Doel, ...] = _gewoon()
    eerste_dag: date = _gewoon()
    laatste_dag: date = _gewoon()
    verklaring: str = _gewoon()
    vorm: Vorm = _gewoon()
    taal: str = _gevoelig()
    tolk: bool = _gewoon()
    ingetrokken_op: date | None = _gewoon(default=None)
    vertegenwoordiger: str | None = _gewoon(default=None)
    vertegenwoordiger_vereist: bool = _gewoon(default=False)
    bewijs_sha256: str | None = _gewoon(default=None)
    besluit: Besluit = _gewoon(default=Besluit.GEGEVEN)
    curatele: bool = _gevoelig(default=False)
    handtekening: str | None = _gewoon(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aanleveringsitem:
    """One item of an aanlevering: a summary with the full consent state of its casus.

    `stand_van` is the moment the organisation read its own record. `samenvatting` is absent
    where no consent lets anything cross any more; then `casus_id` says which casus it is.
    """

    stand_van: datetime = _gewoon()
    toestemmingen: tuple[Toestemming, ...] = _gewoon()
    samenvatting: Casussamenvatting | None = _gewoon(default=None)
    casus_id: UUID | None = _gewoon(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutatie:
    """One item of a partner's feed, as that partner receives it.

    Both mappings go by wire name and hold text as precise as this partner may see it, so
    neither is a Casussamenvatting. `samenvatting` says whose casus it is, and with an
    aanmelding the rest of that purpose. `velden` holds the new values of the changed fields
    of this kind. A recall is another record.
    """

    mutatie_id: UUID = _gewoon()
    casusreferentie: UUID = _gewoon()
    soort: Mutatiesoort = _gewoon()
    samenvatting: dict[str, str | None] = field(metadata={KEY: Gevoeligheid.NATIONAAL_NUMMER})
    # Can hold an uitstroomreden: classed as its most sensitive value.
    velden: dict[str, str | None] = field(metadata={KEY: Gevoeligheid.BIJZONDER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terugroeping:
    """A recall: the partner must stop using what it got of this casus for `doelen` (AVG 19).

    Where nothing of the ground is left, `doelen` names every purpose there is.
    """

    terugroeping_id: UUID = _gewoon()
    casusreferentie: UUID = _gewoon()
    doelen: tuple[Doel, ...] = _gewoon()
    uiterlijk: date = _gewoon()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beperking:
    """A notice that processing is restricted: what the partner got it keeps, and does not use.

    `doelen` names every purpose there is. It ends where the casus is told anew (AVG 18, 19).
    """

    terugroeping_id: UUID = _gewoon()
    casusreferentie: UUID = _gewoon()
    doelen: tuple[Doel, ...] = _gewoon()
    uiterlijk: date = _gewoon()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectificatie:
    """A notice that fields which the partner got were wrong, by name and without value (AVG 19)."""

    terugroeping_id: UUID = _gewoon()
    casusreferentie: UUID = _gewoon()
    velden: tuple[str, ...] = _gewoon()
    uiterlijk: date = _gewoon()


def camel(name: str) -> str:
    """`datum_instroom` becomes `datumInstroom` (ADR /core/query-keys-camel-case)."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


@cache
def wire_names(record: type) -> dict[str, str]:
    """Python name to wire name, in the order of the record."""
    return {item.name: camel(item.name) for item in fields(record)}
