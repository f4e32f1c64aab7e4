import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import NotAuthenticError, NotUnderstoodError
from connectors.ketenpartners.ontvangst import Betrokkene, Nieuw, Partnerdossier
from schemas.terms import Doel
from tests.unit.connectors.exchange import (
    V_NUMMER,
    a_mutatie,
    a_notice,
    a_pack,
    a_page,
    a_recall,
    disclosed,
    keyring,
    signed,
    uuid,
)

STREAM = [
    a_mutatie(1, 100, "aanmelding"),
    a_mutatie(2, 100, "instroom"),
    a_mutatie(3, 101, "aanmelding", vNummer="0000000001"),
    a_recall(50, 100),
    a_mutatie(4, 101, "uitstroom", vNummer="0000000001"),
    a_mutatie(5, 100, "aanmelding"),
    a_notice(70, 101),
    a_notice(71, 100, "naam"),
    a_recall(51, 101),
]


@pytest.fixture
def dossier() -> Partnerdossier:
    return Partnerdossier("IND", keyring)


def _receive(dossier: Partnerdossier, *items: dict, volgende: str = "cursor-1") -> Nieuw:
    body = disclosed("mutaties", a_page(*items, volgende=volgende))
    return dossier.receive_mutaties(body, signed(body))


def _receive_pack(dossier: Partnerdossier, pack: dict) -> dict:
    body = disclosed("pakket", pack)
    return dossier.receive_pakket(body, signed(body))


def test_a_page_is_kept_and_says_what_it_brought(dossier: Partnerdossier):
    brought = _receive(dossier, a_mutatie(), a_recall())

    assert brought == Nieuw((a_mutatie(),), (a_recall(),))
    assert dossier.mutaties == [a_mutatie()]
    assert dossier.terugroepingen == [a_recall()]
    assert dossier.volgende == "cursor-1"


def test_the_same_page_twice_changes_nothing(dossier: Partnerdossier):
    _receive(dossier, a_mutatie(), a_recall())
    before = dossier.to_plain()

    again = _receive(dossier, a_mutatie(), a_recall(), volgende="cursor-0")

    assert again == Nieuw((), ())
    assert dossier.to_plain() == before


def test_a_page_that_overlaps_brings_only_what_is_new(dossier: Partnerdossier):
    _receive(dossier, a_mutatie(1), a_mutatie(2))

    brought = _receive(dossier, a_mutatie(2), a_mutatie(3), volgende="cursor-2")

    assert brought.mutaties == (a_mutatie(3),)
    assert [item["mutatieId"] for item in dossier.mutaties] == [uuid(1), uuid(2), uuid(3)]
    assert dossier.volgende == "cursor-2"


def test_a_mutatie_and_a_recall_with_one_number_are_two_things(dossier: Partnerdossier):
    brought = _receive(dossier, a_mutatie(1), a_recall(1))

    assert (len(brought.mutaties), len(brought.terugroepingen)) == (1, 1)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3)), max_size=8))
def test_however_the_stream_is_cut_and_repeated_the_dossier_is_the_same(
    pages: list[tuple[int, int]],
):
    straight, cut = Partnerdossier("IND", keyring), Partnerdossier("IND", keyring)
    _receive(straight, *STREAM)

    reached = 0
    for back, onward in [*pages, (0, len(STREAM))]:
        start, reached = max(reached - back, 0), min(reached + onward, len(STREAM))
        _receive(cut, *STREAM[start:reached])

    assert cut.to_plain() == straight.to_plain()


def test_a_recall_is_resolved_by_what_was_kept_of_a_mutatie(dossier: Partnerdossier):
    _receive(dossier, a_mutatie(casus=100))

    recall = _receive(dossier, a_recall(casus=100)).terugroepingen[0]

    assert dossier.betrokkene(recall["casusreferentie"]) == Betrokkene("sndvu", V_NUMMER)
    assert dossier.recalled == {uuid(100)}


def test_a_recall_is_resolved_by_what_was_kept_of_a_pack(dossier: Partnerdossier):
    _receive_pack(dossier, a_pack())

    _receive(dossier, a_recall(casus=100))

    assert dossier.betrokkene(uuid(100)) == Betrokkene("stil", V_NUMMER)


