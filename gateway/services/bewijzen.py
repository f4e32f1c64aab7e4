"""What the log proves to whoever asks: the newest checkpoint, and that an entry stands in it.

No entry is told here, and no number says of whom it is (design, promise 5). Nothing is given out
that does not hold under the keys of the settings.
"""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from gateway.log_trust import trust_of
from gateway.refusals import ConflictError, NotFoundError, ProofNotYetError
from gateway.wiring import Parts
from privacy.errors import LogUnavailableError
from privacy.log.checkpoints import newest
from privacy.log.errors import ProofError
from privacy.log.head import read_head
from privacy.log.notes import Checkpoint, SignedNote
from privacy.log.proofs import verify_consistency, verify_inclusion
from privacy.log.tiles import StoredTree, read_hashes
from privacy.log.trust import LogProof
from privacy.store.engine import reading


def show_controlepunt(parts: Parts, vanaf: int | None) -> dict[str, Any]:
    """The newest checkpoint that enough witnesses signed, and that it goes on from `vanaf`.

    ProofNotYetError before the first one, ConflictError where it is shorter than `vanaf`,
    LogUnavailableError as of `show_bewijs`.
    """
    with reading(parts.engine) as tx:
        told, note = _newest(parts, tx)
        shown = {"controlepunt": note.encode(), "omvang": told.size}
        if vanaf is None:
            return shown
        if vanaf > told.size:
            raise ConflictError("Het nieuwste controlepunt is korter dan vanaf.")
        path = _grown(tx, vanaf, told)
        return {**shown, "bewijs": [b64encode(each).decode() for each in path]}


def show_bewijs(parts: Parts, index: int) -> dict[str, Any]:
    """That an entry stands in the log, as a text of tlog-proof.

    ProofNotYetError where no checkpoint holds it yet, NotFoundError beyond the log, and
    LogUnavailableError where the tree of the database is not that of the checkpoint.
    """
    with reading(parts.engine) as tx:
        if index >= read_head(tx).omvang:
            raise NotFoundError
        told, note = _newest(parts, tx)
        if index >= told.size:
            raise ProofNotYetError
        path = StoredTree(tx, told.size).inclusion(index)
        (leaf,) = read_hashes(tx, 0, index, 1)
    with _held():
        verify_inclusion(leaf, index, told.size, path, told.root)
    proof = LogProof(index, tuple(path), note)
    return {"index": index, "omvang": told.size, "bewijs": proof.encode()}


def _grown(tx: Connection, old: int, told: Checkpoint) -> list[bytes]:
    path, root = StoredTree(tx, told.size).consistency(old), StoredTree(tx, old).root()
    with _held():
        verify_consistency(old, told.size, root, told.root, path)
    return path


@contextmanager
def _held() -> Iterator[None]:
    try:
        yield
    except ProofError as error:
        raise LogUnavailableError("the tree of the log is not that of its checkpoint") from error


def _newest(parts: Parts, tx: Connection) -> tuple[Checkpoint, SignedNote]:
    trust = trust_of(parts.settings)
    found = None if trust is None else newest(tx, trust)
    if found is None:
        raise ProofNotYetError
    return found
