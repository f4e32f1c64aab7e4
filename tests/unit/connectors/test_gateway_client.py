import json
import logging
import re
from base64 import urlsafe_b64encode
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
import requests
import responses

from connectors.errors import (
    ConnectorError,
    GeweigerdError,
    NotAuthenticError,
    NotUnderstoodError,
    TryLaterError,
    UnreachableError,
    Wirefault,
)
from connectors.gateway_answers import (
    Agendaantwoord,
    Beleid,
    Controlepuntantwoord,
    Itemantwoord,
    Overleg,
)
from connectors.gateway_client import GatewayClient
from connectors.jwk import key_id, new_key, to_jwks
from connectors.signing import sign, sign_compact
from schemas.canonical import canonical
from schemas.terms import Itemresultaat
from tests.unit.connectors.exchange import (
    GATEWAY,
    KEY,
    KID,
    SECRET_BODY,
    V_NUMMER,
    a_disclosure,
    a_mutatie,
    a_pack,
    a_page,
    a_token_source,
    a_transport,
    claims,
    disclosed,
    opened,
    signed,
    uuid,
)

OVERLEG = UUID(uuid(900))
PAGE_URL = f"{GATEWAY}/v1/mutaties"
PACK_URL = f"{GATEWAY}/v1/overleggen/{OVERLEG}/pakket"
PUSH_URL = f"{GATEWAY}/v1/aanleveringen"
OVERLEG_URL = f"{GATEWAY}/v1/overleggen"
ACCEPTED = {"resultaten": [{"resultaat": "aangenomen", "casusId": uuid(1), "problemen": []}]}


@pytest.fixture
def server():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        for number in range(3):
            mocked.post(
                f"{GATEWAY}/oauth/token",
                json={"access_token": f"bewijs-{number}", "token_type": "DPoP", "expires_in": 99},
            )
        mocked.get(f"{GATEWAY}/oauth/jwks", json=to_jwks({KID: KEY}))
        yield mocked


@pytest.fixture
def client() -> GatewayClient:
    transport = a_transport()
    return GatewayClient(f"{GATEWAY}/", transport, a_token_source(transport))


def _last(server: responses.RequestsMock) -> requests.PreparedRequest:
    return server.calls[-1].request


def hash_of(token: str) -> str:
    return urlsafe_b64encode(sha256(token.encode()).digest()).decode().rstrip("=")


def _page_is(server: responses.RequestsMock, body: bytes, signature: str | None) -> None:
    headers = {} if signature is None else {"Payload-Signature": signature}
    server.get(PAGE_URL, body=body, content_type="application/json", headers=headers)


def test_items_are_pushed_as_the_gate_made_them_and_answered_one_by_one(server, client):
    fault = {"pointer": "/items/1/samenvatting/naam", "veld": "naam", "code": "ontbreekt"}
    server.post(
        PUSH_URL,
        json={
            "resultaten": [
                {"resultaat": "aangenomen", "casusId": uuid(1), "problemen": []},
                {"resultaat": "geweigerd", "casusId": None, "problemen": [fault]},
                {"resultaat": "ongewijzigd", "casusId": uuid(2)},
            ]
        },
    )

    answers = client.push_aanlevering(a_disclosure(), idempotency_key="sleutel-1")

    assert answers == (
        Itemantwoord(Itemresultaat.AANGENOMEN, UUID(uuid(1)), ()),
        Itemantwoord(
            Itemresultaat.GEWEIGERD,
            None,
            (Wirefault("/items/1/samenvatting/naam", "naam", "ontbreekt"),),
        ),
        Itemantwoord(Itemresultaat.ONGEWIJZIGD, UUID(uuid(2)), ()),
    )
    assert _last(server).body == SECRET_BODY
    assert _last(server).headers["Idempotency-Key"] == "sleutel-1"
    assert _last(server).headers["Authorization"] == "DPoP bewijs-0"


def test_a_push_is_repeated_under_its_own_key(server, client):
    server.post(PUSH_URL, body=requests.ConnectionError())
    server.post(PUSH_URL, json=ACCEPTED)

    client.push_aanlevering(a_disclosure(), idempotency_key="sleutel-1")

    pushes = [call.request for call in server.calls if call.request.url == PUSH_URL]
    assert [push.headers["Idempotency-Key"] for push in pushes] == ["sleutel-1"] * 2
    assert [push.body for push in pushes] == [SECRET_BODY] * 2


