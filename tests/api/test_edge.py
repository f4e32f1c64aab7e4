"""What a caller says that only our proxy or Inway may say (ADR-10, statement 29)."""

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config import Settings
from gateway.edge import INWAY, Edge
from gateway.server import Server
from gateway.settings_fsc import Fsc
from tests.api.world import UITGEVER, settings_for

PROXY, INWAY_ADDRESS, STRANGER = "10.0.0.1", "10.0.1.7", "203.0.113.9"
INTERNAL = (
    "Client-Cert",
    "Client-Cert-Chain",
    "Forwarded",
    "Fsc-Authorization",
    "Fsc-Transaction-Id",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
)
MINE = ("Accept", "Authorization", "Dpop", "Host", "Idempotency-Key", "Traceparent")


def as_environ(names) -> dict[str, object]:
    return {f"HTTP_{name.upper().replace('-', '_')}": "x" for name in names}


@pytest.fixture(scope="module")
def edge_settings(tmp_path_factory) -> Settings:
    folder = tmp_path_factory.mktemp("rand")
    inways = (ip_network("10.0.1.0/24"),)
    fsc = Fsc("0" * 20, "groep", "lso", inways, Path("sleutels.json"))
    settings = settings_for(folder, f"sqlite:///{folder / 'g.sqlite'}")
    proxies = (ip_network(PROXY), ip_network("fd00::/8"))
    return replace(settings, proxies=proxies, fsc=fsc)


@pytest.fixture(scope="module")
def edge(edge_settings) -> Edge:
    return Edge(edge_settings)


def let_through(edge: Edge, address: str) -> set[str]:
    environ = {**as_environ((*INTERNAL, *MINE)), "REMOTE_ADDR": address}
    return {name for name in edge.admit(environ) if name.startswith("HTTP_")}


@pytest.mark.parametrize(
    ("address", "internal"),
    [
        (STRANGER, ()),
        (PROXY, ("Client-Cert",)),
        (f"::ffff:{PROXY}", ("Client-Cert",)),
        ("fd00::7", ("Client-Cert",)),
        (INWAY_ADDRESS, ("Client-Cert", "Fsc-Authorization", "Fsc-Transaction-Id")),
        ("", ()),
        ("geen adres", ()),
    ],
)
def test_adr_10_each_address_says_only_what_it_may(edge, address, internal):
    assert let_through(edge, address) == set(as_environ((*internal, *MINE)))


def test_only_the_address_says_that_a_request_came_through_fsc(edge):
    assert edge.admit({"REMOTE_ADDR": INWAY_ADDRESS})[INWAY] is True
    for address in (STRANGER, PROXY, ""):
        assert edge.admit({"REMOTE_ADDR": address, INWAY: True})[INWAY] is False


HEADER = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-", min_size=1, max_size=20)


@given(st.sets(HEADER | st.sampled_from(INTERNAL)), st.ip_addresses())
def test_whatever_else_a_stranger_sends_no_internal_header_is_left(edge, names, address):
    if any(address in network for network in (ip_network("10.0.0.0/15"), ip_network("fd00::/8"))):
        return
    left = edge.admit({**as_environ(names), "REMOTE_ADDR": str(address)})
    assert not left.keys() & as_environ(INTERNAL).keys()
    assert not any(name.startswith("HTTP_FSC_") for name in left)


def test_a_header_that_only_looks_like_the_one_of_the_proxy_is_dropped_by_the_server(edge_settings):
    """`Client_Cert` would pass a proxy that sets `Client-Cert`, and be the same in WSGI."""
    assert Server(edge_settings, with_worker=False).cfg.header_map == "drop"


def test_adr_10_no_internal_header_leaves_with_an_answer(web, sndvu):
    path = "/v1/proefstukken"
    sent = dict.fromkeys(INTERNAL, "afzender")
    for answer in (
        web.get("/health/live", headers=sent),
        web.post(path, headers=sent),
        sndvu.call(web, "POST", path, json={}, headers=sent),
    ):
        told = {name.lower() for name, _ in answer.headers}
        assert not told & {name.lower() for name in INTERNAL}
        assert "afzender" not in str(answer.headers) + answer.get_data(as_text=True)


def test_adr_10_a_forwarded_host_changes_no_address(web, sndvu):
    """The proof must still be about our own address, whatever the sender says of the way."""
    sent = {"X-Forwarded-Host": "elders.example", "X-Forwarded-Proto": "http"}
    answer = sndvu.call(web, "POST", "/v1/proefstukken", json={}, headers=sent)
    assert answer.status_code == 200
    assert UITGEVER.startswith("https://")
