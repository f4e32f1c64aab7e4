#!/usr/bin/env python3
"""A witness of the audit log of an LSO-gateway: one program, one SQLite file, run by somebody else.

It cosigns a checkpoint of a log only when that log grew out of the checkpoint that it cosigned
before: so a log that was cut, rewritten, or told one way here and another way there, gets no
cosignature any more. It also keeps the leaf hashes, so that it can name an entry that was altered
later. A leaf hash tells nothing of a person.

Needs Python 3.11 and `cryptography`, nothing else; imports nothing of the gateway, because whoever
checks a thing had better not be made of it. After C2SP tlog-witness, tlog-checkpoint,
tlog-cosignature (cosignature/v1, Ed25519) and signed-note; trees after RFC 9162 section 2.1.
`add-hashes` is an addition of the gateway's own: docs/getuige.md writes it down.

Not checked: who asks. A checkpoint proves itself by the signature of the log; leaf hashes by the
root of a checkpoint that was cosigned.
"""

import argparse
import base64
import binascii
import errno
import io
import json
import os
import re
import socket
import sqlite3
import ssl
import struct
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NOTE, COSIGNATURE = 0x01, 0x04
DASH = "\N{EM DASH}"
HASH = 32
TILE = 256
EMPTY = sha256().digest()
MOST_PROOF_LINES = 63
MOST_HASHES = 4096
#: By path: the longest body that is read.
LIMITS = {"/add-checkpoint": 64 * 1024, "/add-hashes": 256 * 1024}
#: For a whole request, from the first byte to the last.
SECONDS = 10.0
AT_ONCE = 32
MOST_PORT = 65535
HOUR = 3600
NUMBER = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
NAME = re.compile(r"[^\s+]{1,255}")
WHY = {
    errno.EACCES: "hier zijn geen rechten voor",
    errno.EADDRINUSE: "hier luistert al een ander programma",
    errno.EADDRNOTAVAIL: "dit adres is niet van deze machine",
    errno.EISDIR: "dit is een map, geen bestand",
    errno.ENOENT: "dit is er niet",
    errno.EROFS: "deze schijf is alleen te lezen",
}
#: What the library says of a command line.
ENGLISH = (
    ("^the following arguments are required: ", "er ontbreekt: "),
    ("^unrecognized arguments: ", "dit is hier onbekend: "),
    ("^argument ", ""),
    (r"invalid choice: (\S+) \(choose from (.*)\)", r"\1 bestaat niet; kies uit \2"),
    (r"invalid int value: (\S+)", r"\1 is geen getal"),
    ("expected one argument", "hier hoort een waarde bij"),
    (r"expected 2 arguments", "hier horen twee waarden bij"),
)
TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"

TABLES = """
CREATE TABLE IF NOT EXISTS getuige (
    id INTEGER PRIMARY KEY CHECK (id = 1), naam TEXT NOT NULL, geheim BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS logsleutel (
    herkomst TEXT NOT NULL, sleutel TEXT NOT NULL, PRIMARY KEY (herkomst, sleutel)
) STRICT;
-- The newest checkpoint; how many leaf hashes are held, and how many of those were proven.
CREATE TABLE IF NOT EXISTS logboek (
    herkomst TEXT PRIMARY KEY,
    omvang INTEGER NOT NULL, wortel BLOB NOT NULL, verklaring TEXT NOT NULL, tijd INTEGER NOT NULL,
    bladen INTEGER NOT NULL, rand BLOB NOT NULL,
    zeker INTEGER NOT NULL, zekere_rand BLOB NOT NULL
) STRICT;
-- The last checkpoint of each hour: when what was there, in a few megabytes a year.
CREATE TABLE IF NOT EXISTS controlepunt (
    herkomst TEXT NOT NULL, uur INTEGER NOT NULL, omvang INTEGER NOT NULL, wortel BLOB NOT NULL,
    verklaring TEXT NOT NULL, PRIMARY KEY (herkomst, uur)
) STRICT;
-- What the log signed and can never have been true: two roots of one size.
CREATE TABLE IF NOT EXISTS tegenspraak (
    herkomst TEXT NOT NULL, omvang INTEGER NOT NULL, wortel BLOB NOT NULL,
    verklaring TEXT NOT NULL, tijd INTEGER NOT NULL, PRIMARY KEY (herkomst, omvang, wortel)
) STRICT;
CREATE TABLE IF NOT EXISTS tegel (
    herkomst TEXT NOT NULL, nummer INTEGER NOT NULL, bladen BLOB NOT NULL,
    PRIMARY KEY (herkomst, nummer)
) STRICT;
"""


