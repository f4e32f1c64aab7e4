"""What the gateway itself does with data, beside disclosing by a policy: fixed, dated versions."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from privacy.log.entries import Auditsoort

#: Kinds that are about no person: rules, keys, the log itself and who looks after it.
NOT_ABOUT_PEOPLE: Final = frozenset(
    {
        Auditsoort.OVERLEG_GEPLAND,
        Auditsoort.BELEID_IN_GEBRUIK,
        Auditsoort.BELEID_OPGENOMEN,
        Auditsoort.BELEID_GECONTROLEERD,
        Auditsoort.BELEID_GOEDGEKEURD,
        Auditsoort.BELEID_ACTIEF,
        Auditsoort.BELEID_INGETROKKEN,
        Auditsoort.VERKLARING_OPGENOMEN,
        Auditsoort.VERKLARING_TERUGGEROEPEN,
        Auditsoort.BEZORGD,
        Auditsoort.VERIFICATIE,
        Auditsoort.HERSTEL_ONTDEKT,
        Auditsoort.HERSTEL_GEMELD,
        Auditsoort.HERSTEL_AFGESLOTEN,
        Auditsoort.LOG_UITGEVOERD,
        Auditsoort.TOEGANG,
        Auditsoort.TOEGANG_VERVALLEN,
        Auditsoort.TIJDVAK_BEGONNEN,
        Auditsoort.TIJDVAK_VERNIETIGD,
        Auditsoort.VERSTREKKEN_GESTOPT,
        Auditsoort.VERSTREKKEN_HERVAT,
        Auditsoort.CLIENT_BEVROREN,
        Auditsoort.CLIENT_ONTDOOID,
        Auditsoort.CLIENT_GEWIJZIGD,
        Auditsoort.SLEUTEL_INGETROKKEN,
        Auditsoort.KLOK_SPRONG,
        Auditsoort.KLOK_BEVESTIGD,
    }
)


@dataclass(frozen=True, slots=True)
class Vast:
    """One version of a fixed processing (AVG 30 lid 1). `soorten` are the entries that tell it."""

    id: str
    versie: int
    vanaf: date
    naam: str
    doel: str
    grondslag: str
    betrokkenen: str
    gegevens: str
    ontvangers: str
    bewaartermijn: str
    soorten: frozenset[Auditsoort]


@dataclass(frozen=True, slots=True)
class Maatregel:
    """A measure of security, in general words (AVG 30 lid 1 g, 32)."""

    naam: str
    tekst: str


@cache
def fixed() -> tuple[Vast, ...]:
    """Every version of every fixed processing, in the order of the file."""
    return tuple(_read(each) for each in _file()["verwerking"])


@cache
def measures() -> tuple[Maatregel, ...]:
    """How it is all secured."""
    return tuple(Maatregel(**each) for each in _file()["maatregel"])


def valid_on(versions: Iterable[Vast], day: date) -> Vast:
    """The version of one processing that held on a day; of before the first, the first."""
    ordered = sorted(versions, key=lambda each: each.versie)
    held = [each for each in ordered if each.vanaf <= day]
    return held[-1] if held else ordered[0]


def _read(table: Mapping[str, Any]) -> Vast:
    return Vast(**{**table, "soorten": frozenset(map(Auditsoort, table["soorten"]))})


def _file() -> dict[str, Any]:
    text = files("gateway.exports").joinpath("vaste_verwerkingen.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
