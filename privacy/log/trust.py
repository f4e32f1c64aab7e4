"""Whom one believes of a log: its own key, its witnesses, and how many of them are enough.

A receipt is checked against nothing but this and the entry (C2SP tlog-proof; statement 14).
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from privacy.log.errors import NoteError, ProofError
from privacy.log.merkle import HASH_SIZE
from privacy.log.notes import Checkpoint, SignedNote, VerifierKey, parse_note, unbase64
from privacy.log.proofs import MOST_HASHES, verify_inclusion

_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Trust:
    """`enough`: of how many different witnesses a cosignature is asked for; 0 for none.

    `earlier`: keys of the log from before the present one, each under the name that it has. What
    they signed counts for who reads old checkpoints again, and for nothing else.
    """

    origin: str
    log: VerifierKey
    witnesses: Sequence[VerifierKey] = ()
    enough: int = 0
    earlier: Sequence[VerifierKey] = ()

    def checkpoint(self, note: SignedNote) -> Checkpoint:
        """What the note says, once it is found to be this log's and cosigned by enough.

        NoteError otherwise. Not checked: when the witnesses signed.
        """
        signed = note.verified((self.log, *self.witnesses))
        if self.log not in signed:
            raise NoteError("onbekende_sleutel")
        if len(signed) - 1 < self.enough:
            raise NoteError("te_weinig_getuigen")
        told = Checkpoint.parse(note.text)
        if told.origin != self.origin:
            raise NoteError("andere_herkomst")
        return told


@dataclass(frozen=True, slots=True)
class LogProof:
    """That an entry stands at a place in the log: for offline, in the format of tlog-proof v1."""

    index: int
    path: tuple[bytes, ...]
    note: SignedNote

    def encode(self) -> str:
        """The text of the proof."""
        lines = [_FIRST_LINE, f"index {self.index}", *(b64encode(h).decode() for h in self.path)]
        return "\n".join((*lines, "", self.note.encode()))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a proof; extra data is passed over. NoteError for anything else."""
        head, _, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        if lines and lines[0].startswith("extra "):
            lines = lines[1:]
        if first != _FIRST_LINE or not lines or len(lines) > MOST_HASHES + 1:
            raise NoteError("vorm")
        name, _, index = lines[0].partition(" ")
        if name != "index" or not index.isdecimal() or str(int(index)) != index:
            raise NoteError("vorm")
        path = tuple(unbase64(line) for line in lines[1:])
        if any(len(each) != HASH_SIZE for each in path):
            raise NoteError("vorm")
        return cls(int(index), path, parse_note(note))

    def verify(self, leaf: bytes, trust: Trust) -> Checkpoint:
        """The checkpoint, once the leaf hash is found to be in it at `index`.

        NoteError or ProofError otherwise.
        """
        told = trust.checkpoint(self.note)
        if self.index >= told.size:
            raise ProofError("index")
        verify_inclusion(leaf, self.index, told.size, self.path, told.root)
        return told
