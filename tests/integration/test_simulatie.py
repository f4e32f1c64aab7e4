"""`pia simuleer`: exactly how many people a new policy would touch, and nothing else happens.

Counted a second time from the test's own list of people, on both databases.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, MetaData, String, Table, select, update

import privacy
from gateway.cli import cli
from gateway.database import metadata, newest
from gateway.services.simulatie import Uitkomst, simulate
from privacy.entitlement import Rulebook
from privacy.filter import filter_fields
from privacy.notice import Notices, load_notices
from privacy.policy import Policy, load_policies, parse_policy
from privacy.precision import Viewer
from privacy.question import PROCESSOR
from privacy.simulation import Gevolg
from privacy.store.engine import reading, writing
from privacy.store.tables import casus as casus_table
from schemas.terms import Doel, Precisie
from tests.builders import DOELEN, PARTNERS, a_consent, a_samenvatting, an_item
from tests.unit.privacy.examples import a_statement
from tests.world import World

FOLDER = Path(privacy.__file__).parent
DTV = FOLDER / "pia" / "dtv.toml"
BIRTH, OTHERS = "geboortedatum", ("IND", "AVIM")
READ_NOW, READ_LATER, RECALLED = "2019-1", "2020-1", "2018-1"
#: What the second notice explains of the birth date.
EXPLAINED = {Doel.CASUSOVERLEG: Precisie.VOLLEDIG, Doel.MUTATIES: Precisie.MAAND}
LOTEN = ("geldig", "ingetrokken", "verlopen", "geweigerd", "teruggeroepen", "andere ontvanger")


@dataclass(frozen=True)
class Casus:
    """What one organisation has of someone: on which notice, for what, and what became of it."""

    by: str
    verklaring: str
    doelen: tuple[str, ...]
    met_avim: bool
    lot: str


def counts(casus: Casus, doel: Doel) -> bool:
    """Whether DT&V may be told of it: said here, and not asked of the system."""
    return casus.lot == "geldig" and doel in casus.doelen


casussen = st.builds(
    Casus,
    by=st.just("sndvu"),
    verklaring=st.sampled_from((READ_NOW, READ_LATER)),
    doelen=st.sampled_from((DOELEN, ("casusoverleg",), ("mutaties",))),
    met_avim=st.booleans(),
    lot=st.sampled_from(LOTEN),
)
#: A person is known to one organisation or to two.
people = st.lists(
    st.tuples(casussen, st.none() | casussen.map(lambda each: replace(each, by="seguro"))),
    min_size=1,
    max_size=4,
)


class Town:
    """People in a gateway, and the list of them that the counts are held to."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people: list[list[Casus]] = []
        self._numbers = count(1)
        self._under(frozenset())

    def add(self, *population: Sequence[Casus | None]) -> None:
        self._under(frozenset())
        for known in population:
            number = f"{next(self._numbers):010d}"
            self.people.append([each for each in known if each is not None])
            for each in self.people[-1]:
                self._push(number, each)
        self._under(frozenset({RECALLED}))
        self.world.pass_days(1)

    def simulate(self, policy: Policy) -> Uitkomst:
        return simulate(self.world.parts, [policy])

    def having(self, doel: Doel, *wanted: str) -> int:
        """People with a casus that counts, and was read about on one of these notices."""
        return sum(
            any(counts(each, doel) and each.verklaring in wanted for each in person)
            for person in self.people
        )

    def _push(self, number: str, each: Casus) -> None:
        consents = self._consents(each)
        item = an_item(toestemmingen=consents, samenvatting=self._known(number, consents))
        self.world.casus(item, by=each.by)
        if each.lot == "ingetrokken":
            self.world.withdraw(consents[0], by=each.by)

    def _consents(self, each: Casus) -> list[dict[str, Any]]:
        named = [name for name in PARTNERS if each.met_avim or name != "AVIM"]
        if each.lot == "andere ontvanger":
            named = [name for name in OTHERS if name in named]
        given = a_consent(ontvangers=named, doelen=list(each.doelen), verklaring=each.verklaring)
        if each.lot == "verlopen":
            given["laatsteDag"] = self.world.day.isoformat()
        if each.lot == "teruggeroepen":
            given["verklaring"] = RECALLED
        if each.lot == "geweigerd":
            no = {"besluit": "geweigerd", "eersteDag": "2020-03-01", "ontvangers": ["DT&V"]}
            return [given, {**given, **no, "toestemmingId": a_consent()["toestemmingId"]}]
        return [given]

    def _known(self, number: str, consents: list[dict[str, Any]]) -> dict[str, Any]:
        """What the node of the organisation would send of this person."""
        given, *refused = (
            a_statement(
                ontvangers=frozenset(each["ontvangers"]),
                doelen=frozenset(map(Doel, each["doelen"])),
                eerste_dag=self.world.day.replace(month=1 if each.get("besluit") is None else 3),
                laatste_dag=self.world.day,
                verklaring=each["verklaring"],
                geweigerd=each.get("besluit") == "geweigerd",
            )
            for each in consents
        )
        day = self.world.day
        allowed = self.world.parts.rulebook.processor_entitlement([given, *refused], day)
        viewer = Viewer(PROCESSOR, day, b"")
        return filter_fields(a_samenvatting(vNummer=number), allowed.velden, viewer, None)

    def _under(self, recalled: frozenset[str]) -> None:
        first = load_notices(FOLDER / "verklaringen").by_version[READ_NOW]
        wider = {
            **first.velden,
            **{
                ("DT&V", doel): {**first.fields("DT&V", doel), BIRTH: EXPLAINED[doel]}
                for doel in EXPLAINED
            },
        }
        known = {
            READ_NOW: first,
            READ_LATER: replace(first, versie=READ_LATER, velden=wider),
            RECALLED: replace(first, versie=RECALLED),
        }
        self.world.under(Rulebook(load_policies(FOLDER / "pia"), Notices(known, recalled)))