def test_a_push_without_a_key_is_not_sent(server, client):
    with pytest.raises(ValueError, match="Idempotency-Key"):
        client.push_aanlevering(a_disclosure())

    assert len(server.calls) == 0


def test_a_trial_push_says_that_it_is_one(server, client):
    server.post(f"{PUSH_URL}?proef=true", json=ACCEPTED)

    client.push_aanlevering(a_disclosure(), proef=True)

    assert _last(server).url == f"{PUSH_URL}?proef=true"


def test_a_result_that_nobody_agreed_on_is_not_understood(server, client):
    server.post(PUSH_URL, json={"resultaten": [{"resultaat": "misschien", "casusId": uuid(1)}]})

    with pytest.raises(NotUnderstoodError):
        client.push_aanlevering(a_disclosure(), idempotency_key="sleutel-1")


def test_a_token_that_the_gateway_refuses_is_renewed_once(server, client):
    server.get(f"{GATEWAY}/v1/beleid", status=401)
    server.get(f"{GATEWAY}/v1/beleid", json={"beleid": {"IND": "sha256:a"}, "verklaringen": {}})

    assert client.get_beleid() == Beleid({"IND": "sha256:a"}, {})
    assert _last(server).headers["Authorization"] == "DPoP bewijs-1"


def test_a_second_refusal_of_a_token_is_final(server, client):
    server.get(f"{GATEWAY}/v1/beleid", status=401)

    with pytest.raises(GeweigerdError) as raised:
        client.get_beleid()

    assert raised.value.status == 401
    assert [call.request.url for call in server.calls].count(f"{GATEWAY}/v1/beleid") == 2


# Proofs (statement 29): of every call, about that call, and once only


