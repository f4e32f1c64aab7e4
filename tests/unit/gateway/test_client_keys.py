"""Keys of a client: from its registration, or from where it publishes them, and how often."""

import json
import threading
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from connectors.errors import UnreachableError, UnusableAddressError
from connectors.jwk import new_key
from gateway.auth.client_keys import (
    FRESH_SECONDS,
    PAUSE_SECONDS,
    ClientKeys,
    check_public,
    is_public,
)
from gateway.parties import Soort
from gateway.store.clients import Client

CLIENT = Client(
    client_id="ind-client",
    organisatie="IND",
    soort=Soort.KETENPARTNER,
    jwks='{"keys":[]}',
    scopes=frozenset(),
    doelen=frozenset(),
    jwks_uri="https://ind.example/jwks",
)


class Site:
    """Where a client publishes its keys; counts who comes."""

    def __init__(self) -> None:
        self.keys: list[ECKey] = [new_key()]
        self.down = False
        self.asked = 0
        self.now = 1_000.0

    def fetch(self, _uri: str) -> bytes:
        self.asked += 1
        if self.down:
            raise UnreachableError(host="ind.example")
        return json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode()

    def source(self) -> ClientKeys:
        return ClientKeys(self.fetch, elapsed=lambda: self.now)


@pytest.fixture
def site():
    return Site()


def kids(found):
    return None if found is None else {key.kid for key in found.keys}


def test_registered_keys_are_not_fetched(site):
    key = new_key()
    public = {**key.as_dict(private=False), "kid": "een"}
    registered = replace(CLIENT, jwks=json.dumps({"keys": [public]}), jwks_uri=None)
    assert kids(site.source().keys_of(registered, "een")) == {"een"}
    assert site.asked == 0


def test_published_keys_are_fetched_once_and_kept_for_an_hour(site):
    source = site.source()
    kid = site.keys[0].thumbprint()
    for _ in range(3):
        assert kids(source.keys_of(CLIENT, kid)) == {kid}
    site.now += FRESH_SECONDS - 1
    source.keys_of(CLIENT, kid)
    assert site.asked == 1
    site.now += 1
    source.keys_of(CLIENT, kid)
    assert site.asked == 2


def test_a_new_kid_is_worth_one_look_and_works_at_once(site):
    source = site.source()
    source.keys_of(CLIENT, site.keys[0].thumbprint())
    site.now += PAUSE_SECONDS
    site.keys.append(new_key())
    fresh = site.keys[1].thumbprint()
    assert fresh in kids(source.keys_of(CLIENT, fresh))
    assert site.asked == 2


@given(gaps=st.lists(st.floats(min_value=0, max_value=30), max_size=40), down=st.booleans())
def test_a_stranger_makes_us_fetch_no_more_than_once_in_a_pause(gaps, down):
    site = Site()
    site.down = down
    source, moments = site.source(), []

    for number, gap in enumerate(gaps):
        site.now += gap
        before = site.asked
        source.keys_of(CLIENT, f"kid-van-niemand-{number}")
        if site.asked > before:
            moments.append(site.now)

    assert all(later - earlier >= PAUSE_SECONDS for earlier, later in pairwise(moments))


def test_a_failing_site_leaves_what_is_fresh_and_nothing_after_an_hour(site):
    source = site.source()
    kid = site.keys[0].thumbprint()
    source.keys_of(CLIENT, kid)
    site.down = True
    site.now += PAUSE_SECONDS
    assert kids(source.keys_of(CLIENT, "andere")) == {kid}
    site.now += FRESH_SECONDS
    assert source.keys_of(CLIENT, kid) is None
    site.down = False
    site.now += PAUSE_SECONDS
    assert kids(source.keys_of(CLIENT, kid)) == {kid}


def test_a_key_that_is_no_longer_published_goes_with_the_next_look(site):
    source = site.source()
    old = site.keys[0].thumbprint()
    source.keys_of(CLIENT, old)
    site.keys = [new_key()]
    site.now += PAUSE_SECONDS
    source.keys_of(CLIENT, site.keys[0].thumbprint())
    assert old not in kids(source.keys_of(CLIENT, old))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"jwks_uri": "https://ind.example/nieuw"}, id="another address"),
        pytest.param({"tokens_vanaf": 1}, id="all tokens withdrawn"),
    ],
)
def test_a_registration_that_changed_begins_anew_without_waiting(site, changed):
    source = site.source()
    old = site.keys[0].thumbprint()
    source.keys_of(CLIENT, old)
    site.keys = [new_key()]
    found = source.keys_of(replace(CLIENT, **changed), old)
    assert kids(found) == {site.keys[0].thumbprint()}


def test_clients_do_not_wait_for_one_another_nor_share_keys(site):
    source = site.source()
    source.keys_of(CLIENT, "x")
    other = replace(CLIENT, client_id="avim-client")
    assert source.keys_of(other, "x") is not None
    assert site.asked == 2


def test_who_comes_during_a_fetch_waits_for_it_and_does_not_fetch_too(site):
    began, go_on = threading.Event(), threading.Event()
    fetch = site.fetch

    def slowly(uri: str) -> bytes:
        began.set()
        assert go_on.wait(5)
        return fetch(uri)

    source = ClientKeys(slowly, elapsed=lambda: site.now)
    found = []
    kid = site.keys[0].thumbprint()
    threads = [
        threading.Thread(target=lambda: found.append(source.keys_of(CLIENT, kid))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    assert began.wait(5)
    go_on.set()
    for thread in threads:
        thread.join(5)

    assert [kids(each) for each in found] == [{kid}] * 4
    assert site.asked == 1


def test_what_a_site_publishes_meets_the_rules_of_a_registration(site, caplog):
    private = {"keys": [new_key().as_dict(private=True)]}
    for published in (b"<html>", b"{}", b'{"keys":[]}', json.dumps(private).encode()):
        source = ClientKeys(lambda _uri, said=published: said, elapsed=lambda: site.now)
        assert source.keys_of(CLIENT, "x") is None
    told = {(record.msg, *sorted(record.sleutels)) for record in caplog.records}
    assert told == {("sleutels_niet_opgehaald", "client", "fout")}
    assert "ind.example" not in caplog.text


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  it is what is refused
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "::127.0.0.1",
        "::ffff:0:a00:1",
        "fec0::1",
        "5f00::1",
        "2002:a00:1::",
        "ff02::1",
        "::",
    ],
)
def test_an_address_inside_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111"])
def test_an_address_on_the_open_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "uri",
    [
        "https://127.0.0.1/jwks",
        "https://localhost/jwks",
        "https://[::1]/jwks",
        "https://2130706433/",
        "http://1.1.1.1/jwks",
        "https:///jwks",
        "https://10.0.0.8:8443/jwks",
        "https://0x7f.1/",
    ],
)
def test_an_address_inside_or_without_tls_is_never_called(uri):
    with pytest.raises(UnusableAddressError):
        check_public(uri)
