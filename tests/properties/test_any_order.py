"""Deliveries come late, twice and in any order; what partners and the gateway have is the same.

Each organisation's casussen are delivered once to begin with, so that later items can name them.
Then come versions of different moments, some of one moment, some without a summary because no
consent covers any more. They are delivered in two orders to two gateways.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy._unseal import open_sealed
from privacy.dossier import Dossier
from privacy.sealed import Sealed
from privacy.store.dossiers import Lock, load_by_id, load_stands
from privacy.store.engine import reading
from tests.builders import PARTNERS, a_consent, a_samenvatting, an_item, without_avim
from tests.world import World

#: Who delivers whom: two organisations have one V-nummer.
CASUSSEN = (("sndvu", 1), ("sndvu", 2), ("seguro", 1))
#: An example takes a hundred requests: a third of the usual number, but for the default run.
FEWER = settings(max_examples=max(15, settings.default.max_examples // 3))
#: Every example is about people of its own, so that all can live in one gateway.
_scenes = count(1)


@dataclass(frozen=True)
class Version:
    """A state of one casus as its organisation read it."""

    casus: int
    minute: int
    lijn: str
    naam: str
    consents: tuple[tuple[int, tuple[str, ...], bool], ...]


recipients = st.sampled_from([("IND",), ("AVIM",), ("IND", "AVIM"), PARTNERS])
consents = st.lists(
    st.tuples(st.integers(0, 2), recipients, st.booleans()), max_size=3, unique_by=lambda c: c[0]
)
versions = st.builds(
    Version,
    casus=st.sampled_from([0, 0, 0, 1, 2]),
    minute=st.integers(1, 4),
    lijn=st.sampled_from(["1", "2"]),
    naam=st.sampled_from(["Farahani", "Yilmaz"]),
    consents=consents.map(tuple),
)
lives = st.lists(versions, min_size=3, max_size=8)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Version], list[Version]]:
    """What happened, in two orders, each with repetitions of its own."""
    happened = draw(st.permutations(draw(lives)))
    again = st.lists(st.sampled_from(happened), max_size=3)
    return [*happened, *draw(again)], [*draw(st.permutations(happened)), *draw(again)]


class Stage:
    """A gateway, and how far each partner has read."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ends: dict[str, str] = {}

    def come_to_the_end(self) -> dict[str, str]:
        """Where the feeds end before anything happens."""
        for partner in PARTNERS:
            self.ends[partner] = self.world.cursor(partner, self.ends.get(partner))
        return dict(self.ends)


