"""Every field in every precision, from the node's own gate to what a partner gets."""

import hmac
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gateway.node.statements import Toestemmingsstand
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.casussen import show_casus
from gateway.wiring import Parts
from privacy.comparison import digest_of
from privacy.entitlement import Rulebook
from privacy.errors import ErasedError
from privacy.gate import PrivacyGate
from privacy.keys import KeyRing
from privacy.log.entries import Auditsoort
from privacy.notice import load_notices
from privacy.policy import load_policies
from privacy.precision import PROCESSOR, SUPPORTED, Viewer
from privacy.rules import FixedRules
from privacy.sealed import Label, Sealed, seal
from privacy.store.engine import make_engine
from schemas.terms import Doel, Precisie
from tests.architecture.checkout import ROOT
from tests.builders import a_consent, a_samenvatting
from tests.gates import Gatehouse, a_candidate, an_ask
from tests.integration.loopback import Loopback, Nodes
from tests.integration.precisions import CASES, PSEUDONYM, Case
from tests.unit.connectors.ngo.registers import a_row
from tests.unit.privacy.examples import a_rulebook
from tests.world import FIRST_DAY, World, bronhouder, ketenpartner

P = Precisie
DOELEN = (Doel.AANMELDING, Doel.MUTATIES, Doel.CASUSOVERLEG)
V_NUMMER = "0902224584"
MORNING = "2020-04-01T08:00:00Z"
NOON = "2020-04-01T12:00:00Z"
EVENING = "2020-04-01T20:00:00Z"
MAY = date(2020, 5, 4)
Record = Mapping[str, str | None]


class Node:
    """A node's own gate, with keys and a log of its own: what it would send of a record."""

    def __init__(self, house: Gatehouse) -> None:
        self.house = house

    def item(
        self, record: Record, consents: list[dict[str, Any]], at: str, **other: Any
    ) -> dict[str, Any]:
        self.house.day = date.fromisoformat(at[:10])
        candidate = a_candidate(
            _sealed(record),
            *Toestemmingsstand(tuple(consents)).statements,
            purpose=None,
            caption={"standVan": at, "toestemmingen": consents, **other},
        )
        ask = an_ask(
            recipient=PROCESSOR,
            purposes=frozenset(),
            soort=Auditsoort.AANLEVERING,
            name="",
            items="items",
            proof=False,
        )
        (sent,) = json.loads(self.house.disclose(ask, [candidate]).body)["items"]
        return dict(sent)

    def digest(
        self, record: Record, consents: list[dict[str, Any]], day: date = FIRST_DAY
    ) -> bytes:
        """What it remembers of what it sent; it sends again where that is another."""
        statements = Toestemmingsstand(tuple(consents)).statements
        allowed = self.house.rulebook.processor_entitlement(statements, day)
        viewer = Viewer(PROCESSOR, day, self.house.keys.system_key("pseudoniem"))
        return digest_of(_sealed(record), allowed.velden, viewer, b"afdruk")


def _sealed(record: Record) -> Sealed:
    return seal(Label(None, "sndvu", b"k"), record)


def a_record(**other: str | None) -> dict[str, str | None]:
    """All that a register has of one person."""
    whole = a_samenvatting(bronhouder="sndvu", rol="zaakhouder", datumUitstroom="2020-01-31")
    return {**whole, "uitstroomreden": "mob", **other}


def rules(**fields: Mapping[str, Precisie]) -> Rulebook:
    """Per partner its fields, the same for each purpose; the notice explains just these."""
    return a_rulebook({(who, doel): named for who, named in fields.items() for doel in DOELEN})


@pytest.fixture
def node(sqlite_template: Path, tmp_path: Path) -> Iterator[Node]:
    folder = tmp_path / "node"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "node.sqlite")
    engine = make_engine(f"sqlite:///{folder / 'node.sqlite'}")
    yield Node(Gatehouse(engine, folder, rules(IND={})))
    engine.dispose()


@pytest.fixture
def under(world: World, node: Node) -> Callable[..., None]:
    """Put node and gateway under the same rules."""

    def put(**fields: Mapping[str, Precisie]) -> None:
        node.house.rulebook = rules(**fields)
        world.under(node.house.rulebook)

    return put


def only(*partners: str) -> list[dict[str, Any]]:
    return [a_consent(ontvangers=list(partners), doelen=[each.value for each in DOELEN])]


