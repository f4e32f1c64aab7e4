"""Two organisations with one V-nummer: each is answered as if the other did not exist.

One story is lived twice, beside another organisation and alone, each on its own database; ids
differ by chance and are named by their order of appearance.
"""

import re
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.builders import PARTNERS, a_consent, a_samenvatting, an_item, people
from tests.world import World

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
