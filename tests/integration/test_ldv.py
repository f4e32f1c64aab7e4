"""Logboek Dataverwerkingen 1.0.0 (LDV-01 to LDV-12): told from the log, and nothing beside it."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from gateway.exports.verwerkingen import UnknownVerwerkingError
from gateway.services.aanleveringen import accept_aanlevering
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.mutaties import disclose_page
from gateway.services.register import find_verwerking
from gateway.trace import begin_trace
from privacy.errors import LogUnavailableError
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.log.tables import audithoofd
from privacy.store.engine import writing
from tests.builders import a_consent, a_samenvatting, an_item, people
from tests.integration.exported import ACTIVITY, SUBJECT, VELDEN, asks_as, named, of_people, records
from tests.signing import signed
from tests.world import World, bronhouder, ketenpartner

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
FIELDS = {"trace_id", "span_id", "status", "name", "start_time", "end_time", "attributes"}
TOETS = {"vNummer": "0902224584"}


def test_ldv_01_every_act_leaves_a_record_for_each_person_it_is_about(world: World):
    world.pack("IND", world.frozen(*world.casus(*people(3))))

    told = of_people(records(world))

    assert len(named(told, "casus aangenomen")) == 3
    assert len(named(told, "verstrekking")) == 3
    assert len({each["attributes"][SUBJECT] for each in told}) == 3


def test_ldv_01_an_act_that_meets_nobody_leaves_a_record_too(embedded: World):
    embedded.feed("IND")

    (page,) = records(embedded)

    assert (page["name"], SUBJECT in page["attributes"]) == ("pagina", False)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(["push", "toets", "feed"]), st.integers(1, 4))))
def test_ldv_01_records_are_acts_times_people_whatever_is_done(embedded: World, acts):
    begun = len(embedded.entries()) + embedded.installed
    expected = 0

    for act, number in acts:
        before = len(embedded.entries())
        if act == "push":
            embedded.push(*people(number, start=before + 1))
        elif act == "toets":
            answer_toets(embedded.parts, ketenpartner("AVIM"), TOETS)
        else:
            embedded.feed("IND", limiet=number)
        done = embedded.entries()[before:]
        expected += sum("pseudoniem" in each for each in done)

    assert len(of_people(records(embedded, since=begun))) == expected


def test_ldv_02_all_that_must_be_there_is_there_in_its_own_form(embedded: World):
    embedded.casus(*people(2))
    embedded.feed("IND")
    answer_toets(embedded.parts, ketenpartner("AVIM"), TOETS)

    told = records(embedded)

    for each in told:
        assert set(each) >= FIELDS
        assert re.fullmatch("[0-9a-f]{32}", each["trace_id"])
        assert all(re.fullmatch("[0-9a-f]{16}", v) for k, v in each.items() if "span_id" in k)
        assert each["status"] in {"Unset", "Ok", "Error"}
        assert type(each["start_time"]) is type(each["end_time"]) is int
        assert each["end_time"] >= each["start_time"] == 1777887000000
    assert len({each["span_id"] for each in told}) == len(told)


def test_ldv_03_the_activity_resolves_in_our_own_register_to_the_rules_of_that_moment(
    embedded: World,
):
    embedded.casus(an_item())
    embedded.feed("IND")
    digest = embedded.parts.policies.of("IND").digest.removeprefix("sha256:")

    told = records(embedded)

    for each in told:
        address = each["attributes"][ACTIVITY]
        name, versie = re.fullmatch(
            r"https://gateway\.example/v1/verwerkingen/(.+)/versies/(.+)", address
        ).groups()
        found = find_verwerking(embedded.parts, name, versie)
        assert found is not None
        assert found["adres"] == address
    basis = "https://gateway.example/v1/verwerkingen"
    assert {each["attributes"][ACTIVITY] for each in told} == {
        f"{basis}/aanleveren/versies/1",
        f"{basis}/IND/versies/{digest}",
        f"{basis}/IND.aanmelding/versies/{digest}",
        f"{basis}/IND.mutaties/versies/{digest}",
    }


def test_ldv_03_what_has_no_activity_in_the_register_is_not_told_as_if_it_had(embedded: World):
    unknown = AuditEntry(
        soort=Auditsoort.VERSTREKKING,
        tijd=embedded.now,
        organisatie="IND",
        ontvanger="IND",
        beleid=f"sha256:{'0' * 64}",
        pseudoniem="ab" * 16,
    )
    with writing(embedded.parts.engine) as tx:
        number = append(tx, [unknown], embedded.now).first

    with pytest.raises(UnknownVerwerkingError, match=str(number)):
        records(embedded)


def test_ldv_04_a_person_has_one_name_with_one_controller_and_another_with_the_next(
    embedded: World,
):
    embedded.casus(an_item())
    embedded.casus(an_item(), by="seguro")
    embedded.feed("IND")
    embedded.feed("AVIM")

    told = of_people(records(embedded))

    pushed = [each["attributes"][SUBJECT] for each in named(told, "casus aangenomen")]
    disclosed = [each["attributes"][SUBJECT] for each in named(told, "verstrekking")]
    assert len(set(pushed)) == 2
    assert set(disclosed) == set(pushed)
    assert {len(each) for each in pushed} == {64}
    assert {each["attributes"]["dpl.core.data_subject_id_type"] for each in told} == {
        "https://gateway.example/v1/verwerkingen#betrokkene"
    }


def test_ldv_04_the_name_is_no_name_of_the_log_nor_the_v_nummer(embedded: World):
    embedded.casus(an_item())
    pseudoniemen = {each["pseudoniem"] for each in embedded.entries() if "pseudoniem" in each}

    text = json.dumps(records(embedded))

    assert pseudoniemen
    assert not [each for each in [*pseudoniemen, "0902224584"] if each in text]


def test_ldv_05_the_callers_trace_goes_on_and_its_span_is_the_parent(embedded: World):
    trace = begin_trace(f"00-{TRACE}-{SPAN}-01")
    caller = asks_as(bronhouder("sndvu"), trace_id=trace.trace_id, span=trace.parent)
    body = {"items": signed(people(2), "sndvu")}
    accept_aanlevering(embedded.parts, caller, body, proef=False, idempotency=None)

    told = records(embedded)

    (whole,) = named(told, "aanlevering")
    assert {each["trace_id"] for each in told} == {TRACE}
    assert whole["parent_span_id"] == SPAN
    assert {e["parent_span_id"] for e in of_people(told)} == {whole["span_id"]}


@pytest.mark.parametrize(
    "header", [None, "", "00-zz", f"00-{TRACE}-{SPAN}", f"00-{'0' * 32}-{SPAN}-01"]
)
def test_ldv_05_a_header_that_cannot_be_read_is_a_new_trace_and_no_fault(embedded: World, header):
    trace = begin_trace(header)
    caller = asks_as(ketenpartner("IND"), trace_id=trace.trace_id, span=trace.parent)
    disclose_page(embedded.parts, caller, None, 10)

    (page,) = records(embedded)

    assert page["trace_id"] == trace.trace_id != TRACE
    assert "parent_span_id" not in page


def test_ldv_06_without_the_log_nothing_is_disclosed(embedded: World):
    embedded.casus(an_item())
    with writing(embedded.parts.engine) as tx:
        tx.execute(update(audithoofd).values(rand=b"\x00"))

    with pytest.raises(LogUnavailableError):
        embedded.feed("IND")


def test_ldv_07_who_asks_not_to_be_sampled_is_in_the_logbook_all_the_same(embedded: World):
    trace = begin_trace(f"00-{TRACE}-{SPAN}-00")
    caller = asks_as(ketenpartner("IND"), trace_id=trace.trace_id, span=trace.parent)
    embedded.casus(an_item())
    disclose_page(embedded.parts, caller, None, 10)

    told = [each for each in records(embedded) if each["trace_id"] == TRACE]

    assert [each["name"] for each in told] == ["verstrekking", "verstrekking", "pagina"]


def test_ldv_08_no_member_of_staff_no_client_and_no_stack_trace(embedded: World):
    embedded.casus(an_item())
    embedded.feed("IND")

    told = records(embedded)

    allowed = {ACTIVITY, SUBJECT, "dpl.core.data_subject_id_type"}
    allowed |= {VELDEN, "lso_gateway.logregel", "lso_gateway.fsc_transaction_id"}
    assert {key for each in told for key in each["attributes"]} <= allowed
    assert "sndvu-node" not in json.dumps(told)


def test_ldv_09_a_refusal_that_was_handled_well_is_unset(embedded: World):
    embedded.casus(an_item())
    answer_toets(embedded.parts, ketenpartner("AVIM"), TOETS)
    refused = AuditEntry(
        soort=Auditsoort.TOEGANG_GEWEIGERD,
        tijd=embedded.now,
        organisatie="IND",
        reden="oin_verschilt",
    )
    with writing(embedded.parts.engine) as tx:
        append(tx, [refused], embedded.now)

    told = records(embedded)

    statuses = {each["name"]: each["status"] for each in told}
    assert statuses["weigering"] == statuses["toegang geweigerd"] == "Unset"
    assert statuses["casus aangenomen"] == statuses["bewaringstoets"] == "Ok"


def test_ldv_10_telling_the_log_changes_nothing_but_that_it_was_told(embedded: World):
    embedded.casus(an_item())
    before = embedded.entries()

    first = records(embedded)
    again = records(embedded)

    assert first == again
    assert embedded.entries()[: len(before)] == before
    read = embedded.entries()[len(before) :]
    assert [(each["soort"], each["reden"]) for each in read] == [("log_uitgevoerd", "ldv")] * 2
    assert embedded.log_is_sound()


def test_ldv_11_the_names_of_the_fields_that_left_are_told_and_no_value(embedded: World):
    embedded.casus(an_item())
    overleg = embedded.frozen(*_ids(embedded))
    embedded.pack("AVIM", overleg)

    told = records(embedded)

    (disclosed,) = named(told, "verstrekking")
    assert {"vNummer", "naam", "geboortedatum"} <= set(disclosed["attributes"][VELDEN])
    text = json.dumps(told, ensure_ascii=False)
    values = {v for v in a_samenvatting().values() if v and len(v) > 3} - {"in_begeleiding"}
    assert not [value for value in values if value in text]


def test_ldv_12_a_pack_with_twelve_people_is_twelve_children(world: World):
    casussen = world.casus(*people(12))
    overleg = world.frozen(*casussen)
    world.pack("IND", overleg)

    told = records(world)

    (pack,) = named(told, "pakket")
    children = [each for each in told if each.get("parent_span_id") == pack["span_id"]]
    assert len(children) == len({each["attributes"][SUBJECT] for each in children}) == 12


def test_the_fsc_transaction_is_in_every_record_of_the_call(embedded: World):
    transactie = "019a8f00-0000-7000-8000-000000000001"
    embedded.casus(an_item())
    caller = asks_as(ketenpartner("IND"), transactie=transactie)
    begun = embedded.installed + len(embedded.entries())
    disclose_page(embedded.parts, caller, None, 10)

    told = records(embedded, since=begun)

    assert len(told) == 3
    assert {each["attributes"]["lso_gateway.fsc_transaction_id"] for each in told} == {transactie}


def test_a_withdrawal_is_told_under_the_duty_to_end_it_and_a_recall_under_article_19(
    embedded: World,
):
    consent = a_consent()
    embedded.casus(an_item(toestemmingen=[consent]))
    cursor = embedded.cursor("IND")
    begun = embedded.installed + len(embedded.entries())
    embedded.withdraw(consent)
    told = embedded.told("IND", cursor)

    activities = [
        (each["name"], each["attributes"][ACTIVITY].split("/")[-3])
        for each in of_people(records(embedded, since=begun))
    ]

    assert told == ["terugroeping"]
    assert activities[0] == ("toestemming ingetrokken", "toestemmingen")
    assert activities[-1] == ("verstrekking", "kennisgeven")


def test_a_nomination_leaves_a_record_for_each_person_and_none_is_the_parent_of_another(
    embedded: World,
):
    """LDV-01, LDV-12."""
    casussen = embedded.casus(*people(2))
    embedded.put_on_agenda(embedded.overleg(), *casussen)

    told = records(embedded)

    one, other = named(told, "agendapunt")
    subjects = {each["attributes"]["dpl.core.data_subject_id"] for each in (one, other)}
    assert len(subjects) == 2
    assert not {each.get("parent_span_id") for each in told} & {one["span_id"], other["span_id"]}


def _ids(world: World) -> list[Any]:
    return world.casus(an_item(samenvatting=a_samenvatting(vNummer="0000000077")))
