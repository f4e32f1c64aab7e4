"""Rotation in a running installation: nodes and partners notice nothing, over real HTTP."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connectors.gateway_client import GatewayClient
from connectors.jwk import key_id, new_key, to_jwks
from connectors.jwks import KeySource
from connectors.ketenpartners.ontvangst import Partnerdossier
from connectors.retries import NO_PATIENCE
from connectors.signing import kid_of, verify
from connectors.tokens import Client as Asker
from connectors.tokens import TokenSource
from connectors.transport import Transport, Transportsettings
from gateway.auth.permission_map import scopes_for
from gateway.cli import cli
from gateway.key_rotation import rotate, tidy
from gateway.node.bron import load_bron
from gateway.node.delivery import Wijze, aanleveren
from gateway.node.outcome import Afloop
from gateway.node.parts import open_node
from gateway.parties import Soort
from gateway.signer import PERIOD_SECONDS, Signer
from gateway.signing_keys import AHEAD, JWKS_KEPT, SHOWN_AFTER, Gebruik
from gateway.store.clients import Client, add_client
from gateway.worker import start, tidy_keys, turn_keys
from privacy.clock import Clock, real_clock
from privacy.keys import KeyRing
from privacy.store.engine import writing
from schemas.terms import Doel
from tests.getuigen import strict_file
from tests.integration.delivering import EVERY_SECOND
from tests.integration.loopback import Loopback, Nodes
from tests.unit.connectors.ngo.registers import a_row
from tests.world import World

NUMBERS = [f"99128462{place:02}" for place in range(20)]


class Turning:
    """The clock by which the gateway signs, and as much time that really passes."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def elapsed(self) -> float:
        return self.moment.timestamp()

    def passes(self, time: timedelta) -> None:
        self.moment += time


@pytest.fixture
def hands() -> Turning:
    return Turning()


@pytest.fixture
def gateway(tmp_path: Path, hands: Turning) -> Iterator[Loopback]:
    (tmp_path / "gateway").mkdir()
    made = Loopback(tmp_path / "gateway", f"sqlite:///{tmp_path / 'gateway' / 'gateway.sqlite'}")
    made.down()
    signer = Signer.open(made.parts.settings.sleutels, hands.now, hands.elapsed)
    made.parts = replace(made.parts, signer=signer)
    made.up()
    yield made
    made.close()


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(Transportsettings(), patience=NO_PATIENCE)
    yield made
    made.close()


@pytest.fixture
def partner(gateway: Loopback, transport: Transport) -> GatewayClient:
    """The IND, which pulls."""
    key = new_key()
    known = Client(
        client_id="ind",
        organisatie="IND",
        soort=Soort.KETENPARTNER,
        jwks=json.dumps(to_jwks({key_id(key): key})),
        scopes=scopes_for(Soort.KETENPARTNER),
        doelen=frozenset(Doel),
    )
    with writing(gateway.parts.engine) as tx:
        add_client(tx, known)
    asker = Asker(
        token_url=f"{gateway.url}/oauth/token", audience=gateway.url, client_id="ind", key=key
    )
    return GatewayClient(gateway.url, transport, TokenSource(asker, transport, real_clock().now))


@pytest.fixture
def nodes(tmp_path: Path, gateway: Loopback) -> Nodes:
    made = Nodes(tmp_path / "nodes", gateway)
    made.keeps("sndvu", a_row(nummer=NUMBERS[0]))
    made.make("sndvu")
    return made


def folder(gateway: Loopback) -> Path:
    return gateway.parts.settings.sleutels


#: A whole rotation: made, noticed, signing, the old one over, removed.
STEPS = (
    timedelta(seconds=PERIOD_SECONDS),
    AHEAD - timedelta(minutes=1),
    timedelta(minutes=2),
    SHOWN_AFTER,
    timedelta(minutes=1),
)


def test_oau_13_a_node_delivers_through_a_whole_rotation_without_an_error(gateway, nodes, hands):
    kids, ends = set(), []
    with open_node(load_bron(nodes.bron("sndvu")), patience=NO_PATIENCE) as node:
        rotate(folder(gateway), hands.moment)
        for place, step in enumerate(STEPS, start=1):
            hands.passes(step)
            tidy(folder(gateway), hands.moment)
            nodes.keeps("sndvu", *(a_row(nummer=number) for number in NUMBERS[: place + 1]))
            ends.append(aanleveren(node, Wijze()).afloop)
            kids.add(gateway.parts.signer.token_key.kid)

    assert ends == [Afloop.GOED] * len(STEPS)
    assert len(kids) == 2
    assert len(gateway.kept("sndvu")) == len(STEPS) + 1


def test_oau_13_a_partner_reads_and_checks_through_a_whole_rotation_without_an_error(
    gateway, nodes, partner, hands
):
    dossier = Partnerdossier("IND", partner.keys.keys)
    signed_by = []
    rotate(folder(gateway), hands.moment)
    for place, step in enumerate(STEPS, start=1):
        hands.passes(step)
        tidy(folder(gateway), hands.moment)
        nodes.keeps("sndvu", *(a_row(nummer=number) for number in NUMBERS[:place]))
        nodes.told("sndvu")
        page = partner.get_mutaties(dossier.volgende)
        dossier.receive_mutaties(page.body, page.signature)
        signed_by.append(kid_of(page.signature))

    assert len(dict.fromkeys(signed_by)) == 2
    assert signed_by == sorted(signed_by, key=signed_by.index)