def held(world: World, casus: str) -> dict[str, Any]:
    """What the gateway has of it, as its own organisation sees it."""
    body = show_casus(world.parts, bronhouder("sndvu"), UUID(casus)).body
    found: dict[str, Any] = json.loads(body)["casus"]["samenvatting"]
    return found


def in_pack(world: World, casus: str, partner: str = "IND") -> dict[str, Any]:
    (found,) = world.summaries(partner, world.frozen(casus))
    return dict(found)


def is_told(value: str | None, expected: str | None) -> bool:
    if expected == PSEUDONYM:
        return value is not None and re.fullmatch(PSEUDONYM, value) is not None
    return value == expected


def test_the_cases_are_every_precision_of_every_field():
    assert {(each.field, each.precisie) for each in CASES} == {
        (field, precisie) for field, allowed in SUPPORTED.items() for precisie in allowed
    }
    assert len(CASES) == len({str(each) for each in CASES})


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_partner_gets_exactly_its_precision_and_the_gateway_holds_no_more(
    world, node, under, case: Case
):
    under(IND={case.field: case.precisie})
    consents = only("IND")

    item = node.item(a_record(**{case.field: case.value}), consents, MORNING)
    (casus,) = world.casus(item)

    kept = held(world, casus)
    assert set(kept) == {"vNummer", "bronhouder", case.field}
    assert kept[case.field] == (case.told if case.held is None else case.held)
    (begun,) = [each for each in world.feed("IND") if each["soort"] == "aanmelding"]
    packed = in_pack(world, casus)
    assert set(packed) == set(begun["samenvatting"]) == {case.field}
    assert is_told(packed[case.field], case.told)
    assert begun["samenvatting"] == packed


@pytest.mark.parametrize("case", [each for each in CASES if each.beneath], ids=str)
def test_a_change_beneath_a_precision_tells_nobody_anything(world, node, under, case: Case):
    under(IND={case.field: case.precisie})
    consents = only("IND")
    record, changed = (a_record(**{case.field: each}) for each in (case.value, case.beneath))
    (casus,) = world.casus(node.item(record, consents, MORNING))
    before, packed = world.cursor("IND"), in_pack(world, casus)

    (result,) = world.push(node.item(changed, consents, NOON, casusId=casus))

    assert result["resultaat"] == ("aangenomen" if case.field == "vNummer" else "ongewijzigd")
    assert (node.digest(record, consents) == node.digest(changed, consents)) is (
        case.field != "vNummer"
    )
    assert world.feed("IND", before) == []
    assert in_pack(world, casus) == packed


@pytest.mark.parametrize("case", [each for each in CASES if each.beside], ids=str)
def test_a_change_that_shows_in_a_precision_is_told_once(world, node, under, case: Case):
    under(IND={case.field: case.precisie})
    consents = only("IND")
    value, told = case.beside or (None, None)
    record, changed = (a_record(**{case.field: each}) for each in (case.value, value))
    (casus,) = world.casus(node.item(record, consents, MORNING))
    before, packed = world.cursor("IND"), in_pack(world, casus)

    item = node.item(changed, consents, NOON, casusId=casus)
    results = [*world.push(item), *world.push(item)]

    assert [each["resultaat"] for each in results] == ["aangenomen", "ongewijzigd"]
    assert node.digest(record, consents) != node.digest(changed, consents)
    (mutatie,) = world.feed("IND", before)
    assert set(mutatie["velden"]) == {case.field}
    assert is_told(mutatie["velden"][case.field], told)
    assert mutatie["velden"][case.field] != packed[case.field]
    assert in_pack(world, casus) == mutatie["velden"]


# Kinds


@pytest.mark.parametrize("precisie", [P.MAAND, P.JAAR, P.JA_NEE])
def test_who_comes_and_goes_is_told_so_from_coarse_dates_alone(world, node, under, precisie):
    under(IND={"datumInstroom": precisie, "datumUitstroom": precisie, "status": P.JA_NEE})
    consents = only("IND")
    steps = [(None, None), ("2019-07-11", None), ("2019-07-11", "2020-01-31"), ("2020-03-01", None)]
    records = [a_record(datumInstroom=one, datumUitstroom=other) for one, other in steps]
    (casus,) = world.casus(node.item(records[0], consents, "2020-04-01T00:00:00Z"))
    before = world.cursor("IND")

    for hour, record in enumerate(records[1:], 1):
        world.push(node.item(record, consents, f"2020-04-01T0{hour}:00:00Z"))

    told = world.told("IND", before)
    assert told == ["instroom", "uitstroom", "heropening"]
    assert held(world, casus)["status"] == "ja"