@pytest.fixture
def town(world: World) -> Town:
    return Town(world)


def with_birth(doel: Doel, precisie: str | None = "volledig") -> Policy:
    """The policy for DT&V, with the birth date for one purpose otherwise."""
    return parse_policy("nieuw.toml", birth_text(doel, precisie))


def birth_text(doel: Doel, precisie: str | None = "volledig") -> str:
    head, table, rest = DTV.read_text(encoding="utf-8").partition(f"[doelen.{doel}.velden]\n")
    kept = rest.replace(f'{BIRTH} = "jaar"\n', "", 1) if doel in _HAS_YEAR else rest
    line = f'{BIRTH} = "{precisie}"\n' if precisie else ""
    return f"{head}{table}{line}{kept}"


_HAS_YEAR = (Doel.CASUSOVERLEG, Doel.MRT)


def only(found: Uitkomst) -> tuple[Any, Any, Any]:
    """The one recipient and purpose, and the one field, that differ."""
    [pair] = found.gevolgen
    [(verschil, telling)] = pair.verschillen.items()
    return pair, verschil, telling


VALID = Casus("sndvu", READ_LATER, DOELEN, met_avim=True, lot="geldig")
OLDER = replace(VALID, verklaring=READ_NOW)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people)
def test_whoever_lives_here_the_birth_date_for_a_conference_is_counted_as_a_hand_would_count_it(
    town: Town, population
):
    town.add(*population)

    pair, verschil, telling = only(town.simulate(with_birth(Doel.CASUSOVERLEG)))

    assert (verschil.veld, verschil.gevolg) == (BIRTH, Gevolg.FIJNER)
    assert len(pair.mensen) == town.having(Doel.CASUSOVERLEG, READ_NOW, READ_LATER)
    assert len(telling.gedekt) == town.having(Doel.CASUSOVERLEG, READ_LATER)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people)
def test_whoever_lives_here_the_birth_date_for_mutations_is_counted_as_a_hand_would_count_it(
    town: Town, population
):
    town.add(*population)

    pair, verschil, telling = only(town.simulate(with_birth(Doel.MUTATIES)))

    assert (verschil.veld, verschil.gevolg) == (BIRTH, Gevolg.NIEUW)
    assert len(pair.mensen) == town.having(Doel.MUTATIES, READ_NOW, READ_LATER)
    assert len(telling.gedekt) == town.having(Doel.MUTATIES, READ_LATER)
    # In the coarser of policy and notice, as it would really leave.
    assert set(telling.stappen) <= {(None, Precisie.MAAND)}


def test_someone_at_two_organisations_is_one_person(town: Town):
    town.add([VALID, replace(VALID, by="seguro")], [VALID])

    pair, _, telling = only(town.simulate(with_birth(Doel.CASUSOVERLEG)))

    assert (len(pair.mensen), len(telling.gedekt)) == (2, 2)


