"""Policies and notices: taken in, approved by two, switched on and off; and what follows."""

import copy
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from gateway.person import Person
from gateway.refusals import NotFoundError
from gateway.services import regels
from gateway.services.beleid import show_beleid
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.mutaties import disclose_page
from gateway.services.pakketten import disclose_pakket
from gateway.services.regels import Text
from gateway.settings_console import Rol
from gateway.wiring import build
from privacy.dpia.answers import load_dpia
from privacy.errors import PolicyFaultError, PolicyUnavailableError, RuleStepError
from privacy.rule_life import Levensloop, Regelstand
from privacy.store import tables
from privacy.store.engine import reading, writing
from privacy.store.rulebooks import regelgebeurtenis, regelversie
from tests.architecture.checkout import ROOT
from tests.builders import DOELEN, a_consent, an_item, people
from tests.world import TRACE, World, _with_clock, bronhouder, ketenpartner

DPIA = load_dpia(ROOT / "tests/data/dpia-lvv-utrecht.json")
SHIPPED = ROOT / "privacy"
FIRST = Text("2019-1.toml", (SHIPPED / "verklaringen/2019-1.toml").read_text())


def beleid(code: str = "ind", **changed: str) -> Text:
    """A shipped policy with some of its lines another; a changed name is another version."""
    text = (SHIPPED / f"pia/{code}.toml").read_text()
    for key, value in changed.items():
        lines = [line for line in text.splitlines() if line.startswith(f"{key} = ")]
        text = text.replace(lines[0], f"{key} = {value}", 1)
    return Text(f"{code}.toml", text)


def verklaring(versie: str, titel: str = "Een andere titel") -> Text:
    text = (SHIPPED / "verklaringen/2019-1.toml").read_text()
    text = text.replace('versie = "2019-1"', f'versie = "{versie}"', 1)
    old = next(line for line in text.splitlines() if line.startswith("titel = "))
    return Text("nieuw.toml", text.replace(old, f'titel = "{titel}"', 1))


def officer(name: str, rol: Rol = Rol.PRIVACY_OFFICER) -> Person:
    later = datetime(2030, 1, 1, tzinfo=UTC)
    return Person(name * 32, frozenset({rol}), "hoog", later, later, "x")


FEMKE, TARIQ = officer("fe"), officer("fa", Rol.TWEEDE_OFFICER)


def taken(world: World, text: Text) -> str:
    [one] = regels.take_in_policies(world.parts, [text])
    return one.life.versie.digest


def checked(world: World, text: Text) -> str:
    digest = taken(world, text)
    [one] = regels.record_checks(world.parts, [digest], DPIA)
    assert one.found.akkoord, one.found.fouten
    return digest


def approved(world: World, text: Text) -> str:
    digest = checked(world, text)
    for person in (FEMKE, TARIQ):
        regels.approve(world.parts, person, digest, TRACE)
    return digest


def life(world: World, digest: str) -> Levensloop:
    return next(each for each in regels.all_lives(world.parts) if each.versie.digest == digest)


def stand(world: World, digest: str) -> Regelstand:
    return life(world, digest).stand


def active(world: World, code: str = "IND") -> str:
    return show_beleid(world.parts, bronhouder("sndvu"))["beleid"][code]


def replica(world: World) -> World:
    """Another process on the same database, with connections and rules of its own."""
    other = copy.copy(world)
    other.parts = _with_clock(build(world.parts.settings), world.parts.clock)
    return other


def rows(world: World) -> list[list[Any]]:
    with reading(world.parts.engine) as tx:
        return [tx.execute(select(each)).all() for each in (regelversie, regelgebeurtenis)]


def recalled(world: World) -> dict[str, tuple[str, ...]]:
    """Per casus for whom ground ended."""
    with reading(world.parts.engine) as tx:
        found = tx.execute(select(tables.mutatie.c.casus_id, tables.mutatie.c.beeindigd)).all()
    return {str(row.casus_id): tuple(row.beeindigd) for row in found if row.beeindigd}


# The life of a policy


