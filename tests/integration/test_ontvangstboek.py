"""A partner's book of receipts against a real gateway, over real HTTP, on both databases."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, update

from connectors.bewijscontrole import BewijsError
from connectors.gateway_client import GatewayClient
from connectors.jwk import key_id, new_key, to_jwks
from connectors.ontvangstboek import Boekstand, Ontvangstboek
from connectors.retries import NO_PATIENCE
from connectors.tokens import Client, TokenSource
from connectors.transport import Transport
from gateway.cli import cli
from gateway.logtekenaar import SignerFolder
from gateway.parties import Soort
from gateway.services.controlepunten import Logtekenaar
from gateway.services.getuigen import Offering, renewal
from gateway.settings_getuigen import Getuige
from privacy.clock import real_clock
from privacy.log.merkle import Frontier
from privacy.log.tables import HEAD_ID, audithoofd, auditregel, controlepunt
from privacy.log.tiles import read_hashes
from privacy.log.trust import Trust
from privacy.store.engine import reading, writing
from schemas.terms import Doel
from tests.getuigen import ORIGIN
from tests.integration.loopback import Loopback
from tests.witness import Log, make, witness


class Signed(Loopback):
    """A gateway of which the log is signed when the test says so."""

    def __init__(self, folder: Path, database: str) -> None:
        self.signer = SignerFolder.create(folder / "logtekenaar")
        self.log_key = self.signer.vkey(ORIGIN)
        super().__init__(folder, database, logherkomst=ORIGIN, logsleutel=self.log_key)

    def sign(self, *getuigen: Getuige) -> None:
        clock, engine = real_clock(), self.parts.engine
        with self.signer.held():
            offering = Offering(engine, clock, getuigen, renewal(15))
            assert Logtekenaar(engine, clock, self.signer, ORIGIN, offering).round()

    @property
    def size(self) -> int:
        with reading(self.parts.engine) as tx:
            return tx.execute(audithoofd.select()).one().omvang

    def cut(self, size: int) -> None:
        """What somebody does who has the whole database: entries, head and checkpoints fit."""
        with writing(self.parts.engine) as tx:
            tree = Frontier()
            tree.extend(read_hashes(tx, 0, 0, size))
            tx.execute(delete(auditregel).where(auditregel.c.nummer >= size))
            tx.execute(delete(controlepunt).where(controlepunt.c.omvang > size))
            tx.execute(
                update(audithoofd)
                .where(audithoofd.c.id == HEAD_ID)
                .values(omvang=size, rand=tree.to_bytes(), wortel=tree.root())
            )


@pytest.fixture
def gateway(tmp_path: Path, empty_database_url: str) -> Iterator[Signed]:
    (tmp_path / "gateway").mkdir()
    made = Signed(tmp_path / "gateway", empty_database_url)
    yield made
    made.close()


@pytest.fixture
def partner(gateway: Signed) -> Iterator[GatewayClient]:
    key, name = new_key(), "ind"
    jwks = json.dumps(to_jwks({key_id(key): key}))
    purposes = frozenset({Doel.AANMELDING, Doel.MUTATIES})
    gateway.register("IND", jwks, client_id=name, soort=Soort.KETENPARTNER, doelen=purposes)
    transport = Transport(patience=NO_PATIENCE)
    url = gateway.url
    who = Client(token_url=f"{url}/oauth/token", audience=url, client_id=name, key=key)
    yield GatewayClient(url, transport, TokenSource(who, transport, real_clock().now))
    transport.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "boek.sqlite"


@pytest.fixture
def book(gateway: Signed, file: Path) -> Ontvangstboek:
    return Ontvangstboek(file, Trust(ORIGIN, gateway.log_key))


def pull(partner: GatewayClient, book: Ontvangstboek, times: int = 1) -> None:
    for _ in range(times):
        page = partner.get_mutaties()
        book.keep(page.bewijs, page.body)


def test_what_a_partner_pulled_is_proven_by_the_next_checkpoint(gateway, partner, book):
    pull(partner, book, times=2)
    assert book.check(partner).bewezen == 0

    gateway.sign()

    stand = book.check(partner)
    assert (stand.ontvangen, stand.bewezen) == (2, 2)
    assert stand.omvang <= gateway.size
    assert book.verify() == stand


def test_receipts_of_days_are_held_against_every_later_checkpoint(gateway, partner, book):
    for day in range(1, 4):
        pull(partner, book)
        gateway.sign()
        assert book.check(partner).bewezen == day

    assert book.verify().bewezen == 3


def test_a_tail_that_was_cut_with_its_checkpoints_is_noticed_statement_4(gateway, partner, book):
    """Signer, database and verifier of the gateway find nothing: one receipt does."""
    pull(partner, book)
    gateway.sign()
    size = gateway.size
    pull(partner, book)
    gateway.sign()
    book.check(partner)

    gateway.cut(size)

    with pytest.raises(BewijsError, match=f"na dat van {size + 1}: omvang"):
        book.check(partner)


def test_cosigned_receipts_hold_for_who_asks_for_a_witness(gateway, partner, file, tmp_path):
    """Gateway, signer, the witness program and the book, each by itself: they agree."""
    log = Log([], ORIGIN, gateway.signer.key)
    with witness(tmp_path, log) as ngo:
        trust = Trust(ORIGIN, gateway.log_key, (ngo.key,), enough=1)
        book = Ontvangstboek(file, trust)
        pull(partner, book)
        getuige = Getuige("ngo", ngo.url, ngo.key)
        settings = replace(gateway.parts.settings, getuigen=(getuige,), getuigen_nodig=1)
        gateway.down()
        gateway.parts = replace(gateway.parts, settings=settings)
        gateway.up()
        gateway.sign(getuige)

        assert book.check(partner).bewezen == 1
        assert book.verify().bewezen == 1


def asked(file: Path, *words: str) -> tuple[int, str]:
    ended = CliRunner().invoke(cli, ["ontvangstboek", "controleer", str(file), *words])
    return ended.exit_code, ended.output


def test_a_partner_checks_its_book_without_the_gateway(gateway, partner, book, file, tmp_path):
    pull(partner, book)
    gateway.sign()
    stand = book.check(partner)
    gateway.down()
    key = ("--logsleutel", gateway.log_key.encode())

    before = {each: each.read_bytes() for each in file.parent.iterdir() if each.is_file()}
    assert asked(file, *key)[0] == 0
    after = {each: each.read_bytes() for each in file.parent.iterdir() if each.is_file()}
    assert after == before
    code, told = asked(file, *key, "--json")
    assert (code, Boekstand(**json.loads(told))) == (0, stand)
    other = make(tmp_path / "getuige.sqlite", Log([], ORIGIN)).encode()
    code, told = asked(file, *key, "--getuige", other, "--nodig", "1")
    assert code == 1
    assert "het controlepunt: te_weinig_getuigen" in told
    assert asked(file, *key, "--nodig", "1")[0] == 2
    assert asked(file, "--logsleutel", "geen sleutel")[0] == 2


def test_a_file_that_is_no_book_is_refused_and_stays_as_it_is(file):
    """Also another database, and one with a table of the same name."""
    nothing = b"iets anders dan een database, en lang genoeg om dat te zien" * 40
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE controlepunt (omvang, wortel, tekst, gemaakt)")
    for content in (nothing, file.read_bytes()):
        file.write_bytes(content)

        code, told = asked(file, "--logsleutel", Log([], ORIGIN).key.encode())

        assert code == 1
        assert "geen ontvangstboek" in told
        assert file.read_bytes() == content
