"""What a partner did not receive: the fields of a summary that its policy leaves out or coarsens.

And the check that goes with it: had a partner received a field that its policy does not name,
the demo would fail.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.demo.errors import DemoError
from gateway.demo.outcome import Moment
from gateway.demo.partners import Item, Ontvangen
from privacy.policy import Policies
from schemas.records import Casussamenvatting, wire_names
from schemas.terms import Doel, Mutatiesoort, Precisie

_VELDEN: Final = tuple(wire_names(Casussamenvatting).values())
_WAARVOOR: Final[Mapping[Doel, str]] = MappingProxyType(
    {
        Doel.AANMELDING: "aanmelding",
        Doel.MUTATIES: "andere mutaties",
        Doel.CASUSOVERLEG: "pakket",
    }
)
_GROVER: Final[Mapping[Precisie, str]] = MappingProxyType(
    {
        Precisie.MAAND: "jaar en maand",
        Precisie.JAAR: "jaar",
        Precisie.LEEFTIJDSGROEP: "leeftijdsgroep",
        Precisie.GROEP: "in groepen",
        Precisie.PSEUDONIEM: "pseudoniem",
        Precisie.JA_NEE: "ja of nee",
    }
)


@dataclass(frozen=True, slots=True)
class Gemis:
    """For one partner and purpose: the fields that stayed away, and those that came coarser."""

    ontvanger: str
    doel: str
    niet: tuple[str, ...]
    grover: tuple[str, ...]


def fields_kept_back(policies: Policies, recipients: Sequence[str]) -> tuple[Gemis, ...]:
    """Per partner and purpose, from its policy and the schema; every field has a place."""
    return tuple(
        _gemis(recipient, doel, policies.of(recipient).fields(doel))
        for recipient in recipients
        for doel in _WAARVOOR
    )


def _gemis(recipient: str, doel: Doel, allowed: Mapping[str, Precisie]) -> Gemis:
    return Gemis(
        recipient,
        _WAARVOOR[doel],
        tuple(veld for veld in _VELDEN if veld not in allowed),
        tuple(
            f"{veld} ({_GROVER[allowed[veld]]})"
            for veld in _VELDEN
            if allowed.get(veld, Precisie.VOLLEDIG) is not Precisie.VOLLEDIG
        ),
    )


def require_nothing_more(policies: Policies, momenten: Sequence[Moment]) -> None:
    """DemoError where a partner received a field that its policy does not name for that purpose."""
    for moment in momenten:
        for recipient, ontvangen in moment.ontvangen.items():
            for doel, velden in _named(ontvangen):
                if too_much := sorted(velden - policies.of(recipient).fields(doel).keys()):
                    raise DemoError(f"{recipient} ontving meer dan mag: {', '.join(too_much)}.")


def _named(ontvangen: Ontvangen) -> Iterator[tuple[Doel, set[str]]]:
    for item in ontvangen.mutaties:
        yield _purpose(item), {*item["samenvatting"], *item["velden"]}
    for samenvatting in ontvangen.pakket:
        yield Doel.CASUSOVERLEG, set(samenvatting)


def _purpose(item: Item) -> Doel:
    return Doel.AANMELDING if item["soort"] == Mutatiesoort.AANMELDING else Doel.MUTATIES
