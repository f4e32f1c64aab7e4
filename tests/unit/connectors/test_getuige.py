"""What is asked of a witness, and what is believed of its answer (C2SP tlog-witness)."""

from base64 import b64encode

import pytest
import responses

from connectors.errors import (
    GeweigerdError,
    NotUnderstoodError,
    TryLaterError,
    UnreachableError,
    UnusableAddressError,
)
from connectors.getuige import OtherRootError, OtherSizeError, Witness
from connectors.retries import NO_PATIENCE
from connectors.transport import Transport
from privacy.log.notes import Checkpoint, SignedNote, cosign, sign
from tests.getuigen import LOG, NGO, NGO_KEY, ORIGIN

URL = "https://getuige.example"
TEXT = Checkpoint(ORIGIN, 7, bytes(32)).text()
NOTE = SignedNote(TEXT, (sign(TEXT, ORIGIN, LOG),))
LINE = cosign(TEXT, "getuige.example", NGO, 1_800_000_000).encode()
SIZE = "text/x.tlog.size"
PROOF = (b"a" * 32, b"b" * 32)


def base64(raw: bytes) -> str:
    return b64encode(raw).decode()


@pytest.fixture
def desk():
    with responses.RequestsMock() as made:
        yield made


@pytest.fixture
def witness():
    transport = Transport(patience=NO_PATIENCE)
    yield Witness(URL, transport)
    transport.close()


def test_a_checkpoint_is_offered_as_the_specification_writes_it(desk, witness):
    desk.post(f"{URL}/add-checkpoint", body=f"{LINE}\n")

    (signature,) = witness.cosign(3, PROOF, NOTE)

    assert SignedNote(TEXT, (signature,)).verified([NGO_KEY])
    sent = desk.calls[0].request.body.decode()
    assert sent == f"old 3\n{base64(PROOF[0])}\n{base64(PROOF[1])}\n\n{NOTE.encode()}"


def test_without_a_proof_the_note_comes_after_one_empty_line(desk, witness):
    desk.post(f"{URL}/add-checkpoint", body=f"{LINE}\n{LINE}\n")

    assert len(witness.cosign(0, (), NOTE)) == 2
    assert desk.calls[0].request.body.decode() == f"old 0\n\n{NOTE.encode()}"


def test_a_witness_that_starts_from_another_size_says_which(desk, witness):
    desk.post(f"{URL}/add-checkpoint", status=409, body="5\n", content_type=SIZE)

    with pytest.raises(OtherSizeError) as told:
        witness.cosign(3, PROOF, NOTE)
    assert told.value.size == 5


def test_a_witness_that_signed_another_root_is_told_apart(desk, witness):
    desk.post(f"{URL}/add-checkpoint", status=409, body="nee", content_type="text/plain")

    with pytest.raises(OtherRootError):
        witness.cosign(7, (), NOTE)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, GeweigerdError), (404, GeweigerdError), (422, GeweigerdError), (503, TryLaterError)],
)
def test_every_other_refusal_is_an_error_and_nothing_is_asked_twice(desk, witness, status, kind):
    desk.post(f"{URL}/add-checkpoint", status=status, body="nee\n")

    with pytest.raises(kind):
        witness.cosign(3, PROOF, NOTE)
    assert len(desk.calls) == 1


@pytest.mark.parametrize(
    "body",
    ["", "\n", LINE, "geen handtekening\n", f"{LINE}\n\n", f"{LINE}\n" * 65, b"\xff\n"],
    ids=["nothing", "an empty line", "no end", "no signature", "two ends", "too many", "no text"],
)
def test_what_is_no_list_of_signatures_is_not_understood(desk, witness, body):
    desk.post(f"{URL}/add-checkpoint", body=body)

    with pytest.raises(NotUnderstoodError):
        witness.cosign(3, PROOF, NOTE)


def test_leaf_hashes_go_from_a_number_on_and_the_answer_is_how_many_there_are(desk, witness):
    desk.post(f"{URL}/add-hashes", body="12\n", content_type=SIZE)

    assert witness.keep(ORIGIN, 10, PROOF) == 12
    sent = desk.calls[0].request.body.decode()
    assert sent == f"origin {ORIGIN}\nfrom 10\n\n{base64(PROOF[0])}\n{base64(PROOF[1])}\n"


def test_a_witness_that_wants_them_from_elsewhere_says_from_where(desk, witness):
    desk.post(f"{URL}/add-hashes", status=409, body="4\n", content_type=SIZE)

    with pytest.raises(OtherSizeError) as told:
        witness.keep(ORIGIN, 10, PROOF)
    assert told.value.size == 4


@pytest.mark.parametrize("body", ["", "-1\n", "1.5\n", "veel\n", "1" * 19, "²"])
def test_what_is_no_size_is_not_understood(desk, witness, body):
    desk.post(f"{URL}/add-hashes", body=body.encode(), content_type=SIZE)

    with pytest.raises(NotUnderstoodError):
        witness.keep(ORIGIN, 0, PROOF)


def test_a_witness_that_is_not_there_is_unreachable(desk, witness):
    with pytest.raises(UnreachableError):
        witness.cosign(3, PROOF, NOTE)


def test_a_witness_without_tls_is_not_called(witness):
    with pytest.raises(UnusableAddressError):
        Witness("http://getuige.example", witness.transport).cosign(3, PROOF, NOTE)
