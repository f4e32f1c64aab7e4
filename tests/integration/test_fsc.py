"""Through an Inway over real HTTP: FSC-01 to FSC-06, on both databases."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlalchemy import event, select
from werkzeug.serving import make_server

from gateway.app import create_app
from gateway.auth.permission_map import scopes_for
from gateway.parties import Bronhouder, Gemeente, Ketenpartner, Levering, Soort
from gateway.settings_fsc import Fsc
from gateway.settings_values import networks
from gateway.store.clients import Binding, Client, add_client, freeze_client
from gateway.store.contracten import (
    Contract,
    add_contract,
    forget_transacties,
    fsc_transactie,
    withdraw_contract,
)
from privacy.log.tables import auditregel
from privacy.restore import GATEWAY
from privacy.store.engine import make_engine, reading, writing
from schemas.terms import Doel
from tests.builders import an_item
from tests.integration.inway import (
    ADDRESS,
    DIENST,
    GROEP,
    OURS,
    Answer,
    Certificate,
    Inway,
    Manager,
    Outway,
    inway_before,
    send,
    transaction_id,
)
from tests.signing import signed
from tests.world import World

AVIM = "00000001001234560001"
IND, SNDVU, HULP = "00000001001234560000", "00000003111111110000", "00000003222222220000"
GRANT, DELEGATED = "$1$4$ind", "$1$4$sndvu-door-hulp"
REFERENCE = "samenwerking 2026/7"
FEED = "/v1/mutaties"
SECRET = ECKey.generate_key("P-256").as_dict(private=True) | {"kid": "1"}
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


@dataclass
class Street:
    """The gateway, its Inway, and two peers: IND for itself, HULP for SNDVU."""

    world: World
    port: int
    inway: Inway
    manager: Manager
    ind: Outway
    hulp: Outway

    def through(
        self,
        outway: Outway,
        method: str = "GET",
        path: str = FEED,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        self.inway.certificate = outway.certificate
        told = dict(outway.headers() if headers is None else headers)
        content = b""
        if body is not None:
            content = json.dumps(body).encode()
            told["Content-Type"] = "application/json"
        return send(self.inway.port, method, path, told, content)

    def with_token(self, token: str, outway: Outway | None = None) -> Answer:
        return self.through(outway or self.ind, headers=self.ind.headers(token))

    def directly(self, **headers: str) -> Answer:
        return send(self.port, "GET", FEED, headers)

    def transactions(self) -> list[Any]:
        with reading(self.world.parts.engine) as tx:
            return list(tx.execute(select(fsc_transactie).order_by(fsc_transactie.c.tijd)))

    def entries(self) -> list[dict[str, Any]]:
        with reading(self.world.parts.engine) as tx:
            rows = tx.execute(auditregel.select().order_by(auditregel.c.nummer))
            told = [json.loads(row.regel) for row in rows]
        return [each for each in told if each["organisatie"] != GATEWAY]

    def contract(self, **other: Any) -> None:
        told = {
            "grant_hash": f"$1$4${uuid4()}",
            "peer": IND,
            "client_id": "ind-fsc",
            "dienst": DIENST,
            "geldig_van": NOW - timedelta(days=10),
            "geldig_tot": NOW + timedelta(days=10),
        }
        with writing(self.world.parts.engine) as tx:
            add_contract(tx, Contract(**(told | other)))

    def under(self, **other: Any) -> Answer:
        """A call under a contract of its own."""
        grant = f"$1$4${uuid4()}"
        self.contract(grant_hash=grant, **other)
        return self.with_token(self.ind.token(gth=grant))


def _settings(world: World, manager: Manager) -> Any:
    return replace(
        world.parts.settings,
        bronhouders=(Bronhouder("sndvu", "SNDVU", SNDVU), Bronhouder("seguro", "Seguro")),
        ketenpartners=(
            Ketenpartner("IND", "IND", Levering.OPHALEN, oin=IND),
            Ketenpartner("AVIM", "AVIM", Levering.OPHALEN, oin=AVIM),
        ),
        gemeente=Gemeente("utrecht", "Gemeente Utrecht"),
        fsc=Fsc(OURS, GROEP, DIENST, networks(f"{ADDRESS}/32"), manager.path),
    )


def _client(client_id: str, code: str, soort: Soort, binding: Binding = Binding.FSC) -> Client:
    scopes, purposes = scopes_for(soort), frozenset(Doel)
    return Client(client_id, code, soort, '{"keys":[]}', scopes, purposes, binding=binding)


@pytest.fixture
def street(world: World, tmp_path: Path) -> Iterator[Street]:
    manager = Manager(tmp_path / "manager.json")
    world.parts = replace(world.parts, settings=_settings(world, manager))
    with writing(world.parts.engine) as tx:
        add_client(tx, _client("ind-fsc", "IND", Soort.KETENPARTNER))
        add_client(tx, _client("ind-dpop", "IND", Soort.KETENPARTNER, Binding.DPOP))
        add_client(tx, _client("sndvu-fsc", "sndvu", Soort.BRONHOUDER))
    server = make_server("127.0.0.1", 0, create_app(world.parts), threaded=True)
    server.daemon_threads = False
    Thread(target=server.serve_forever, args=(0.02,)).start()
    with inway_before(server.server_port) as inway:
        ind, hulp = Outway(IND, GRANT, manager), Outway(HULP, DELEGATED, manager)
        made = Street(world, server.server_port, inway, manager, ind, hulp)
        made.contract(grant_hash=GRANT)
        made.contract(
            grant_hash=DELEGATED,
            peer=HULP,
            client_id="sndvu-fsc",
            delegator=SNDVU,
            referentie=REFERENCE,
            geverifieerd_op=date(2026, 4, 1),
        )
        yield made
    server.shutdown()
    server.server_close()


def _external(**other: str) -> dict[str, Any]:
    told = {"reference": REFERENCE, "delegator_id": SNDVU, "delegator_name": "SNDVU"} | other
    return {"delegation": {"connection": {"external_contract_reference": told}}}


def _deliver(street: Street, **claims: Any) -> Answer:
    token = street.hulp.token(**claims)
    headers = street.hulp.headers(token) | {"Idempotency-Key": str(uuid4())}
    body = {"items": signed([an_item()], "sndvu")}
    return street.through(street.hulp, "POST", "/v1/aanleveringen", body, headers)


def test_a_peer_with_a_contract_gets_what_its_organisation_may_have(street: Street):
    street.world.casus(an_item())

    answer = street.through(street.ind)

    assert answer.status == 200
    assert answer.json()["mutaties"]["ontvanger"] == "IND"
    items = answer.json()["mutaties"]["items"]
    assert [each["soort"] for each in items] == ["aanmelding", "instroom"]


# FSC-01


@pytest.mark.parametrize(
    ("told", "code"),
    [
        pytest.param(None, "MISSING_LOG_RECORD_ID", id="none"),
        pytest.param("", "INVALID_LOG_RECORD_ID", id="empty"),
        pytest.param(str(uuid4()), "INVALID_LOG_RECORD_ID", id="version 4"),
        pytest.param("01890a5d-ac96-774b-0cce-b302099a8057", "INVALID_LOG_RECORD_ID", id="variant"),
        pytest.param(f"{transaction_id()}, {transaction_id()}", "INVALID_LOG_RECORD_ID", id="two"),
    ],
)
def test_fsc_01_a_call_without_a_transaction_id_of_version_7_is_refused(
    street: Street, told: str | None, code: str
):
    headers = street.ind.headers()
    del headers["Fsc-Transaction-Id"]
    if told is not None:
        headers["Fsc-Transaction-Id"] = told

    answer = street.through(street.ind, headers=headers)

    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Fsc-Error-Code"] == code
    assert "Fsc-Transaction-Id" not in answer.headers
    assert street.transactions() == []


def test_fsc_01_the_id_comes_back_and_stands_in_every_entry_and_in_the_line_of_the_request(
    street: Street, caplog: pytest.LogCaptureFixture
):
    street.world.casus(an_item())
    before = len(street.entries())
    headers = street.ind.headers()
    told = headers["Fsc-Transaction-Id"]

    with caplog.at_level("INFO", logger="lso_gateway"):
        answer = street.through(street.ind, headers=headers)

    assert answer.headers["Fsc-Transaction-Id"] == told
    new = street.entries()[before:]
    assert len(new) == 3
    assert {each["transactie"] for each in new} == {told}
    lines = [each.sleutels for each in caplog.records if each.msg == "verzoek"]
    assert [each["transactie"] for each in lines] == [told]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/v1/bestaat-niet", 404, id="no such path"),
        pytest.param("/v1/openapi.json", 200, id="open to all"),
        pytest.param("/v1/overleggen/x/pakket", 404, id="no such id"),
        pytest.param(f"{FEED}?na=0", 400, id="a fault in the question"),
        pytest.param("/v1/aanleveringen", 405, id="another method"),
    ],
)
def test_fsc_01_the_id_comes_back_with_every_other_answer_too(
    street: Street, path: str, status: int
):
    headers = street.ind.headers()

    answer = street.through(street.ind, path=path, headers=headers)

    assert answer.status == status
    assert answer.headers["Fsc-Transaction-Id"] == headers["Fsc-Transaction-Id"]


# FSC-02


def _wrong_tokens(street: Street) -> dict[str, str]:
    ind, manager = street.ind, street.manager
    stranger = Manager(street.manager.path.with_name("vreemd.json"))
    past = int(NOW.timestamp()) - 1
    weak = OctKey.import_key(manager.path.read_bytes())
    other = Certificate(IND)
    by_kid = {"kid": manager.key.thumbprint()}
    return {
        "another manager": stranger.sign(ind.claims()),
        "another manager under our kid": stranger.sign(ind.claims(), by_kid),
        "another issuer": ind.token(iss="00000004003214345999"),
        "another service": ind.token(svc="andere-dienst"),
        "not yet valid": ind.token(nbf=past + 60),
        "no end": ind.token("exp"),
        "no begin": ind.token("nbf"),
        "no grant": ind.token("gth"),
        "no group": ind.token("gid"),
        "no audience": ind.token("aud"),
        "no binding": ind.token("cnf"),
        "bound to a key": ind.token(cnf={"jkt": ind.certificate.thumbprint}),
        "bound to another certificate": ind.token(cnf={"x5t#S256": other.thumbprint}),
        "no peer": ind.token("sub"),
        "a peer that is no OIN": ind.token(sub="IND"),
        "a certificate of another peer": ind.token(sub=SNDVU),
        "published for another": ind.token(pdi=SNDVU),
        "half a delegation": ind.token(act={}),
        "half a reference": ind.token(prp=_external(reference="")),
        "a shared secret": _hs256(ind.claims(), weak, by_kid),
        "no signature at all": _unsigned(ind.token()),
        "not a token": "a.b.c",
        "far too long": "a" * 20_000,
    }


def _hs256(claims: dict[str, Any], key: OctKey, header: dict[str, str]) -> str:
    return jwt.encode({"alg": "HS256", **header}, claims, key, algorithms=["HS256"])


def _unsigned(token: str) -> str:
    header = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def test_fsc_02_what_the_inway_let_through_is_checked_again(street: Street):
    answers = {name: street.with_token(token) for name, token in _wrong_tokens(street).items()}

    assert {name: each.status for name, each in answers.items()} == dict.fromkeys(answers, 401)
    codes = {each.headers["Fsc-Error-Code"] for each in answers.values()}
    assert codes == {"ACCESS_TOKEN_INVALID"}
    assert street.transactions() == []


def test_fsc_02_an_expired_token_says_so_and_a_missing_one_too(street: Street):
    expired = street.with_token(street.ind.token(exp=int(NOW.timestamp())))
    headers = street.ind.headers()
    del headers["Fsc-Authorization"]
    missing = street.through(street.ind, headers=headers)

    assert (expired.status, missing.status) == (401, 401)
    assert expired.headers["Fsc-Error-Code"] == "ACCESS_TOKEN_EXPIRED"
    assert missing.headers["Fsc-Error-Code"] == "ACCESS_TOKEN_MISSING"
    assert _told(expired) == _told(missing)


def test_fsc_02_a_token_of_another_group_is_forbidden(street: Street):
    answer = street.with_token(street.ind.token(gid="andere-groep"))

    assert answer.status == 403
    assert answer.headers["Fsc-Error-Code"] == "WRONG_GROUP_ID_IN_TOKEN"


def test_fsc_02_a_token_replayed_over_another_certificate_is_refused(street: Street):
    token = street.ind.token()
    thief = Outway(IND, GRANT, street.manager)

    assert street.with_token(token).status == 200
    assert street.with_token(token, thief).status == 401


def test_fsc_02_without_a_certificate_no_token_holds(street: Street):
    headers = street.ind.headers() | {"Client-Cert": street.ind.certificate.header}
    street.inway.certificate = None

    answer = send(street.inway.port, "GET", FEED, headers)

    assert answer.status == 401


def test_fsc_02_past_the_inway_nothing_that_says_fsc_counts(street: Street):
    headers = street.ind.headers() | {"Client-Cert": street.ind.certificate.header}

    answer = street.directly(**headers)
    as_bearer = street.directly(Authorization=f"Bearer {street.ind.token()}", **headers)

    assert (answer.status, as_bearer.status) == (401, 401)
    assert "Fsc-Transaction-Id" not in answer.headers
    assert "Fsc-Error-Code" not in answer.headers
    assert street.transactions() == []


def test_fsc_02_a_token_of_our_own_is_no_way_in_through_the_inway(street: Street):
    headers = street.ind.headers() | {"Authorization": f"Bearer {street.ind.token()}"}
    del headers["Fsc-Authorization"]

    assert street.through(street.ind, headers=headers).status == 401


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "ES384"])
def test_fsc_02_the_manager_may_sign_with_rsa_or_a_longer_curve(street: Street, algorithm: str):
    rsa = algorithm.startswith("RS")
    street.manager.key = RSAKey.generate_key(2_048) if rsa else ECKey.generate_key("P-384")
    street.manager.publish()
    token = street.manager.sign(street.ind.claims(), {"alg": algorithm})

    assert street.with_token(token).status == 200


def test_fsc_02_a_key_is_also_found_by_the_thumbprint_of_its_certificate(street: Street):
    public = street.manager.key.as_dict(private=False) | {"x5t#S256": OURS}
    street.manager.path.write_text(json.dumps({"keys": [public]}))
    token = jwt.encode({"alg": "ES256", "x5t#S256": OURS}, street.ind.claims(), street.manager.key)

    assert street.with_token(token).status == 200
    assert street.with_token(street.ind.token()).status == 401, "a kid that the file does not name"


def test_fsc_02_a_key_that_the_manager_withdrew_holds_no_more(street: Street):
    token = street.ind.token()
    assert street.with_token(token).status == 200

    street.manager.publish(ECKey.generate_key("P-256"))

    assert street.with_token(token).status == 401


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("{", id="no JSON"),
        pytest.param('{"keys": []}', id="no key"),
        pytest.param(json.dumps({"keys": [SECRET]}), id="a secret half"),
    ],
)
def test_fsc_02_without_usable_keys_nobody_gets_an_answer_about_anybody(
    street: Street, content: str
):
    street.manager.path.write_text(content)

    assert street.through(street.ind).status == 503


def _told(answer: Answer) -> Any:
    return {name: value for name, value in answer.json().items() if name != "instance"}


# FSC-03


def test_fsc_03_who_gets_it_follows_from_the_token_and_from_nothing_else(street: Street):
    street.world.casus(an_item())
    headers = street.ind.headers() | {
        "Fsc-Peer-Id": SNDVU,
        "Ontvanger": "AVIM",
        "X-Forwarded-For": "10.0.0.1",
        "Authorization": "Bearer iets",
    }

    answer = street.through(street.ind, headers=headers)

    assert answer.json()["mutaties"]["ontvanger"] == "IND"
    assert {each.get("ontvanger") for each in street.entries()[-2:]} == {"IND"}


# FSC-04


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"geldig_tot": NOW}, id="expired"),
        pytest.param({"geldig_van": NOW + timedelta(seconds=1)}, id="not yet valid"),
        pytest.param({"ingetrokken_op": NOW - timedelta(days=1)}, id="withdrawn"),
        pytest.param({"peer": HULP}, id="of another peer"),
        pytest.param({"dienst": "andere-dienst"}, id="for another service"),
        pytest.param({"client_id": "ind-dpop"}, id="a client that is not for FSC"),
        pytest.param({"client_id": "sndvu-fsc"}, id="a client of another organisation"),
        pytest.param({"client_id": "bestaat-niet"}, id="no client"),
    ],
)
def test_fsc_04_without_a_contract_that_holds_nothing_leaves(street: Street, other: dict[str, Any]):
    answer = street.under(**other)
    unknown = street.with_token(street.ind.token(gth="$1$4$onbekend"))

    assert answer.status == 403
    assert _told(answer) == _told(unknown)
    assert street.transactions() == []


def test_fsc_04_a_withdrawn_contract_is_over_at_once_on_every_replica(street: Street):
    assert street.through(street.ind).status == 200
    replica = make_engine(street.world.parts.settings.database)
    with writing(replica) as tx:
        assert withdraw_contract(tx, GRANT, NOW)
        assert not withdraw_contract(tx, GRANT, NOW)
    replica.dispose()

    assert street.through(street.ind).status == 403


def test_fsc_04_a_frozen_client_is_out_as_well(street: Street):
    with writing(street.world.parts.engine) as tx:
        freeze_client(tx, "ind-fsc")

    assert street.through(street.ind).status == 403


def test_fsc_04_a_contract_reaches_no_further_than_the_registration_of_its_client(street: Street):
    answer = street.through(street.ind, "POST", "/v1/aanleveringen", {"items": [an_item()]})

    assert answer.status == 403


# FSC-05


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"act": {"sub": SNDVU}}, id="by a delegated grant"),
        pytest.param({"prp": _external()}, id="by an external contract"),
        pytest.param({"act": {"sub": SNDVU}, "prp": _external()}, id="by both"),
    ],
)
def test_fsc_05_a_peer_acts_for_the_organisation_and_both_are_in_the_log(
    street: Street, claims: dict[str, Any]
):
    answer = _deliver(street, **claims)

    assert answer.status == 200
    assert answer.json()["resultaten"][0]["resultaat"] == "aangenomen"
    for each in street.entries():
        assert (each["organisatie"], each["gemachtigde"]) == ("sndvu", HULP)
    (written,) = street.transactions()
    assert (written.peer, written.delegator) == (HULP, SNDVU)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({}, id="for itself under a delegated contract"),
        pytest.param({"act": {"sub": IND}}, id="for another than the contract names"),
        pytest.param({"prp": _external(delegator_id=IND)}, id="by paper of another"),
        pytest.param({"prp": _external(reference="ander stuk")}, id="by another paper"),
    ],
)
def test_fsc_05_a_delegation_that_the_register_does_not_hold_is_forbidden(
    street: Street, claims: dict[str, Any]
):
    answer = _deliver(street, **claims)

    assert answer.status == 403
    assert street.entries() == []
    assert street.transactions() == []


def test_fsc_05_two_delegators_in_one_token_are_no_delegation(street: Street):
    assert _deliver(street, act={"sub": IND}, prp=_external()).status == 401


def test_fsc_05_a_delegation_under_a_contract_without_one_is_forbidden(street: Street):
    assert street.with_token(street.ind.token(act={"sub": SNDVU})).status == 403


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"referentie": None}, id="no reference"),
        pytest.param({"geverifieerd_op": None}, id="never looked into"),
        pytest.param({"geverifieerd_op": date(2026, 5, 5)}, id="looked into tomorrow"),
        pytest.param({"delegator": HULP}, id="not the organisation of the client"),
    ],
)
def test_fsc_05_a_delegated_contract_must_have_been_looked_into(
    street: Street, other: dict[str, Any]
):
    grant = f"$1$4${uuid4()}"
    told: dict[str, Any] = {
        "grant_hash": grant,
        "peer": HULP,
        "client_id": "sndvu-fsc",
        "delegator": SNDVU,
        "referentie": REFERENCE,
        "geverifieerd_op": date(2026, 4, 1),
    }
    street.contract(**(told | other))

    answer = _deliver(street, gth=grant, act={"sub": other.get("delegator", SNDVU)})

    assert answer.status == 403


# FSC-06


def test_fsc_06_the_transaction_is_written_before_anything_happens(street: Street):
    headers = street.ind.headers()

    street.through(street.ind, headers=headers)

    (written,) = street.transactions()
    assert written.transactie == UUID(headers["Fsc-Transaction-Id"])
    assert (written.grant_hash, written.peer, written.delegator) == (GRANT, IND, None)
    assert (written.dienst, written.tijd) == (DIENST, NOW)


def test_fsc_06_a_transaction_that_cannot_be_written_stops_the_call(street: Street):
    engine = street.world.parts.engine
    before = len(street.entries())

    def broken(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("INSERT INTO fsc_transactie"):
            raise engine.dialect.loaded_dbapi.OperationalError

    event.listen(engine, "before_cursor_execute", broken)
    answer = _deliver(street, act={"sub": SNDVU})
    event.remove(engine, "before_cursor_execute", broken)

    assert answer.status == 503
    assert answer.headers["Fsc-Error-Code"] == "TRANSACTION_LOG_WRITE_ERROR"
    assert len(street.entries()) == before
    assert street.transactions() == []
    assert _deliver(street, act={"sub": SNDVU}).status == 200


def test_transactions_are_forgotten_when_their_term_is_over_and_not_before(street: Street):
    street.through(street.ind)

    with writing(street.world.parts.engine) as tx:
        kept = forget_transacties(tx, NOW)
        gone = forget_transacties(tx, NOW + timedelta(seconds=1))

    assert (kept, gone) == (0, 1)
    assert street.transactions() == []


# What a partner sees of a refusal


def test_a_question_about_somebody_and_about_nobody_are_answered_alike_on_the_wire(street: Street):
    avim = Outway(AVIM, "$1$4$avim", street.manager)
    with writing(street.world.parts.engine) as tx:
        add_client(tx, _client("avim-fsc", "AVIM", Soort.KETENPARTNER))
    street.contract(grant_hash="$1$4$avim", peer=AVIM, client_id="avim-fsc")
    street.world.casus(an_item())

    known, unknown = (
        street.through(avim, "POST", "/v1/bewaringstoetsen", {"vNummer": number})
        for number in ("0902224584", "0000000001")
    )

    assert known.status == unknown.status == 200
    assert _wire(known) == _wire(unknown)


def test_another_organisations_casus_and_none_are_answered_alike_on_the_wire(street: Street):
    (casus,) = street.world.casus(an_item(), by="seguro")
    on_behalf = {"prp": _external()}

    others, none = (
        street.through(
            street.hulp,
            path=f"/v1/casussen/{name}",
            headers=street.hulp.headers(street.hulp.token(**on_behalf)),
        )
        for name in (casus, uuid4())
    )

    assert others.status == none.status == 404
    assert _wire(others) == _wire(none)


def _wire(answer: Answer) -> tuple[dict[str, str], Any]:
    """Headers and body, without moment, trace, signature, transaction, and the number in the log.

    The length goes with the number of digits of that number.
    """
    passing = {"Date", "traceparent", "Payload-Signature", "Fsc-Transaction-Id", "Content-Length"}
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in passing and not name.startswith("RateLimit")
    }
    body = answer.json()
    if "bewijs" in body:
        body["bewaringstoets"].pop("gemaaktOp")
        body["bewijs"] = body["bewijs"]["regel"]
        for name in ("tijd", "afdruk", "trace", "transactie"):
            body["bewijs"].pop(name)
    return headers, body