def test_what_the_gateway_does_not_hold_yet_is_told_apart(town: Town):
    town.add([VALID], [replace(VALID, met_avim=False)])

    _, _, telling = only(town.simulate(with_birth(Doel.CASUSOVERLEG)))

    assert len(telling.gedekt) == 2
    assert len(telling.nog_te_sturen) == 1


def test_who_has_a_year_of_birth_alone_has_nothing_left_to_send(town: Town):
    town.add()
    consent = a_consent(verklaring=READ_LATER)
    year = a_samenvatting(geboortedatum="1987")
    town.world.casus(an_item(samenvatting=year, toestemmingen=[consent]))

    _, _, telling = only(town.simulate(with_birth(Doel.CASUSOVERLEG)))

    assert len(telling.gedekt) == 1
    assert not telling.nog_te_sturen


@pytest.mark.parametrize(
    ("precisie", "gevolg", "gedekt"),
    [
        pytest.param(None, Gevolg.VERVALT, 2, id="left out"),
        pytest.param("ja_nee", Gevolg.GROVER, 2, id="coarser"),
        pytest.param("maand", Gevolg.FIJNER, 1, id="finer"),
    ],
)
def test_what_would_stop_or_change_is_counted_for_whom_it_leaves_today(
    town: Town, precisie, gevolg, gedekt
):
    town.add([VALID], [OLDER], [replace(VALID, lot="ingetrokken")])

    pair, verschil, telling = only(town.simulate(with_birth(Doel.CASUSOVERLEG, precisie)))

    assert verschil.gevolg is gevolg
    assert (len(pair.mensen), len(telling.gedekt)) == (2, gedekt)
    assert bool(telling.nog_te_sturen) is False


def test_the_policy_in_force_changes_nothing(town: Town):
    town.add([VALID])

    assert town.simulate(parse_policy("dtv.toml", DTV.read_text())).gevolgen == ()


def test_an_example_is_field_names_under_a_name_of_this_run_alone(town: Town):
    town.add(*[[VALID]] * 5)
    policy = with_birth(Doel.CASUSOVERLEG)

    (first, _, _), (second, _, _) = (only(town.simulate(policy)) for _ in range(2))

    stap = (Precisie.JAAR, Precisie.VOLLEDIG)
    assert [dict(each.velden) for each in first.voorbeelden] == [{BIRTH: stap}] * 3
    names = {each.naam for each in (*first.voorbeelden, *second.voorbeelden)}
    assert len(names) == 6


def dump(engine: Engine) -> dict[str, list[Any]]:
    """Every row of every table."""
    with reading(engine) as tx:
        return {
            table.name: sorted(map(repr, tx.execute(select(table)).all()))
            for table in metadata.sorted_tables
        }


def test_running_it_changes_nothing_but_the_log_by_one_entry_of_its_own(town: Town):
    town.add([VALID, replace(VALID, by="seguro")], [OLDER])
    engine, before = town.world.parts.engine, len(town.world.entries())
    held_before = dump(engine)
    policy = with_birth(Doel.CASUSOVERLEG)

    town.simulate(policy)

    after = dump(engine)
    changed = {name for name, rows in after.items() if rows != held_before[name]}
    assert changed == {"auditregel", "audithoofd"}
    assert set(held_before["auditregel"]) < set(after["auditregel"])
    [entry] = town.world.entries()[before:]
    del entry["tijd"]
    assert entry == {
        "v": 1,
        "soort": "pia_gesimuleerd",
        "organisatie": "gateway",
        "ontvanger": "DT&V",
        "beleid": policy.digest,
    }
    assert town.world.log_is_sound()


def test_a_casus_whose_keys_do_not_open_is_counted_apart_and_holds_up_nothing(town: Town):
    town.add([VALID], [VALID], [OLDER])
    with writing(town.world.parts.engine) as tx:
        one = tx.execute(select(casus_table.c.id).limit(1)).scalar_one()
        tx.execute(
            update(casus_table).where(casus_table.c.id == one).values(inhoud_sleutel=b"\x01broken")
        )

    found = town.simulate(with_birth(Doel.CASUSOVERLEG))

    assert (found.casussen, found.onleesbaar) == (3, 1)
    assert len(only(found)[0].mensen) == 2


