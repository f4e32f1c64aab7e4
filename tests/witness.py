"""The witness program as a partner runs it, and logs that talk to it.

The program imports nothing of the project; so it is loaded from its file, or run as it is.
"""

import sys
import threading
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from privacy.log.merkle import Frontier, leaf_hash
from privacy.log.notes import Checkpoint, Kind, SignedNote, VerifierKey, sign
from privacy.log.proofs import Range, consistency, inclusion
from privacy.log.trust import LogProof

PROGRAM = Path(__file__).parents[1] / "deploy" / "getuige" / "getuige.py"
NAME = "getuige.example"
ORIGIN = "gateway.example"


def load() -> ModuleType:
    spec = spec_from_file_location("getuige", PROGRAM)
    module = module_from_spec(spec)
    # Dataclasses look their module up by its name.
    sys.modules["getuige"] = module
    spec.loader.exec_module(module)
    return module


getuige = load()


@dataclass(frozen=True)
class Log:
    """A log in memory that signs whatever it is told to; `entries` are its canonical entries."""

    entries: Sequence[bytes]
    origin: str = ORIGIN
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate, repr=False)

    @property
    def key(self) -> VerifierKey:
        return VerifierKey.of(self.origin, self.private, Kind.NOTE)

    @property
    def leaves(self) -> list[bytes]:
        return [leaf_hash(each) for each in self.entries]

    def with_entries(self, entries: Sequence[bytes]) -> "Log":
        """Another history under the same key."""
        return Log(entries, self.origin, self.private)

    def root(self, whole: Range) -> bytes:
        tree = Frontier()
        tree.extend(self.leaves[whole.first : whole.last])
        return tree.root()

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        size = len(self.entries) if size is None else size
        return Checkpoint(self.origin, size, self.root(Range(0, size)))

    def note(self, size: int | None = None) -> SignedNote:
        text = self.checkpoint(size).text()
        return SignedNote(text, (sign(text, self.origin, self.private),))

    def proof(self, old: int, size: int) -> list[bytes]:
        return [self.root(each) for each in consistency(old, size)]

    def receipt(self, index: int, size: int | None = None) -> LogProof:
        size = len(self.entries) if size is None else size
        path = tuple(self.root(each) for each in inclusion(index, size))
        return LogProof(index, path, self.note(size))

    def submission(self, old: int, size: int | None = None) -> bytes:
        """The body of add-checkpoint."""
        size = len(self.entries) if size is None else size
        proof = [] if old > size else self.proof(old, size)
        return submission(old, proof, self.note(size))

    def hashes(self, first: int, last: int) -> bytes:
        """The body of add-hashes."""
        return hashes(self.origin, first, self.leaves[first:last])


def submission(old: int, proof: Sequence[bytes], note: SignedNote) -> bytes:
    return "\n".join((f"old {old}", *map(_base64, proof), "", note.encode())).encode()


def hashes(origin: str, first: int, leaves: Sequence[bytes]) -> bytes:
    return "\n".join((f"origin {origin}", f"from {first}", "", *map(_base64, leaves), "")).encode()


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()


def a_log(size: int, word: str = "regel") -> Log:
    return Log([f"{word} {number}".encode() for number in range(size)])


@dataclass(frozen=True)
class Answered:
    status: int
    content_type: str
    body: str


@dataclass(frozen=True)
class Witness:
    """A witness that runs: its database, its address, and the key that it signs with."""

    database: Path
    port: int
    key: VerifierKey

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(self, path: str, body: bytes) -> Answered:
        return post(self.port, path, body)


def post(port: int, path: str, body: bytes) -> Answered:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", path, body)
        told = connection.getresponse()
        return Answered(told.status, told.getheader("Content-Type"), told.read().decode())
    finally:
        connection.close()


def make(database: Path, *logs: Log) -> VerifierKey:
    """What a volunteer does first; gives the key that others check its cosignatures with."""
    for log in logs:
        words = ["--database", str(database), "aanmaken", "--naam", NAME, "--log", log.key.encode()]
        assert getuige.main(words) == 0
    with getuige.closing(getuige.connect(database)) as db:
        return VerifierKey.parse(str(getuige.own_key(db)))


@contextmanager
def witness(folder: Path, *logs: Log, seconds: float = 10.0) -> Iterator[Witness]:
    """A witness of these logs, at work in this process until the end of the block."""
    database = folder / "getuige.sqlite"
    key = make(database, *logs)
    with served(getuige.Loket(("127.0.0.1", 0), database, seconds=seconds)) as port:
        yield Witness(database, port, key)


@contextmanager
def served(loket) -> Iterator[int]:
    """What the program serves, by a thread of this process; gives the port."""
    with loket:
        thread = threading.Thread(target=loket.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield loket.server_port
        finally:
            loket.shutdown()
            thread.join()