BELEID_URL = f"{GATEWAY}/v1/beleid"
BELEID = {"json": {"beleid": {}, "verklaringen": {}}}
NONCE_WANTED = {
    "status": 401,
    "headers": {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": "n-1"},
}


def _asked(server: responses.RequestsMock, url: str) -> list[requests.PreparedRequest]:
    return [call.request for call in server.calls if call.request.url.partition("?")[0] == url]


def test_every_call_is_proved_for_its_token_method_and_address(server, client):
    body = disclosed("mutaties", a_page(a_mutatie()))
    _page_is(server, body, signed(body))
    server.post(PUSH_URL, json=ACCEPTED)

    client.get_mutaties("c/1+")
    client.push_aanlevering(a_disclosure(), idempotency_key="sleutel-1")

    (asked,), (pushed,) = _asked(server, PAGE_URL), _asked(server, PUSH_URL)
    for request, method, url in ((asked, "GET", PAGE_URL), (pushed, "POST", PUSH_URL)):
        proof = claims(request.headers["DPoP"])
        assert (proof["htm"], proof["htu"]) == (method, url)
        assert proof["ath"] == hash_of("bewijs-0")
        assert request.headers["Authorization"] == "DPoP bewijs-0"


def test_the_key_of_a_proof_is_the_one_the_token_was_asked_with(server, client):
    server.get(BELEID_URL, **BELEID)

    client.get_beleid()

    asked, called = (
        opened(call.request.headers["DPoP"]).header["jwk"] for call in list(server.calls)[:2]
    )
    assert asked == called


def test_an_attempt_that_is_repeated_brings_a_new_proof(server, client):
    for first in ({"body": requests.ConnectionError()}, {"status": 429}, {"status": 503}):
        server.post(PUSH_URL, **first)
    server.post(PUSH_URL, json=ACCEPTED)

    client.push_aanlevering(a_disclosure(), idempotency_key="sleutel-1")

    ids = [claims(push.headers["DPoP"])["jti"] for push in _asked(server, PUSH_URL)]
    assert len(ids) == len(set(ids)) == 4


def test_the_public_keys_are_asked_for_without_token_or_proof(server, client):
    client.keys.keys(KID)

    assert not {"DPoP", "Authorization"} & set(_last(server).headers)


def test_oau_07_a_nonce_that_the_gateway_wants_is_given_and_kept(server, client):
    server.get(BELEID_URL, **NONCE_WANTED)
    server.get(BELEID_URL, **BELEID, headers={"DPoP-Nonce": "n-2"})

    client.get_beleid()
    client.get_beleid()

    asked = _asked(server, BELEID_URL)
    assert [claims(each.headers["DPoP"]).get("nonce") for each in asked] == [None, "n-1", "n-2"]
    assert {each.headers["Authorization"] for each in asked} == {"DPoP bewijs-0"}


def test_a_push_that_lacked_a_nonce_goes_again_under_the_same_key(server, client):
    server.post(PUSH_URL, **NONCE_WANTED)
    server.post(PUSH_URL, json=ACCEPTED)

    client.push_aanlevering(a_disclosure(), idempotency_key="sleutel-1")

    pushes = _asked(server, PUSH_URL)
    assert [push.headers["Idempotency-Key"] for push in pushes] == ["sleutel-1"] * 2


def test_a_gateway_that_never_has_enough_nonces_is_asked_twice_for_one_token(server, client):
    server.get(BELEID_URL, **NONCE_WANTED)

    with pytest.raises(GeweigerdError):
        client.get_beleid()

    assert len(_asked(server, BELEID_URL)) == 2
    assert len(_asked(server, f"{GATEWAY}/oauth/token")) == 1


def test_a_nonce_and_a_new_token_may_both_be_needed_and_each_is_tried_once(server, client):
    server.get(BELEID_URL, **NONCE_WANTED)
    server.get(BELEID_URL, status=401)
    server.get(BELEID_URL, **NONCE_WANTED)

    with pytest.raises(GeweigerdError):
        client.get_beleid()

    shown = [each.headers["Authorization"] for each in _asked(server, BELEID_URL)]
    assert shown == ["DPoP bewijs-0", "DPoP bewijs-0", "DPoP bewijs-1"]


def test_a_refusal_for_want_of_a_right_is_not_tried_again(server, client):
    server.get(BELEID_URL, **NONCE_WANTED | {"status": 403})

    with pytest.raises(GeweigerdError):
        client.get_beleid()

    assert len(_asked(server, BELEID_URL)) == 1


def test_no_token_or_proof_is_in_any_log_or_in_what_is_raised(server, client, caplog):
    caplog.set_level(logging.DEBUG)
    server.get(BELEID_URL, status=401)

    with pytest.raises(GeweigerdError) as raised:
        client.get_beleid()

    shown = f"{raised.value!r} {vars(raised.value)} {client!r} {caplog.text}"
    assert not re.search(r"eyJ|bewijs-\d", shown)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param({"status": 403}, GeweigerdError, id="a scope that is missing"),
        pytest.param({"status": 503}, TryLaterError, id="a policy that lapsed"),
        pytest.param({"body": requests.ConnectionError()}, UnreachableError, id="down"),
        pytest.param({"json": {"beleid": {"IND": 1}, "verklaringen": {}}}, NotUnderstoodError),
        pytest.param({"json": {"beleid": {}}}, NotUnderstoodError, id="half an answer"),
    ],
)
def test_what_goes_wrong_is_told_by_kind(
    server, client, answer: dict[str, Any], kind: type[ConnectorError]
):
    server.get(f"{GATEWAY}/v1/beleid", **answer)

    with pytest.raises(kind):
        client.get_beleid()


def test_an_overleg_is_planned_and_found_again(server, client):
    told = {"overlegId": str(OVERLEG), "datum": "2020-04-01", "soort": "lso", "nieuw": 1}
    server.post(f"{GATEWAY}/v1/overleggen", json=told, status=201)
    server.get(f"{GATEWAY}/v1/overleggen", json={"overleggen": [told]})
    server.get(f"{GATEWAY}/v1/overleggen/{OVERLEG}", json=told)

    planned = client.create_overleg(date(2020, 4, 1))

    assert planned == Overleg(OVERLEG, date(2020, 4, 1), "lso")
    assert client.get_overleggen() == (planned,)
    assert client.get_overleg(OVERLEG) == planned


def test_overleggen_are_read_page_by_page_to_the_end(server, client):
    pages = [([1, 2], "c/1+"), ([3], "c/2"), ([], None)]
    for number, (ids, volgende) in enumerate(pages):
        na = {"na": pages[number - 1][1]} if number else {}
        told = [{"overlegId": uuid(i), "datum": "2020-04-01", "soort": "lso"} for i in ids]
        server.get(
            OVERLEG_URL,
            json={"overleggen": told, "volgende": volgende},
            match=[responses.matchers.query_param_matcher({**na, "limiet": "500"})],
        )

    assert [each.overleg_id for each in client.get_overleggen()] == [
        UUID(uuid(i)) for i in (1, 2, 3)
    ]
    assert len(_asked(server, OVERLEG_URL)) == 3


