"""A node and a real gateway: a token is worth something only to whom it was given."""

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest

from connectors.errors import ConnectorError, GeweigerdError, NotUnderstoodError
from connectors.gateway_client import GatewayClient
from connectors.jwk import private_key
from connectors.retries import NO_PATIENCE
from connectors.tokens import Binding as Sought
from connectors.tokens import Client, TokenSource
from connectors.transport import Transport, Transportsettings
from gateway.node.bron import load_bron
from gateway.node.parts import open_node
from gateway.parties import Bronhouder
from gateway.store.clients import Binding, freeze_client
from privacy.clock import real_clock
from privacy.store.engine import writing
from tests.certificates import Authority, Pair
from tests.integration.loopback import FILES, Loopback, Nodes
from tests.integration.tls_edge import tls_edge
from tests.unit.connectors.ngo.registers import a_row

OINS = {"sndvu": "00000001003214345000", "stil": "00000001112223334000"}


@contextmanager
def a_gateway(folder: Path, **settings: object) -> Iterator[Loopback]:
    folder.mkdir()
    made = Loopback(folder, f"sqlite:///{folder / 'gateway.sqlite'}", **settings)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Loopback]:
    with a_gateway(tmp_path / "gateway") as made:
        yield made


@pytest.fixture
def nodes(tmp_path: Path, gateway: Loopback) -> Nodes:
    made = Nodes(tmp_path / "nodes", gateway)
    made.keeps("sndvu", a_row(nummer="9912846204"))
    made.make("sndvu")
    return made


@contextmanager
def asking(nodes: Nodes, binding: Sought = Sought.DPOP, **tls: object) -> Iterator[TokenSource]:
    """Who has the node's key, and asks as this binding does."""
    url = nodes.url or nodes.gateway.url
    key = private_key((nodes.folder / "sndvu" / "client.pem").read_bytes())
    who = Client(
        token_url=f"{url}/oauth/token",
        audience=url,
        client_id="sndvu-node",
        key=key,
        binding=binding,
    )
    transport = Transport(Transportsettings(**tls), patience=NO_PATIENCE)
    try:
        yield TokenSource(who, transport, real_clock().now)
    finally:
        transport.close()


def calling(nodes: Nodes, tokens: TokenSource, **tls: object) -> GatewayClient:
    transport = Transport(Transportsettings(**tls), patience=NO_PATIENCE)
    return GatewayClient(nodes.url or nodes.gateway.url, transport, tokens)


# DPoP


def test_oau_06_a_stolen_token_is_worth_nothing_without_the_key_it_was_asked_with(nodes):
    with asking(nodes) as tokens, asking(nodes) as thief:
        stolen = tokens.token()
        thief.token = lambda: stolen

        assert calling(nodes, tokens).get_beleid()
        with pytest.raises(GeweigerdError) as refused:
            calling(nodes, thief).get_beleid()

    assert refused.value.status == 401


def test_oau_06_a_client_that_is_bound_gets_no_token_without_a_proof(nodes):
    with asking(nodes, Sought.GEEN) as tokens, pytest.raises(GeweigerdError) as refused:
        tokens.token()

    assert refused.value.status == 400
    assert refused.value.problem.error == "invalid_dpop_proof"


def test_a_token_that_is_not_bound_is_not_taken_by_a_node_that_asked_for_a_bound_one(
    tmp_path, gateway
):
    nodes = Nodes(tmp_path / "nodes", gateway)
    nodes.keeps("sndvu", a_row(nummer="9912846204"))
    nodes.make("sndvu", binding=Binding.GEEN)

    with asking(nodes) as tokens, pytest.raises(NotUnderstoodError, match="andere soort"):
        tokens.token()

    done = nodes.deliver("sndvu")
    assert done.exit_code == 4
    assert gateway.received == []


def test_in_the_demo_a_node_without_a_binding_delivers(tmp_path, gateway):
    nodes = Nodes(tmp_path / "nodes", gateway, more={"gateway": 'binding = "geen"'})
    nodes.keeps("sndvu", a_row(nummer="9912846204"))
    nodes.make("sndvu", binding=Binding.GEEN)

    assert nodes.told("sndvu")["verzonden"]["aangenomen"] == 1


def test_oau_07_a_gateway_that_wants_nonces_gets_them(tmp_path):
    with a_gateway(tmp_path / "gateway", dpop_nonce=True) as gateway:
        nodes = Nodes(tmp_path / "nodes", gateway)
        nodes.keeps("sndvu", a_row(nummer="9912846204"))
        nodes.make("sndvu")

        assert nodes.told("sndvu")["verzonden"]["aangenomen"] == 1

        # One nonce, asked for at the first request, serves all that come after.
        assert gateway.requests.count("/oauth/token") == 2
        assert gateway.requests.count("/v1/aanleveringen") == 1