class UnreadableError(Exception):
    """Something that a person gave cannot be used; the text says what, in Dutch."""


@dataclass(frozen=True)
class Antwoord:
    """What is answered. A refusal is an answer too: what it taught us is stored as well."""

    status: int
    tekst: str
    soort: str = TEXT


class Refused(Exception):  # noqa: N818  it is an answer, and not always a fault
    """Ends a request with an answer; nothing of it is stored."""

    def __init__(self, status: int, tekst: str, soort: str = TEXT) -> None:
        super().__init__(tekst)
        self.antwoord = Antwoord(status, f"{tekst}\n", soort)


# Formats


def decode(text: str) -> bytes:
    """Standard base64 in its one form; ValueError otherwise."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("base64") from None
    if encode(raw) != text:
        raise ValueError("base64")
    return raw


def encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def whole(text: str) -> int:
    """A number without leading zeroes; ValueError otherwise."""
    if not NUMBER.fullmatch(text):
        raise ValueError("number")
    return int(text)


def a_hash(text: str) -> bytes:
    raw = decode(text)
    if len(raw) != HASH:
        raise ValueError("hash")
    return raw


@dataclass(frozen=True)
class Sleutel:
    """A public key with its name, as a vkey of signed-note."""

    naam: str
    soort: int
    publiek: bytes

    @property
    def id(self) -> bytes:
        text = self.naam.encode() + b"\n" + bytes([self.soort]) + self.publiek
        return sha256(text).digest()[:4]

    def __str__(self) -> str:
        return f"{self.naam}+{self.id.hex()}+{encode(bytes([self.soort]) + self.publiek)}"

    @classmethod
    def read(cls, text: str, soort: int) -> "Sleutel":
        """Read a vkey of this kind; ValueError for anything else."""
        naam, _, rest = text.strip().partition("+")
        key_id, _, key = rest.partition("+")
        raw = decode(key)
        if not NAME.fullmatch(naam) or len(raw) != 1 + HASH or raw[0] != soort:
            raise ValueError("vkey")
        found = cls(naam, soort, raw[1:])
        if found.id.hex() != key_id:
            raise ValueError("vkey")
        return found


@dataclass(frozen=True)
class Controlepunt:
    """A checkpoint: the text that is signed, what it says, and who signed it."""

    tekst: str
    herkomst: str
    omvang: int
    wortel: bytes
    handtekeningen: tuple[tuple[str, bytes], ...]

    @classmethod
    def read(cls, note: str) -> "Controlepunt":
        """Read a signed note with a checkpoint in it; ValueError for anything else."""
        body, blank, under = note.rpartition("\n\n")
        lines, signed = f"{body}\n".split("\n"), under.split("\n")
        # Three lines and an end; more lines are extensions, which count in the signature.
        if not blank or signed.pop() or len(lines) < 4 or lines.pop() or not all(lines):  # noqa: PLR2004
            raise ValueError("checkpoint")
        if any(ord(sign) < ord(" ") and sign != "\n" for sign in note):
            raise ValueError("checkpoint")
        handtekeningen = tuple(map(read_signature, signed))
        return cls(f"{body}\n", lines[0], whole(lines[1]), a_hash(lines[2]), handtekeningen)

    def by(self, sleutels: Iterable[Sleutel]) -> list[Sleutel]:
        """Which of these keys signed it: none where one line of one of them is wrong."""
        found, known = [], {(each.naam, each.id): each for each in sleutels}
        for naam, raw in self.handtekeningen:
            sleutel = known.get((naam, raw[:4]))
            if sleutel is not None:
                try:
                    public = Ed25519PublicKey.from_public_bytes(sleutel.publiek)
                    public.verify(raw[4:], self.tekst.encode())
                except InvalidSignature:
                    return []
                found.append(sleutel)
        return found

    def note(self, sleutels: Sequence[Sleutel], more: str) -> str:
        """The note with the lines of these keys, and one line more."""
        ours = {(each.naam, each.id) for each in sleutels}
        kept = [
            f"{DASH} {naam} {encode(raw)}\n"
            for naam, raw in self.handtekeningen
            if (naam, raw[:4]) in ours
        ]
        return f"{self.tekst}\n{''.join(kept)}{more}"


def read_signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    naam, _, signed = rest.partition(" ")
    raw = decode(signed)
    if dash != DASH or not NAME.fullmatch(naam) or len(raw) <= 4:  # noqa: PLR2004  the key id
        raise ValueError("signature")
    return naam, raw


# The tree of RFC 9162


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def follows(old: int, size: int, roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> bool:
    """Whether the tree of `size` begins with that of `old` leaves (RFC 9162 2.1.4).

    Both trees are put together again along SUBPROOF, the recursion that made the proof.
    """
    rest = iter(proof)

    def together(old: int, size: int, *, whole: bool) -> tuple[bytes, bytes]:
        """The roots of the first `old` and of all `size` leaves of one subtree."""
        if old == size:
            # The whole old tree is not in the proof: who asks for it has its root.
            same = roots[0] if whole else next(rest)
            return same, same
        left = 1 << ((size - 1).bit_length() - 1)
        if old <= left:
            before, after = together(old, left, whole=whole)
            return before, node_hash(after, next(rest))
        before, after = together(old - left, size - left, whole=False)
        beside = next(rest)
        return node_hash(beside, before), node_hash(beside, after)

    try:
        return together(old, size, whole=True) == roots and next(rest, None) is None
    except StopIteration:
        return False


class Rand:
    """The right edge of a tree: the roots of its perfect subtrees, the largest first."""

    def __init__(self, omvang: int, raw: bytes) -> None:
        self.omvang = omvang
        self._roots = [raw[at : at + HASH] for at in range(0, len(raw), HASH)]

    def extend(self, leaves: Iterable[bytes]) -> None:
        for leaf in leaves:
            root, full = leaf, self.omvang
            while full % 2:
                root, full = node_hash(self._roots.pop(), root), full // 2
            self._roots.append(root)
            self.omvang += 1

    def root(self) -> bytes:
        if not self._roots:
            return EMPTY
        root = self._roots[-1]
        for left in self._roots[-2::-1]:
            root = node_hash(left, root)
        return root

    def raw(self) -> bytes:
        return b"".join(self._roots)


# What is remembered


def connect(database: Path) -> sqlite3.Connection:
    """Open what `aanmaken` made; UnreadableError where it is not there."""
    if not database.is_file():
        raise UnreadableError(f"{database} is er niet: voer eerst `getuige.py aanmaken` uit.")
    return _opened(database)


def _opened(database: Path) -> sqlite3.Connection:
    db = sqlite3.connect(database, timeout=SECONDS, isolation_level=None)
    db.row_factory = sqlite3.Row
    # With a rollback journal the last commit may be undone by a power cut, even after it was
    # answered; in WAL with FULL it is on disk.
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    return db


@contextmanager
def alone(database: Path) -> Iterator[sqlite3.Connection]:
    """One transaction, with every other writer of any process kept waiting until its end."""
    with closing(connect(database)) as db:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")


def one(db: sqlite3.Connection, statement: str, *values: object) -> Any:
    return db.execute(statement, values).fetchone()


def private_key(db: sqlite3.Connection) -> tuple[str, Ed25519PrivateKey]:
    row = one(db, "SELECT naam, geheim FROM getuige")
    return row["naam"], Ed25519PrivateKey.from_private_bytes(row["geheim"])


def own_key(db: sqlite3.Connection) -> Sleutel:
    naam, private = private_key(db)
    return Sleutel(naam, COSIGNATURE, private.public_key().public_bytes_raw())


def book_of(db: sqlite3.Connection, herkomst: str) -> Any:
    """What is remembered of a log; Refused (404) where it is not followed."""
    row = one(db, "SELECT * FROM logboek WHERE herkomst = ?", herkomst)
    if row is None:
        raise Refused(404, "Deze herkomst volgt de getuige niet.")
    return row


# add-checkpoint


def add_checkpoint(db: sqlite3.Connection, body: bytes, now: int) -> Antwoord:
    """C2SP tlog-witness. The order of the checks is that of its text."""
    old, proof, punt = _read_submission(body)
    boek = book_of(db, punt.herkomst)
    rows = db.execute("SELECT sleutel FROM logsleutel WHERE herkomst = ?", (punt.herkomst,))
    signers = punt.by(Sleutel.read(row["sleutel"], NOTE) for row in rows.fetchall())
    if not signers:
        raise Refused(403, "Het controlepunt is niet ondertekend door dit log.")
    _keep_contradiction(db, punt, punt.note(signers, ""), now)
    if old > punt.omvang:
        return Antwoord(400, "De oude omvang is groter dan die van het controlepunt.\n")
    if old != boek["omvang"]:
        return Antwoord(409, f"{boek['omvang']}\n", SIZE)
    if old == punt.omvang and not proof and punt.wortel != boek["wortel"]:
        return Antwoord(409, "Van deze omvang is een andere wortel medeondertekend.\n")
    if not _grew(boek, punt, proof):
        return Antwoord(422, "Het bewijs van samenhang klopt niet.\n")
    line = _cosign(db, punt.tekst, now)
    _remember(db, punt, punt.note(signers, line), now)
    return Antwoord(200, line)


def _read_submission(body: bytes) -> tuple[int, list[bytes], Controlepunt]:
    wrong = Refused(400, "Het verzoek heeft niet de vorm van tlog-witness.")
    try:
        head, _, note = body.decode("utf-8").partition("\n\n")
        first, *lines = head.split("\n")
        old, proof = whole(first.removeprefix("old ")), [a_hash(line) for line in lines]
        punt = Controlepunt.read(note)
    except ValueError:
        raise wrong from None
    if not first.startswith("old ") or len(proof) > MOST_PROOF_LINES:
        raise wrong
    return old, proof, punt


def _grew(boek: Any, punt: Controlepunt, proof: Sequence[bytes]) -> bool:
    if boek["omvang"] in (0, punt.omvang):
        return not proof
    return follows(boek["omvang"], punt.omvang, (boek["wortel"], punt.wortel), proof)


def _cosign(db: sqlite3.Connection, text: str, now: int) -> str:
    naam, private = private_key(db)
    signed = private.sign(f"cosignature/v1\ntime {now}\n{text}".encode())
    raw = own_key(db).id + struct.pack(">Q", now) + signed
    return f"{DASH} {naam} {encode(raw)}\n"


def _remember(db: sqlite3.Connection, punt: Controlepunt, note: str, now: int) -> None:
    db.execute(
        "UPDATE logboek SET omvang = ?, wortel = ?, verklaring = ?, tijd = ? WHERE herkomst = ?",
        (punt.omvang, punt.wortel, note, now, punt.herkomst),
    )
    db.execute(
        "INSERT OR REPLACE INTO controlepunt VALUES (?, ?, ?, ?, ?)",
        (punt.herkomst, now // HOUR, punt.omvang, punt.wortel, note),
    )


def _keep_contradiction(db: sqlite3.Connection, punt: Controlepunt, note: str, now: int) -> None:
    """Whatever is answered: a second root of one size, signed by the log, is kept as evidence."""
    known = """SELECT 1 FROM logboek WHERE herkomst = ? AND omvang = ? AND wortel <> ? AND tijd > 0
        UNION SELECT 1 FROM controlepunt WHERE herkomst = ? AND omvang = ? AND wortel <> ?"""
    this = (punt.herkomst, punt.omvang, punt.wortel)
    if one(db, known, *this, *this) is not None:
        db.execute("INSERT OR IGNORE INTO tegenspraak VALUES (?, ?, ?, ?, ?)", (*this, note, now))


# add-hashes


def add_hashes(db: sqlite3.Connection, body: bytes, _now: int) -> Antwoord:
    """Take leaf hashes that lead to the root of the newest checkpoint that was cosigned.

    Who is far behind sends them in full portions, which are proven when the last one is there.
    Hashes that turn out wrong are forgotten, back to the last that were proven.
    """
    herkomst, first, leaves = _read_leaves(body)
    boek = book_of(db, herkomst)
    if first != boek["bladen"]:
        return Antwoord(409, f"{boek['bladen']}\n", SIZE)
    taken = leaves[: max(boek["omvang"] - first, 0)]
    rand = Rand(first, boek["rand"])
    rand.extend(taken)
    if rand.omvang == boek["omvang"]:
        if rand.root() != boek["wortel"]:
            _forget_unproven(db, boek)
            return Antwoord(422, "Deze bladen leiden niet naar het controlepunt.\n")
        db.execute(
            "UPDATE logboek SET zeker = ?, zekere_rand = ? WHERE herkomst = ?",
            (rand.omvang, rand.raw(), herkomst),
        )
    elif taken and len(taken) < MOST_HASHES:
        # Else whoever finds the address could leave hashes here that nothing vouches for.
        return Antwoord(422, "Deze bladen reiken niet tot het controlepunt.\n")
    _store_leaves(db, herkomst, first, taken)
    db.execute(
        "UPDATE logboek SET bladen = ?, rand = ? WHERE herkomst = ?",
        (rand.omvang, rand.raw(), herkomst),
    )
    return Antwoord(200, f"{rand.omvang}\n", SIZE)


def _read_leaves(body: bytes) -> tuple[str, int, list[bytes]]:
    wrong = Refused(400, "Het verzoek heeft niet de vorm van add-hashes.")
    try:
        head, _, under = body.decode("utf-8").partition("\n\n")
        origin, first = head.split("\n")
        *lines, end = under.split("\n")
        at, leaves = whole(first.removeprefix("from ")), [a_hash(line) for line in lines]
    except ValueError:
        raise wrong from None
    named = origin.startswith("origin ") and first.startswith("from ")
    if end or not named or len(leaves) > MOST_HASHES:
        raise wrong
    return origin.removeprefix("origin "), at, leaves


def _store_leaves(db: sqlite3.Connection, herkomst: str, first: int, leaves: list[bytes]) -> None:
    at, raw = first, b"".join(leaves)
    while raw:
        nummer, place = divmod(at, TILE)
        here, raw = raw[: (TILE - place) * HASH], raw[(TILE - place) * HASH :]
        kept = tile(db, herkomst, nummer)[: place * HASH]
        db.execute("INSERT OR REPLACE INTO tegel VALUES (?, ?, ?)", (herkomst, nummer, kept + here))
        at += len(here) // HASH


def tile(db: sqlite3.Connection, herkomst: str, nummer: int) -> bytes:
    asked = "SELECT bladen FROM tegel WHERE herkomst = ? AND nummer = ?"
    row = one(db, asked, herkomst, nummer)
    return b"" if row is None else bytes(row["bladen"])


def _forget_unproven(db: sqlite3.Connection, boek: Any) -> None:
    # The tile in which the proven ones end is cut when it is written next.
    herkomst, zeker = boek["herkomst"], boek["zeker"]
    first_free = (zeker + TILE - 1) // TILE
    db.execute("DELETE FROM tegel WHERE herkomst = ? AND nummer >= ?", (herkomst, first_free))
    db.execute(
        "UPDATE logboek SET bladen = zeker, rand = zekere_rand WHERE herkomst = ?", (herkomst,)
    )


# HTTP

WAYS = {"/add-checkpoint": add_checkpoint, "/add-hashes": add_hashes}


def answer(database: Path, path: str, body: bytes) -> Antwoord:
    """Work out the answer, and give it only once what it rests on is on disk."""
    try:
        with alone(database) as db:
            return WAYS[path](db, body, int(time.time()))
    except Refused as refusal:
        return refusal.antwoord
    except sqlite3.Error:
        return Antwoord(503, "De getuige kan nu niets opslaan.\n")


class Reader(io.RawIOBase):
    """Reads from a socket until a moment: a sender that drips byte by byte is cut off as well."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        super().__init__()
        self._connection = connection
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(max(self._until - time.monotonic(), 0.001))
        return self._connection.recv_into(buffer)


