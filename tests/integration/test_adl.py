"""Authorization Decision Log 1.0.0 (ADL-01 to ADL-04): each decision once, replayable."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from connectors.errors import NotUnderstoodError, TryLaterError
from connectors.otlp import Collector
from connectors.retries import Patience
from connectors.transport import Transport
from gateway.caller import Caller
from gateway.exports.ids import subject_id, subject_key
from gateway.exports.otlp import Vorm
from gateway.services.aanleveringen import accept_aanlevering
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.casussen import find_casussen
from gateway.services.mutaties import disclose_page
from gateway.services.pakketten import disclose_pakket
from gateway.services.toestemmingen import withdraw_toestemming
from gateway.services.uitvoer import PlaceBeyondLogError, Verslag, bring
from gateway.store.uitvoer import destination, note_told
from privacy.entitlement import Entitlement, Rulebook
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.policy import Policies
from privacy.store import tables
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import reading, writing
from privacy.store.rulebooks import policy_of, read_lives
from schemas.terms import Doel
from tests.builders import a_consent, a_samenvatting, an_item, people, without_avim
from tests.integration.collecting import LOGS, TRACES, Verzamelaar, collecting
from tests.integration.exported import SUBJECT, asks_as, named, records
from tests.integration.inway import transaction_id
from tests.signing import signed
from tests.world import World, bronhouder, ketenpartner

TOETS = {"vNummer": "0902224584"}


def decisions(world: World, since: int | None = None) -> list[dict[str, Any]]:
    return records(world, Vorm.ADL, since)


def answer_of(record: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = record["body"]["adl.core.response"]
    return answer


def test_adl_01_every_attempt_leaves_one_decision_allowed_or_not_and_a_denial_is_unset(
    world: World,
):
    agreed, refused = a_consent(), a_consent(ontvangers=["AVIM"])
    casussen = world.casus(
        an_item(toestemmingen=[agreed]),
        an_item(samenvatting=a_samenvatting(vNummer="0000000002"), toestemmingen=[refused]),
    )
    overleg = world.frozen(*casussen)
    world.pack("IND", overleg)

    told = decisions(world)

    outcomes = {(answer_of(each)["decision"], each["status"]) for each in told}
    assert outcomes == {(True, "Ok"), (False, "Unset")}
    assert len(told) == len({each["attributes"][SUBJECT] for each in told}) == 2
    assert {each["event_name"] for each in told} == {"adl.access_evaluation"}


def test_adl_01_access_that_was_refused_is_a_decision_too(embedded: World):
    entry = AuditEntry(
        soort=Auditsoort.TOEGANG_GEWEIGERD,
        tijd=embedded.now,
        organisatie="IND",
        client="ind",
        reden="oin_verschilt",
    )
    with writing(embedded.parts.engine) as tx:
        append(tx, [entry], embedded.now)

    (told,) = decisions(embedded)

    assert answer_of(told)["decision"] is False
    assert (told["status"], answer_of(told)["context"]["reden"]) == ("Unset", "oin_verschilt")


def test_adl_02_the_decision_names_policy_dpia_consent_notice_and_what_was_left_out(
    embedded: World,
):
    consent = a_consent()
    embedded.pack("IND", embedded.frozen(*embedded.casus(an_item(toestemmingen=[consent]))))

    (told,) = decisions(embedded)

    (policy,) = told["body"]["adl.core.policies"]
    assert policy["versie"] == embedded.parts.policies.of("IND").digest
    assert (policy["dpia"], policy["bron"][:4]) == ("dpia-lvv-utrecht, 2026-10-05", "DPIA")
    assert told["body"]["adl.core.information"] == [
        {"type": "toestemming", "id": consent["toestemmingId"], "versie": "1"},
        {"type": "verklaring", "id": "2019-1"},
    ]
    context = answer_of(told)["context"]
    assert context["velden"]["geboortedatum"] == "jaar"
    assert "naam" in context["weggelaten"]
    assert not set(context["weggelaten"]) & set(context["velden"])


def test_adl_02_made_again_with_those_versions_every_decision_is_the_same(embedded: World):
    casussen = embedded.casus(
        *people(3),
        an_item(
            samenvatting=without_avim(a_samenvatting(vNummer="0000000009")),
            toestemmingen=[a_consent(ontvangers=["IND"])],
        ),
    )
    overleg = embedded.frozen(*casussen)
    for partner in ("IND", "AVIM"):
        embedded.pack(partner, overleg)
        embedded.feed(partner)

    told = decisions(embedded)

    assert {answer_of(each)["decision"] for each in told} == {True, False}
    for each in told:
        again, made = replayed(embedded, each), answer_of(each)
        assert (again.refusal is None) is made["decision"]
        assert again.refusal is None or again.refusal.value == made["context"]["reden"]
        for veld, precisie in made["context"]["velden"].items():
            assert again.velden[veld] == precisie


def replayed(world: World, record: dict[str, Any]) -> Entitlement:
    """The decision once more, of nothing but what the record names and the versions are kept.

    A refusal names no statement (who reads the log may not see who has none): then it is of all
    that the casus had.
    """
    asked = record["body"]["adl.core.request"]
    digests = {each["versie"] for each in record["body"]["adl.core.policies"]}
    versions = {(e["id"], e.get("versie")) for e in record["body"]["adl.core.information"]}
    with writing(world.parts.engine) as tx:
        lives = [each.versie for each in read_lives(tx).values()]
        ids = [row.id for row in tx.execute(tables.casus.select())]
        kept = load_by_id(tx, world.parts.keys, ids, Lock.SHARE).values()
    key = subject_key(world.parts.keys)
    statements = [
        statement
        for dossier in kept
        if subject_id(key, dossier.keys.pseudoniem()) == asked["resource"]["id"]
        for statement in dossier.statements
        if not versions or (str(statement.toestemming_id), str(statement.versie)) in versions
    ]
    policies = {v.naam: each for v in lives if v.digest in digests and (each := policy_of(v))}
    rulebook = Rulebook(Policies(policies), world.parts.notices)
    purpose = Doel(asked["context"]["doel"])
    return rulebook.entitlement(statements, asked["subject"]["id"], purpose, world.day)


def test_adl_03_the_same_record_told_again_adds_none(embedded: World):
    embedded.casus(*people(3))
    embedded.feed("IND")

    with collecting() as verzamelaar:
        first = brought(embedded, Vorm.ADL, verzamelaar, since=0)
        kept = dict(verzamelaar.logs)
        again = brought(embedded, Vorm.ADL, verzamelaar, since=0)

    assert first.records == again.records == len(kept) == 6
    assert verzamelaar.logs == kept


def test_adl_04_no_decision_is_taken_from_another(embedded: World):
    embedded.casus(an_item())
    for number in (1, 2):
        caller = asks_as(ketenpartner("AVIM"), trace_id=f"{number:032x}")
        answer_toets(embedded.parts, caller, TOETS)

    traces = [each["trace_id"] for each in decisions(embedded)]

    assert len(traces) == len(set(traces)) * len(embedded.parts.settings.bronhouders)
    assert set(traces) == {f"{1:032x}", f"{2:032x}"}


def test_the_fsc_transaction_is_there_where_there_was_one_and_absent_elsewhere(embedded: World):
    transactie = "019a8f00-0000-7000-8000-000000000001"
    embedded.casus(an_item())
    disclose_page(embedded.parts, asks_as(ketenpartner("IND"), transactie=transactie), None, 10)
    disclose_page(embedded.parts, ketenpartner("AVIM"), None, 10)

    told = decisions(embedded)

    through = {e["body"]["adl.core.request"]["subject"]["id"]: e["attributes"] for e in told}
    assert through["IND"]["adl.fsc.transaction_id"] == transactie
    assert "adl.fsc.transaction_id" not in through["AVIM"]


# To a collector


def test_a_collector_gets_what_a_file_gets(world: World):
    world.casus(*people(2))
    world.feed("IND")
    since = world.installed

    with collecting() as verzamelaar:
        brought(world, Vorm.LDV, verzamelaar, since)
        brought(world, Vorm.ADL, verzamelaar, since)

    for vorm, kept in ((Vorm.LDV, verzamelaar.spans), (Vorm.ADL, verzamelaar.logs)):
        told = records(world, vorm)
        assert {(each["trace_id"], each["span_id"]) for each in told} == set(kept)
        for each in told:
            there = kept[each["trace_id"], each["span_id"]]
            assert each["attributes"].items() <= there["attributes"].items()
            assert there["resource"]["service.name"] == "lso-gateway"
    spans = verzamelaar.spans.values()
    assert {each["startTimeUnixNano"] for each in spans} == {"1777887000000000000"}
    assert {each["status"]["code"] for each in spans} == {1}
    assert all(each["body"]["adl.core.request"]["subject"] for each in verzamelaar.logs.values())


def test_a_second_run_tells_only_what_is_new(world: World):
    world.casus(an_item())

    with collecting() as verzamelaar:
        first = brought(world, Vorm.LDV, verzamelaar)
        nothing = brought(world, Vorm.LDV, verzamelaar)
        messages = verzamelaar.messages
        world.feed("IND")
        second = brought(world, Vorm.LDV, verzamelaar)

    assert (first.records, nothing.records, second.records) == (2, 0, 3)
    assert verzamelaar.messages == messages + 1
    assert [e["soort"] for e in world.entries()].count("log_uitgevoerd") == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param((503, {}), TryLaterError, id="it is down"),
        pytest.param(
            (200, {"partialSuccess": {"rejectedSpans": "1"}}), NotUnderstoodError, id="it left one"
        ),
        pytest.param((200, ["fine"]), NotUnderstoodError, id="it says something else"),
    ],
)
def test_what_a_collector_did_not_take_whole_is_told_again(embedded: World, answer, error):
    embedded.casus(an_item())

    with collecting() as verzamelaar:
        verzamelaar.answers = [answer]
        with pytest.raises(error):
            brought(embedded, Vorm.LDV, verzamelaar)
        done = brought(embedded, Vorm.LDV, verzamelaar)

    assert done.records == len(verzamelaar.spans) == 2


def test_after_a_restore_somebody_says_where_to_go_on(embedded: World):
    with collecting() as verzamelaar:
        url = verzamelaar.url + TRACES
        with writing(embedded.parts.engine) as tx:
            note_told(tx, Vorm.LDV, destination(url), 9_999, embedded.now)

        with pytest.raises(PlaceBeyondLogError, match="--vanaf"):
            brought(embedded, Vorm.LDV, verzamelaar)
        done = brought(embedded, Vorm.LDV, verzamelaar, since=0)

    assert done.records == 0


def test_x_01_one_trace_finds_each_step_once_in_every_log(embedded: World):
    """Push, decision, pull, event and withdrawal; no V-nummer in any."""
    taken = taken_steps(embedded)

    told, decided = records(embedded), decisions(embedded)

    (pushed,) = named(told, "casus aangenomen")
    for trace, name in taken.items():
        lines, ours, choices = (
            [each for each in log if each.get(key) == trace]
            for log, key in (
                (embedded.entries(), "trace"),
                (told, "trace_id"),
                (decided, "trace_id"),
            )
        )
        about = pushed["attributes"][SUBJECT]
        left = [e for e in named(ours, "verstrekking") if e["attributes"][SUBJECT] == about]
        own = [e for e in choices if e["attributes"][SUBJECT] == about]
        assert len(lines) == len(ours)
        assert len(named(ours, name)) == 1
        assert len(left) == len(own) == int(who_gets(name))
        assert {e["span_id"] for e in own} == {e["span_id"] for e in left}
        assert len({line["transactie"] for line in lines}) == 1
        through = {e["attributes"]["lso_gateway.fsc_transaction_id"] for e in ours}
        assert through == {lines[0]["transactie"]}
        assert {e["attributes"]["adl.fsc.transaction_id"] for e in choices} <= through
    assert "0902224584" not in json.dumps([embedded.entries(), told, decided])


def taken_steps(world: World) -> dict[str, str]:
    """One person all the way through; the trace of each step, and the record that tells it."""
    parts = world.parts
    consents = [a_consent(), a_consent(ontvangers=["AVIM"], doelen=["bewaringstoets"])]
    item = an_item(toestemmingen=consents)

    def push(caller: Caller) -> None:
        body = {"items": signed([item], "sndvu")}
        accept_aanlevering(parts, caller, body, proef=False, idempotency=None)

    def pull(caller: Caller) -> None:
        found = json.loads(find_casussen(parts, bronhouder("sndvu"), TOETS).body)
        disclose_pakket(parts, caller, world.frozen(found["casussen"][0]["casusId"]))

    steps: dict[str, tuple[Caller, Callable[[Caller], Any]]] = {
        "casus aangenomen": (bronhouder("sndvu"), push),
        "bewaringstoets": (ketenpartner("AVIM"), lambda who: answer_toets(parts, who, TOETS)),
        "pakket": (ketenpartner("IND"), pull),
        "pagina": (ketenpartner("IND"), lambda who: disclose_page(parts, who, None, 1)),
        "toestemming ingetrokken": (
            bronhouder("sndvu"),
            lambda who: withdraw_toestemming(parts, who, UUID(consents[0]["toestemmingId"]), {}),
        ),
    }
    for number, (caller, step) in enumerate(steps.values(), 1):
        step(asks_as(caller, trace_id=f"{number:032x}", transactie=transaction_id()))
    return {f"{number:032x}": name for number, name in enumerate(steps, 1)}


def who_gets(step: str) -> bool:
    """Whether data leave in a step; then it was decided that they may."""
    return step in {"bewaringstoets", "pakket", "pagina"}


def brought(
    world: World, vorm: Vorm, verzamelaar: Verzamelaar, since: int | None = None
) -> Verslag:
    url = verzamelaar.url + (TRACES if vorm is Vorm.LDV else LOGS)
    transport = Transport(patience=Patience(attempts=1))
    if since is None:
        with reading(world.parts.engine) as tx:
            first = not tx.exec_driver_sql("SELECT count(*) FROM uitvoerstand").scalar_one()
        since = world.installed if first else None
    return bring(world.parts, vorm, Collector(transport, url), url, since)