def test_an_answer_that_was_lost_is_asked_for_again_with_a_proof_of_its_own(nodes, gateway):
    lost = iter([True])
    gateway.after_commit = lambda: next(lost, False)

    told = nodes.told("sndvu")

    assert gateway.requests.count("/v1/aanleveringen") == 2
    assert told["verzonden"]["aangenomen"] == 1


def test_a_client_that_is_frozen_while_it_has_a_token_is_out_at_its_next_call(nodes, gateway):
    with asking(nodes) as tokens:
        client = calling(nodes, tokens)
        client.get_beleid()
        with writing(gateway.parts.engine) as tx:
            freeze_client(tx, "sndvu-node")

        with pytest.raises(GeweigerdError) as refused:
            client.get_beleid()

    assert refused.value.status == 401


# mTLS


class Street:
    """A gateway behind a proxy that asks for certificates, and what an authority gave."""

    def __init__(self, nodes: Nodes, authority: Authority, pair: Pair) -> None:
        self.nodes = nodes
        self.authority = authority
        self.pair = pair

    @property
    def tls(self) -> dict[str, object]:
        return self.shows(self.pair)

    def shows(self, pair: Pair) -> dict[str, object]:
        certificate = (pair.certificate, pair.key)
        return {"ca_bundle": self.authority.file, "client_certificate": certificate}


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    authority = Authority(tmp_path)
    behind: list[Loopback] = []
    with tls_edge(authority, lambda: behind[0].url.removeprefix("http://")) as url:
        settings = {
            "uitgever": url,
            "proxies": (ip_network("127.0.0.1/32"),),
            "bronhouders": tuple(Bronhouder(code, code, OINS.get(code)) for code in FILES),
        }
        with a_gateway(tmp_path / "gateway", **settings) as gateway:
            behind.append(gateway)
            pair = authority.give("node", OINS["sndvu"])
            lines = (
                f'binding = "mtls"\nca = "{authority.file}"\ncertificaat = "{pair.certificate}"\n'
                f'certificaatsleutel = "{pair.key}"'
            )
            nodes = Nodes(tmp_path / "nodes", gateway, url=url, more={"gateway": lines})
            nodes.keeps("sndvu", a_row(nummer="9912846204"))
            nodes.make("sndvu", binding=Binding.MTLS)
            yield Street(nodes, authority, pair)


def test_a_node_that_shows_its_certificate_delivers(street):
    assert street.nodes.told("sndvu")["verzonden"]["aangenomen"] == 1


def test_oau_06_a_token_is_refused_over_the_connection_of_another_certificate(street):
    renewed = street.authority.give("vernieuwd", OINS["sndvu"])
    with asking(street.nodes, Sought.MTLS, **street.tls) as tokens:
        stolen = tokens.token()
        tokens.token = lambda: stolen

        assert calling(street.nodes, tokens, **street.tls).get_beleid()
        with pytest.raises(GeweigerdError) as refused:
            calling(street.nodes, tokens, **street.shows(renewed)).get_beleid()

    assert refused.value.status == 401


@pytest.mark.parametrize("oin", [OINS["stil"], None], ids=["of another", "of nobody"])
def test_oau_11_a_certificate_that_is_not_the_organisations_gets_no_token(street, oin):
    other = street.authority.give("ander", oin)

    with (
        asking(street.nodes, Sought.MTLS, **street.shows(other)) as tokens,
        pytest.raises(GeweigerdError) as refused,
    ):
        tokens.token()

    assert refused.value.status == 401


def test_without_a_certificate_there_is_not_even_a_connection(street):
    with (
        asking(street.nodes, Sought.MTLS, ca_bundle=street.authority.file) as tokens,
        pytest.raises(ConnectorError),
    ):
        tokens.token()

    assert street.nodes.gateway.requests == []


def test_a_proxy_that_the_node_does_not_trust_gets_nothing(street, tmp_path):
    stranger = Authority(tmp_path, "vreemd")
    tls = street.tls | {"ca_bundle": stranger.file}

    with asking(street.nodes, Sought.MTLS, **tls) as tokens, pytest.raises(ConnectorError):
        tokens.token()

    assert street.nodes.gateway.requests == []


def test_the_way_to_the_register_has_neither_the_certificate_nor_the_authority(street):
    with open_node(load_bron(street.nodes.bron("sndvu"))) as node:
        assert node.transport._settings == Transportsettings()
        assert node.client._transport._settings != Transportsettings()