def test_a_casus_that_was_over_when_consent_began_is_told_from_coarse_dates(world, node, under):
    under(IND={"datumInstroom": P.JAAR, "datumUitstroom": P.JA_NEE})

    world.casus(node.item(a_record(), only("IND"), MORNING))

    assert world.told("IND") == ["aanmelding", "instroom", "uitstroom"]


def test_an_item_of_a_feed_names_its_casus_also_where_person_and_organisation_stay_unnamed(
    world, node, under
):
    under(IND={"vNummer": P.JA_NEE, "bronhouder": P.JA_NEE, "lijn": P.VOLLEDIG})
    consents = only("IND")
    (casus,) = world.casus(node.item(a_record(), consents, MORNING))

    world.push(node.item(a_record(lijn="2"), consents, NOON))

    begun, changed = world.feed("IND")
    assert changed["soort"] == "doorstroom"
    assert changed["samenvatting"] == {"vNummer": "ja", "bronhouder": "ja"}
    (packed,) = world.pack("IND", world.frozen(casus))
    assert packed["casusreferentie"] == changed["casusreferentie"] == begun["casusreferentie"]


def test_a_status_that_is_held_too_coarse_is_never_taken_for_not_in_guidance(world, node):
    """Consent for the question came alone; the summary is still that of the other partner."""
    toets = {Doel.BEWARINGSTOETS: {"status": P.VOLLEDIG}}
    table = {("IND", doel): {"status": P.JA_NEE} for doel in DOELEN}
    table |= {("AVIM", doel): named for doel, named in toets.items()}
    node.house.rulebook = a_rulebook(table)
    world.under(node.house.rulebook)
    record = a_record(status="in_begeleiding", datumUitstroom=None, uitstroomreden=None)
    mine = only("IND")
    (casus,) = world.casus(node.item(record, mine, MORNING))
    asked = a_consent(ontvangers=["AVIM"], doelen=["bewaringstoets"])
    world.give(casus, asked)
    body = {"vNummer": V_NUMMER}

    with pytest.raises(ErasedError):
        answer_toets(world.parts, ketenpartner("AVIM"), body)

    world.push(node.item(record, [*mine, asked], NOON))
    told = json.loads(answer_toets(world.parts, ketenpartner("AVIM"), body).body)
    assert told["bewaringstoets"]["uitkomst"] == "in_begeleiding"


# Partners of different precision


def test_a_group_is_honest_where_the_gateway_holds_another_partners_year(world, node, under):
    under(IND={"geboortedatum": P.LEEFTIJDSGROEP}, AVIM={"geboortedatum": P.JAAR})
    ages = {"2004-04-01": "onbekend", "1990-04-01": "25-39"}
    items = [
        node.item(a_record(geboortedatum=birth, vNummer=f"{at:010}"), only("IND", "AVIM"), MORNING)
        for at, birth in enumerate(ages)
    ]

    casussen = world.casus(*items)

    assert [held(world, each)["geboortedatum"] for each in casussen] == ["2004", "1990"]
    assert [in_pack(world, each)["geboortedatum"] for each in casussen] == list(ages.values())


def test_that_another_partner_may_have_more_or_no_more_is_told_to_nobody_else(world, node, under):
    under(IND={"geboortedatum": P.LEEFTIJDSGROEP}, AVIM={"geboortedatum": P.JAAR})
    record = a_record(geboortedatum="2004-04-01")
    mine, another = only("IND"), only("AVIM")
    (casus,) = world.casus(node.item(record, mine, MORNING))
    before = world.cursor("IND")

    world.push(node.item(record, mine + another, NOON))
    seen = in_pack(world, casus)
    world.push(node.item(record, mine, EVENING))

    assert seen == {"geboortedatum": "onbekend"}
    assert in_pack(world, casus) == {"geboortedatum": "16-17"}
    assert world.feed("IND", before) == []