def test_a_policy_is_checked_approved_by_two_switched_on_and_withdrawn(world: World):
    text = beleid(naam='"IND, opnieuw"')
    digest = taken(world, text)
    seen = [stand(world, digest)]
    regels.record_checks(world.parts, [digest], DPIA)
    seen.append(stand(world, digest))
    regels.approve(world.parts, FEMKE, digest, TRACE)
    seen.append(stand(world, digest))
    regels.approve(world.parts, TARIQ, digest, TRACE)
    seen.append(stand(world, digest))
    regels.activate(world.parts, "IND")
    seen.append(stand(world, digest))
    regels.withdraw_policy(world.parts, "IND")
    seen.append(stand(world, digest))

    assert [each.value for each in seen] == [
        "concept",
        "gecontroleerd",
        "gecontroleerd",
        "goedgekeurd",
        "actief",
        "ingetrokken",
    ]


def test_every_step_is_one_entry_that_names_the_version_and_nobody(world: World):
    digest = approved(world, beleid(naam='"IND, opnieuw"'))
    regels.activate(world.parts, digest)
    regels.withdraw_policy(world.parts, "IND")

    told = world.entries()
    assert [each["soort"] for each in told] == [
        "beleid_opgenomen",
        "beleid_gecontroleerd",
        "beleid_goedgekeurd",
        "beleid_goedgekeurd",
        "beleid_actief",
        "beleid_ingetrokken",
    ]
    assert {(each["beleid"], each["ontvanger"]) for each in told} == {(digest, "IND")}
    assert FEMKE.persoon not in json.dumps(told)
    numbers = [each.nummer for each in life(world, digest).gebeurtenissen]
    assert numbers == list(range(world.installed, world.installed + len(told)))
    assert world.log_is_sound()


def test_another_version_replaces_the_one_before_and_that_comes_back_only_by_two_again(
    world: World,
):
    before = active(world)
    digest = approved(world, beleid(naam='"IND, opnieuw"'))
    regels.activate(world.parts, digest)

    assert active(world) == digest
    assert stand(world, before) is Regelstand.VERVANGEN
    with pytest.raises(RuleStepError, match="nog niet aan"):
        regels.activate(world.parts, before)
    approved(world, beleid())
    regels.activate(world.parts, before)
    assert (active(world), stand(world, digest)) == (before, Regelstand.VERVANGEN)


ILLEGAL = {
    "approve what was not checked": (
        lambda w: regels.approve(w.parts, FEMKE, taken(w, NEW), TRACE),
        "nog niet gecontroleerd",
    ),
    "approve twice": (
        lambda w: [regels.approve(w.parts, FEMKE, checked(w, NEW), TRACE), again(w, FEMKE)],
        "al goedgekeurd",
    ),
    "approve twice, in another role": (
        lambda w: [
            regels.approve(w.parts, FEMKE, checked(w, NEW), TRACE),
            again(w, officer("fe", Rol.TWEEDE_OFFICER)),
        ],
        "al goedgekeurd",
    ),
    "approve by a check that was done anew since it was read": (
        lambda w: regels.approve(w.parts, FEMKE, checked(w, NEW), TRACE, controle="0"),
        "opnieuw gecontroleerd",
    ),
    "approve as a third": (
        lambda w: [approved(w, NEW), again(w, officer("ff"))],
        "al door twee officers",
    ),
    "approve what is active": (
        lambda w: regels.approve(w.parts, FEMKE, active(w), TRACE),
        "al actief",
    ),
    "approve what nobody took in": (
        lambda w: regels.approve(w.parts, FEMKE, "sha256:" + "0" * 64, TRACE),
        "niet opgenomen",
    ),
    "switch on a concept": (
        lambda w: regels.activate(w.parts, taken(w, NEW)),
        "Een controle tegen de DPIA.*twee verschillende officers",
    ),
    "switch on what one approved": (
        lambda w: [
            regels.approve(w.parts, FEMKE, checked(w, NEW), TRACE),
            regels.activate(w.parts, "IND"),
        ],
        "Goedkeuring door één officer",
    ),
    "switch on what is on": (lambda w: regels.activate(w.parts, active(w)), "al actief"),
    "switch on what is past its date": (
        lambda w: regels.activate(w.parts, approved(w, beleid(herzien_voor="2020-01-01"))),
        "moest vóór 2020-01-01 herzien",
    ),
    "switch on for whom nothing is new": (
        lambda w: regels.activate(w.parts, "IND"),
        "geen nieuwe versie",
    ),
    "check what is on": (
        lambda w: regels.record_checks(w.parts, [active(w)], DPIA),
        "al actief",
    ),
    "withdraw what there is not": (
        lambda w: regels.withdraw_policy(w.parts, "DJI"),
        "geen actief beleid",
    ),
    "withdraw twice": (
        lambda w: [regels.withdraw_policy(w.parts, "IND") for _ in range(2)],
        "geen actief beleid",
    ),
    "recall a notice that there is not": (
        lambda w: regels.recall_notice(w.parts, "1999-1"),
        "niet opgenomen",
    ),
    "recall twice": (
        lambda w: [regels.recall_notice(w.parts, "2019-1") for _ in range(2)],
        "al teruggeroepen",
    ),
}
NEW = beleid(naam='"IND, opnieuw"')