def test_a_casus_without_a_summary_is_told_apart(town: Town):
    town.add([VALID], [VALID])
    with writing(town.world.parts.engine) as tx:
        one = tx.execute(select(casus_table.c.id).limit(1)).scalar_one()
        tx.execute(update(casus_table).where(casus_table.c.id == one).values(stand_nummer=None))

    found = town.simulate(with_birth(Doel.CASUSOVERLEG))

    assert found.zonder_samenvatting == 1
    assert len(only(found)[0].mensen) == 1


def test_progress_ends_at_the_number_of_casussen(town: Town):
    town.add([VALID], [OLDER])
    told: list[tuple[int, int]] = []

    simulate(town.world.parts, [with_birth(Doel.MUTATIES)], lambda *each: told.append(each))

    assert told[-1] == (2, 2)


# The command


@pytest.fixture
def command(world: World) -> Callable[..., Result]:
    """`pia simuleer` over one casus that is stored, on the day of the story."""
    world.casus(an_item())
    settings_of = world.parts.settings
    environ = {
        "LSO_GATEWAY_DATABASE": settings_of.database,
        "LSO_GATEWAY_SLEUTELS": str(settings_of.sleutels),
        "LSO_GATEWAY_UITGEVER": settings_of.uitgever,
        "LSO_GATEWAY_LOGKOPIE": str(settings_of.logkopie),
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
        "LSO_GATEWAY_DEMO": "true",
        "LSO_GATEWAY_DAG": world.day.isoformat(),
    }
    version = Table("alembic_version", MetaData(), Column("version_num", String(32)))
    with writing(world.parts.engine) as tx:
        version.create(tx)
        tx.execute(version.insert(), {"version_num": newest()})
    return lambda *more: CliRunner(env=environ).invoke(cli, ["pia", "simuleer", *map(str, more)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "nieuw.toml"
    made.write_text(birth_text(Doel.CASUSOVERLEG, None), encoding="utf-8")
    return made


def test_the_command_tells_people_in_sentences_and_machines_in_json(command, file):
    told, wire = command(file), command(file, "--json")

    assert (told.exit_code, wire.exit_code) == (0, 0), told.output
    assert "geboortedatum gaat niet meer over (jaar → niet)" in told.output
    assert "ook volgens hun verklaring: 1 mens" in told.output
    [pair] = json.loads(wire.stdout)["gevolgen"]
    assert (pair["ontvanger"], pair["doel"], pair["mensen"]) == ("DT&V", "casusoverleg", 1)
    [field] = pair["velden"]
    assert field == {
        "veld": "geboortedatum",
        "gevolg": "vervalt",
        "van": "jaar",
        "naar": None,
        "gedekt": 1,
        "nogTeSturen": 0,
        "stappen": [{"van": "jaar", "naar": None, "mensen": 1}],
    }
    [example] = pair["voorbeelden"]
    assert example["velden"] == [{"veld": "geboortedatum", "van": "jaar", "naar": None}]


def test_neither_a_value_nor_the_number_of_a_casus_is_ever_shown(command, file, world):
    answers = [command(file), command(file, "--json")]
    told = "".join(each.output for each in answers)

    assert [each.exit_code for each in answers] == [0, 0]
    with reading(world.parts.engine) as tx:
        [known] = tx.execute(select(casus_table.c.id)).scalars()
    for value in (str(known), *filter(None, a_samenvatting().values())):
        assert value in {"1", "M"} or value not in told, value


def test_a_policy_with_faults_is_refused_with_every_fault_named(command, file, world):
    before = len(world.entries())
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"P1Y"', '"een jaar"') + 'lengte = "volledig"\n', encoding="utf-8")

    refused = command(file)

    assert refused.exit_code == 1
    assert "nieuw.toml: [doelen.aanmelding] bewaartermijn" in refused.output
    assert "nieuw.toml: [doelen.mrt.motivering] lengte" in refused.output
    # That it was tried is in the access log, with an entry of its own; nothing of policy is.
    assert {entry["soort"] for entry in world.entries()[before:]} == {"toegang"}


def test_two_files_for_one_recipient_are_refused(command, file, tmp_path):
    again = tmp_path / "nogmaals.toml"
    again.write_text(file.read_text(encoding="utf-8"), encoding="utf-8")

    refused = command(file, again)

    assert refused.exit_code == 1
    assert "nogmaals.toml: voor deze ontvanger is al een bestand genoemd" in refused.output


def test_a_policy_past_its_review_is_told_of(command, file):
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("2027-10-05", "2019-10-05"), encoding="utf-8")

    assert "LET OP DT&V: de herzieningsdatum is voorbij" in command(file).output
