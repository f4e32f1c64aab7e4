"""Whatever happens to the consents: the recalls in the feed are the rows, and the rows are owed."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from privacy.store import tables
from privacy.store.engine import reading
from privacy.store.terugroepingen import terugroeping
from tests.builders import DOELEN, PARTNERS, a_consent, a_samenvatting, an_item
from tests.schema import create_schema
from tests.world import FIRST_DAY, World

CASUSSEN = 2
some_partners = st.lists(st.sampled_from(PARTNERS), min_size=1, unique=True)
some_doelen = st.lists(st.sampled_from(DOELEN), min_size=1, unique=True)
who = st.integers(0, CASUSSEN - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("give"), who, some_partners, some_doelen, st.integers(0, 3)),
        st.tuples(st.just("withdraw"), who, st.none() | some_partners, st.none() | some_doelen),
        st.tuples(st.just("vanish"), who),
        st.tuples(st.just("read"), st.sampled_from(PARTNERS)),
        st.tuples(st.just("days"), st.integers(1, 2)),
    ),
    min_size=1,
    max_size=12,
)


class Told:
    """A partner that reads everything, from its own cursor on."""

    def __init__(self) -> None:
        self.na: str | None = None
        self.recalls: dict[str, tuple[str, tuple[str, ...], str]] = {}

    def read(self, world: World, partner: str) -> None:
        for page in world.pages(partner, self.na, 2):
            self.na = page["volgende"]
            for item in page["items"]:
                if item["soort"] == "terugroeping":
                    self.recalls[item["terugroepingId"]] = (
                        item["casusreferentie"],
                        tuple(item["doelen"]),
                        item["uiterlijk"],
                    )


class Story:
    """One world, and what became of its consents step by step."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.partners = {code: Told() for code in PARTNERS}
        self.consents: list[list[dict[str, Any]]] = [[] for _ in range(CASUSSEN)]
        self.casussen: list[str] = []
        self.minute = 0
        for at in range(CASUSSEN):
            self.consents[at] = [a_consent()]
            self.casussen.append(self.world.casus(self.item(at))[0])

    def item(self, at: int) -> dict[str, Any]:
        self.minute += 1
        return an_item(
            standVan=f"2020-04-01T08:{self.minute:02d}:00Z",
            samenvatting=a_samenvatting(vNummer=f"{at:010d}"),
            toestemmingen=self.consents[at],
        )

    def give(self, at: int, partners: list[str], doelen: list[str], days: int) -> None:
        last = self.world.day + timedelta(days=days)
        consent = a_consent(
            ontvangers=partners,
            doelen=doelen,
            eersteDag=self.world.day.isoformat(),
            laatsteDag=last.isoformat(),
        )
        self.consents[at].append(consent)
        self.world.give(self.casussen[at], consent)

    def withdraw(self, at: int, partners: list[str] | None, doelen: list[str] | None) -> None:
        if self.consents[at]:
            self.world.withdraw(self.consents[at][-1], ontvangers=partners, doelen=doelen)

    def vanish(self, at: int) -> None:
        self.consents[at] = []
        body = {name: value for name, value in self.item(at).items() if name != "samenvatting"}
        self.world.push(body | {"casusId": self.casussen[at]})

    def read(self, partner: str) -> None:
        self.partners[partner].read(self.world, partner)

    def days(self, number: int) -> None:
        self.world.pass_days(number)


@given(steps)
def test_a_partner_that_reads_everything_has_exactly_the_recalls_that_stand_as_rows(story):
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/gateway.sqlite"
        create_schema(url)
        world = World(Path(folder), url)
        told = Story(world)
        for name, *more in story:
            getattr(told, name)(*more)
        for partner in PARTNERS:
            told.read(partner)

        rows = _rows(world)
        for partner, kept in told.partners.items():
            assert kept.recalls == rows.get(partner, {})
            fresh = Told()
            fresh.read(world, partner)
            assert fresh.recalls == kept.recalls
        world.close()
    assert world.day >= FIRST_DAY


def _rows(world: World) -> dict[str, dict[str, tuple[str, tuple[str, ...], str]]]:
    found: dict[str, dict[str, tuple[str, tuple[str, ...], str]]] = {}
    known = select(terugroeping, tables.casusreferentie.c.referentie).join(
        tables.casusreferentie,
        (tables.casusreferentie.c.casus_id == terugroeping.c.casus_id)
        & (tables.casusreferentie.c.ontvanger == terugroeping.c.ontvanger),
    )
    with reading(world.parts.engine) as tx:
        for row in tx.execute(known):
            told = str(row.referentie), row.doelen, row.uiterlijk.isoformat()
            found.setdefault(row.ontvanger, {})[str(row.id)] = told
    return found