def again(world: World, person: Person) -> Levensloop:
    return regels.approve(world.parts, person, taken(world, NEW), TRACE)


@pytest.mark.parametrize(("attempt", "why"), ILLEGAL.values(), ids=ILLEGAL.keys())
def test_a_step_out_of_its_order_is_refused_in_words_and_changes_nothing(
    world: World, attempt, why
):
    with pytest.raises(RuleStepError, match=why):
        attempt(world)

    assert len(rows(world)[1]) == world.installed + len(world.entries())
    assert stand(world, active(world, "AVIM")) is Regelstand.ACTIEF


def test_a_policy_with_a_fault_is_not_recorded_as_checked(world: World):
    text = (SHIPPED / "pia/ind.toml").read_text().replace('"P1Y"', '"P9Y"', 1)
    digest = taken(world, Text("ind.toml", text))

    [one] = regels.record_checks(world.parts, [digest], DPIA)

    assert [each.regel.value for each in one.found.fouten] == ["termijn"]
    assert stand(world, digest) is Regelstand.CONCEPT


def test_what_is_approved_is_kept_with_the_dpia_and_every_warning(world: World):
    digest = approved(world, NEW)

    for each in life(world, digest).goedkeuringen:
        told = each.bijzonderheden
        assert told["dpia"] == DPIA.digest
        assert {"dpiaStatus", "dpiaVersie", "adviesOp"} <= set(told)
        assert any("UAVG 46" in warning for warning in told["waarschuwingen"])


def test_who_checks_anew_asks_both_officers_anew(world: World):
    digest = approved(world, NEW)

    regels.record_checks(world.parts, [digest], DPIA)

    assert (stand(world, digest), life(world, digest).still_needed) == (
        Regelstand.GECONTROLEERD,
        2,
    )


# A version never changes


def test_the_same_policy_again_is_the_same_version(world: World):
    before = rows(world)
    [one] = regels.take_in_policies(world.parts, [beleid()])

    assert not one.new
    assert rows(world) == before


def test_a_notice_of_the_same_name_with_another_text_is_refused(world: World):
    before = rows(world)

    with pytest.raises(PolicyFaultError, match="bestaat al met een andere inhoud"):
        regels.take_in_notices(world.parts, [verklaring("2020-1"), verklaring("2019-1")])

    assert rows(world) == before  # nor is the good one beside it taken in


def test_a_text_that_was_changed_in_the_database_stops_everything_but_withdrawal(world: World):
    consent = a_consent()
    casus = world.casus(an_item(toestemmingen=[consent]))
    overleg = world.frozen(*casus)
    with writing(world.parts.engine) as tx:
        wider = beleid().text.replace('geboortedatum = "jaar"', 'geboortedatum = "volledig"')
        tx.execute(
            update(regelversie).where(regelversie.c.digest == active(world)).values(tekst=wider)
        )
    other = replica(world)

    for partner in ("IND", "AVIM"):
        with pytest.raises(PolicyUnavailableError):
            other.pack(partner, overleg)
    assert other.withdraw(consent)["ingetrokkenOp"]
    other.parts.engine.dispose()


# Every replica follows


