"""A partner's book of receipts against logs that are honest and logs that are not."""

import sqlite3
import tempfile
from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from connectors.bewijscontrole import BewijsError, check_receipt
from connectors.errors import GeweigerdError, Problem
from connectors.evidence import Bewijs
from connectors.gateway_answers import Controlepuntantwoord
from connectors.ontvangstboek import Boekstand, Ontvangstboek
from connectors.wire import read_object
from privacy.log.notes import Kind, VerifierKey, cosign
from privacy.log.trust import Trust
from schemas.canonical import canonical
from tests.witness import Log, a_log

ENTRIES = [canonical({"soort": "pagina", "nummer": number}) for number in range(40)]
LOG = Log(ENTRIES)
TRUST = Trust(LOG.origin, LOG.key)


@dataclass
class Gateway:
    """Answers as the client of the gateway does; `log` and `size` are what it has now."""

    log: Log
    size: int
    proofs: dict[int, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refuses: bool = False
    #: The status that whatever is asked is refused with.
    shut: int = 0

    def get_bewijs(self, index: int) -> str | None:
        self.asked.append(f"bewijs {index}")
        if self.shut:
            raise GeweigerdError(Problem(self.shut))
        if index in self.proofs:
            return self.proofs[index]
        if index >= len(self.log.entries):
            raise GeweigerdError(Problem(404, soort="niet-gevonden"))
        return None if index >= self.size else self.log.receipt(index, self.size).encode()

    def get_controlepunt(self, vanaf: int | None = None) -> Controlepuntantwoord:
        self.asked.append(f"vanaf {vanaf}")
        if vanaf is not None and (self.refuses or vanaf > self.size):
            raise GeweigerdError(Problem(409))
        path = () if vanaf is None else self.log.proof(vanaf, self.size)
        lines = tuple(b64encode(each).decode() for each in path)
        return Controlepuntantwoord(self.log.note(self.size).encode(), lines)


def a_receipt(index: int, log: Log = LOG) -> Bewijs:
    return Bewijs(index, read_object(log.entries[index]).plain(), bytes(16))


@pytest.fixture
def book(tmp_path: Path) -> Ontvangstboek:
    """It received entries 3 and 11."""
    made = Ontvangstboek(tmp_path / "boek.sqlite", TRUST)
    for index in (3, 11):
        made.keep(a_receipt(index), b"inhoud")
    return made


def test_a_receipt_is_proven_once_there_is_a_checkpoint_that_holds_it(book):
    assert book.check(Gateway(LOG, 8)) == Boekstand(ontvangen=2, bewezen=1, omvang=8)
    assert book.check(Gateway(LOG, 20)) == Boekstand(ontvangen=2, bewezen=2, omvang=20)
    assert book.verify() == book.stand()


def test_what_is_proven_is_not_asked_again_but_held_against_every_later_checkpoint(book):
    book.check(Gateway(LOG, 20))
    later = Gateway(LOG, 33)

    assert book.check(later).omvang == 33
    assert later.asked == ["vanaf 20"]


def test_the_book_is_still_there_for_another_process_and_for_its_owner_alone(book, tmp_path):
    book.check(Gateway(LOG, 20))
    file = tmp_path / "boek.sqlite"

    assert Ontvangstboek(file, TRUST).verify() == Boekstand(2, 2, 20)
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_receipt_that_comes_twice_counts_once(book):
    book.keep(a_receipt(3), b"inhoud")

    assert book.stand().ontvangen == 2


def test_a_book_keeps_entry_salt_and_digest_and_never_the_content(book, tmp_path):
    (first, _) = book.receipts()

    assert (first.index, first.regel, first.zout) == (3, ENTRIES[3], bytes(16))
    assert first.inhoud == sha256(b"inhoud").hexdigest()
    kept = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert b"inhoud" not in kept.replace(b"inhoud TEXT", b"")


def test_another_entry_of_a_number_that_was_received_is_refused(book):
    with pytest.raises(BewijsError, match="regel 3 van het log: eerder anders ontvangen"):
        book.keep(replace(a_receipt(3), regel={"soort": "pakket"}), b"inhoud")


WITNESS = Ed25519PrivateKey.generate()
WITNESS_KEY = VerifierKey.of("getuige.example", WITNESS, Kind.COSIGNATURE)
RECEIPT = LOG.receipt(3, 20)
ELSEWHERE = Log(ENTRIES, "elders.example", LOG.private)


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        pytest.param(LOG.receipt(4, 20), "index", id="of another entry"),
        pytest.param(replace(LOG.receipt(4, 20), index=3), "wortel", id="of another place"),
        pytest.param(replace(RECEIPT, note=LOG.note(19)), "wortel", id="of another size"),
        pytest.param(replace(RECEIPT, note=LOG.note(3)), "index", id="of a log without it"),
        pytest.param(ELSEWHERE.receipt(3, 20), "onbekende_sleutel", id="of another log"),
        pytest.param(a_log(40).receipt(3, 20), "onbekende_sleutel", id="signed by another key"),
        pytest.param(replace(RECEIPT, path=RECEIPT.path[:-1]), "lengte", id="a path cut short"),
    ],
)
def test_a_receipt_of_another_entry_log_or_size_is_refused_statement_14(book, proof, said):
    with pytest.raises(BewijsError, match=f"regel 3 van het log: {said}"):
        book.check(Gateway(LOG, 20, {3: proof.encode()}))

    assert book.stand().bewezen == 0