class Verzoek(BaseHTTPRequestHandler):
    """One request, after which the connection closes: an idle one would keep a place."""

    server: "Loket"  # type: ignore[mutable-override]
    server_version = "lso-getuige"
    sys_version = ""
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        reader = Reader(self.connection, time.monotonic() + self.server.seconds)
        self.rfile = io.BufferedReader(reader)

    def do_POST(self) -> None:
        told = self._told()
        if told.status != 200:  # noqa: PLR2004
            say(f"{self.path if self.path in WAYS else 'onbekend pad'}: {told.status}")
        raw = told.tekst.encode()
        self.close_connection = True
        self.send_response(told.status)
        self.send_header("Content-Type", told.soort)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(raw)

    def _told(self) -> Antwoord:
        if self.path not in WAYS:
            return Antwoord(404, "Dit adres is er niet.\n")
        length = self.headers.get("Content-Length", "")
        if not NUMBER.fullmatch(length):
            return Antwoord(411, "Zeg met Content-Length hoe lang het verzoek is.\n")
        if int(length) > LIMITS[self.path]:
            return Antwoord(413, "Het verzoek is te lang.\n")
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            return Antwoord(400, "Het verzoek brak af.\n")
        return answer(self.server.database, self.path, body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        """Nothing: an address of who asks is nobody's business, and refusals are told above."""


class Loket(ThreadingHTTPServer):
    """Where requests arrive: a thread for each, `AT_ONCE` at most; who comes then is let go."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        database: Path,
        tls: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self.database = database
        self.seconds = seconds
        self._tls = tls
        self._places = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(address, Verzoek)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(self.seconds)
        if self._tls is None:
            super().finish_request(request, client_address)
            return
        with self._tls.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        fault = sys.exception()
        say(f"een verzoek brak af: {type(fault).__name__}")


# Comparing an export


@dataclass
class Bevindingen:
    """What an export of the log turned out to be, beside the leaf hashes that are held here."""

    anders: list[int]
    ontbreekt: list[int]
    dubbel: list[int]
    gelijk: int = 0
    nieuwer: int = 0

    @property
    def fout(self) -> list[int]:
        return sorted({*self.anders, *self.ontbreekt, *self.dubbel})


def compare(leaves: bytes, entries: Iterable[tuple[int, bytes]]) -> Bevindingen:
    """Hold each entry against the leaf hash of its number; what has no hash here is newer."""
    held = len(leaves) // HASH
    seen, found = bytearray(held), Bevindingen([], [], [])
    for nummer, regel in entries:
        if nummer >= held:
            found.nieuwer += 1
        elif seen[nummer]:
            found.dubbel.append(nummer)
        else:
            seen[nummer] = 1
            if leaf_hash(regel) == leaves[nummer * HASH : (nummer + 1) * HASH]:
                found.gelijk += 1
            else:
                found.anders.append(nummer)
    found.ontbreekt = [nummer for nummer in range(held) if not seen[nummer]]
    return found


def read_export(file: Path) -> Iterator[tuple[int, bytes]]:
    """The entries of an export: one JSON object a line; objects without `regel` are passed over."""
    with file.open("rb") as lines:
        for place, line in enumerate(lines, 1):
            try:
                entry = _read_entry(line)
            except (ValueError, KeyError, TypeError, AttributeError):
                raise UnreadableError(f"Regel {place} van de export is niet te lezen.") from None
            if entry is not None:
                yield entry


def _read_entry(line: bytes) -> tuple[int, bytes] | None:
    told = json.loads(line)
    if not isinstance(told, dict):
        raise TypeError("entry")
    if "regel" not in told:
        return None
    nummer = told["nummer"]
    if type(nummer) is not int or nummer < 0:
        raise ValueError("nummer")
    return nummer, told["regel"].encode("utf-8")


def proven_leaves(db: sqlite3.Connection, boek: Any) -> bytes:
    """All leaf hashes that were proven, after they proved themselves once more."""
    asked = "SELECT bladen FROM tegel WHERE herkomst = ? ORDER BY nummer"
    raw = b"".join(bytes(row["bladen"]) for row in db.execute(asked, (boek["herkomst"],)))
    leaves = raw[: boek["zeker"] * HASH]
    rand = Rand(0, b"")
    rand.extend(leaves[at : at + HASH] for at in range(0, len(leaves), HASH))
    if not leaves:
        raise UnreadableError("De getuige heeft van dit log nog geen bladen.")
    if rand.omvang != boek["zeker"] or rand.raw() != boek["zekere_rand"]:
        raise UnreadableError("De eigen bladen van de getuige zijn beschadigd.")
    return leaves


def in_ranges(numbers: Sequence[int]) -> str:
    """`3, 7 t/m 9`."""
    shown, at = [], 0
    while at < len(numbers):
        end = at
        while end + 1 < len(numbers) and numbers[end + 1] == numbers[end] + 1:
            end += 1
        first, last = numbers[at], numbers[end]
        shown.append(str(first) if at == end else f"{first} t/m {last}")
        at = end + 1
    return ", ".join(shown)


# Commands


def aanmaken(asked: argparse.Namespace) -> int:
    """Make key and database; or, where they are, follow one more log."""
    database: Path = asked.database
    if not NAME.fullmatch(asked.naam):
        raise UnreadableError("Een naam heeft geen spatie en geen plusteken.")
    # Before anything is in it: what SQLite writes beside it gets the same rights.
    database.touch(mode=0o600)
    with closing(_opened(database)) as db:
        db.executescript(TABLES)
        secret = Ed25519PrivateKey.generate().private_bytes_raw()
        db.execute("INSERT OR IGNORE INTO getuige VALUES (1, ?, ?)", (asked.naam, secret))
        own = own_key(db)
        if own.naam != asked.naam:
            raise UnreadableError(f"Deze database is van getuige {own.naam}.")
        if asked.log:
            _follow(db, asked.log, asked.herkomst)
    say(f"Publieke sleutel van deze getuige:\n{own}", sys.stdout)
    return 0


def _follow(db: sqlite3.Connection, vkey: str, herkomst: str | None) -> None:
    try:
        sleutel = Sleutel.read(vkey, NOTE)
    except ValueError:
        raise UnreadableError(
            "--log is niet de sleutel (vkey) van een log, of niet helemaal overgenomen."
            " Zij ziet eruit als gateway.example+3c1f9a02+AbC…; vraag haar de beheerder nog eens."
        ) from None
    origin = herkomst or sleutel.naam
    nothing = (origin, 0, EMPTY, "", 0, 0, b"", 0, b"")
    db.execute("INSERT OR IGNORE INTO logboek VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", nothing)
    db.execute("INSERT OR IGNORE INTO logsleutel VALUES (?, ?)", (origin, str(sleutel)))


def draaien(asked: argparse.Namespace) -> int:
    """Answer requests until the program is stopped."""
    host, _, port = asked.luister.rpartition(":")
    if not host or not NUMBER.fullmatch(port) or int(port) > MOST_PORT:
        raise UnreadableError("--luister is ADRES:POORT, bijvoorbeeld 127.0.0.1:8300.")
    with closing(connect(asked.database)) as db:
        own = own_key(db)
    with Loket((host, int(port)), asked.database, tls_of(asked.tls)) as loket:
        say(f"Getuige {own.naam} luistert op {host}:{loket.server_port}.", sys.stdout)
        loket.serve_forever()
    return 0


def tls_of(files: Sequence[Path] | None) -> ssl.SSLContext | None:
    if not files:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(files[0], files[1])
    except OSError:
        raise UnreadableError(
            "--tls: dit certificaat en deze sleutel zijn niet te lezen, of horen niet bij elkaar."
        ) from None
    return context


def toon(asked: argparse.Namespace) -> int:
    """Show the key, and what is known of each log; exit code 1 where a log contradicted itself."""
    with closing(connect(asked.database)) as db:
        books = db.execute("SELECT * FROM logboek ORDER BY herkomst").fetchall()
        if asked.controlepunt:
            say("\n".join(boek["verklaring"] for boek in books if boek["tijd"]), sys.stdout)
            return 0
        say(f"Getuige: {own_key(db)}", sys.stdout)
        for boek in books:
            say(_told_of(boek), sys.stdout)
        wrong = db.execute("SELECT * FROM tegenspraak ORDER BY tijd").fetchall()
    for row in wrong:
        say(
            f"LET OP: {row['herkomst']} ondertekende twee wortels van omvang {row['omvang']}."
            f" De tweede verklaring:\n{row['verklaring']}",
            sys.stdout,
        )
    return 1 if wrong else 0


def _told_of(boek: Any) -> str:
    if not boek["tijd"]:
        return f"{boek['herkomst']}: nog geen controlepunt."
    moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(boek["tijd"]))
    return (
        f"{boek['herkomst']}: omvang {boek['omvang']}, wortel {boek['wortel'].hex()},"
        f" het laatst op {moment}; bladen bewaard en bewezen tot {boek['zeker']}."
    )


def vergelijk(asked: argparse.Namespace) -> int:
    """Compare an export of the log with the leaf hashes; name every entry that differs."""
    with closing(connect(asked.database)) as db:
        leaves = proven_leaves(db, _the_book(db, asked.herkomst))
        found = compare(leaves, read_export(asked.export))
    if not found.fout:
        say(f"Gelijk: {found.gelijk} regels; {found.nieuwer} zijn nieuwer.", sys.stdout)
        return 0
    if not found.gelijk:
        say("Geen enkele regel is gelijk: is dit wel de export van dit log?", sys.stdout)
    say(f"De eerste regel die niet klopt is {found.fout[0]}.", sys.stdout)
    for wat, numbers in (
        ("anders dan toen", found.anders),
        ("ontbreekt", found.ontbreekt),
        ("staat er vaker", found.dubbel),
    ):
        if numbers:
            say(f"{wat}: {in_ranges(numbers)}", sys.stdout)
    if found.fout == found.ontbreekt and found.fout[0] == found.gelijk and not found.nieuwer:
        # It is gone; or it was not there yet when the export was made.
        wat = "Alleen het einde ontbreekt: vraag een nieuwe export, en kijk of het daarin staat."
        say(wat, sys.stdout)
    return 1


def _the_book(db: sqlite3.Connection, herkomst: str | None) -> Any:
    books = db.execute("SELECT * FROM logboek").fetchall()
    chosen = [each for each in books if herkomst in (None, each["herkomst"])]
    if len(chosen) != 1:
        known = ", ".join(each["herkomst"] for each in books) or "geen"
        raise UnreadableError(f"Kies met --herkomst één van de logs: {known}.")
    return chosen[0]


def say(text: str, stream: Any = None) -> None:
    print(text, file=stream or sys.stderr, flush=True)


class Ontleder(argparse.ArgumentParser):
    """Reads the command line, and says in Dutch what is wrong with it."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more, add_help=False)
        self._positionals.title, self._optionals.title = "wat", "opties"
        self.add_argument("-h", "--help", action="help", help="toon deze uitleg")

    def format_usage(self) -> str:
        """How it is asked."""
        return super().format_usage().replace("usage: ", "gebruik: ", 1)

    def format_help(self) -> str:
        """All of it."""
        return super().format_help().replace("usage: ", "gebruik: ", 1)

    def error(self, message: str) -> NoReturn:
        """What is missing or unknown; exit code 2."""
        for english, dutch in ENGLISH:
            message = re.sub(english, dutch, message)
        self.exit(2, f"{self.format_usage()}Fout: {message}.\nUitleg: {self.prog} --help\n")


def arguments() -> argparse.ArgumentParser:
    parser = Ontleder(description="Getuige van het auditlog van een LSO-gateway.")
    parser.add_argument(
        "--database", type=Path, default=Path("getuige.sqlite"), help="het bestand van de getuige"
    )
    ways = parser.add_subparsers(required=True, metavar="aanmaken|draaien|toon|vergelijk")
    make = ways.add_parser("aanmaken", help="maak sleutel en database, of volg een log erbij")
    make.add_argument("--naam", required=True, help="bijvoorbeeld getuige.organisatie.example")
    make.add_argument("--log", help="de publieke sleutel (vkey) van het log")
    make.add_argument("--herkomst", help="eerste regel van de controlepunten, als die anders is")
    make.set_defaults(run=aanmaken)
    serve = ways.add_parser("draaien", help="beantwoord verzoeken")
    serve.add_argument(
        "--luister", default="127.0.0.1:8300", metavar="ADRES:POORT", help="anders %(default)s"
    )
    serve.add_argument(
        "--tls",
        nargs=2,
        type=Path,
        metavar=("CERTIFICAAT", "SLEUTEL"),
        help="doe zelf https, met deze twee bestanden (PEM)",
    )
    serve.set_defaults(run=draaien)
    show = ways.add_parser("toon", help="toon de sleutel en wat van elk log bekend is")
    show.add_argument("--controlepunt", action="store_true", help="alleen het laatste, ondertekend")
    show.set_defaults(run=toon)
    check = ways.add_parser("vergelijk", help="vergelijk een export van het log")
    check.add_argument("export", type=Path, help="het bestand dat u van de gateway kreeg")
    check.add_argument("--herkomst", help="van welk log, als u er meer dan een volgt")
    check.set_defaults(run=vergelijk)
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """0: in order; 1: something of the log is not; 2: the question or a file cannot be used."""
    asked = arguments().parse_args(words)
    try:
        return int(asked.run(asked))
    except KeyboardInterrupt:
        return 0
    except UnreadableError as fault:
        say(str(fault))
    except (OSError, sqlite3.Error) as fault:
        say(told_by_system(fault, asked))
    return 2


def told_by_system(fault: OSError | sqlite3.Error, asked: argparse.Namespace) -> str:
    """What the system refused, as the person who runs this can mend it."""
    if isinstance(fault, sqlite3.Error):
        return f"{asked.database} is niet te gebruiken: geen database, beschadigd, of geen rechten."
    why = WHY.get(fault.errno or 0, fault.strerror)
    return f"{fault.filename or getattr(asked, 'luister', 'Het systeem')}: {why}."


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
