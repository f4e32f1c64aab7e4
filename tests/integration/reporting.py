"""A person about whom much happened, and the officer who makes the report of it."""

import json
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from gateway.caller import Caller
from gateway.parties import Soort
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.casussen import find_casussen
from gateway.services.inzage import disclose_report
from gateway.services.mutaties import disclose_page
from gateway.services.pakketten import disclose_pakket
from schemas.canonical import canonical
from schemas.terms import Doel
from tests.builders import DOELEN, a_consent, a_samenvatting, an_item, people
from tests.world import TRACE, World, bronhouder, ketenpartner

NUMBER = "0902224584"
OFFICER = Caller("fg", "utrecht", Soort.FG, frozenset({"audit:lezen"}), frozenset(), TRACE)
ASKED = {"vorm": "gezamenlijk", "vNummer": NUMBER}
DETENTION = frozenset({Doel.BEWARINGSTOETS})


def report(world: World, **asked: Any) -> dict[str, Any]:
    """The report as it leaves, its own entry beside it."""
    return json.loads(disclose_report(world.parts, OFFICER, asked or ASKED).body)


def casussen(world: World, **asked: Any) -> list[dict[str, Any]]:
    return report(world, **asked)["inzage"]["casussen"]


@dataclass
class Receipts:
    """What partners kept: each answer as it came, by partner."""

    world: World
    kept: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def page(self, partner: str) -> None:
        disclosed = disclose_page(self.world.parts, ketenpartner(partner), None, 100)
        self.kept.append((partner, json.loads(disclosed.body)))

    def pack(self, partner: str, overleg: UUID) -> None:
        disclosed = disclose_pakket(self.world.parts, ketenpartner(partner), overleg)
        self.kept.append((partner, json.loads(disclosed.body)))

    def toets(self, number: str = NUMBER) -> None:
        caller = replace(ketenpartner("AVIM"), doelen=DETENTION)
        body = answer_toets(self.world.parts, caller, {"vNummer": number}).body
        self.kept.append(("AVIM", json.loads(body)))

    def items(self) -> list[tuple[str, int, bytes]]:
        """Partner, index of the answer's own entry, and the bytes of each item of it."""
        return [
            (partner, told["bewijs"]["index"], canonical(item))
            for partner, told in self.kept
            for name, key in (("mutaties", "items"), ("pakket", "casussen"))
            for item in told.get(name, {}).get(key, ())
        ]


def lived_through(world: World) -> Receipts:
    """Delivered among others, paged, packed, asked after, looked at, withdrawn and recalled."""
    receipts = Receipts(world)
    consent = a_consent(doelen=[*DOELEN, "bewaringstoets"])
    other = a_consent(ontvangers=["AVIM"])
    [one, *_others] = world.casus(an_item(toestemmingen=[consent, other]), *people(3))
    world.casus(an_item(samenvatting=a_samenvatting(vNummer=NUMBER)), by="seguro")
    receipts.page("IND")
    overleg = world.frozen(one, *_others)
    for partner in ("IND", "AVIM"):
        receipts.pack(partner, overleg)
    receipts.toets()
    receipts.toets("9999999999")
    find_casussen(world.parts, bronhouder("sndvu"), {"vNummer": NUMBER})
    world.withdraw(consent)
    receipts.pack("IND", overleg)
    receipts.page("IND")
    receipts.toets()
    return receipts
