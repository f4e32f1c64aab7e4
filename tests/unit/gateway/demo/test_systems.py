"""The systems of others that the demo plays: an organisation's pages, a partner's own server."""

from datetime import date
from pathlib import Path

import pytest

from connectors.errors import GeweigerdError, UnreachableError
from connectors.ketenpartners.bezorging import Bezorging
from connectors.retries import NO_PATIENCE
from connectors.transport import Transport
from gateway.demo.errors import DemoError
from gateway.demo.loopback import Question, Reply, serving
from gateway.demo.partners import DELIVERY_PATH, Partner
from gateway.demo.registers import STANDARD, find_registers
from gateway.demo.source import answer_from, first_page
from tests.unit.connectors.exchange import (
    NOW,
    a_disclosure,
    a_mutatie,
    a_page,
    a_recall,
    disclosed,
    keyring,
    signed,
)

DAG = date(2020, 4, 1)


@pytest.fixture
def transport():
    made = Transport(patience=NO_PATIENCE)
    yield made
    made.close()


@pytest.fixture
def registers():
    return find_registers(STANDARD)


def test_a_system_gives_its_pages_and_each_names_the_following(registers, transport):
    (seguro,) = (each for each in registers.organisaties if each.over_http)

    with serving(answer_from(registers)) as base:
        first = transport.fetch(first_page(base, DAG, seguro))
        second = transport.fetch(f"{base}/2020-04-01/seguro/{first['next']}")

    assert len(first["clients"]) == len(second["clients"]) == 10


@pytest.mark.parametrize(
    "path",
    [
        "/2020-04-01/seguro/woordenlijst.json",
        "/2020-04-01/seguro/clients-9.json",
        "/2020-04-01/sndvu/clients-1.json",
        "/2020-04-02/seguro/clients-1.json",
        "/2020-04-01/seguro/../sndvu/clients-1.json",
        "/2020-04-01/seguro/clients-1.json?alles=ja",
        "/",
    ],
)
def test_a_system_gives_nothing_but_its_pages(registers, path):
    assert answer_from(registers)(Question("GET", path, {}, b"")).status == 404


def test_a_question_that_would_change_something_finds_nothing(registers):
    asked = Question("POST", "/2020-04-01/seguro/clients-1.json", {}, b"{}")

    assert answer_from(registers)(asked).status == 404


def test_a_body_beyond_the_limit_is_not_read(transport):
    with serving(lambda _question: Reply(200, b"{}")) as base, pytest.raises(GeweigerdError) as no:
        transport.request("POST", base, body=b"x" * (16 * 1024 * 1024 + 1))

    assert no.value.status == 413


class Gateway:
    """Stands where a GatewayClient does: a partner asks it for keys alone."""

    def __init__(self, keys=keyring) -> None:
        self.keys = self
        self._keys = keys

    def __getattr__(self, name: str):
        raise AssertionError(name)


def partner(keys=keyring) -> Partner:
    gateway = Gateway()
    gateway.keys = type("Keys", (), {"keys": staticmethod(keys)})()
    return Partner("DT&V", gateway)


def delivered(answering, body: bytes, signature: str) -> Reply:
    return answering(Question("POST", DELIVERY_PATH, {"payload-signature": signature}, body))


def test_a_partner_says_that_it_received_what_it_checked_and_kept(transport):
    body = disclosed("mutaties", a_page(a_mutatie(), ontvanger="DT&V"))

    with serving(partner().receive()) as base:
        receipt = Bezorging(transport, lambda: NOW).deliver(
            a_disclosure(body), recipient="DT&V", url=base + DELIVERY_PATH, signature=signed(body)
        )

    assert receipt.status == 200


def test_a_partner_refuses_what_is_not_signed_or_for_another():
    answering = partner().receive()
    ours = disclosed("mutaties", a_page(a_mutatie(), ontvanger="DT&V"))
    theirs = disclosed("mutaties", a_page(a_mutatie(), ontvanger="IND"))

    assert delivered(answering, ours, "").status == 400
    assert delivered(answering, ours, signed(theirs)).status == 400
    assert delivered(answering, theirs, signed(theirs)).status == 400


def test_a_partner_that_cannot_have_the_keys_now_asks_to_come_again():
    def unreachable(_kid: str):
        raise UnreachableError

    body = disclosed("mutaties", a_page(a_mutatie(), ontvanger="DT&V"))

    assert delivered(partner(unreachable).receive(), body, signed(body)).status == 503


def test_a_partner_has_one_address_for_deliveries():
    assert partner().receive()(Question("POST", "/elders", {}, b"")).status == 404
    assert partner().receive()(Question("GET", DELIVERY_PATH, {}, b"")).status == 404


def test_a_recall_of_a_casus_that_was_never_received_is_no_success():
    told = partner()
    body = disclosed("mutaties", a_page(a_recall(), ontvanger="DT&V"))
    assert delivered(told.receive(), body, signed(body)).status == 200

    with pytest.raises(DemoError, match="kent een casus niet"):
        told._resolve(a_recall())


def test_the_registers_that_the_demo_carries_stand_beside_the_program():
    assert Path(STANDARD).is_dir()