def test_an_age_group_moves_on_with_the_day_and_is_told_once(world, node, under):
    under(IND={"geboortedatum": P.LEEFTIJDSGROEP})
    record, consents = a_record(geboortedatum="2004-04-05"), only("IND")
    days = [FIRST_DAY + timedelta(days=number) for number in range(8)]
    world.casus(node.item(record, consents, MORNING))
    before = world.cursor("IND")

    told = {}
    for day in days[1:]:
        world.go_to(day)
        world.push(node.item(record, consents, f"{day}T08:00:00Z"))
        told[day] = [each["velden"] for each in world.feed("IND", before)]
        before = world.cursor("IND", before)

    birthday = date(2020, 4, 5)
    assert told.pop(birthday) == [{"geboortedatum": "16-17"}]
    assert list(told.values()) == [[]] * 6
    sent = [node.digest(record, consents, day) for day in days]
    assert [one == other for one, other in pairwise(sent)] == [day != birthday for day in days[1:]]


# Pseudonyms


def test_a_pseudonym_stays_whatever_the_gateway_comes_to_hold(world, node, under, tmp_path):
    """The name itself for a second partner, a corrected name, a new epoch, another start."""
    names = {"naam": P.PSEUDONIEM, "vNummer": P.PSEUDONIEM}
    under(IND=names, AVIM={"naam": P.VOLLEDIG})
    mine, another = only("IND"), only("AVIM")
    (casus,) = world.casus(node.item(a_record(), mine, MORNING))
    first, before = in_pack(world, casus), world.cursor("IND")
    kept = held(world, casus)["naam"]

    world.push(node.item(a_record(naam="Amina Tekle"), mine + another, NOON))

    assert kept == "ja"
    assert held(world, casus)["naam"] == "Amina Tekle"
    assert in_pack(world, casus) == first
    assert world.feed("IND", before) == []
    (tmp_path / "sleutels" / "epoch-000002.key").touch(0o600)
    (tmp_path / "sleutels" / "epoch-000002.key").write_text("ab" * 32)
    again = KeyRing.open(tmp_path / "sleutels")
    assert again.current.number == 2
    assert again.system_key("pseudoniem") == world.parts.keys.system_key("pseudoniem")


def test_two_partners_and_two_fields_never_have_one_pseudonym(world, node, under):
    names = {"naam": P.PSEUDONIEM, "vNummer": P.PSEUDONIEM}
    under(IND=names, AVIM=names)
    (casus,) = world.casus(node.item(a_record(), only("IND", "AVIM"), MORNING))

    seen = [in_pack(world, casus, who)[field] for who in ("IND", "AVIM") for field in names]

    assert len(set(seen)) == 4
    guessed = {
        digest[:32]
        for text in (V_NUMMER, f"IND|{V_NUMMER}", a_record()["naam"] or "", casus)
        for digest in (
            sha256(text.encode()).hexdigest(),
            hmac.digest(b"", text.encode(), sha256).hex(),
        )
    }
    assert not guessed & set(seen)


def test_one_person_at_two_organisations_is_recognised_by_v_nummer_and_not_by_name(
    world, node, under
):
    under(IND={"naam": P.PSEUDONIEM, "vNummer": P.PSEUDONIEM})
    (one,) = world.casus(node.item(a_record(), only("IND"), MORNING))
    own = node.item(a_record(bronhouder="stil"), only("IND"), MORNING)
    own["samenvatting"].pop("bronhouder", None)
    (other,) = world.casus(own, by="stil")
    overleg = world.overleg()
    world.put_on_agenda(overleg, one)
    world.put_on_agenda(overleg, other, by="stil")
    world.freeze(overleg)

    first, second = world.summaries("IND", overleg)

    assert first["vNummer"] == second["vNummer"]
    assert first["naam"] != second["naam"]


# What the gateway refuses to hold


@pytest.mark.parametrize(
    ("field", "precisie", "sent"),
    [
        ("geboortedatum", P.LEEFTIJDSGROEP, "2004"),
        ("geboortedatum", P.JA_NEE, "16-17"),
        ("datumInstroom", P.JAAR, "2019-07"),
        ("naam", P.PSEUDONIEM, "Ngọc"),
        ("naam", P.PSEUDONIEM, "ab" * 16),
        ("naam", P.JA_NEE, "nee"),
        ("geslacht", P.JA_NEE, "M"),
        ("uitstroomreden", P.GROEP, "medisch"),
    ],
)
def test_what_is_finer_than_any_partner_may_have_is_refused_by_field(
    embedded, field, precisie, sent
):
    embedded.under(rules(IND={field: precisie}))
    item = {
        "standVan": MORNING,
        "samenvatting": {"vNummer": V_NUMMER, field: sent},
        "toestemmingen": only("IND"),
    }

    (result,) = embedded.push(item)

    assert [(each["veld"], each["code"]) for each in result["problemen"]] == [
        (field, "geen_toestemming")
    ]
    assert sent not in json.dumps(result["problemen"])


