"""Content begins with a delivery for which there is consent, and is gone with the last of it;
whatever is given, withdrawn, restricted, erased or rolled over in whatever order.

The model keeps a list of statements, and whether there is content. It is held against the tables,
what the organisation is shown, and what a partner is told.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from gateway.refusals import ConflictError, NotFoundError
from gateway.services.beperkingen import restrict_casus
from gateway.services.bewaren import keep_terms
from gateway.services.casussen import find_casussen, show_casus
from gateway.services.tijdvakken import begin_epoch
from gateway.services.wissingen import erase_casus
from privacy.store import tables
from privacy.store.engine import reading
from tests.builders import a_consent, a_samenvatting, an_item
from tests.world import TRACE, World, bronhouder

STEPS = 20
#: Some hundreds of steps by default; ten thousand where hypothesis tries hardest.
EXAMPLES = {5_000: 500, 200: 60}.get(settings.default.max_examples, 10)
ORG = bronhouder("sndvu")
_people = count(1)


@dataclass
class Said:
    """A statement as the organisation has it, and what became of it."""

    id: str
    first: date
    last: date
    stands: bool = True
    withdrawn: bool = False

    def lives(self, day: date) -> bool:
        return self.stands and not self.withdrawn and day <= self.last

    @property
    def wire(self) -> dict[str, Any]:
        days = {"eersteDag": self.first.isoformat(), "laatsteDag": self.last.isoformat()}
        return a_consent(toestemmingId=self.id, **days)


class Life(RuleBasedStateMachine):
    """One person at one organisation: give, deliver, withdraw, let fall, wait, restrict, erase."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.number = f"{next(_people):010d}"
        self.minute = 0
        self.cursor = self.world.cursor("AVIM")
        self.arrive()

    def arrive(self) -> None:
        self.acts = list[date]()
        self.said, self.restricted = [self._new(0, 5)], False
        [told] = self.world.push(self._item(summary=True))
        self.casus, self.content, self.lijn = told["casusId"], True, "1"

    # What organisations do

    @rule(ago=st.integers(0, 2), days=st.integers(0, 5), how=st.sampled_from(["alone", "all"]))
    def give(self, ago: int, days: int, how: str) -> None:
        """Of today or of before; dated no later than a withdrawal it is withdrawn too."""
        new = self._new(ago, days)
        new.withdrawn = any(new.first <= day for day in self.acts)
        self.said.append(new)
        if how == "alone":
            self.world.give(self.casus, new.wire)
        else:
            self._deliver(summary=False)
        self._settle()

    @rule(lijn=st.sampled_from("12"))
    def deliver(self, lijn: str) -> None:
        """The same or another summary: refused where nobody agreed to anything today."""
        told = self._deliver(summary=True, lijn=lijn)
        assert (told == "geweigerd") is not self._covered()
        if self._covered():
            self.content, self.lijn = True, lijn
        self._settle()

    @precondition(lambda self: any(not each.withdrawn for each in self.said))
    @rule(data=st.data())
    def withdraw(self, data: Any) -> None:
        said = data.draw(st.sampled_from([each for each in self.said if not each.withdrawn]))
        self.world.withdraw(said.wire)
        said.withdrawn = True
        self.acts.append(self.world.day)
        self._settle()

    @rule(data=st.data())
    def let_fall_or_take_up(self, data: Any) -> None:
        said = data.draw(st.sampled_from(self.said))
        said.stands = not said.stands
        self._deliver(summary=False)
        self._settle()

    @rule()
    def restrict_or_lift(self) -> None:
        """What is restricted is kept, whatever ends meanwhile (AVG 18)."""
        self.restricted = not self.restricted
        body = {"grond": "rechtsvordering", "beperkt": self.restricted}
        restrict_casus(self.world.parts, ORG, UUID(self.casus), body)
        self._settle()

    @rule()
    def erase(self) -> None:
        """The person comes back as somebody new; of the old one nothing answers."""
        gone = self.casus
        if self.restricted:
            with pytest.raises(ConflictError):
                erase_casus(self.world.parts, ORG, UUID(gone))
            return
        erase_casus(self.world.parts, ORG, UUID(gone))
        with pytest.raises(NotFoundError):
            show_casus(self.world.parts, ORG, UUID(gone))
        assert self._found() == []
        self.arrive()
        assert self.casus != gone

    # What time and the gateway do

    @rule(days=st.integers(1, 3))
    def wait(self, days: int) -> None:
        self.world.pass_days(days)
        keep_terms(self.world.parts, TRACE)
        self._settle()

    @rule()
    def roll_over(self) -> None:
        begin_epoch(self.world.parts)

    # What must be so after each of them

    @invariant()
    def there_is_content_where_the_model_says_so(self) -> None:
        if not hasattr(self, "casus"):
            return
        with reading(self.world.parts.engine) as tx:
            row = tx.execute(
                select(tables.casus).where(tables.casus.c.id == UUID(self.casus))
            ).one()
            outbox = tables.mutatie.c
            full = select(func.count(outbox.stand), func.count(outbox.verandering))
            stands, changes = tx.execute(full.where(outbox.casus_id == UUID(self.casus))).one()
        assert (row.inhoud_sleutel is not None) is self.content
        assert (row.stand_nummer is not None) is self.content
        assert (stands > 0) is self.content
        assert self.content or not changes
        assert row.epoch == self.world.parts.keys.current.number

    @invariant()
    def its_organisation_finds_it_and_sees_what_there_is(self) -> None:
        if not hasattr(self, "casus"):
            return
        assert self._found() == [self.casus]
        told = json.loads(show_casus(self.world.parts, ORG, UUID(self.casus)).body)
        summary = told["casus"].get("samenvatting")
        assert (summary is not None) is self.content
        assert summary is None or summary["lijn"] == self.lijn

    @invariant()
    def a_partner_is_told_nothing_that_is_not_there(self) -> None:
        if not hasattr(self, "casus"):
            return
        items = self.world.feed("AVIM", self.cursor)
        self.cursor = self.world.cursor("AVIM", self.cursor)
        told = [each for each in items if "samenvatting" in each]
        assert not told or (self.content and self._covered() and not self.restricted)

    # The model

    def _covered(self) -> bool:
        day = self.world.day
        return any(each.lives(day) and each.first <= day for each in self.said)

    def _settle(self) -> None:
        if not self.restricted and not any(each.lives(self.world.day) for each in self.said):
            self.content = False

    def _new(self, ago: int, days: int) -> Said:
        today = self.world.day
        return Said(str(uuid4()), today - timedelta(days=ago), today + timedelta(days=days))

    # The system

    def _found(self) -> list[str]:
        found = find_casussen(self.world.parts, ORG, {"vNummer": self.number})
        return [each["casusId"] for each in json.loads(found.body)["casussen"]]

    def _deliver(self, *, summary: bool, lijn: str = "1") -> str:
        item = self._item(summary=summary, lijn=lijn) | {"casusId": self.casus}
        [told] = self.world.push(item)
        return told["resultaat"]

    def _item(self, *, summary: bool, lijn: str = "1") -> dict[str, Any]:
        self.minute += 1
        return an_item(
            standVan=f"2020-04-02T{self.minute // 60:02d}:{self.minute % 60:02d}:00Z",
            samenvatting=a_samenvatting(vNummer=self.number, lijn=lijn) if summary else None,
            toestemmingen=[each.wire for each in self.said if each.stands],
        )


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url)
    yield made
    made.close()


@pytest.mark.slow
def test_content_lives_as_long_as_a_consent_does_in_any_order(world):
    machine = type("LifeHere", (Life,), {"world": world})

    run_state_machine_as_test(
        machine, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS)
    )

    assert world.log_is_sound()
