"""Over any history: what leaves after a restore would have left without one as well."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy.errors import RestoredError
from tests.builders import a_consent, a_samenvatting, an_item
from tests.integration.backups import Restorable

PEOPLE = 3
PAIRS: tuple[dict[str, Any], ...] = (
    {},
    {"ontvangers": ["IND"]},
    {"doelen": ["mutaties"]},
    {"ontvangers": ["AVIM"], "doelen": ["casusoverleg"]},
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("deliver"), st.integers(0, PEOPLE - 1)),
        st.tuples(st.just("withdraw"), st.integers(0, PEOPLE - 1), st.sampled_from(PAIRS)),
        st.tuples(st.just("end in the register"), st.integers(0, PEOPLE - 1)),
        st.tuples(st.just("disclose"), st.sampled_from(["IND", "AVIM"])),
        st.tuples(st.just("backup")),
        st.tuples(st.just("restore")),
    ),
    min_size=3,
    max_size=14,
)


class History:
    """A gateway to which things happen; the model beside it never loses anything.

    `withdrawn` is what was ever withdrawn by an act, `ended` by the register: by person.
    """

    def __init__(self, world: Restorable) -> None:
        self.world = world
        self.consents = [a_consent() for _ in range(PEOPLE)]
        self.delivered: set[int] = set()
        self.ended: set[int] = set()
        self.withdrawn: dict[int, list[dict[str, Any]]] = {at: [] for at in range(PEOPLE)}
        self.kept: str | None = None
        self.told: dict[str, set[str]] = {"IND": set(), "AVIM": set()}

    def item(self, at: int) -> dict[str, Any]:
        consent = dict(self.consents[at])
        if at in self.ended:
            consent["ingetrokkenOp"] = "2020-04-01"
        self.world.pass_time()
        moment = self.world.now.replace(microsecond=0, tzinfo=None).isoformat()
        return an_item(
            samenvatting=a_samenvatting(vNummer=f"{at:010d}"),
            toestemmingen=[consent],
            standVan=f"{moment}Z",
        )

    def do(self, kind: str, *more: Any) -> None:
        getattr(self, kind.replace(" ", "_"))(*more)

    def deliver(self, at: int) -> None:
        self.delivered.add(at)
        self.world.push(self.item(at))

    def withdraw(self, at: int, body: dict[str, Any]) -> None:
        if at in self.delivered:
            self.withdrawn[at].append(body)
            self.world.withdraw(self.consents[at], **body)
            self.world.copy_log()

    def end_in_the_register(self, at: int) -> None:
        if at in self.delivered:
            self.ended.add(at)
            self.world.push(self.item(at))

    def disclose(self, partner: str) -> None:
        self.world.feed(partner)
        self.world.copy_log()

    def backup(self) -> None:
        self.kept = self.world.backup()

    def restore(self) -> None:
        if self.kept is None:
            return
        before = self.lines()
        self.world.tick()
        self.world.restore(self.kept)
        if self.world.herstel is None:
            return  # nothing had happened since
        with pytest.raises(RestoredError):
            self.world.page("IND")
        assert self.lines()[: len(before)] == before
        for at in sorted(self.delivered):
            self.world.push(self.item(at))
        self.world.speak()
        assert self.world.herstel is None

    def lines(self) -> list[Any]:
        return self.world.entries()

    def may_leave(self, at: int, partner: str, purpose: str) -> bool:
        if at not in self.delivered or at in self.ended:
            return False
        return not any(
            partner in each.get("ontvangers", [partner])
            and purpose in each.get("doelen", [purpose])
            for each in self.withdrawn[at]
        )


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_what_leaves_after_a_restore_would_have_left_without_one(sqlite_template, steps):
    folder = Path(tempfile.mkdtemp())
    shutil.copyfile(sqlite_template, folder / "gateway.sqlite")
    world = Restorable(folder, f"sqlite:///{folder / 'gateway.sqlite'}")
    history = History(world)
    try:
        for step in steps:
            history.do(*step)
        for partner in ("IND", "AVIM"):
            left = {
                int(item["samenvatting"]["vNummer"])
                for item in world.feed(partner)
                if item["soort"] == "aanmelding" and "vNummer" in item["samenvatting"]
            }
            allowed = {at for at in range(PEOPLE) if history.may_leave(at, partner, "aanmelding")}
            assert left <= allowed
        assert world.log_is_sound()
    finally:
        world.close()
        shutil.rmtree(folder)
