"""Two organisations with one V-nummer: each is answered as if the other did not exist.

Each casus stands on its own consent (CON-05): what ends at one organisation goes on at the other.

One story is lived twice, beside another organisation and alone, each on its own database; ids
differ by chance and are named by their order of appearance.
"""

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gateway.refusals import NotFoundError
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.toestemmingen import show_toestemming, withdraw_toestemming
from tests.builders import DOELEN, PARTNERS, a_consent, a_samenvatting, an_item, people
from tests.world import World, bronhouder, ketenpartner

LATER, LATER_STILL = "2020-04-01T09:00:00Z", "2020-04-02T09:00:00Z"
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")

Items = list[dict[str, Any]]


class Story:
    """What sndvu, and partners about sndvu, see of its life. Seguro lives along, or not."""

    def __init__(self, world: World, *, beside_another: bool) -> None:
        self.world = world
        self.beside_another = beside_another
        self.seen: list[str] = []
        self._of_sndvu: defaultdict[str, set[str]] = defaultdict(set)

    def live(self) -> list[str]:
        consent, of_seguro = a_consent(), a_consent(laatsteDag="2020-04-10")
        self._seguro(an_item(toestemmingen=[of_seguro]), *people(1))
        results = self.world.push(an_item(toestemmingen=[consent]), *people(1))
        self._see(results)
        overleg = self._agenda([each["casusId"] for each in results])
        self._see(self.world.push(an_item(toestemmingen=[consent])))
        self._seguro(an_item(standVan=LATER, samenvatting=a_samenvatting(lijn="2")))
        changed = a_samenvatting(lijn="2", nationaliteit="0110")
        item = an_item(standVan=LATER, samenvatting=changed, toestemmingen=[consent])
        self._see(self.world.push(item))
        self.world.freeze(overleg)
        self._see_partners(overleg)
        if self.beside_another:
            self.world.withdraw(of_seguro, by="seguro")
        self._see_partners(overleg)
        self._see(self.world.withdraw(consent))
        self._seguro(an_item(standVan=LATER_STILL))
        self.world.pass_days(20)
        self._see_partners(overleg)
        return self.seen

    def _seguro(self, *items: dict[str, Any]) -> list[str]:
        if not self.beside_another:
            return []
        return [each["casusId"] for each in self.world.push(*items, by="seguro")]

    def _agenda(self, casussen: list[str]) -> UUID:
        overleg = self.world.overleg()
        taken = self._seguro(*people(1))
        if taken:
            self.world.put_on_agenda(overleg, *taken, by="seguro")
        self._see(self.world.put_on_agenda(overleg, *casussen))
        return overleg

    def _see_partners(self, overleg: UUID) -> None:
        for partner in PARTNERS:
            feed, pack = self.world.feed(partner), self.world.pack(partner, overleg)
            self._of_sndvu[partner] |= {
                each["casusreferentie"]
                for each in (*feed, *pack)
                if each.get("samenvatting", {}).get("bronhouder") == "sndvu"
            }
            self._see([self._mine(partner, feed), self._mine(partner, pack)])

    def _mine(self, partner: str, items: Iterable[dict[str, Any]]) -> Items:
        """A recall names its casus by the reference alone."""
        return [each for each in items if each["casusreferentie"] in self._of_sndvu[partner]]

    def _see(self, value: object) -> None:
        order: dict[str, str] = {}
        text = _ID.sub(lambda found: order.setdefault(found[0], f"id {len(order)}"), repr(value))
        self.seen.append(text)


def test_every_answer_feed_and_pack_is_the_same_with_and_without_the_other(
    world: World, sqlite_template: Path, tmp_path: Path
):
    file = tmp_path / "alone.sqlite"
    shutil.copyfile(sqlite_template, file)
    lonely = World(tmp_path / "alone", f"sqlite:///{file}")

    together = Story(world, beside_another=True).live()
    alone = Story(lonely, beside_another=False).live()
    lonely.close()

    assert "terugroeping" in alone[-1]
    assert together == alone


# Conflict of grounds: each casus stands on its own consent only (CON-05)

FOR_ALL = [*DOELEN, "bewaringstoets"]
NUMBER = a_samenvatting()["vNummer"]