def test_a_recall_of_what_was_never_received_is_about_nobody(dossier: Partnerdossier):
    _receive(dossier, a_recall(casus=77))

    assert dossier.betrokkene(uuid(77)) is None
    assert dossier.recalled == {uuid(77)}


def test_a_corrected_v_nummer_is_the_one_that_a_recall_is_about(dossier: Partnerdossier):
    _receive(dossier, a_mutatie(1), a_mutatie(2, soort="correctie", vNummer="0000000009"))

    assert dossier.betrokkene(uuid(100)) == Betrokkene("sndvu", "0000000009")


def test_a_policy_without_bronhouder_leaves_it_unknown(dossier: Partnerdossier):
    item = a_mutatie()
    del item["samenvatting"]["bronhouder"]

    _receive(dossier, item)

    assert dossier.betrokkene(uuid(100)) == Betrokkene(None, V_NUMMER)


def test_what_is_no_longer_told_stays_as_it_was_told(dossier: Partnerdossier):
    bare = a_mutatie(2)
    del bare["samenvatting"]

    _receive(dossier, a_mutatie(1), bare)

    assert dossier.betrokkene(uuid(100)) == Betrokkene("sndvu", V_NUMMER)


def test_after_a_new_aanmelding_a_recalled_casus_may_be_used_again(dossier: Partnerdossier):
    _receive(dossier, a_mutatie(1), a_recall(50), a_mutatie(2, soort="aanmelding"))

    assert dossier.recalled == frozenset()


def test_a_pack_is_kept_as_received(dossier: Partnerdossier):
    assert _receive_pack(dossier, a_pack()) == a_pack()
    assert dossier.pakketten == [a_pack()]


def test_of_one_overleg_the_pack_that_was_made_last_stays(dossier: Partnerdossier):
    later = a_pack(gemaakt_op="2020-04-02T08:00:00.000Z")
    later["casussen"] = []

    _receive_pack(dossier, later)
    _receive_pack(dossier, a_pack())

    assert dossier.pakketten == [later]


def test_what_is_given_out_cannot_change_what_is_kept(dossier: Partnerdossier):
    _receive(dossier, a_mutatie())

    dossier.mutaties[0]["samenvatting"]["vNummer"] = "x"

    assert dossier.mutaties == [a_mutatie()]


@pytest.mark.parametrize("name", ["mutaties", "pakket"])
def test_what_is_for_another_partner_is_refused_and_not_kept(dossier: Partnerdossier, name: str):
    part = a_page(a_mutatie(), ontvanger="AVIM") if name == "mutaties" else a_pack("AVIM")
    body = disclosed(name, part)
    receive = dossier.receive_mutaties if name == "mutaties" else dossier.receive_pakket
    before = dossier.to_plain()

    with pytest.raises(NotAuthenticError):
        receive(body, signed(body))

    assert dossier.to_plain() == before


def test_a_pack_is_no_page(dossier: Partnerdossier):
    body = disclosed("pakket", a_pack())

    with pytest.raises(NotUnderstoodError):
        dossier.receive_mutaties(body, signed(body))


def test_an_altered_page_is_refused_and_not_kept(dossier: Partnerdossier):
    body = disclosed("mutaties", a_page(a_mutatie()))
    altered = body.replace(V_NUMMER.encode(), b"0000000000")

    with pytest.raises(NotAuthenticError):
        dossier.receive_mutaties(altered, signed(body))

    assert dossier.mutaties == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"mutatieId": "geen uuid"}, id="an id that is none"),
        pytest.param({"casusreferentie": None}, id="no casus"),
        pytest.param({"soort": 5}, id="no kind"),
        pytest.param({"velden": None}, id="no velden"),
        pytest.param({"samenvatting": {"vNummer": 12}}, id="a V-nummer that is a number"),
    ],
)
def test_one_item_that_is_wrong_keeps_the_whole_page_out(dossier: Partnerdossier, wrong: dict):
    with pytest.raises(NotUnderstoodError):
        _receive(dossier, a_mutatie(1), a_mutatie(2) | wrong)

    assert dossier.mutaties == []