def test_a_replica_follows_at_its_next_disclosure_without_a_restart(world: World):
    overleg = world.frozen(*world.casus(an_item()))
    other = replica(world)
    assert "geboortedatum" in other.summaries("IND", overleg)[0]
    text = beleid(naam='"IND, zonder geboortedatum"').text
    without = text.replace('geboortedatum = "jaar"\n', "")
    regels.activate(world.parts, approved(world, Text("ind.toml", without)))

    [summary] = other.summaries("IND", overleg)

    assert "geboortedatum" not in summary
    assert other.entries()[-1]["beleid"] == active(world)
    other.parts.engine.dispose()


def test_a_replica_takes_a_consent_under_a_notice_that_it_has_not_heard_of(world: World):
    other = replica(world)
    regels.take_in_notices(world.parts, [verklaring("2026-1")])

    casus = other.casus(an_item(toestemmingen=[a_consent(verklaring="2026-1")]))
    given = replica(world)
    regels.take_in_notices(world.parts, [verklaring("2026-2")])
    told = given.give(casus[0], a_consent(verklaring="2026-2"))

    assert told["verklaring"] == "2026-2"
    proef = replica(world)
    regels.take_in_notices(world.parts, [verklaring("2026-3")])
    [answer] = proef.push(an_item(toestemmingen=[a_consent(verklaring="2026-3")]), proef=True)
    assert answer["resultaat"] != "geweigerd"
    for each in (other, given, proef):
        each.parts.engine.dispose()


def test_a_replica_takes_no_more_than_the_new_policy_allows(world: World):
    other = replica(world)
    text = beleid("avim", naam='"AVIM, zonder naam"').text.replace('naam = "volledig"\n', "")
    regels.activate(world.parts, approved(world, Text("avim.toml", text)))

    [told] = other.push(an_item())

    assert [each["veld"] for each in told["problemen"]] == ["naam"]
    other.parts.engine.dispose()


def test_nodes_are_told_the_digests_of_what_is_active_now(world: World):
    other = replica(world)
    regels.take_in_notices(world.parts, [verklaring("2026-1")])
    regels.withdraw_policy(world.parts, "AVIM")

    told = show_beleid(other.parts, bronhouder("sndvu"))

    assert set(told["beleid"]) == {"IND", "DT&V"}
    assert set(told["verklaringen"]) == {"2019-1", "2026-1"}
    other.parts.engine.dispose()


# What ends with a policy or a notice


def test_a_recalled_notice_ends_its_consents_and_calls_back_what_left(world: World):
    old, new = world.casus(*people(2))
    regels.take_in_notices(world.parts, [verklaring("2026-1")])
    [kept] = world.casus(
        an_item(
            samenvatting={**an_item()["samenvatting"], "vNummer": "0000000009"},
            toestemmingen=[a_consent(verklaring="2026-1")],
        )
    )
    overleg = world.frozen(old, new, kept)
    assert len(world.pack("IND", overleg)) == 3
    cursor = world.cursor("AVIM")

    regels.recall_notice(world.parts, "2019-1")

    assert set(recalled(world)) == {old, new}
    assert len(world.pack("IND", overleg)) == 1
    assert world.told("AVIM", cursor) == ["terugroeping"] * 2
    assert world.parts.rules_now().notices.recalled == {"2019-1": world.now}


def test_after_a_recall_pack_and_detention_check_log_that_the_notice_was_recalled(world: World):
    for_all = a_consent(doelen=[*DOELEN, "bewaringstoets"])
    overleg = world.frozen(*world.casus(an_item(toestemmingen=[for_all])))
    regels.recall_notice(world.parts, "2019-1")
    before = len(world.entries())

    assert world.pack("AVIM", overleg) == []
    body = {"vNummer": an_item()["samenvatting"]["vNummer"]}
    told = json.loads(answer_toets(world.parts, ketenpartner("AVIM"), body).body)

    assert told["bewaringstoets"]["uitkomst"] == "niet_bekend"
    refused = [each for each in world.entries()[before:] if each["soort"] == "weigering"]
    mine = [each for each in refused if each.get("verklaringen")]
    assert [(each["doel"], each["reden"]) for each in mine] == [
        ("casusoverleg", "verklaring_teruggeroepen"),
        ("bewaringstoets", "verklaring_teruggeroepen"),
    ]