def test_a_list_of_overleggen_without_an_end_is_not_read_for_ever(server, client):
    server.get(OVERLEG_URL, json={"overleggen": [], "volgende": "altijd"})

    with pytest.raises(NotUnderstoodError, match="houdt niet op"):
        client.get_overleggen()


def test_planning_is_repeated_under_a_key_of_its_own(server, client):
    told = {"overlegId": str(OVERLEG), "datum": "2020-04-01", "soort": "lso"}
    server.post(OVERLEG_URL, body=requests.ReadTimeout())
    server.post(OVERLEG_URL, json=told, status=201)

    for _ in range(2):
        client.create_overleg(date(2020, 4, 1))

    keys = [each.headers["Idempotency-Key"] for each in _asked(server, OVERLEG_URL)]
    assert keys[0] == keys[1] != keys[2]


def test_casussen_are_nominated_by_their_ids_alone(server, client):
    server.post(
        f"{GATEWAY}/v1/overleggen/{OVERLEG}/agendapunten",
        json={
            "resultaten": [
                {"casusId": uuid(1), "resultaat": "aangenomen", "agendapuntId": uuid(2)},
                {"casusId": uuid(3), "resultaat": "geweigerd", "agendapuntId": None},
            ]
        },
    )

    answers = client.nominate(OVERLEG, [UUID(uuid(1)), UUID(uuid(3))])

    assert answers == (
        Agendaantwoord(UUID(uuid(1)), Itemresultaat.AANGENOMEN, UUID(uuid(2))),
        Agendaantwoord(UUID(uuid(3)), Itemresultaat.GEWEIGERD, None),
    )
    assert json.loads(_last(server).body) == {"casussen": [uuid(1), uuid(3)]}


def test_an_overleg_is_frozen(server, client):
    server.post(f"{GATEWAY}/v1/overleggen/{OVERLEG}/bevriezingen", status=201)

    client.freeze(OVERLEG)

    assert _last(server).method == "POST"


def test_a_page_is_given_whole_when_its_signature_and_proof_hold(server, client):
    body = disclosed("mutaties", a_page(a_mutatie(), volgende="c/2+"))
    _page_is(server, body, signed(body))

    page = client.get_mutaties("c/1+", limiet=50)

    assert page.items == (a_mutatie(),)
    assert (page.volgende, page.meer, page.ontvanger) == ("c/2+", False, "IND")
    assert (page.body, page.signature) == (body, _last_signature(server))
    assert page.bewijs.index == 7
    assert "na=c%2F1%2B&limiet=50" in [call.request.url for call in server.calls][1]


def _last_signature(server: responses.RequestsMock) -> str:
    return next(
        call.response.headers["Payload-Signature"]
        for call in server.calls
        if call.response.headers.get("Payload-Signature")
    )


def test_without_a_cursor_the_feed_is_read_from_the_beginning(server, client):
    body = disclosed("mutaties", a_page())
    _page_is(server, body, signed(body))

    client.get_mutaties()

    assert f"{PAGE_URL}?limiet=100" in [call.request.url for call in server.calls]


def test_a_page_shows_nothing_of_a_person_in_its_repr(server, client):
    body = disclosed("mutaties", a_page(a_mutatie()))
    _page_is(server, body, signed(body))

    assert V_NUMMER not in repr(client.get_mutaties())


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"signature": None}, id="no signature"),
        pytest.param({"signature": "a..b"}, id="nonsense for a signature"),
        pytest.param({"signature": signed(b"{}")}, id="a signature over something else"),
        pytest.param({"entry": {"afdruk": "0" * 64}}, id="an entry of another page"),
        pytest.param({"entry": {"ontvanger": "AVIM"}}, id="an entry for another recipient"),
        pytest.param({"entry": {"afdruk": None}}, id="an entry without a digest"),
        pytest.param({"entry": {"afdruk": "é"}}, id="an entry with nonsense for a digest"),
    ],
)
def test_a_page_that_cannot_be_proved_is_not_given(server, client, wrong: dict[str, Any]):
    body = disclosed("mutaties", a_page(a_mutatie()), **wrong.get("entry", {}))
    _page_is(server, body, wrong.get("signature", signed(body)))

    with pytest.raises(NotAuthenticError):
        client.get_mutaties()