def test_a_partner_that_keeps_an_older_jwks_fetches_it_again_for_a_kid_that_is_new_to_it(
    gateway, transport, hands
):
    keys = KeySource(f"{gateway.url}/oauth/jwks", transport, elapsed=hands.elapsed)
    first = gateway.parts.signer.sign_answer(b"{}")
    keys.keys(kid_of(first))
    rotate(folder(gateway), hands.moment, at_once=True)

    hands.passes(timedelta(seconds=PERIOD_SECONDS))
    second = gateway.parts.signer.sign_answer(b"{}")

    for signature in (second, first):
        assert verify(b"{}", signature, keys.keys(kid_of(signature))) == kid_of(signature)
    assert kid_of(first) != kid_of(second)
    assert gateway.requests.count("/oauth/jwks") == 2


def test_a_jwks_that_was_fetched_just_before_the_next_key_was_made_is_enough_for_its_hour(
    gateway, transport, hands
):
    keys = KeySource(f"{gateway.url}/oauth/jwks", transport, elapsed=hands.elapsed)
    keys.keys("")
    rotate(folder(gateway), hands.moment, [Gebruik.ANTWOORDEN])

    hands.passes(JWKS_KEPT - timedelta(seconds=1))
    signature = gateway.parts.signer.sign_answer(b"{}")

    assert kid_of(signature) in keys.keys(kid_of(signature)).by_kid
    assert gateway.requests.count("/oauth/jwks") == 1


# The worker


def test_the_worker_makes_the_next_keys_once_and_removes_what_is_over(embedded: World):
    parts, place = embedded.parts, embedded.parts.settings.sleutels
    turn_keys(parts)
    turn_keys(parts)
    assert len(list(place.glob("ondertekening-*"))) == 4

    embedded.now += AHEAD + SHOWN_AFTER + timedelta(minutes=1)
    tidy_keys(parts)

    assert len(list(place.glob("ondertekening-tokens-*"))) == 1
    assert len(list(place.glob("ondertekening-antwoorden-*"))) == 2


def test_two_workers_whose_schedule_rings_at_once_make_one_next_key_of_each_kind(embedded: World):
    settings = replace(embedded.parts.settings, sleutelwissel=EVERY_SECOND)
    place = settings.sleutels
    now = real_clock().now
    parts = replace(embedded.parts, settings=settings, clock=Clock(now, embedded.parts.clock.day))
    with ExitStack() as stack:
        for _ in range(2):
            stack.callback(start(parts).stop)
        eventually(lambda: len(list(place.glob("ondertekening-*"))) == 4)
        time.sleep(2)

    assert len(list(place.glob("ondertekening-*"))) == 4


def test_a_folder_that_may_not_be_written_to_stops_no_other_work(embedded: World):
    place = embedded.parts.settings.sleutels
    (place / ".ondertekening.lock").unlink()
    (place / ".ondertekening.lock").mkdir()

    tidy_keys(embedded.parts)
    with pytest.raises(OSError, match="directory"):
        turn_keys(embedded.parts)


def eventually(happened: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


# The command


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., Result]:
    place = tmp_path / "sleutels"
    KeyRing.create(place)
    Signer.create(place)
    settings = {
        "LSO_GATEWAY_DATABASE": f"sqlite:///{tmp_path / 'gateway.sqlite'}",
        "LSO_GATEWAY_SLEUTELS": str(place),
        "LSO_GATEWAY_INSTELLINGEN": strict_file(tmp_path),
        "LSO_GATEWAY_UITGEVER": "https://gateway.example",
        "LSO_GATEWAY_LOGKOPIE": str(tmp_path),
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
    }

    def run(*words: str) -> Result:
        return CliRunner(env=settings).invoke(cli, ["sleutels", *words])

    return run


def shown(command: Callable[..., Result]) -> dict[tuple[str, str], str]:
    """The kid by kind and stand."""
    told = json.loads(command("tonen", "--json").stdout)
    return {(key["soort"], key["stand"]): key["kid"] for key in told}


def test_the_command_makes_a_next_key_of_each_kind_and_says_from_when_it_signs(command):
    done = command("roteren")

    assert done.exit_code == 0
    assert done.stdout.count("ondertekent vanaf") == 2
    assert {stand for _soort, stand in shown(command)} == {"huidig", "volgende"}
    assert "staat er al" in command("roteren").stdout


def test_the_command_makes_one_kind_and_at_once_if_asked(command):
    before = shown(command)

    assert command("roteren", "--soort", "tokens", "--nu").exit_code == 0

    after = shown(command)
    assert after["tokens", "vorige"] == before["tokens", "huidig"]
    assert after["antwoorden", "huidig"] == before["antwoorden", "huidig"]


def test_the_command_removes_a_previous_key_and_refuses_the_one_that_signs(command):
    current = shown(command)["tokens", "huidig"]
    refused = command("verwijderen", current)
    assert refused.exit_code == 1
    assert "wissel eerst" in refused.output

    command("roteren", "--nu")
    removed = command("verwijderen", current)

    assert removed.exit_code == 0
    assert "binnen 30 seconden" in removed.stdout
    assert current not in shown(command).values()


def test_the_command_takes_a_kid_that_begins_with_a_dash(command):
    assert "is er niet" in command("verwijderen", "-abc").output
    assert "is er niet" in command("verwijderen", "--bewijs-vervalt", "-abc").output


def test_what_the_command_shows_holds_no_secret(command, tmp_path):
    told = command("tonen").stdout + command("tonen", "--json").stdout + command("roteren").stdout

    for path in (tmp_path / "sleutels").glob("ondertekening-*.pem"):
        for line in path.read_text().splitlines()[1:-1]:
            assert line not in told


def test_the_command_refuses_a_folder_that_others_may_read(command, tmp_path):
    [path] = (tmp_path / "sleutels").glob("ondertekening-tokens-*")
    path.chmod(0o644)

    refused = command("tonen")

    assert refused.exit_code == 2
    assert "leesbaar voor anderen" in refused.output