@pytest.mark.parametrize("sent", ["ja", "2004", "16-17", None])
def test_what_is_coarser_than_a_partner_may_have_is_taken(embedded, sent):
    embedded.under(rules(IND={"geboortedatum": P.VOLLEDIG}))
    item = {
        "standVan": MORNING,
        "samenvatting": {"vNummer": V_NUMMER, "geboortedatum": sent},
        "toestemmingen": only("IND"),
    }

    (casus,) = embedded.casus(item)

    assert in_pack(embedded, casus) == {"geboortedatum": sent}


# The node itself, with the register and the policy files of an organisation


class CoarseGateway(Loopback):
    """A gateway under policies and notices of its own."""

    def __init__(self, folder: Path, database: str, beleid: Path, verklaringen: Path) -> None:
        self._rulebook = Rulebook(load_policies(beleid), load_notices(verklaringen))
        super().__init__(folder, database)

    def _build(self, day: date) -> Parts:
        parts = super()._build(day)
        rules = FixedRules(self._rulebook)
        gate = PrivacyGate(engine=parts.engine, keys=parts.keys, rules=rules, clock=parts.clock)
        return replace(parts, rules=rules, gate=gate)


@pytest.fixture
def gateway(tmp_path: Path, coarse: dict[str, Path]) -> Iterator[Loopback]:
    folder = tmp_path / "gateway"
    folder.mkdir()
    made = CoarseGateway(folder, f"sqlite:///{folder / 'gateway.sqlite'}", **coarse)
    yield made
    made.close()


@pytest.fixture
def coarse(tmp_path: Path) -> dict[str, Path]:
    """The shipped policies and notices, but that nobody has more of an age than its group."""
    folders = {"beleid": "pia", "verklaringen": "verklaringen"}
    for name, shipped in folders.items():
        folder = tmp_path / name
        folder.mkdir()
        for path in (ROOT / "privacy" / shipped).glob("*.toml"):
            text = path.read_text(encoding="utf-8")
            told = re.sub(r'(?m)^geboortedatum = "\w+"$', 'geboortedatum = "leeftijdsgroep"', text)
            (folder / path.name).write_text(told, encoding="utf-8")
    return {name: tmp_path / name for name in folders}


@pytest.fixture
def nodes(tmp_path: Path, gateway: Loopback, coarse: dict[str, Path]) -> Nodes:
    made = Nodes(tmp_path / "nodes", gateway)
    made.more["beleid"] = f'map = "{coarse["beleid"]}"\nverklaringen = "{coarse["verklaringen"]}"'
    made.keeps("sndvu", *rows(*BORN))
    made.make("sndvu")
    return made


#: V-nummers with birth dates. In the weeks between the two days the first turns sixteen, and the
#: second has done so in any case; of the third nobody knows.
BORN = {
    "9912846204": "05-04-2004",
    "9912846205": "00-04-2004",
    "9912846206": "00-00-2004",
    "9912846207": "05-04-1990",
    **{f"99128463{place:02}": "05-04-1950" for place in range(8)},
}


def rows(*numbers: str) -> list[dict[str, object]]:
    return [a_row(nummer=each, geboren=BORN[each], namens="moeder") for each in numbers]


def groups(gateway: Loopback) -> list[str | None]:
    kept = {each.inhoud["vNummer"]: each.inhoud["geboortedatum"] for each in gateway.kept()}
    return [kept[number] for number in list(BORN)[:4]]


def test_who_turns_sixteen_is_sent_again_also_where_the_register_has_no_row_of_it(nodes, gateway):
    nodes.told("sndvu")
    first = groups(gateway)
    nodes.keeps("sndvu", *rows(*(each for each in BORN if each != "9912846205")))
    nodes.day = MAY
    gateway.stand_on(MAY)

    told = nodes.told("sndvu")
    again = nodes.told("sndvu")

    assert first == ["12-15", "onbekend", "onbekend", "25-39"]
    assert groups(gateway) == ["16-17", "16-17", "onbekend", "25-39"]
    assert told["verdwenen"] == ["9912846205"]
    assert told["verzonden"] == dict.fromkeys(told["verzonden"], 0) | {"aangenomen": 2}
    assert again["verzonden"] == dict.fromkeys(told["verzonden"], 0)
    assert not any(b'"2004' in body or b'"1990' in body for body in gateway.received)