@pytest.mark.parametrize(
    "salt", [pytest.param("00", id="a short salt"), pytest.param("0" * 32, id="another salt")]
)
def test_a_page_whose_salt_does_not_open_the_digest_is_not_given(server, client, salt: str):
    told = json.loads(disclosed("mutaties", a_page(a_mutatie())))
    told["bewijs"]["zout"] = salt
    body = canonical(told)
    _page_is(server, body, signed(body))

    with pytest.raises(NotAuthenticError):
        client.get_mutaties()


def test_a_signed_page_of_another_shape_is_not_understood(server, client):
    body = canonical({"mutaties": []})
    _page_is(server, body, signed(body))

    with pytest.raises(NotUnderstoodError):
        client.get_mutaties()


def test_a_key_that_was_published_meanwhile_is_found(server, client):
    newer = new_key()
    body = disclosed("mutaties", a_page(a_mutatie()))
    _page_is(server, body, signed(body))
    client.get_mutaties()
    server.replace("GET", f"{GATEWAY}/oauth/jwks", json=to_jwks({key_id(newer): newer}))
    server.replace(
        "GET",
        PAGE_URL,
        body=body,
        content_type="application/json",
        headers={"Payload-Signature": sign(body, newer, key_id(newer))},
    )
    # Eleven seconds later, as far as the keys know.
    client.keys._asked_at -= 11

    assert client.get_mutaties().items


def test_unknown_keys_do_not_make_us_ask_again_and_again(server, client):
    body = disclosed("mutaties", a_page(a_mutatie()))
    stranger = new_key()
    _page_is(server, body, sign(body, stranger, key_id(stranger)))

    for _ in range(3):
        with pytest.raises(NotAuthenticError):
            client.get_mutaties()

    assert [call.request.url for call in server.calls].count(f"{GATEWAY}/oauth/jwks") == 1


@pytest.mark.parametrize("jose", [False, True])
def test_a_pack_comes_as_json_or_as_jose_and_is_the_same(server, client, jose: bool):  # noqa: FBT001
    body = disclosed("pakket", a_pack())
    server.get(
        PACK_URL,
        body=sign_compact(body, KEY, KID) if jose else body,
        content_type="application/jose" if jose else "application/json",
        headers={} if jose else {"Payload-Signature": signed(body)},
    )

    pack = client.get_pakket(OVERLEG, jose=jose)

    assert (pack.overleg_id, pack.datum, pack.ontvanger) == (OVERLEG, date(2020, 4, 1), "IND")
    assert list(pack.casussen) == a_pack()["casussen"]
    assert pack.body == body
    assert V_NUMMER not in repr(pack)
    asked = next(call.request for call in server.calls if call.request.url == PACK_URL)
    assert asked.headers["Accept"] == ("application/jose" if jose else "application/json")


@pytest.mark.parametrize("value", ["", "a.b", "a.b.c.d", "é.é.é", "a..c"])
def test_a_pack_that_is_no_jose_is_not_given(server, client, value: str):
    server.get(PACK_URL, body=value.encode(), content_type="application/jose")

    with pytest.raises((NotAuthenticError, NotUnderstoodError)):
        client.get_pakket(OVERLEG, jose=True)


# What did not change


def test_a_page_that_did_not_change_is_not_given_again(server, client):
    body = disclosed("mutaties", a_page(a_mutatie()))
    kept = {"Payload-Signature": signed(body), "ETag": '"m-1"'}
    server.get(PAGE_URL, body=body, content_type="application/json", headers=kept)
    server.get(PAGE_URL, status=304, headers={"ETag": '"m-1"'})

    first = client.get_mutaties(etag="")
    second = client.get_mutaties(etag=first.etag)

    assert (first.etag, second) == ('"m-1"', None)
    sent = [each.headers.get("If-None-Match") for each in _asked(server, PAGE_URL)]
    assert sent == [None, '"m-1"']