def test_who_said_no_on_a_notice_that_is_recalled_has_still_said_no(world: World):
    """Else an older yes, on a notice that stands, would count again by the recall."""
    regels.take_in_notices(world.parts, [verklaring("2026-1")])
    yes = a_consent(verklaring="2026-1", eersteDag="2020-02-01")
    no = a_consent(besluit="geweigerd", ontvangers=["IND"], eersteDag="2020-03-01")
    casus = world.casus(an_item(toestemmingen=[yes, no]))
    overleg = world.frozen(*casus)
    cursor = world.cursor("IND")

    regels.recall_notice(world.parts, "2019-1")

    assert recalled(world) == {}
    assert world.pack("IND", overleg) == []
    assert world.told("IND", cursor) == []
    with reading(world.parts.engine) as tx:
        [gedekt] = tx.execute(select(tables.casus.c.gedekt)).scalars()
    assert set(gedekt) == {"AVIM", "DT&V"}


def test_a_consent_on_a_recalled_notice_is_taken_and_does_not_count(world: World):
    regels.recall_notice(world.parts, "2019-1")
    ended = a_consent(ingetrokkenOp="2020-03-01")

    [told] = world.push(an_item(samenvatting=None, casusId=None, toestemmingen=[a_consent()]))
    [also] = world.push(an_item())

    assert told["problemen"][0]["veld"] != "verklaring"
    assert {each["veld"] for each in also["problemen"]} == {"samenvatting"}
    assert ended["verklaring"] == "2019-1"


def test_a_withdrawn_policy_ends_the_ground_of_its_recipient_alone(world: World):
    consent = a_consent()
    casus = world.casus(an_item(toestemmingen=[consent]))
    overleg = world.frozen(*casus)
    world.pack("IND", overleg)

    regels.withdraw_policy(world.parts, "IND")

    assert recalled(world) == {casus[0]: ("IND",)}
    with pytest.raises(PolicyUnavailableError):
        world.pack("IND", overleg)
    assert len(world.pack("AVIM", overleg)) == 1
    # The recipient is still a known word.
    assert world.withdraw(consent, ontvangers=["IND"])["uitgezonderd"]
    assert [each["resultaat"] for each in world.push(an_item())] != ["geweigerd"]


def test_who_has_no_policy_any_more_gets_the_same_503_about_everybody(world: World):
    asked = world.frozen(*world.casus(an_item()))
    nobody = world.overleg()
    world.freeze(nobody)
    regels.withdraw_policy(world.parts, "IND")

    for overleg in (asked, nobody):
        with pytest.raises(PolicyUnavailableError):
            disclose_pakket(world.parts, ketenpartner("IND"), overleg)
    with pytest.raises(PolicyUnavailableError):
        disclose_page(world.parts, ketenpartner("IND"), None, 10)


def test_a_policy_that_comes_back_begins_anew_what_people_had_agreed_to(world: World):
    casus = world.casus(an_item())
    overleg = world.frozen(*casus)
    regels.withdraw_policy(world.parts, "IND")
    regels.activate(world.parts, approved(world, beleid()))

    assert len(world.pack("IND", overleg)) == 1


def test_replacing_a_policy_tells_nobody_anything(world: World):
    world.casus(*people(3))
    with reading(world.parts.engine) as tx:
        before = tx.execute(select(tables.mutatie.c.nummer)).all()

    regels.activate(world.parts, approved(world, NEW))

    with reading(world.parts.engine) as tx:
        assert tx.execute(select(tables.mutatie.c.nummer)).all() == before


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(lambda parts: regels.recall_notice(parts, "2019-1"), id="recall"),
        pytest.param(lambda parts: regels.withdraw_policy(parts, "AVIM"), id="withdrawal"),
    ],
)
def test_who_dies_between_the_step_and_its_recalls_leaves_them_to_the_next_read(
    world: World, monkeypatch, step
):
    casus = world.casus(*people(3))
    world.feed("AVIM")
    with monkeypatch.context() as patch:
        patch.setattr(regels, "record_lapses", _dies)
        with pytest.raises(KeyboardInterrupt):
            step(world.parts)
    assert recalled(world) == {}
    other = replica(world)

    other.feed("IND")

    assert set(recalled(other)) == set(casus)
    other.parts.engine.dispose()


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


# Before there is a policy, and after its date


