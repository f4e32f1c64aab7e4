"""Tokens bound to a certificate that our proxy forwards (RFC 8705, OAU-06, OAU-11)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from sqlalchemy import select

from gateway.app import create_app
from gateway.limits import Limits
from gateway.parties import Bronhouder, Soort
from gateway.store.clients import Binding, replace_client
from gateway.wiring import Parts
from privacy.log.head import initialise
from privacy.log.tables import audithoofd, auditregel
from privacy.restore import GATEWAY
from privacy.store.engine import looking, writing
from tests.api.certificates import a_certificate, forwarded, thumbprint_of
from tests.api.world import (
    TOKEN,
    Hands,
    Machine,
    add,
    machine,
    parts_over,
    registered,
    settings_for,
)

PATH = "/v1/beleid"
PROXY, STRANGER = "10.0.0.1", "203.0.113.9"
OIN, OTHER_OIN = "00000003123456780000", "00000003876543210000"
OURS, THEIRS, BARE = a_certificate(OIN), a_certificate(OTHER_OIN), a_certificate(None)


@pytest.fixture
def parts(tmp_path: Path, hands: Hands) -> Iterator[Parts]:
    """SNDVU has an OIN, and a proxy stands in front of the gateway."""
    settings = replace(
        settings_for(tmp_path, f"sqlite:///{tmp_path / 'gateway.sqlite'}"),
        proxies=(ip_network(PROXY),),
        bronhouders=(Bronhouder("sndvu", "SNDVU", OIN), Bronhouder("seguro", "Seguro")),
    )
    made = parts_over(settings, hands)
    with writing(made.engine) as tx:
        initialise(tx)
    yield made
    made.engine.dispose()


@pytest.fixture
def web(parts: Parts) -> FlaskClient:
    return create_app(parts).test_client()


@pytest.fixture
def sndvu(parts: Parts, hands: Hands) -> Machine:
    known = machine("sndvu-node", hands)
    add(parts, registered(known, "sndvu", Soort.BRONHOUDER, Binding.MTLS))
    return known


def ask(web, known, certificate=OURS, address=PROXY):
    return web.post(
        TOKEN,
        data=known.form(),
        headers={"Client-Cert": forwarded(certificate)} if certificate else {},
        environ_overrides={"REMOTE_ADDR": address},
    )


def call(web, token, certificate=OURS, address=PROXY, scheme="Bearer", **headers):
    told = {"Authorization": f"{scheme} {token}"} | headers
    if certificate:
        told["Client-Cert"] = forwarded(certificate)
    return web.get(PATH, headers=told, environ_overrides={"REMOTE_ADDR": address})


def entries(parts) -> list[dict]:
    with looking(parts.engine) as connection:
        rows = connection.execute(select(auditregel.c.regel).order_by(auditregel.c.nummer)).all()
    told = [json.loads(row.regel) for row in rows]
    return [each for each in told if each["organisatie"] != GATEWAY]


def test_a_token_is_bound_to_the_certificate_that_the_proxy_forwards(web, sndvu, parts):
    answer = ask(web, sndvu).get_json()
    assert answer["token_type"] == "Bearer"
    claims = jwt.decode(
        answer["access_token"], parts.signer.tokens[-1].key, algorithms=["ES256"]
    ).claims
    assert claims["cnf"] == {"x5t#S256": thumbprint_of(OURS)}
    assert call(web, answer["access_token"]).status_code == 200


def test_no_token_without_the_certificate_of_the_client_and_no_word_why(web, sndvu, hands):
    unknown = ask(web, machine("bestaat-niet", hands))
    for certificate, address in (
        (None, PROXY),
        (THEIRS, PROXY),
        (BARE, PROXY),
        (OURS, STRANGER),
    ):
        answer = ask(web, sndvu, certificate, address)
        assert (answer.status_code, answer.data) == (401, unknown.data)


def test_oau_06_a_token_over_another_certificate_or_none_is_refused(web, sndvu, parts):
    token = ask(web, sndvu).get_json()["access_token"]
    renewed = a_certificate(OIN)
    refused = {
        "no certificate": call(web, token, None),
        "another certificate of the same organisation": call(web, token, renewed),
        "one that names no organisation": call(web, token, BARE),
        "under the scheme of proofs": call(
            web, token, scheme="DPoP", DPoP=sndvu.proof("GET", PATH, token)
        ),
    }
    assert {why: answer.status_code for why, answer in refused.items()} == dict.fromkeys(
        refused, 401
    )
    assert entries(parts) == []
    assert call(web, token).status_code == 200


def test_statement_29_a_certificate_from_outside_the_proxy_is_no_certificate(web, sndvu):
    token = ask(web, sndvu).get_json()["access_token"]
    assert call(web, token, address=STRANGER).status_code == 401
    assert call(web, token, address=PROXY).status_code == 200


def test_registered_thumbprints_decide_where_there_are_any(web, parts, hands):
    for number, (certificaten, certificate, status) in enumerate(
        (
            ({BARE}, BARE, 200),
            ({BARE, OURS}, OURS, 200),
            ({BARE}, OURS, 401),
            ({THEIRS}, THEIRS, 401),
        )
    ):
        known = machine(f"node-{number}", hands)
        client = registered(known, "sndvu", Soort.BRONHOUDER, Binding.MTLS)
        names = frozenset(thumbprint_of(each) for each in certificaten)
        add(parts, replace(client, certificaten=names))
        assert ask(web, known, certificate).status_code == status


def test_a_certificate_that_is_no_longer_registered_is_out_at_once(web, sndvu, parts):
    token = ask(web, sndvu).get_json()["access_token"]
    client = registered(sndvu, "sndvu", Soort.BRONHOUDER, Binding.MTLS)
    with writing(parts.engine) as connection:
        replace_client(connection, replace(client, certificaten=frozenset({"A" * 43})))
    assert call(web, token).status_code == 401


def test_an_organisation_without_an_oin_needs_a_registered_certificate(web, parts, hands):
    known = machine("seguro-node", hands)
    client = registered(known, "seguro", Soort.BRONHOUDER, Binding.MTLS)
    add(parts, client)
    assert ask(web, known, BARE).status_code == 401
    assert ask(web, known, OURS).status_code == 401
    with writing(parts.engine) as connection:
        replace_client(connection, replace(client, certificaten=frozenset({thumbprint_of(THEIRS)})))
    assert ask(web, known, THEIRS).status_code == 200


@pytest.mark.parametrize("binding", [Binding.MTLS, Binding.DPOP])
def test_oau_11_a_certificate_of_another_organisation_is_403_and_an_entry(
    web, parts, hands, binding
):
    known = machine("sndvu-2", hands)
    add(parts, registered(known, "sndvu", Soort.BRONHOUDER, binding))
    if binding is Binding.MTLS:
        token, scheme, proof = ask(web, known).get_json()["access_token"], "Bearer", {}
    else:
        token, scheme = known.token(web), "DPoP"
        proof = {"DPoP": known.proof("GET", PATH, token)}

    answer = call(web, token, THEIRS, scheme=scheme, **proof)

    assert answer.status_code == 403
    assert "WWW-Authenticate" not in answer.headers
    (entry,) = entries(parts)
    trace = answer.headers["traceparent"].split("-")[1]
    assert entry["soort"] == "toegang_geweigerd"
    assert entry["reden"] == "oin_verschilt"
    assert (entry["organisatie"], entry["client"], entry["trace"]) == ("sndvu", "sndvu-2", trace)
    assert OIN not in json.dumps(entry)
    assert OTHER_OIN not in json.dumps(entry)


def test_oau_11_where_the_entry_cannot_be_written_nothing_is_answered(web, sndvu, parts):
    token = ask(web, sndvu).get_json()["access_token"]
    with writing(parts.engine) as connection:
        connection.execute(audithoofd.delete())
    assert call(web, token, THEIRS).status_code == 503


def test_who_shows_a_wrong_certificate_cannot_fill_the_log_nor_stop_the_client(web, sndvu, parts):
    """Not even where nothing is counted, as a withdrawal is not."""
    sharp = replace(parts, limits=Limits(3))
    web = create_app(sharp).test_client()
    token = ask(web, sndvu).get_json()["access_token"]
    withdrawal = f"/v1/toestemmingen/{uuid4()}/intrekkingen"
    told = {"Authorization": f"Bearer {token}", "Client-Cert": forwarded(THEIRS)}
    for path, method in ((PATH, "GET"), (withdrawal, "POST")):
        for _ in range(5):
            proxy = {"REMOTE_ADDR": PROXY}
            web.open(path, method=method, headers=told, environ_overrides=proxy)
    assert len(entries(parts)) == 3
    assert call(web, token, THEIRS).status_code == 429
    assert call(web, token).status_code == 200


def test_a_stranger_without_a_token_writes_no_entry(web, sndvu, parts):
    assert call(web, "abc", THEIRS).status_code == 401
    assert call(web, "abc", THEIRS, scheme="DPoP").status_code == 401
    assert entries(parts) == []


def test_a_proxy_that_forwards_something_else_than_a_certificate_is_told_so(web, sndvu):
    token = ask(web, sndvu).get_json()["access_token"]
    good = forwarded(OURS)
    for wrong in ("", "::", "abc", good[:-1], good + good, f"{good}, {good}", ":AAAA:", ":A:"):
        told = {"Authorization": f"Bearer {token}", "Client-Cert": wrong}
        answer = web.get(PATH, headers=told, environ_overrides={"REMOTE_ADDR": PROXY})
        assert answer.status_code == 400, wrong
        from_outside = web.get(PATH, headers=told, environ_overrides={"REMOTE_ADDR": STRANGER})
        assert from_outside.status_code == 401
