"""Whatever is given, refused, withdrawn, ended, restricted, explained or decided, in whatever
order: partners get exactly what a model of a few lines says, and whoever had a casus and may have
it no more is owed a recall.

The model knows nothing of events, folding or coverage. It keeps a list of statements and acts,
and reads the rules off it anew at each question.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, product
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gateway.services.beperkingen import restrict_casus
from privacy.entitlement import Rulebook
from privacy.notice import Notice, Notices
from privacy.policy import Policies
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import reading
from schemas.terms import Doel, Precisie
from tests.builders import a_consent, a_samenvatting, an_item
from tests.unit.privacy.examples import a_policy
from tests.world import World, bronhouder

PARTNERS = ("IND", "AVIM")
#: Keeps the summary of everyone: a consent is alive whatever policies say of whom it names.
ONCE_A_PARTNER = "DT&V"
ALWAYS = date(2200, 1, 1)
DOELEN = (Doel.AANMELDING, Doel.CASUSOVERLEG, Doel.MRT)
#: Who guides whom: the first and the third are one person, at two organisations.
CASUSSEN = (("sndvu", 1), ("sndvu", 2), ("seguro", 1))
#: From fine to coarse; what a field may be told in, and what it then says of everyone here.
TOLD = {
    "geboortedatum": {
        Precisie.VOLLEDIG: "1987-03-14",
        Precisie.MAAND: "1987-03",
        Precisie.JAAR: "1987",
        Precisie.JA_NEE: "ja",
    },
    "nationaliteit": {Precisie.VOLLEDIG: "0149", Precisie.JA_NEE: "ja"},
    "lijn": {Precisie.VOLLEDIG: "1", Precisie.JA_NEE: "ja"},
}
STEPS = 50
#: Ten thousand steps on each database where hypothesis tries hardest, and some hundreds by default.
EXAMPLES = {5_000: 200, 200: 60}.get(settings.default.max_examples, 20)

Table = dict[tuple[str, Doel], dict[str, Precisie]]
_people = count(1)
#: Packs with and without a casus in them.
ANSWERS = Counter[bool]()

partners = st.sets(st.sampled_from(PARTNERS), min_size=1).map(sorted)
doelen = st.sets(st.sampled_from(DOELEN), min_size=1).map(sorted)
casussen = st.integers(0, len(CASUSSEN) - 1)
#: Most fields are told, so that most questions have an answer that can be wrong.
grades = st.fixed_dictionaries(
    {name: st.sampled_from([*told, *told, None]) for name, told in TOLD.items()}
).map(lambda table: {name: grade for name, grade in table.items() if grade})
tables = st.fixed_dictionaries(dict.fromkeys(product(PARTNERS, DOELEN), grades))


@dataclass
class Said:
    """A statement as the organisation has it, and what became of it."""

    id: str
    ontvangers: list[str]
    doelen: list[Doel]
    first: date
    last: date
    notice: str
    given: bool = True
    stands: bool = True
    gone: set[tuple[str, Doel]] = field(default_factory=set)

    @property
    def wire(self) -> dict[str, Any]:
        return a_consent(
            toestemmingId=self.id,
            besluit="gegeven" if self.given else "geweigerd",
            ontvangers=self.ontvangers,
            doelen=[each.value for each in self.doelen],
            eersteDag=self.first.isoformat(),
            laatsteDag=self.last.isoformat(),
            verklaring=self.notice,
        )

    def names(self, partner: str, doel: Doel) -> bool:
        return partner in self.ontvangers and doel in self.doelen


@dataclass
class Kept:
    """One casus in the model."""

    id: str
    by: str
    references: dict[str, str]
    keeper: Said
    said: list[Said] = field(default_factory=list)
    acts: list[tuple[date, set[tuple[str, Doel]]]] = field(default_factory=list)
    had: set[str] = field(default_factory=set)
    recalled: set[str] = field(default_factory=set)
    restricted: bool = False

    def covered(self, partner: str, doel: Doel, day: date) -> list[Said]:
        """Read straight off: agreed to, for this, today, and neither taken back nor refused."""
        refused = max(
            (
                each.first
                for each in self.said
                if not each.given and each.stands and each.names(partner, doel)
            ),
            default=date.min,
        )
        return [
            each
            for each in self.said
            if each.given
            and each.stands
            and each.names(partner, doel)
            and (partner, doel) not in each.gone
            and each.first <= day <= each.last
            and each.first > refused
        ]


class Grounds(RuleBasedStateMachine):
    """Give, refuse, withdraw, let fall, expire, a new notice, a recalled one, a new policy; ask."""

    world: World

    @initialize(policy=tables, notice=tables)
    def begin(self, policy: Table, notice: Table) -> None:
        self.minute, self.recalled = 0, set[str]()
        everything = {
            pair: dict.fromkeys(TOLD, Precisie.VOLLEDIG) for pair in product(PARTNERS, DOELEN)
        }
        self.policy, self.notices = everything, {"n0": everything}
        self._decide()
        start = next(_people) * len(CASUSSEN)
        self.kept = [self._arrive(by, start + number) for by, number in CASUSSEN]
        self.packs = {
            Doel.CASUSOVERLEG: self._conference("lso"),
            Doel.MRT: self._conference("mrt"),
        }
        self.policy, self.notices = policy, {"n0": notice}
        self._decide()
        self.cursors = {partner: self.world.cursor(partner) for partner in PARTNERS}
        for kept in self.kept:
            kept.said.append(self._agreed_to_all(until=30))
            self._deliver(kept)

    # What organisations do

    @rule(
        which=casussen,
        agreed=st.sampled_from([True, True, True, False]),
        what=st.tuples(partners, doelen),
        days=st.tuples(st.integers(0, 3), st.integers(0, 20)),
        data=st.data(),
    )
    def state(self, which, agreed, what, days, data) -> None:
        """Give or refuse, alone or with all that was said before."""
        kept, today = self.kept[which], self.world.day
        notice = data.draw(st.sampled_from(sorted(self.notices)))
        first, last = today - timedelta(days=days[0]), today + timedelta(days=days[1])
        said = Said(str(uuid4()), *what, first, last, notice, given=agreed)
        for day, pairs in kept.acts:
            if agreed and first <= day:
                said.gone |= pairs  # the withdrawn one under another name
        kept.said.append(said)
        if data.draw(st.booleans()):
            self._deliver(kept)
        else:
            self.world.give(kept.id, said.wire, by=kept.by)

    @rule(which=casussen, what=st.tuples(partners, doelen), data=st.data())
    def agree(self, which, what, data) -> None:
        """More is given than taken back, or soon there is nothing left to ask about."""
        days = (data.draw(st.integers(0, 1)), data.draw(st.integers(5, 20)))
        self.state(which=which, agreed=True, what=what, days=days, data=data)

    @precondition(lambda self: self._said())
    @rule(data=st.data(), what=st.tuples(partners, doelen))
    def refuse(self, data, what) -> None:
        """On the day that something was given, or since: what was given before then is over."""
        kept, said = data.draw(st.sampled_from(self._said()))
        ago = data.draw(st.sampled_from([0, (self.world.day - said.first).days]))
        self.state(which=self.kept.index(kept), agreed=False, what=what, days=(ago, 9), data=data)

    @precondition(lambda self: any(kept.acts for kept in self.kept))
    @rule(data=st.data(), what=st.tuples(partners, doelen), after=st.integers(0, 1))
    def give_again(self, data, what, after) -> None:
        """Dated on the day of a withdrawal, or the day after: the same statement, or a new one."""
        kept = data.draw(st.sampled_from([each for each in self.kept if each.acts]))
        day, _pairs = data.draw(st.sampled_from(kept.acts))
        ago = max((self.world.day - day).days - after, 0)
        self.state(which=self.kept.index(kept), agreed=True, what=what, days=(ago, 9), data=data)

    @precondition(lambda self: self._said())
    @rule(data=st.data(), ontvangers=st.none() | partners, doelen=st.none() | doelen)
    def withdraw(self, data, ontvangers, doelen) -> None:
        """For all or for some; final for this statement, and for what is the same statement."""
        kept, said = data.draw(st.sampled_from(self._said()))
        pairs = set(product(ontvangers or said.ontvangers, doelen or said.doelen))
        said.gone |= pairs
        kept.acts.append((self.world.day, pairs))
        asked = {"ontvangers": ontvangers, "doelen": doelen and [each.value for each in doelen]}
        self.world.withdraw(
            said.wire, by=kept.by, **{name: value for name, value in asked.items() if value}
        )

    @precondition(lambda self: self._said())
    @rule(data=st.data())
    def let_fall_or_take_up(self, data) -> None:
        """A statement goes from the register, or comes back to it."""
        kept, said = data.draw(st.sampled_from(self._said()))
        said.stands = not said.stands
        self._deliver(kept)

    @rule(which=casussen)
    def restrict_or_lift(self, which: int) -> None:
        """Nothing is told while it lasts, whatever is given or withdrawn; and then all is again."""
        kept = self.kept[which]
        kept.restricted = not kept.restricted
        body = {"grond": "juistheid", "beperkt": kept.restricted}
        restrict_casus(self.world.parts, bronhouder(kept.by), UUID(kept.id), body)

    # What time, officers and municipality do

    @rule(days=st.integers(1, 2))
    def wait(self, days: int) -> None:
        self.world.pass_days(days)

    @rule(table=tables)
    def decide(self, table: Table) -> None:
        """Another policy: it holds at once, for everyone."""
        self.policy = table
        self._decide()

    @rule(table=tables)
    def explain(self, table: Table) -> None:
        """Another notice: it counts for who reads it from now on, and for no one before."""
        self.notices = {**self.notices, f"n{len(self.notices)}": table}
        self._decide()

    @precondition(lambda self: len(self.recalled) + 2 < len(self.notices))
    @rule(data=st.data())
    def recall_notice(self, data) -> None:
        left = sorted(set(self.notices) - self.recalled)
        self.recalled.add(data.draw(st.sampled_from(left)))
        self._decide()

    # What partners see

    @rule()
    def ask(self) -> None:
        for partner, doel in product(PARTNERS, self.packs):
            told = self.world.pack(partner, self.packs[doel])
            expected = {
                kept.references[partner]: self._expected(kept, partner, doel)
                for kept in self.kept
                if not kept.restricted
            }

            assert {each["casusreferentie"]: each["samenvatting"] for each in told} == {
                name: fields for name, fields in expected.items() if fields
            }
            self._had(partner, told)
            ANSWERS[bool(told)] += 1

    @rule()
    def ask_once_more(self) -> None:
        """As often as two rules: a change that nobody asks about shows nothing."""
        self.ask()

    @rule(partner=st.sampled_from(PARTNERS))
    def look(self, partner: str) -> None:
        """Whoever had a casus that nothing covers now finds its recall; and nothing is told that
        may not be told today."""
        pages = self.world.pages(partner, self.cursors[partner])
        self.cursors[partner] = pages[-1]["volgende"]
        items = [item for page in pages for item in page["items"]]
        mine = {kept.references[partner]: kept for kept in self.kept}
        recalled = {each["casusreferentie"] for each in items if each["soort"] == "terugroeping"}
        told = [each for each in items if "samenvatting" in each]

        for each in told:
            kept = mine.get(each["casusreferentie"])
            assert kept is not None, "of another example: its consents were over"
            assert not kept.restricted
            assert each["samenvatting"] == self._expected(kept, partner, Doel.AANMELDING)
        for name, kept in mine.items():
            kept.recalled |= {partner} if name in recalled else set()
            if partner in kept.had and not self._covers_anything(kept, partner):
                assert partner in kept.recalled, "had it, may have it no more, and was not told"
                kept.had.discard(partner)
        self._had(partner, told)

    # The model

    def _expected(self, kept: Kept, partner: str, doel: Doel) -> dict[str, str]:
        pair = (partner, doel)
        fields: dict[str, str] = {}
        for name, told in TOLD.items():
            grades = list(told)
            finest = [
                max(grades.index(self.policy[pair][name]), grades.index(read[name]))
                for said in kept.covered(partner, doel, self.world.day)
                if said.notice not in self.recalled
                and name in self.policy[pair]
                and name in (read := self.notices[said.notice][pair])
            ]
            if finest:
                fields[name] = told[grades[min(finest)]]
        return fields

    def _covers_anything(self, kept: Kept, partner: str) -> bool:
        return any(kept.covered(partner, doel, self.world.day) for doel in DOELEN)

    def _had(self, partner: str, told: list[dict[str, Any]]) -> None:
        names = {each["casusreferentie"] for each in told}
        for kept in self.kept:
            if kept.references[partner] in names:
                kept.had.add(partner)
                kept.recalled.discard(partner)

    def _said(self) -> list[tuple[Kept, Said]]:
        return [(kept, said) for kept in self.kept for said in kept.said]

    # The system

    def _decide(self) -> None:
        policies = {
            partner: a_policy(partner, {doel: self.policy[partner, doel] for doel in DOELEN})
            for partner in PARTNERS
        }
        notices = {
            name: Notice(name, "titel", table, f"sha256:{name}")
            for name, table in self.notices.items()
        }
        self.world.under(
            Rulebook(
                Policies(policies, ever=frozenset({ONCE_A_PARTNER})),
                Notices(notices, frozenset(self.recalled)),
            )
        )

    def _arrive(self, by: str, number: int) -> Kept:
        """There with a full summary, on a consent that falls away at once."""
        said = self._agreed_to_all(until=0)
        told = a_samenvatting(vNummer=f"{number:010d}")
        summary = {"vNummer": told["vNummer"]} | {name: told[name] for name in TOLD}
        keeper = Said(str(uuid4()), [ONCE_A_PARTNER], [*DOELEN], said.first, ALWAYS, "n0")
        item = an_item(samenvatting=summary, toestemmingen=[said.wire, keeper.wire])
        [casus] = self.world.casus(item, by=by)
        with reading(self.world.parts.engine) as tx:
            [dossier] = load_by_id(tx, self.world.parts.keys, [UUID(casus)], Lock.NONE).values()
        names = {partner: str(dossier.keys.referentie(partner)) for partner in PARTNERS}
        kept = Kept(casus, by, names, keeper)
        self._deliver(kept)
        return kept

    def _agreed_to_all(self, until: int) -> Said:
        today = self.world.day
        last = today + timedelta(days=until)
        return Said(str(uuid4()), [*PARTNERS], [*DOELEN], today, last, "n0")

    def _conference(self, soort: str) -> UUID:
        overleg = self.world.overleg(soort)
        for each in self.kept:
            self.world.put_on_agenda(overleg, each.id, by=each.by)
        self.world.freeze(overleg)
        return overleg

    def _deliver(self, kept: Kept) -> None:
        """The whole consent state, as the register has it now."""
        self.minute += 1
        item = {
            "standVan": f"2020-04-02T{self.minute // 60:02d}:{self.minute % 60:02d}:00Z",
            "casusId": kept.id,
            "toestemmingen": [kept.keeper.wire, *(said.wire for said in kept.said if said.stands)],
        }
        [result] = self.world.push(item, by=kept.by)
        assert result["resultaat"] in {"aangenomen", "ongewijzigd"}, result

    def teardown(self) -> None:
        """Nothing of these people is left to tell in the next example."""
        if hasattr(self, "kept"):
            self.world.pass_days(40)
            for partner in PARTNERS:
                self.world.cursor(partner, self.cursors[partner])


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = World(tmp_path, database_url)
    yield made
    made.close()


@pytest.mark.slow
def test_partners_get_what_the_grounds_give_in_any_order(world):
    """Statement 31 and 33, and CON-05: each casus stands on its own statements alone."""
    machine = type("GroundsHere", (Grounds,), {"world": world})

    run_state_machine_as_test(
        machine, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS)
    )

    assert ANSWERS[True] > ANSWERS[False] / 2, "most questions had nothing to be wrong about"
    assert world.log_is_sound()