@pytest.fixture
def bare(database_url: str, tmp_path: Path, monkeypatch):
    """A new installation: tables, keys, and no rules."""
    monkeypatch.setattr("tests.world.adopt", lambda _engine: None)
    made = World(tmp_path, database_url)
    yield made
    made.close()


def test_without_any_policy_the_gateway_is_up_and_every_question_is_the_same_503(bare: World):
    overleg = bare.overleg()
    bare.freeze(overleg)

    for partner in ("IND", "AVIM"):
        with pytest.raises(PolicyUnavailableError):
            bare.page(partner)
        with pytest.raises(PolicyUnavailableError):
            bare.pack(partner, overleg)
    with pytest.raises(NotFoundError):
        bare.withdraw(a_consent())  # it is looked for, and is not there


def test_until_every_partner_was_given_a_policy_nothing_is_disclosed(bare: World):
    regels.take_in_notices(bare.parts, [FIRST])
    regels.activate(bare.parts, approved(bare, beleid()))
    with pytest.raises(PolicyUnavailableError, match="AVIM"):
        bare.page("IND")

    regels.activate(bare.parts, approved(bare, beleid("avim")))

    assert bare.page("IND")["items"] == []


def test_the_first_rules_of_an_empty_log_are_noticed_too(bare: World):
    """The first entry ever has number 0, which is also before any rules."""
    other = replica(bare)
    bare_log = len(bare.entries())
    regels.take_in_notices(bare.parts, [FIRST])

    assert bare_log == 0
    assert other.parts.rules_now().notices.versions == {"2019-1"}
    other.parts.engine.dispose()


def test_past_its_review_date_disclosures_stop_and_ends_of_consent_go_on(world: World):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    overleg = world.frozen(casus)
    day = world.parts.policies.of("IND").herzien_voor + timedelta(days=1)
    world.now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    for partner in ("IND", "AVIM"):
        with pytest.raises(PolicyUnavailableError):
            world.pack(partner, overleg)
        with pytest.raises(PolicyUnavailableError):
            world.page(partner)
    assert world.give(casus, a_consent())["versie"] == 1
    assert world.withdraw(consent)["ingetrokkenOp"]
    [later] = world.push(*people(1, start=9))
    assert later["resultaat"] == "aangenomen"


# Both sides of a step, in the log


def test_a_pack_of_before_a_recall_stands_before_it_in_the_log_or_is_without_the_casus(
    world: World,
):
    casus = world.casus(*people(20))
    overleg = world.frozen(*casus)
    other = replica(world)
    start = threading.Barrier(4)

    def packs(each: World) -> list[tuple[int, int]]:
        start.wait()
        found = []
        for _ in range(15):
            disclosure = disclose_pakket(each.parts, ketenpartner("AVIM"), overleg)
            found.append((disclosure.index, disclosure.onderdelen))
        return found

    def recall() -> None:
        start.wait()
        regels.recall_notice(world.parts, "2019-1")

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(packs, each) for each in (world, other, other)]
        pool.submit(recall).result()
        answers = [answer for each in asked for answer in each.result()]
    kinds = [each["soort"] for each in world.entries()]
    step = world.installed + kinds.index("verklaring_teruggeroepen")

    assert {count for index, count in answers if index > step} <= {0}
    assert {count for index, count in answers if index < step} <= {20}
    assert set(recalled(world)) == set(casus)
    other.parts.engine.dispose()


def test_a_casus_pushed_while_its_notice_is_recalled_has_no_ground_afterwards(world: World):
    other = replica(world)
    start = threading.Barrier(2)

    def push() -> list[str]:
        start.wait()
        return [other.push(each)[0]["casusId"] for each in people(12)]

    with ThreadPoolExecutor(1) as pool:
        pushed = pool.submit(push)
        start.wait()
        regels.recall_notice(world.parts, "2019-1")
        casussen = [UUID(each) for each in pushed.result() if each]

    world.feed("AVIM")
    with reading(world.parts.engine) as tx:
        found = tx.execute(select(tables.casus.c.id, tables.casus.c.gedekt)).all()
    assert {row.id for row in found} >= set(casussen)
    assert [row.gedekt for row in found if row.gedekt] == []
    other.parts.engine.dispose()