class Scene:
    """The same people in any gateway: they are there once, and then their versions come."""

    def __init__(self, stage: Stage, number: int) -> None:
        self.world = stage.world
        self.number = number
        self.before = stage.come_to_the_end()
        self.ids = [self._begin(at) for at in range(len(CASUSSEN))]

    def live(self, history: Sequence[Version]) -> dict[str, Any]:
        """Deliver a history, and tell what then is so."""
        for version in history:
            item = self._item(version)
            [result] = self.world.push(item, by=CASUSSEN[version.casus][0])
            assert result["resultaat"] != "geweigerd", result
        overleg = self._agenda()
        return {
            "packs": {partner: self.world.summaries(partner, overleg) for partner in PARTNERS},
            "feeds": {partner: self._known_from_feed(partner) for partner in PARTNERS},
            "stored": self._stored(),
        }

    def _begin(self, casus: int) -> str:
        """From before all that happens, on a consent that is gone afterwards."""
        item = {
            "standVan": "2020-04-01T08:00:00Z",
            "samenvatting": a_samenvatting(vNummer=self._v_nummer(casus)),
            "toestemmingen": [a_consent(toestemmingId=self._consent_id(casus, 9))],
        }
        return self.world.casus(item, by=CASUSSEN[casus][0])[0]

    def _item(self, version: Version) -> dict[str, Any]:
        """Without a summary where no consent covers."""
        wire = [
            a_consent(
                toestemmingId=self._consent_id(version.casus, which),
                ontvangers=list(ontvangers),
                ingetrokkenOp="2020-04-01" if withdrawn else None,
            )
            for which, ontvangers, withdrawn in version.consents
        ]
        covered = {r for each in wire if not each["ingetrokkenOp"] for r in each["ontvangers"]}
        full = a_samenvatting(
            vNummer=self._v_nummer(version.casus), lijn=version.lijn, naam=version.naam
        )
        summary = full if "AVIM" in covered else without_avim(full)
        return an_item(
            standVan=f"2020-04-01T08:{version.minute:02}:00Z",
            casusId=self.ids[version.casus],
            toestemmingen=wire,
            samenvatting=summary if covered else None,
        )

    def _agenda(self) -> UUID:
        overleg = self.world.overleg()
        for casus, (bronhouder, _) in zip(self.ids, CASUSSEN, strict=True):
            self.world.put_on_agenda(overleg, casus, by=bronhouder)
        self.world.freeze(overleg)
        return overleg

    def _known_from_feed(self, partner: str) -> set[tuple[str, str]]:
        """Whom a partner knows that has read its feed and done what it says."""
        known: dict[str, tuple[str, str]] = {}
        for item in self.world.feed(partner, self.before[partner]):
            if item["soort"] == "terugroeping":
                known.pop(item["casusreferentie"], None)
            else:
                summary = item["samenvatting"]
                known[item["casusreferentie"]] = (summary["bronhouder"], summary["vNummer"])
        return set(known.values())

    def _stored(self) -> list[Any]:
        """What holds of each casus; its summary only where somebody may still have it."""
        with reading(self.world.parts.engine) as tx:
            ids = [UUID(each) for each in self.ids]
            dossiers = load_by_id(tx, self.world.parts.keys, ids, Lock.NONE)
            wanted = [(each, each.stand_nummer) for each in dossiers.values()]
            stands = load_stands(tx, wanted)
        return [self._held(dossiers[name], stands) for name in ids]

    def _held(self, dossier: Dossier, stands: Mapping[int, Sealed]) -> tuple[Any, ...]:
        held = sorted(
            (str(each.toestemming_id), sorted(each.ontvangers))
            for each in dossier.statements
            if each.holds_on(self.world.day)
        )
        summary = dict(open_sealed(stands[dossier.stand_nummer])) if held else None
        return dossier.stand_van, held, sorted(dossier.gedekt), summary

    def _v_nummer(self, casus: int) -> str:
        return f"{self.number * 10 + CASUSSEN[casus][1]:010d}"

    def _consent_id(self, casus: int, which: int) -> str:
        return str(UUID(int=self.number * 1000 + casus * 10 + which))


@pytest.fixture(scope="module")
def two_stages(sqlite_template: Path, tmp_path_factory: Any) -> Iterator[tuple[Stage, Stage]]:
    made = []
    for name in ("one", "other"):
        folder = tmp_path_factory.mktemp(name)
        shutil.copyfile(sqlite_template, folder / "gateway.sqlite")
        made.append(World(folder, f"sqlite:///{folder / 'gateway.sqlite'}"))
    yield Stage(made[0]), Stage(made[1])
    for world in made:
        world.close()


@FEWER
@given(histories())
def test_any_order_and_repetition_of_deliveries_ends_in_the_same_state(two_stages, history):
    number = next(_scenes)
    scenes = [Scene(stage, number) for stage in two_stages]

    one, other = (scene.live(each) for scene, each in zip(scenes, history, strict=True))

    assert one == other


@FEWER
@given(lives)
def test_a_partner_knows_from_its_feed_whom_it_may_have_and_nobody_else(two_stages, history):
    found = Scene(two_stages[0], next(_scenes)).live(history)

    for partner in PARTNERS:
        in_packs = {(each["bronhouder"], each["vNummer"]) for each in found["packs"][partner]}
        assert found["feeds"][partner] == in_packs
