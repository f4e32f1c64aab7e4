"""The program for outsiders, and what it is given: answers, exports and chains of a small log.

Proofs come from the gateway's own code, and are judged by the program: two implementations.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.controle import controleer
from privacy.log.commitment import commit
from privacy.log.entries import encode
from privacy.log.merkle import leaf_hash
from privacy.log.notes import cosign
from schemas.canonical import canonical
from tests.unit.privacy.log.examples import an_entry
from tests.witness import Log

WITNESS = "getuige.example"
AT = 1_800_000_000
SALT = bytes(range(16))
CONTENT = {"items": [{"vNummer": "0000000001", "naam": "Ünal"}], "ontvanger": "IND"}
PAGE = encode(an_entry(afdruk=commit(canonical(CONTENT), SALT)))


@dataclass(frozen=True)
class Outsider:
    """A log, a witness that cosigns it, and a folder with what somebody outside got of them."""

    folder: Path
    log: Log
    witness: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate, repr=False)

    @property
    def keys(self) -> list[str]:
        mark, public = controleer.MEDEONDERTEKENING, self.witness.public_key().public_bytes_raw()
        stuff = bytes([mark]) + public
        key_id = controleer.hashlib.sha256(f"{WITNESS}\n".encode() + stuff).hexdigest()[:8]
        vkey = f"{WITNESS}+{key_id}+{base64.b64encode(stuff).decode()}"
        return ["--sleutel", self.log.key.encode(), "--getuige", vkey]

    def note(self, size: int | None = None, log: Log | None = None) -> str:
        note = (log or self.log).note(size)
        return note.with_signatures([cosign(note.text, WITNESS, self.witness, AT)]).encode()

    def export(self, sizes: Sequence[int] = (), log: Log | None = None) -> list[dict]:
        told = [
            {
                "nummer": at,
                "regel": each.decode(),
                "blad": base64.b64encode(leaf_hash(each)).decode(),
            }
            for at, each in enumerate((log or self.log).entries)
        ]
        return [*told, *({"controlepunt": self.note(size)} for size in sizes)]

    def receipt(self, index: int, size: int | None = None) -> str:
        proof, _, _ = self.log.receipt(index, size).encode().partition("\n\n")
        return f"{proof}\n\n{self.note(size)}"

    def answer(self, index: int, **more: object) -> dict:
        proof = {
            "index": index,
            "regel": json.loads(self.log.entries[index]),
            "zout": SALT.hex(),
        }
        return {"mutaties": CONTENT, "bewijs": proof, **more}

    def chain(self, *sizes: int) -> list[dict]:
        links: list[dict] = [{"controlepunt": self.note(sizes[0])}]
        for old, new in pairwise(sizes):
            steps = [base64.b64encode(each).decode() for each in self.log.proof(old, new)]
            links.append({"controlepunt": self.note(new), "omvang": new, "bewijs": steps})
        return links

    def write(self, name: str, *told: dict | str) -> str:
        """A line for each; the name of the file."""
        file = self.folder / name
        lines = [each if isinstance(each, str) else f"{json.dumps(each)}\n" for each in told]
        file.write_text("".join(lines), encoding="utf-8")
        return str(file)

    def ask(self, *words: str) -> int:
        return controleer.main([*words, *self.keys])