class Two:
    """One person, known to two organisations, who agreed at both."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.consents = {by: a_consent(doelen=FOR_ALL) for by in ("sndvu", "seguro")}
        self.casussen = {
            by: world.casus(an_item(toestemmingen=[consent]), by=by)[0]
            for by, consent in self.consents.items()
        }
        self.overleg = world.overleg()
        for by, casus in self.casussen.items():
            world.put_on_agenda(self.overleg, casus, by=by)
        world.freeze(self.overleg)

    def in_pack(self, partner: str) -> set[str]:
        return {each["bronhouder"] for each in self.world.summaries(partner, self.overleg)}

    def in_feed(self, partner: str, na: str | None = None) -> list[tuple[str, str | None]]:
        """Kind and organisation of each item; a recall names its casus by the reference alone."""
        return [
            (each["soort"], each.get("samenvatting", {}).get("bronhouder"))
            for each in self.world.feed(partner, na)
        ]

    def toets(self) -> str:
        body = {"vNummer": NUMBER}
        answer = answer_toets(self.world.parts, ketenpartner("AVIM"), body)
        return json.loads(answer.body)["bewaringstoets"]["uitkomst"]


@pytest.fixture
def two(world: World) -> Two:
    return Two(world)


@pytest.mark.parametrize("partner", PARTNERS)
def test_withdrawn_at_one_organisation_the_casus_of_the_other_goes_on_as_it_was(two, partner):
    assert two.in_pack(partner) == {"sndvu", "seguro"}
    told = two.in_feed(partner)
    na = two.world.cursor(partner)

    two.world.withdraw(two.consents["sndvu"], by="sndvu")

    assert two.in_pack(partner) == {"seguro"}
    assert two.in_feed(partner) == [each for each in told if each[1] == "seguro"] + [
        ("terugroeping", None)
    ]
    assert two.in_feed(partner, na) == [("terugroeping", None)]


def test_only_the_casus_of_who_withdrew_is_recalled(two):
    of_sndvu = {
        each["casusreferentie"]
        for each in two.world.feed("IND")
        if each["samenvatting"]["bronhouder"] == "sndvu"
    }
    na = two.world.cursor("IND")

    two.world.withdraw(two.consents["sndvu"], by="sndvu")

    recalls = [each for each in two.world.feed("IND", na) if each["soort"] == "terugroeping"]
    assert {each["casusreferentie"] for each in recalls} == of_sndvu


@pytest.mark.parametrize("by", ["sndvu", "seguro"])
def test_a_person_in_guidance_stays_known_while_either_consent_holds(two, by):
    other = "seguro" if by == "sndvu" else "sndvu"
    two.world.withdraw(two.consents[by], by=by)
    assert two.toets() == "in_begeleiding"

    two.world.withdraw(two.consents[other], by=other)

    assert two.toets() == "niet_bekend"


def test_a_consent_that_is_given_later_does_not_raise_one_that_was_withdrawn(two):
    two.world.withdraw(two.consents["sndvu"], by="sndvu")

    two.world.give(two.casussen["seguro"], a_consent(eersteDag="2020-03-01"), by="seguro")

    assert two.in_pack("IND") == {"seguro"}
    assert two.in_pack("DT&V") == {"seguro"}


def test_a_refusal_at_one_organisation_is_no_refusal_at_the_other(two):
    refusal = a_consent(besluit="geweigerd", ontvangers=["IND"], eersteDag="2020-03-01")

    two.world.give(two.casussen["sndvu"], refusal, by="sndvu")

    assert two.in_pack("IND") == {"seguro"}
    assert two.in_pack("AVIM") == {"sndvu", "seguro"}


@pytest.mark.parametrize("verb", ["withdraw", "show"])
def test_the_statement_of_another_organisation_is_as_one_that_does_not_exist(two, verb):
    name = UUID(two.consents["sndvu"]["toestemmingId"])
    ask = {
        "withdraw": lambda: withdraw_toestemming(two.world.parts, bronhouder("seguro"), name, {}),
        "show": lambda: show_toestemming(two.world.parts, bronhouder("seguro"), name),
    }[verb]

    with pytest.raises(NotFoundError):
        ask()
    assert two.in_pack("IND") == {"sndvu", "seguro"}
