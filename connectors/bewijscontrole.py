"""Whether a receipt and two checkpoints of the gateway's log fit; nothing is asked of anybody.

Needs the entry, the proof, and whom one believes (`privacy.log.trust`); statement 14: a receipt
of another entry, log or size does not fit. Checks after RFC 9162 2.1.3 and 2.1.4.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from connectors.errors import NotAuthenticError
from privacy.log.errors import NoteError, ProofError
from privacy.log.merkle import leaf_hash
from privacy.log.notes import Checkpoint, parse_note, unbase64
from privacy.log.proofs import verify_consistency
from privacy.log.trust import LogProof, Trust


class BewijsError(NotAuthenticError):
    """The log does not fit what was received of it. `wat` names the entry or the checkpoint.

    Not a fault to try again: keep the book, and tell who supervises the gateway.
    """


@dataclass(frozen=True, slots=True)
class Gezien:
    """A checkpoint that was believed, and the signed text that says so."""

    punt: Checkpoint
    tekst: str = field(repr=False)


def read_checkpoint(text: str, trust: Trust) -> Gezien:
    """What a signed note says; BewijsError where it is not this log's, or too few cosigned it."""
    with _named("het controlepunt"):
        return Gezien(trust.checkpoint(parse_note(text)), text)


def check_receipt(index: int, regel: bytes, proof: str, trust: Trust) -> Gezien:
    """The checkpoint under which the entry stands at `index`; BewijsError where it does not."""
    with _named(f"regel {index} van het log"):
        told = LogProof.parse(proof)
        if told.index != index:
            raise ProofError("index")
        return Gezien(told.verify(leaf_hash(regel), trust), told.note.encode())


def check_grown(old: Checkpoint, new: Checkpoint, path: Sequence[str]) -> None:
    """Nothing where the log of `new` begins with that of `old`; BewijsError otherwise."""
    with _named(f"het controlepunt van omvang {new.size} na dat van {old.size}"):
        if new.size < old.size:
            raise ProofError("omvang")
        hashes = [unbase64(each) for each in path]
        verify_consistency(old.size, new.size, old.root, new.root, hashes)


@contextmanager
def _named(what: str) -> Iterator[None]:
    try:
        yield
    except (NoteError, ProofError) as fault:
        raise BewijsError(f"{what}: {fault.rule}") from None
