"""The partners of the demo keep receipts, and find each of them in the log."""

import json
from base64 import b64encode
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from connectors.gateway_answers import Controlepuntantwoord
from connectors.ontvangstboek import Ontvangstboek
from gateway.demo import receipts
from gateway.demo.errors import DemoError
from gateway.demo.loopback import Question
from gateway.demo.partners import DELIVERY_PATH, Partner
from gateway.demo.receipts import await_receipts
from privacy.log.trust import Trust
from schemas.canonical import canonical
from tests.unit.connectors.exchange import a_mutatie, a_page, disclosed, keyring, signed
from tests.witness import Log

BODY = disclosed("mutaties", a_page(a_mutatie(), ontvanger="DT&V"))
LOG = Log([*(b"%d" % each for each in range(7)), canonical(json.loads(BODY)["bewijs"]["regel"])])


@dataclass
class Gateway:
    """Keys and proofs; its newest checkpoint comes after `late` questions."""

    log: Log
    late: int = 0

    @property
    def keys(self) -> SimpleNamespace:
        return SimpleNamespace(keys=keyring)

    def get_bewijs(self, index: int) -> str | None:
        self.late -= 1
        return self.log.receipt(index).encode() if self.late < 0 else None

    def get_controlepunt(self, vanaf: int | None = None) -> Controlepuntantwoord:
        size = len(self.log.entries)
        proof = () if vanaf is None else self.log.proof(vanaf, size)
        return Controlepuntantwoord(
            self.log.note().encode(), tuple(b64encode(each).decode() for each in proof)
        )


def told_partner(tmp_path, gateway: Gateway) -> Partner:
    """It was brought one page."""
    book = Ontvangstboek(tmp_path / "boek.sqlite", Trust(LOG.origin, LOG.key))
    partner = Partner("DT&V", gateway, book)
    asked = Question("POST", DELIVERY_PATH, {"payload-signature": signed(BODY)}, BODY)
    assert partner.receive()(asked).status == 200
    return partner


def nothing() -> None:
    """All is well."""


def test_what_is_brought_has_a_receipt_that_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(receipts, "_PAUSE_SECONDS", 0)

    assert await_receipts(told_partner(tmp_path, Gateway(LOG, late=3)), nothing) == 1


def test_a_partner_that_keeps_no_book_has_none():
    assert await_receipts(Partner("DT&V", Gateway(LOG)), nothing) == 0


def test_a_log_that_does_not_hold_what_was_received_is_no_success(tmp_path):
    other = LOG.with_entries([*LOG.entries[:7], b"anders"])

    with pytest.raises(DemoError, match="DT&V houdt het auditlog voor onjuist"):
        await_receipts(told_partner(tmp_path, Gateway(other)), nothing)


def test_a_proof_that_never_comes_is_no_success(tmp_path, monkeypatch):
    monkeypatch.setattr(receipts, "_PATIENCE_SECONDS", 0)

    with pytest.raises(DemoError, match="geen bewijs"):
        await_receipts(told_partner(tmp_path, Gateway(LOG, late=99)), nothing)


def test_who_will_not_come_back_is_not_waited_for(tmp_path):
    def gone() -> None:
        raise DemoError("weg")

    with pytest.raises(DemoError, match="weg"):
        await_receipts(told_partner(tmp_path, Gateway(LOG, late=99)), gone)
