"""Deliveries come late, twice and in any order; what partners and the gateway have is the same.

Each organisation's casussen are delivered once to begin with, so that later items can name them.
Then come versions of different moments, some of one moment, some without a summary because no
consent covers any more. They are delivered in two orders to two gateways.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from privacy._unseal import open_sealed
from privacy.store.dossiers import Lock, load_by_id, load_stands
from privacy.store.engine import reading
from tests.builders import PARTNERS, a_consent, a_samenvatting, without_avim
from tests.world import World

#: Who delivers whom: two organisations have one V-nummer.
CASUSSEN = (("sndvu", 1), ("sndvu", 2), ("seguro", 1))
#: An example is two gateways; a third of the usual number is enough for the default run.
FEW = settings(max_examples=max(5, settings.default.max_examples // 3))


@dataclass(frozen=True)
class Version:
    """A state of one casus as its organisation read it."""

    casus: int
    minute: int
    lijn: str
    naam: str
    consents: tuple[tuple[int, tuple[str, ...], bool], ...]

    def item(self, ids: Sequence[str]) -> dict[str, Any]:
        wire = [self._consent(*each) for each in self.consents]
        item = {
            "standVan": f"2020-04-01T08:{self.minute:02}:00Z",
            "casusId": ids[self.casus],
            "toestemmingen": wire,
        }
        covered = {r for each in wire if not each["ingetrokkenOp"] for r in each["ontvangers"]}
        if covered:
            full = a_samenvatting(
                vNummer=f"{CASUSSEN[self.casus][1]:010d}", lijn=self.lijn, naam=self.naam
            )
            item["samenvatting"] = full if "AVIM" in covered else without_avim(full)
        return item

    def _consent(self, which: int, ontvangers: tuple[str, ...], withdrawn: bool) -> dict[str, Any]:  # noqa: FBT001
        return a_consent(
            toestemmingId=str(UUID(int=self.casus * 10 + which)),
            ontvangers=list(ontvangers),
            ingetrokkenOp="2020-04-01" if withdrawn else None,
        )


recipients = st.sampled_from([("IND",), ("AVIM",), ("IND", "AVIM"), PARTNERS])
consents = st.lists(
    st.tuples(st.integers(0, 2), recipients, st.booleans()), max_size=3, unique_by=lambda c: c[0]
)
versions = st.builds(
    Version,
    casus=st.integers(0, len(CASUSSEN) - 1),
    minute=st.integers(1, 4),
    lijn=st.sampled_from(["1", "2"]),
    naam=st.sampled_from(["Farahani", "Yilmaz"]),
    consents=consents.map(tuple),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Version], list[Version]]:
    """What happened, in two orders, each with repetitions of its own."""
    happened = draw(st.lists(versions, min_size=1, max_size=6))
    again = st.lists(st.sampled_from(happened), max_size=3)
    return (
        draw(st.permutations([*happened, *draw(again)])),
        draw(st.permutations([*happened, *draw(again)])),
    )


@contextmanager
def a_world(template: Path) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "gateway.sqlite"
        shutil.copyfile(template, file)
        world = World(Path(folder), f"sqlite:///{file}")
        yield world
        world.close()


def begin(world: World) -> list[str]:
    """Every casus once, from before all that happens; with a consent that is gone afterwards."""
    return [
        world.casus(
            {
                "standVan": "2020-04-01T08:00:00Z",
                "samenvatting": a_samenvatting(vNummer=f"{number:010d}"),
                "toestemmingen": [a_consent(toestemmingId=str(UUID(int=at * 10 + 9)))],
            },
            by=bronhouder,
        )[0]
        for at, (bronhouder, number) in enumerate(CASUSSEN)
    ]


def live(world: World, history: Sequence[Version]) -> dict[str, Any]:
    """Deliver a history, and tell what then is so."""
    ids = begin(world)
    for version in history:
        [result] = world.push(version.item(ids), by=CASUSSEN[version.casus][0])
        assert result["resultaat"] != "geweigerd", result
    overleg = world.overleg()
    for casus, (bronhouder, _) in zip(ids, CASUSSEN, strict=True):
        world.put_on_agenda(overleg, casus, by=bronhouder)
    world.freeze(overleg)
    return {
        "packs": {partner: world.summaries(partner, overleg) for partner in PARTNERS},
        "feeds": {partner: known_from(world.feed(partner)) for partner in PARTNERS},
        "stored": stored(world, ids),
    }


def known_from(feed: Sequence[dict[str, Any]]) -> set[tuple[str, str]]:
    """Whom a partner knows that has read its whole feed and done what it says."""
    known: dict[str, tuple[str, str]] = {}
    for item in feed:
        if item["soort"] == "terugroeping":
            known.pop(item["casusreferentie"], None)
        else:
            summary = item["samenvatting"]
            known[item["casusreferentie"]] = (summary["bronhouder"], summary["vNummer"])
    return set(known.values())


def stored(world: World, ids: Sequence[str]) -> list[Any]:
    """What holds of each casus; its summary only where somebody may still have it."""
    found = []
    with reading(world.parts.engine) as tx:
        dossiers = load_by_id(tx, world.parts.keys, [UUID(each) for each in ids], Lock.NONE)
        for name in ids:
            dossier = dossiers[UUID(name)]
            held = sorted(
                (str(each.toestemming_id), sorted(each.ontvangers))
                for each in dossier.statements
                if each.holds_on(world.day)
            )
            [stand] = load_stands(tx, [(dossier, dossier.stand_nummer)]).values()
            summary = dict(open_sealed(stand)) if held else None
            found.append((dossier.stand_van, held, sorted(dossier.gedekt), summary))
    return found


@FEW
@given(histories())
def test_any_order_and_repetition_of_deliveries_ends_in_the_same_state(sqlite_template, history):
    one, other = history

    with a_world(sqlite_template) as first, a_world(sqlite_template) as second:
        assert live(first, one) == live(second, other)


@FEW
@given(st.lists(versions, min_size=1, max_size=6))
def test_a_partner_knows_from_its_feed_whom_it_may_have_and_nobody_else(sqlite_template, history):
    with a_world(sqlite_template) as world:
        found = live(world, history)

    for partner in PARTNERS:
        in_packs = {(each["bronhouder"], each["vNummer"]) for each in found["packs"][partner]}
        assert found["feeds"][partner] == in_packs
