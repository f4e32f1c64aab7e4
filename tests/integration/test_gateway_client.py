"""The client of partners and the chair against a real gateway, over real HTTP."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from connectors.errors import TryLaterError
from connectors.gateway_client import GatewayClient
from connectors.jwk import key_id, new_key, to_jwks
from connectors.retries import Patience
from connectors.tokens import Client, TokenSource
from connectors.transport import Transport
from gateway.parties import Soort
from gateway.store.overleggen import overleg
from privacy.clock import real_clock
from privacy.store.engine import reading, writing
from schemas.terms import Doel
from tests.integration.loopback import Loopback, Nodes, run
from tests.unit.connectors.ngo.registers import a_row

DAY = date(2020, 4, 2)
PURPOSES = frozenset({Doel.AANMELDING, Doel.MUTATIES, Doel.CASUSOVERLEG})
As = Callable[..., GatewayClient]


@pytest.fixture
def gateway(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Loopback]:
    """By a parameter with other settings."""
    folder = tmp_path / "gateway"
    folder.mkdir()
    settings = getattr(request, "param", {})
    made = Loopback(folder, f"sqlite:///{folder / 'gateway.sqlite'}", **settings)
    yield made
    made.close()


@pytest.fixture
def as_party(gateway: Loopback) -> Iterator[As]:
    """Register a party's client, and be it."""
    with ExitStack() as stack:

        def be(code: str, soort: Soort, patience: Patience | None = None) -> GatewayClient:
            key, name = new_key(), f"{soort.value}-client"
            doelen = PURPOSES if soort is Soort.KETENPARTNER else frozenset()
            jwks = json.dumps(to_jwks({key_id(key): key}))
            gateway.register(code, jwks, client_id=name, soort=soort, doelen=doelen)
            transport = Transport(patience=patience)
            stack.callback(transport.close)
            who = Client(
                token_url=f"{gateway.url}/oauth/token",
                audience=gateway.url,
                client_id=name,
                key=key,
            )
            tokens = TokenSource(who, transport, real_clock().now)
            return GatewayClient(gateway.url, transport, tokens)

        yield be


@pytest.fixture
def chair(as_party: As) -> GatewayClient:
    return as_party("utrecht", Soort.GEMEENTE)


@pytest.fixture
def partner(as_party: As) -> GatewayClient:
    return as_party("IND", Soort.KETENPARTNER)


@pytest.fixture
def frozen(tmp_path: Path, gateway: Loopback, chair: GatewayClient) -> UUID:
    """An overleg with one casus on its agenda, frozen."""
    nodes = Nodes(tmp_path / "nodes", gateway)
    nodes.keeps("sndvu", a_row(nummer="9912846204"))
    nodes.make("sndvu")
    nodes.told("sndvu")
    planned = chair.create_overleg(DAY)
    words = ("--overleg", str(planned.overleg_id), "--json")
    assert run("voordragen", nodes.bron("sndvu"), *words).exit_code == 0
    chair.freeze(planned.overleg_id)
    return planned.overleg_id


def test_a_pack_is_given_once_and_then_only_told_to_be_the_same(partner, frozen):
    first = partner.get_pakket(frozen)

    assert first is not None
    assert len(first.casussen) == 1
    assert first.etag
    assert partner.get_pakket(frozen, etag=first.etag) is None
    assert partner.get_pakket(frozen, etag='"van-een-ander"') is not None


def test_a_page_of_the_feed_is_given_once_and_then_only_told_to_be_the_same(partner, frozen):
    first = partner.get_mutaties()

    assert first.items
    assert partner.get_mutaties(etag=first.etag) is None
    after = partner.get_mutaties(first.volgende)
    assert (after.items, after.etag == first.etag) == ((), False)


def test_every_overleg_is_found_however_many_pages_they_take(gateway, chair):
    chair.create_overleg(DAY)
    with writing(gateway.parts.engine) as tx:
        row = dict(tx.execute(select(overleg)).mappings().one())
        days = (DAY + timedelta(days=number % 300) for number in range(1_001))
        tx.execute(insert(overleg), [row | {"id": uuid4(), "datum": day} for day in days])

    found = chair.get_overleggen()

    assert len({each.overleg_id for each in found}) == len(found) == 1_002
    assert gateway.requests.count("/v1/overleggen") == 1 + 3


def test_an_overleg_is_planned_once_though_the_answer_was_lost(gateway, chair):
    lost = iter([True])
    gateway.after_commit = lambda: next(lost, False)
    gateway.breaks_at = "/v1/overleggen"

    planned = chair.create_overleg(DAY)

    with reading(gateway.parts.engine) as tx:
        assert tx.execute(select(overleg.c.id)).scalars().all() == [planned.overleg_id]


@pytest.mark.parametrize("gateway", [{"verzoeken_per_minuut": 2}], indirect=True)
def test_who_asks_too_often_waits_for_as_long_as_it_is_told(as_party):
    slept: list[float] = []
    chair = as_party("utrecht", Soort.GEMEENTE, Patience(attempts=2, sleep=slept.append))
    chair.get_overleggen()

    # With the request for a token that was the share. Nobody really waits here.
    with pytest.raises(TryLaterError) as refused:
        chair.get_overleggen()

    assert refused.value.status == 429
    (pause,) = slept
    assert 50 <= pause <= 60


@pytest.mark.parametrize("gateway", [{"verzoeken_per_minuut": 2}], indirect=True)
def test_a_pause_beyond_the_clients_patience_is_told_at_once(as_party):
    chair = as_party("utrecht", Soort.GEMEENTE, Patience(total_seconds=20))
    chair.get_overleggen()

    with pytest.raises(TryLaterError) as refused:
        chair.get_overleggen()

    assert refused.value.retry_after > 20