@pytest.mark.parametrize("day", ["2020-13-01", "1 mei", "20200501", None])
def test_a_recall_without_a_deadline_is_not_understood(dossier: Partnerdossier, day: str | None):
    with pytest.raises(NotUnderstoodError):
        _receive(dossier, a_recall() | {"uiterlijk": day})


def test_a_dossier_goes_on_from_what_was_stored(dossier: Partnerdossier):
    _receive(dossier, *STREAM)
    _receive_pack(dossier, a_pack())

    again = Partnerdossier.from_plain(json.loads(json.dumps(dossier.to_plain())), keyring)

    assert again.to_plain() == dossier.to_plain()
    assert _receive(again, *STREAM) == Nieuw((), ())


def test_a_repr_tells_of_nobody(dossier: Partnerdossier):
    brought = _receive(dossier, a_mutatie())

    assert V_NUMMER not in f"{dossier!r} {brought!r} {dossier.betrokkene(uuid(100))!r}"


def test_a_recall_of_one_purpose_leaves_the_casus_usable_for_the_others(
    dossier: Partnerdossier,
):
    _receive(dossier, a_mutatie(1, 100, "aanmelding"), a_recall(50, 100, "casusoverleg"))

    assert dossier.recalled == frozenset()
    assert dossier.recalled_for(Doel.CASUSOVERLEG) == {uuid(100)}
    assert dossier.recalled_for(Doel.MUTATIES) == frozenset()


def test_recalls_purpose_by_purpose_end_in_a_casus_that_is_recalled(dossier: Partnerdossier):
    for number, doel in enumerate(Doel):
        _receive(dossier, a_recall(50 + number, 100, doel.value))

    assert dossier.recalled == {uuid(100)}


def test_what_is_told_anew_for_a_purpose_is_given_anew_for_that_one_alone(
    dossier: Partnerdossier,
):
    _receive(dossier, a_recall(50, 100), a_mutatie(1, 100, "instroom"))

    assert dossier.recalled_for(Doel.MUTATIES) == frozenset()
    assert dossier.recalled_for(Doel.AANMELDING) == {uuid(100)}


def test_what_was_recalled_comes_back_with_the_rest(dossier: Partnerdossier):
    _receive(dossier, a_recall(50, 100, "mrt"))

    again = Partnerdossier.from_plain(json.loads(json.dumps(dossier.to_plain())), keyring)

    assert again.recalled_for(Doel.MRT) == {uuid(100)}


def test_a_restricted_casus_is_not_used_until_it_is_told_anew(dossier: Partnerdossier):
    brought = _receive(dossier, a_mutatie(1), a_notice(70))

    assert (brought.terugroepingen, brought.kennisgevingen) == ((), (a_notice(70),))
    assert dossier.kennisgevingen == [a_notice(70)]
    assert (dossier.restricted, dossier.recalled) == ({uuid(100)}, frozenset())

    _receive(dossier, a_mutatie(2, soort="aanmelding"))
    assert dossier.restricted == frozenset()


def test_a_field_that_was_wrong_is_wrong_until_it_is_told_anew(dossier: Partnerdossier):
    _receive(dossier, a_mutatie(1), a_notice(70, 100, "status", "nationaliteit"))
    assert dossier.wrong_fields(uuid(100)) == {"status", "nationaliteit"}

    told = a_mutatie(2, soort="correctie") | {"velden": {"nationaliteit": "0263"}}
    _receive(dossier, told)

    assert dossier.wrong_fields(uuid(100)) == {"status"}
    assert dossier.wrong_fields(uuid(77)) == frozenset()


def test_a_pack_tells_a_restricted_casus_and_its_fields_anew(dossier: Partnerdossier):
    fields = a_pack()["casussen"][0]["samenvatting"]
    _receive(dossier, a_notice(70), a_notice(71, 100, *fields))

    _receive_pack(dossier, a_pack())

    assert (dossier.restricted, dossier.wrong_fields(uuid(100))) == (frozenset(), frozenset())


def test_what_was_kept_before_there_were_notices_has_none(dossier: Partnerdossier):
    plain = dossier.to_plain()
    for name in ("kennisgevingen", "beperkt", "onjuist"):
        del plain[name]

    assert Partnerdossier.from_plain(plain, keyring).to_plain() == dossier.to_plain()