def turned(raw: bytes, bit: int) -> bytes:
    place = bit // 8 % len(raw)
    return raw[:place] + bytes([raw[place] ^ 1 << bit % 8]) + raw[place + 1 :]


@given(st.integers(0, len(RECEIPT.path)), st.integers(0, 8 * 68 - 1))
def test_a_receipt_with_any_bit_turned_is_refused_statement_14(which, bit):
    """Of a hash of the path, or of the key id or signature of the checkpoint."""
    path = list(RECEIPT.path)
    note = RECEIPT.note
    if which < len(path):
        path[which] = turned(path[which], bit)
    else:
        (signed,) = note.signatures
        raw = turned(signed.key_id + signed.raw, bit)
        note = replace(note, signatures=(replace(signed, key_id=raw[:4], raw=raw[4:]),))

    with pytest.raises(BewijsError):
        check_receipt(3, ENTRIES[3], replace(RECEIPT, path=tuple(path), note=note).encode(), TRUST)


def test_too_few_witnesses_are_no_proof_and_enough_are(tmp_path):
    book = Ontvangstboek(
        tmp_path / "boek.sqlite", replace(TRUST, witnesses=[WITNESS_KEY], enough=1)
    )
    book.keep(a_receipt(3), b"inhoud")
    note = LOG.note(20)
    line = cosign(note.text, WITNESS_KEY.name, WITNESS, 1_585_728_000)
    good = replace(RECEIPT, note=note.with_signatures([line]))

    with pytest.raises(BewijsError, match="te_weinig_getuigen"):
        book.check(Gateway(LOG, 20))
    with pytest.raises(BewijsError, match="het controlepunt: te_weinig_getuigen"):
        book.check(Gateway(LOG, 20, {3: good.encode()}))
    assert book.verify() == Boekstand(1, 1, 20)


def rewritten(log: Log, at: int) -> Log:
    return log.with_entries([*log.entries[:at], b"herschreven", *log.entries[at + 1 :]])


@pytest.mark.parametrize("at", [3, 5])
def test_a_log_that_was_rewritten_is_noticed_and_its_checkpoint_is_kept(book, at):
    """Also where the entry that was altered is another's: any receipt notices."""
    book.check(Gateway(LOG, 20))
    false = Gateway(rewritten(LOG, at), 30)

    with pytest.raises(BewijsError, match="het controlepunt van omvang 30 na dat van 20: wortel"):
        book.check(false)

    assert book.contradictions() == [false.log.note(30).encode()]
    assert book.verify() == Boekstand(2, 2, 20)


