"""Twenty people in each of some groups that differ only in what IND may not see.

Two groups that must last as long stand in the same place of the feed, each before a group that
is told in full, and on the agenda of a frozen conference of their own.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from gateway.services.aanleveringen import accept_aanlevering
from gateway.services.feed_place import BEGIN, after_row
from gateway.services.overleggen import freeze, plan_overleg
from gateway.services.toestemmingen import withdraw_toestemming
from gateway.services.voordrachten import nominate
from gateway.wiring import Parts
from privacy.store.engine import reading
from privacy.store.tables import mutatie
from tests.builders import a_consent, a_samenvatting, an_item
from tests.signing import signed
from tests.world import FIRST_DAY, bronhouder, gemeente

RECIPIENT: Final = "IND"
#: How many there are in a group; and half of it is asked for in a page.
MANY: Final = 20
_FIRST_NUMBER: Final = 7 * 10**8
_LATER: Final = "2020-04-01T09:00:00Z"
_ALL: Final = ["aanmelding", "mutaties", "casusoverleg", "bewaringstoets"]
#: Groups that stand behind the last place: more rows than a page looks ahead at.
_AHEAD: Final = 6
#: What none but AVIM may have: as short and as long as can be.
_SHORT: Final = {"naam": "X"}
_LONG: Final = {"naam": "Farahani " * 20}


@dataclass(frozen=True)
class Group:
    """So many people; `place` is the cursor right before what the feed tells of them."""

    items: list[dict[str, Any]]
    place: int
    overleg: UUID

    def number(self, at: int) -> str:
        return str(self.items[at % MANY]["samenvatting"]["vNummer"])


class Hidden:
    """What differs: a value, a consent of others, rows that tell IND nothing."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._made = 0
        self.short, self.long = self._group(_SHORT), self._group(_LONG)
        self.whole, self.partial = self._group(_LONG), self._group(_LONG)
        self._group(_LONG)
        unseen = self._group(_LONG, ontvangers=["DT&V", "AVIM"])
        for each in self.partial.items:
            name = UUID(each["toestemmingen"][0]["toestemmingId"])
            withdraw_toestemming(parts, bronhouder("sndvu"), name, {"ontvangers": ["AVIM"]})
        #: Places in the feed; between each and twenty people who are told in full: nothing, one
        #: change, twenty of people IND knows, and twenty of people it does not.
        self.nothing = self._silence([])
        self.one = self._silence(self.long.items[:1])
        self.known = self._silence(self.whole.items)
        self.unknown = self._silence(unseen.items)
        # As much of the outbox is looked ahead at from each of these places.
        for _ in range(_AHEAD):
            self._group(_LONG)

    def cursor(self, place: int) -> str:
        return self.parts.keys.hide_position(RECIPIENT, place)

    def _silence(self, items: list[dict[str, Any]]) -> int:
        place = self._end()
        if items:
            name = {"naam": "Iemand Anders"}
            changed = [
                {**each, "standVan": _LATER, "samenvatting": each["samenvatting"] | name}
                for each in items
            ]
            self._push(changed)
        self._group(_LONG)
        return place

    def _group(self, values: dict[str, str], **consent: Any) -> Group:
        start = _FIRST_NUMBER + self._made * MANY
        self._made += 1
        items = [
            an_item(
                samenvatting=a_samenvatting(vNummer=f"{start + at:010d}", **values),
                toestemmingen=[a_consent(**({"doelen": _ALL} | consent))],
            )
            for at in range(MANY)
        ]
        place = self._end()
        casussen = self._push(items)
        return Group(items, place, self._frozen(casussen))

    def _push(self, items: list[dict[str, Any]]) -> list[str]:
        body = {"items": signed(items, "sndvu")}
        answer = accept_aanlevering(
            self.parts, bronhouder("sndvu"), body, proef=False, idempotency=None
        )
        assert {each["resultaat"] for each in answer["resultaten"]} == {"aangenomen"}, answer
        return [each["casusId"] for each in answer["resultaten"]]

    def _frozen(self, casussen: list[str]) -> UUID:
        body = {"datum": FIRST_DAY.isoformat(), "soort": "lso"}
        made = UUID(plan_overleg(self.parts, gemeente(), body)["overlegId"])
        nominate(self.parts, bronhouder("sndvu"), made, {"casussen": casussen})
        freeze(self.parts, gemeente(), made)
        return made

    def _end(self) -> int:
        with reading(self.parts.engine) as tx:
            last = tx.execute(select(func.max(mutatie.c.nummer))).scalar_one()
        return BEGIN if last is None else after_row(last)