@pytest.mark.parametrize("jose", [False, True])
def test_a_pack_that_did_not_change_is_not_given_again(server, client, jose: bool):  # noqa: FBT001
    body = disclosed("pakket", a_pack())
    server.get(
        PACK_URL,
        body=sign_compact(body, KEY, KID) if jose else body,
        content_type="application/jose" if jose else "application/json",
        headers={"ETag": '"p-1"', "Payload-Signature": signed(body)},
    )
    server.get(PACK_URL, status=304)

    pack = client.get_pakket(OVERLEG, jose=jose)

    assert client.get_pakket(OVERLEG, jose=jose, etag=pack.etag) is None


def test_a_pack_that_did_change_is_given_with_its_own_etag(server, client):
    body = disclosed("pakket", a_pack())
    headers = {"ETag": '"p-2"', "Payload-Signature": signed(body)}
    server.get(PACK_URL, body=body, content_type="application/json", headers=headers)

    assert client.get_pakket(OVERLEG, etag='"p-1"').etag == '"p-2"'


def test_unchanged_is_no_answer_to_who_knows_of_nothing_before(server, client):
    server.get(PACK_URL, status=304)

    with pytest.raises(NotUnderstoodError):
        client.get_pakket(OVERLEG)


PROOF_URL = f"{GATEWAY}/v1/audit/bewijzen/7"
CHECKPOINT_URL = f"{GATEWAY}/v1/audit/checkpoint"
PROBLEM = "application/problem+json"


def test_a_proof_of_the_log_is_asked_by_its_number(server, client):
    server.get(PROOF_URL, json={"index": 7, "omvang": 9, "bewijs": "c2sp.org/tlog-proof@v1\n"})

    assert client.get_bewijs(7) == "c2sp.org/tlog-proof@v1\n"


def test_a_proof_that_is_not_there_yet_is_none_and_an_entry_that_is_not_there_is_refused(
    server, client
):
    not_yet = {"type": "/v1/docs#bewijs-nog-niet", "title": "Nog geen bewijs", "status": 404}
    server.get(PROOF_URL, json=not_yet, status=404, content_type=PROBLEM)
    beyond = not_yet | {"type": "/v1/docs#niet-gevonden"}
    server.get(f"{GATEWAY}/v1/audit/bewijzen/8", json=beyond, status=404, content_type=PROBLEM)

    assert client.get_bewijs(7) is None
    with pytest.raises(GeweigerdError) as refused:
        client.get_bewijs(8)
    assert refused.value.problem.soort == "niet-gevonden"


@pytest.mark.parametrize(
    "told", [7, None, "Merkteken Achternaam", "#A0905312694", "#" + "a" * 99_999]
)
def test_a_kind_of_problem_is_kept_only_in_the_shape_of_one(server, client, told):
    server.get(PROOF_URL, json={"type": told, "status": 404}, status=404, content_type=PROBLEM)

    with pytest.raises(GeweigerdError) as refused:
        client.get_bewijs(7)
    assert refused.value.problem.soort == ""


def test_the_newest_checkpoint_comes_with_the_proof_from_the_size_that_was_named(server, client):
    answer = {"controlepunt": "tekst\n", "omvang": 9, "bewijs": ["AAAA"]}
    server.get(CHECKPOINT_URL, json=answer)

    assert client.get_controlepunt(7) == Controlepuntantwoord("tekst\n", ("AAAA",))
    assert _last(server).url == f"{CHECKPOINT_URL}?vanaf=7"


def test_who_received_what_of_an_own_casus_is_given_as_it_was_signed(server, client):
    told = {"ontvanger": "sndvu", "casus": {"casusId": uuid(5), "regels": []}}
    body = disclosed("verstrekkingen", told)
    url = f"{GATEWAY}/v1/casussen/{uuid(5)}/verstrekkingen"
    given = {"body": body, "content_type": "application/json"}
    server.get(url, headers={"Payload-Signature": signed(body)}, **given)
    server.get(url, headers={"Payload-Signature": signed(b"{}")}, **given)

    assert client.get_verstrekkingen(UUID(uuid(5))) == told
    with pytest.raises(NotAuthenticError):
        client.get_verstrekkingen(UUID(uuid(5)))


def test_a_checkpoint_without_a_size_to_start_from_has_no_proof(server, client):
    server.get(CHECKPOINT_URL, json={"controlepunt": "tekst\n", "omvang": 9})

    assert client.get_controlepunt() == Controlepuntantwoord("tekst\n")
    assert _last(server).url == CHECKPOINT_URL