def test_another_root_of_the_same_size_is_noticed(book):
    book.check(Gateway(LOG, 20))

    with pytest.raises(BewijsError, match="omvang 20 na dat van 20: wortel"):
        book.check(Gateway(rewritten(LOG, 5), 20))


def test_a_receipt_under_another_history_than_was_shown_is_noticed(book):
    book.check(Gateway(LOG, 8))
    book.keep(a_receipt(2), b"inhoud")
    other = rewritten(LOG, 5)

    with pytest.raises(BewijsError, match="omvang 8: eerder anders getoond"):
        book.check(Gateway(LOG, 20, {2: other.receipt(2, 8).encode()}))


def test_a_log_of_which_tail_and_newest_checkpoints_were_cut_is_noticed_statement_4(book):
    """The gateway's own database is sound: only who has a later checkpoint knows better."""
    book.check(Gateway(LOG, 20))

    with pytest.raises(BewijsError, match="omvang 15 na dat van 20: omvang"):
        book.check(Gateway(LOG, 15))


def test_a_database_of_yesterday_that_grew_on_is_noticed_statement_4(book):
    book.check(Gateway(LOG, 20))
    again = LOG.with_entries([*ENTRIES[:15], *(b"opnieuw %d" % each for each in range(20))])

    with pytest.raises(BewijsError, match="omvang 35 na dat van 20: wortel"):
        book.check(Gateway(again, 35))


def test_an_entry_that_the_log_no_longer_has_is_named(book):
    with pytest.raises(BewijsError, match="regel 11 van het log: is er niet meer"):
        book.check(Gateway(LOG.with_entries(ENTRIES[:9]), 9))


def test_a_gateway_that_just_refuses_is_not_accused(book):
    book.check(Gateway(LOG, 20))
    later = Gateway(LOG, 20)
    later.refuses = True

    with pytest.raises(GeweigerdError):
        book.check(later)
    assert book.contradictions() == []


@pytest.mark.parametrize("status", [400, 401, 403, 404])  # 404: of a proxy, say
def test_a_gateway_that_lets_nobody_in_is_not_accused_of_taking_an_entry_away(book, status):
    with pytest.raises(GeweigerdError) as refused:
        book.check(Gateway(LOG, 20, shut=status))
    assert refused.value.status == status


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ontvangst SET regel = CAST('anders' AS BLOB) WHERE nummer = 3",
        "UPDATE ontvangst SET bewijs = (SELECT bewijs FROM ontvangst WHERE nummer = 11)",
        "UPDATE controlepunt SET wortel = zeroblob(32) WHERE omvang = 8",
        "UPDATE controlepunt SET pad = '' WHERE omvang = 8",
        "DELETE FROM controlepunt WHERE omvang = 8",
        "DELETE FROM controlepunt WHERE omvang = 20",
    ],
)
def test_a_book_that_was_tampered_with_does_not_hold(book, tmp_path, statement):
    book.check(Gateway(LOG, 8))
    book.check(Gateway(LOG, 20))
    with closing(sqlite3.connect(tmp_path / "boek.sqlite", isolation_level=None)) as db:
        db.execute(statement)

    with pytest.raises(BewijsError):
        book.verify()


@given(st.lists(st.integers(1, 40), min_size=1), st.sets(st.integers(0, 39), max_size=5))
def test_however_a_log_grows_its_receipts_hold_and_are_proven_when_it_holds_them(sizes, indexes):
    with tempfile.TemporaryDirectory() as folder:
        book = Ontvangstboek(Path(folder) / "boek.sqlite", TRUST)
        for index in indexes:
            book.keep(a_receipt(index), b"inhoud")

        for size in sorted(sizes):
            stand = book.check(Gateway(LOG, size))
            assert stand.bewezen == sum(index < size for index in indexes)

        assert book.verify() == stand
