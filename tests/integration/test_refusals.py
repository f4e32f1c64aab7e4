"""Statement 31: every cause of a refusal has its own code in the log, and one answer outside."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest

from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.delivered_items import delivered_statement
from gateway.services.mutaties import disclose_page
from gateway.services.pakketten import disclose_pakket
from privacy.consent import Weigering
from privacy.entitlement import Rulebook
from privacy.errors import PolicyUnavailableError
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.notice import Notices
from privacy.plan import Delivery, Situation
from privacy.policy import Policies
from privacy.registration import plan_known
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import writing
from privacy.store.registrations import write_plans
from schemas.terms import Doel
from schemas.toestemming import toestemming_schema
from tests.builders import DOELEN, a_consent, a_samenvatting, an_item
from tests.world import World, bronhouder, ketenpartner

READ = "2019-1"
WANTED = (Doel.CASUSOVERLEG, Doel.BEWARINGSTOETS)
ALL = [*DOELEN, Doel.BEWARINGSTOETS.value]


@dataclass(frozen=True)
class Cause:
    """A consent for AVIM, and what makes that it does not count. None: it has none."""

    reden: Weigering
    consent: Mapping[str, Any] | None = field(default_factory=dict)
    then: Callable[[World, dict[str, Any]], None] = lambda _world, _consent: None
    gebrek: Weigering | None = None
    asked_on: date = date(2020, 4, 1)


def _without_fields(world: World, _consent: dict[str, Any]) -> None:
    rules = world.parts.rulebook
    avim = rules.policies.of("AVIM")
    emptied = {
        doel: replace(rule, velden=MappingProxyType({})) for doel, rule in avim.doelen.items()
    }
    known = {name: rules.policies.of(name) for name in rules.policies.recipients}
    policies = Policies({**known, "AVIM": replace(avim, doelen=emptied)})
    world.under(Rulebook(policies, rules.notices))


def _not_explained(world: World, _consent: dict[str, Any]) -> None:
    rules = world.parts.rulebook
    notice = rules.notices.by_version[READ]
    left = {
        (who, doel): MappingProxyType({}) if who == "AVIM" else fields
        for (who, doel), fields in notice.velden.items()
    }
    world.under(Rulebook(rules.policies, Notices({READ: replace(notice, velden=left)})))


def _recalled(world: World, _consent: dict[str, Any]) -> None:
    rules = world.parts.rulebook
    world.under(Rulebook(rules.policies, Notices(rules.notices.by_version, {READ: world.now})))


def _unknown(world: World, _consent: dict[str, Any]) -> None:
    world.under(Rulebook(world.parts.rulebook.policies, Notices({})))


def _withdraw(world: World, consent: dict[str, Any], **body: Any) -> None:
    world.withdraw(consent, **body)


CAUSES: dict[str, Cause] = {
    "expired": Cause(Weigering.VERLOPEN, {"laatsteDag": "2020-03-31"}),
    "expired since it was delivered": Cause(
        Weigering.VERLOPEN, {"laatsteDag": "2020-04-01"}, asked_on=date(2020, 4, 2)
    ),
    "withdrawn": Cause(Weigering.INGETROKKEN, {}, _withdraw),
    "withdrawn for AVIM alone": Cause(
        Weigering.INGETROKKEN, {}, lambda world, it: _withdraw(world, it, ontvangers=["AVIM"])
    ),
    "refused": Cause(Weigering.GEWEIGERD, {"besluit": "geweigerd"}),
    "not yet begun": Cause(
        Weigering.NOG_NIET, {"eersteDag": "2020-04-01"}, asked_on=date(2020, 3, 31)
    ),
    "other purpose": Cause(Weigering.ANDER_DOEL, {"doelen": ["mrt"]}),
    "other recipient": Cause(Weigering.ANDERE_ONTVANGER, None),
    "recalled notice": Cause(Weigering.VERKLARING_TERUGGEROEPEN, {}, _recalled),
    "unknown notice": Cause(Weigering.VERKLARING_ONBEKEND, {}, _unknown),
    "interpreter missing": Cause(Weigering.TOLK_ONTBREEKT, gebrek=Weigering.TOLK_ONTBREEKT),
    "no representative": Cause(
        Weigering.VERTEGENWOORDIGER_ONTBREEKT, gebrek=Weigering.VERTEGENWOORDIGER_ONTBREEKT
    ),
    "field not in the policy": Cause(Weigering.GEEN_VELD, {}, _without_fields),
    "field not in the notice": Cause(Weigering.GEEN_VELD, {}, _not_explained),
}
#: A cause in the system is no answer about a person: there the question before detention is
#: answered with 503 (design 2.5), or nobody may ask it at all.
NO_ANSWER = {"unknown notice", "field not in the policy"}
TOLD_APART = [name for name in CAUSES if name not in NO_ANSWER]


def in_store(world: World, casus: str, consent: dict[str, Any], gebrek: Weigering | None) -> None:
    """Add a statement as it stands in the store, with what is amiss with it."""
    parts, day = world.parts, world.day
    schema = toestemming_schema(day, parts.policies.recipients, parts.notices.versions)
    statement = delivered_statement(schema.load(consent), gebrek)
    with writing(parts.engine) as tx:
        [dossier] = load_by_id(tx, parts.keys, [UUID(casus)], Lock.UPDATE).values()
        delivery = Delivery(dossier.stand_van, None, (statement,), b"", complete=False)
        plan = plan_known(dossier, delivery, Situation.under(parts.rulebook, day))
        entry = AuditEntry(
            soort=Auditsoort.TOESTEMMING_GEWIJZIGD,
            tijd=world.now,
            **bronhouder("sndvu").herkomst,
            pseudoniem=dossier.keys.pseudoniem(),
        )
        number = append(tx, [entry], world.now).last
        write_plans(tx, {number: plan}, day=day, now=world.now, term_days=14)


def prepared(world: World, cause: Cause) -> UUID:
    """One casus, frozen on an agenda, of which AVIM may have nothing for this cause."""
    keeps_it_here = a_consent(ontvangers=["IND", "DT&V"])
    item = an_item(
        toestemmingen=[keeps_it_here],
        samenvatting={k: v for k, v in a_samenvatting().items() if k != "naam"}
        | {"geboortedatum": "1987"},
    )
    [casus] = world.casus(item)
    consent = a_consent(**{"ontvangers": ["AVIM"], "doelen": ALL, **(cause.consent or {})})
    if cause.consent is not None:
        in_store(world, casus, consent, cause.gebrek)
    overleg = world.frozen(casus)
    cause.then(world, consent)
    world.go_to(cause.asked_on)
    return overleg


#: What differs from one answer to the next, whatever it says: its place in the log, its salt, the
#: digest that this opens, a cursor, and the random id of the conference.
VOLATILE = (
    (rb'"index":[0-9]+', b'"index":0'),
    (rb'"(zout|afdruk|volgende|overlegId)":"[^"]+"', rb'"\1":""'),
)


def outside(body: bytes) -> bytes:
    for pattern, instead in VOLATILE:
        body = re.sub(pattern, instead, body)
    return body


def reasons(world: World, since: int) -> list[str]:
    entries = world.entries()[since:]
    return [each["reden"] for each in entries if each["soort"] == "weigering"]


@pytest.fixture
def elsewhere(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A gateway of its own, on SQLite whatever the other runs on."""
    folder = tmp_path / "elders"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "elders.sqlite")
    made = World(folder, f"sqlite:///{folder / 'elders.sqlite'}")
    yield made
    made.close()


def ask(world: World, overleg: UUID, *, toets: bool = True) -> dict[str, bytes]:
    caller = ketenpartner("AVIM")
    found = {
        "pakket": disclose_pakket(world.parts, caller, overleg).body,
        "mutaties": disclose_page(world.parts, caller, None, 100).body,
    }
    if toets:
        asked = {"vNummer": a_samenvatting()["vNummer"]}
        found["bewaringstoets"] = answer_toets(world.parts, caller, asked).body
    return found


@pytest.mark.parametrize("name", CAUSES)
def test_statement_31_each_cause_has_its_own_code_in_the_log_of_a_pack(world, name):
    overleg = prepared(world, CAUSES[name])
    since = len(world.entries())

    assert world.pack("AVIM", overleg) == []

    assert reasons(world, since) == [CAUSES[name].reden]
    assert world.log_is_sound()


@pytest.mark.parametrize("name", TOLD_APART)
def test_statement_31_each_cause_has_its_own_code_in_the_log_of_a_bewaringstoets(world, name):
    prepared(world, CAUSES[name])
    since = len(world.entries())

    answer_toets(world.parts, ketenpartner("AVIM"), {"vNummer": a_samenvatting()["vNummer"]})

    # One entry for each organisation: the other has no casus of this person.
    assert CAUSES[name].reden in reasons(world, since)
    assert len(reasons(world, since)) == 2


@pytest.mark.parametrize("name", CAUSES)
def test_statement_31_outside_every_cause_is_one_answer_byte_for_byte(world, elsewhere, name):
    """As of a person of whom AVIM was never named: pack, feed and question before detention."""
    nothing = ask(elsewhere, prepared(elsewhere, CAUSES["other recipient"]))

    told = ask(world, prepared(world, CAUSES[name]), toets=name not in NO_ANSWER)

    for route, body in told.items():
        assert outside(body) == outside(nothing[route])


def test_a_notice_that_is_gone_answers_a_bewaringstoets_with_503_for_everybody(world):
    prepared(world, CAUSES["unknown notice"])

    with pytest.raises(PolicyUnavailableError):
        answer_toets(world.parts, ketenpartner("AVIM"), {"vNummer": a_samenvatting()["vNummer"]})
