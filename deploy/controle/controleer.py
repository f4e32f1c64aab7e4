#!/usr/bin/env python3
"""Controleert het auditlog van een LSO-gateway, zonder iets van de gateway zelf te geloven.

Voor partners, functionarissen en iedereen met een openbare sleutel. Een los bestand: het vraagt
alleen Python 3.11 en het pakket `cryptography`, gebruikt geen netwerk en schrijft niets weg.

    controleer.py log EXPORT --sleutel SLEUTEL [--getuige SLEUTEL …] [--kopie BESTAND …]
    controleer.py bewijs BEWIJS ANTWOORD --sleutel SLEUTEL [--getuige SLEUTEL …]
    controleer.py controlepunten BESTAND --sleutel SLEUTEL [--getuige SLEUTEL …] [--export EXPORT]

Uitkomst: 0 alles klopt; 1 iets klopt niet, en er staat wat; 2 niet te lezen of verkeerd gevraagd.

Written from RFC 9162 (2.1.1 tree, 2.1.3.2 inclusion, 2.1.4.2 consistency), RFC 8785 and C2SP
signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof, by someone who had not read the
gateway's own code for them: two implementations that agree say more than one. It shares no line
with the gateway, so keep it that way.

Not checked: that what an entry says is what happened. A log proves what was written down, and
that it was not changed since.
"""

import argparse
import base64
import binascii
import errno
import hashlib
import hmac
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import Pool
from pathlib import Path
from typing import Any, Final, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KLOPT: Final = 0
KLOPT_NIET: Final = 1
NIET_TE_LEZEN: Final = 2

#: signed-note: a note is signed by this kind of key, and cosigned by that one.
ED25519: Final = 1
MEDEONDERTEKENING: Final = 4

HASH: Final = 32
_ZOUT: Final = 16
#: Keeps the digests of contents apart from all other hashes, and names their version.
_AFDRUK: Final = b"lso-gateway/afdruk/1\x00"
_TIJDSTEMPEL: Final = 8
_SLEUTELMERK: Final = 4
_HANDTEKENING: Final = 64
#: C2SP asks for at least 16; beyond this a note is meant to keep us busy.
_MEESTE_HANDTEKENINGEN: Final = 100
#: A tree of 2^63 leaves has paths of 63.
_LANGSTE_PAD: Final = 63
_MEESTE_FOUTEN: Final = 20
_MEESTE_CONTROLEPUNTEN: Final = 3
_BLOK: Final = 4 * 1024 * 1024


class KloptNietError(Exception):
    """Something that was checked does not hold."""


class NietTeLezenError(Exception):
    """What was given cannot be read, so that nothing can be said of it."""


# --- The tree: RFC 9162 section 2.1 -------------------------------------------------------------


def bladhash(regel: bytes) -> bytes:
    """HASH(0x00 || entry), RFC 9162 section 2.1.1."""
    return hashlib.sha256(b"\x00" + regel).digest()


def knoop(links: bytes, rechts: bytes) -> bytes:
    """HASH(0x01 || left || right), RFC 9162 section 2.1.1."""
    return hashlib.sha256(b"\x01" + links + rechts).digest()


class Boom:
    """The tree over the leaves so far: the roots of its full subtrees, from left to right."""

    def __init__(self) -> None:
        self.omvang = 0
        self._toppen: list[bytes] = []

    def groei(self, blad: bytes) -> None:
        """Take one leaf hash more: equal subtrees join, as a counter carries."""
        aantal = self.omvang
        while aantal & 1:
            blad = knoop(self._toppen.pop(), blad)
            aantal >>= 1
        self._toppen.append(blad)
        self.omvang += 1

    def wortel(self) -> bytes:
        """Give the root; the hash of nothing for a tree without leaves."""
        if not self._toppen:
            return hashlib.sha256(b"").digest()
        boven = self._toppen[-1]
        for top in reversed(self._toppen[:-1]):
            boven = knoop(top, boven)
        return boven


def controleer_opname(
    blad: bytes, index: int, omvang: int, pad: list[bytes], wortel: bytes
) -> None:
    """Refuse unless `pad` leads from the leaf at `index` to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < omvang:
        raise KloptNietError("de index valt buiten de boom")
    hier = blad
    for stap, van_links in _klim(index, omvang - 1, pad):
        hier = knoop(stap, hier) if van_links else knoop(hier, stap)
    if not hmac.compare_digest(hier, wortel):
        raise KloptNietError("het opnamebewijs leidt niet naar de wortel van het controlepunt")


def controleer_groei(oud: tuple[int, bytes], nieuw: tuple[int, bytes], pad: list[bytes]) -> None:
    """Refuse unless the new tree (size, root) is the old one with leaves after it (2.1.4.2)."""
    (eerste, eerste_wortel), (tweede, tweede_wortel) = oud, nieuw
    if not 0 <= eerste <= tweede:
        raise KloptNietError("het log is korter geworden")
    if eerste in {0, tweede}:
        _zonder_pad(oud, nieuw, pad)
        return
    if not pad:
        raise KloptNietError("het groeibewijs is leeg")
    # A whole subtree is its own beginning: the proof leaves it out, because we know it.
    begin, *stappen = [eerste_wortel, *pad] if eerste & (eerste - 1) == 0 else pad
    fn, sn = eerste - 1, tweede - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = begin
    for stap, van_links in _klim(fn, sn, stappen):
        fr = knoop(stap, fr) if van_links else fr
        sr = knoop(stap, sr) if van_links else knoop(sr, stap)
    if not hmac.compare_digest(fr, eerste_wortel):
        raise KloptNietError("het groeibewijs past niet op het oude controlepunt")
    if not hmac.compare_digest(sr, tweede_wortel):
        raise KloptNietError("het groeibewijs past niet op het nieuwe controlepunt")


def _klim(fn: int, sn: int, pad: list[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Give each step with whether it joins from the left; both sections climb in this way."""
    for stap in pad:
        if sn == 0:
            raise KloptNietError("het bewijs is te lang")
        van_links = bool(fn & 1) or fn == sn
        yield stap, van_links
        while van_links and fn and not fn & 1:
            fn, sn = fn >> 1, sn >> 1
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise KloptNietError("het bewijs is te kort")


def _zonder_pad(oud: tuple[int, bytes], nieuw: tuple[int, bytes], pad: list[bytes]) -> None:
    if pad:
        raise KloptNietError("hier hoort geen groeibewijs bij")
    if oud[0] == 0 and oud[1] != Boom().wortel():
        raise KloptNietError("een leeg log heeft een andere wortel")
    if oud[0] == nieuw[0] and oud[1] != nieuw[1]:
        raise KloptNietError("twee controlepunten over evenveel regels hebben een andere wortel")


# --- Signed notes and checkpoints: C2SP ---------------------------------------------------------


@dataclass(frozen=True)
class Sleutel:
    """A verifier key as it is handed round: `naam+merk+base64(soort || sleutel)`."""

    naam: str
    merk: bytes
    soort: int
    openbaar: Ed25519PublicKey = field(compare=False, repr=False)

    @classmethod
    def lees(cls, tekst: str, soort: int) -> "Sleutel":
        """Refuse a key whose mark is not the hash of its name and bytes, or of another kind."""
        naam, _, rest = tekst.strip().partition("+")
        merk, _, stof = rest.partition("+")
        sleutel = _base64(stof, "de sleutel")
        if not _is_naam(naam) or len(sleutel) != 1 + HASH:
            raise NietTeLezenError("de sleutel heeft niet de vorm naam+merk+base64")
        if sleutel[0] != soort:
            hoort = "een getuige" if soort == MEDEONDERTEKENING else "een log"
            raise NietTeLezenError(f"{naam}: dit is niet de sleutel van {hoort}")
        voluit = naam.encode(errors="replace") + b"\n" + sleutel
        echt = hashlib.sha256(voluit).digest()[:_SLEUTELMERK]
        if merk != echt.hex():
            raise NietTeLezenError(f"{naam}: het merk hoort niet bij deze sleutel")
        return cls(naam, echt, soort, Ed25519PublicKey.from_public_bytes(sleutel[1:]))


@dataclass(frozen=True)
class Notitie:
    """A signed note, not believed yet: the text, and (name, mark, signature) of each line."""

    tekst: str
    handtekeningen: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def lees(cls, tekst: str) -> "Notitie":
        """Split at the last empty line; refuse what C2SP signed-note refuses."""
        if any(teken < " " and teken != "\n" for teken in tekst):
            raise KloptNietError("de notitie bevat een stuurteken")
        if any("\ud800" <= teken <= "\udfff" for teken in tekst):
            raise KloptNietError("de notitie is geen UTF-8")
        inhoud, leeg, onder = tekst.rpartition("\n\n")
        if not leeg or not inhoud or not onder.endswith("\n"):
            raise KloptNietError("de notitie heeft geen handtekeningen onder een lege regel")
        regels = onder[:-1].split("\n")
        if len(regels) > _MEESTE_HANDTEKENINGEN:
            raise KloptNietError("de notitie heeft te veel handtekeningen")
        return cls(inhoud + "\n", tuple(_handtekening(regel) for regel in regels))

    def door(self, sleutel: Sleutel) -> bytes | None:
        """Give what this key signed with, None where it did not; refuse where it does not hold.

        A signature of a known key that fails spoils the whole note (signed-note, Signatures).
        """
        gevonden = None
        for naam, merk, handtekening in self.handtekeningen:
            if (naam, merk) == (sleutel.naam, sleutel.merk):
                self._houdt(sleutel, handtekening)
                gevonden = handtekening
        return gevonden

    def _houdt(self, sleutel: Sleutel, handtekening: bytes) -> None:
        bericht, stempel = self.tekst.encode(), b""
        if sleutel.soort == MEDEONDERTEKENING:
            stempel, handtekening = handtekening[:_TIJDSTEMPEL], handtekening[_TIJDSTEMPEL:]
            tijd = int.from_bytes(stempel)
            bericht = f"cosignature/v1\ntime {tijd}\n".encode() + bericht
        # A time beyond 2^63 - 1 is no time (tlog-cosignature, Format).
        if len(handtekening) != _HANDTEKENING or stempel >= b"\x80":
            raise KloptNietError(f"de handtekening van {sleutel.naam} heeft niet de goede vorm")
        try:
            sleutel.openbaar.verify(handtekening, bericht)
        except InvalidSignature:
            raise KloptNietError(f"de handtekening van {sleutel.naam} klopt niet") from None


def _handtekening(regel: str) -> tuple[str, bytes, bytes]:
    naam, _, stof = regel.removeprefix("— ").partition(" ")
    if not regel.startswith("— ") or not _is_naam(naam):
        raise KloptNietError("een handtekeningregel heeft niet de vorm — naam base64")
    try:
        alles = _base64(stof, "een handtekening")
    except NietTeLezenError as reden:
        raise KloptNietError(str(reden)) from None
    if len(alles) <= _SLEUTELMERK:
        raise KloptNietError("een handtekening is te kort")
    return naam, alles[:_SLEUTELMERK], alles[_SLEUTELMERK:]


def _is_naam(naam: str) -> bool:
    return bool(naam) and "+" not in naam and not any(teken.isspace() for teken in naam)


@dataclass(frozen=True)
class Controlepunt:
    """A tree head that the log signed: believed, as far as the given keys reach."""

    omvang: int
    wortel: bytes
    medeondertekend: dict[str, int]

    @property
    def stand(self) -> tuple[int, bytes]:
        """Give size and root together, as proofs ask for them."""
        return self.omvang, self.wortel


@dataclass(frozen=True)
class Vertrouwen:
    """Whom we believe: the log's own key, the witnesses, and how many of them are enough.

    `eerdere` are keys that the log had before, each under the name that it has.
    """

    log: Sleutel
    herkomst: str
    getuigen: tuple[Sleutel, ...] = ()
    nodig: int = 0
    eerdere: tuple[Sleutel, ...] = ()

    def controlepunt(self, tekst: str) -> Controlepunt:
        """Read a checkpoint; refuse one that is of another log or that the log did not sign."""
        notitie = Notitie.lees(tekst)
        omvang, wortel = _boomkop(notitie.tekst, self._herkomst_van(notitie))
        tijden = {}
        for getuige in self.getuigen:
            handtekening = notitie.door(getuige)
            if handtekening is not None:
                tijden[getuige.naam] = int.from_bytes(handtekening[:_TIJDSTEMPEL])
        return Controlepunt(omvang, wortel, tijden)

    def _herkomst_van(self, notitie: Notitie) -> str:
        """Give the name that the log has under the key that signed."""
        if notitie.door(self.log) is not None:
            return self.herkomst
        for sleutel in self.eerdere:
            if notitie.door(sleutel) is not None:
                return sleutel.naam
        raise KloptNietError("het controlepunt is niet ondertekend met de sleutel van het log")

    def genoeg(self, punt: Controlepunt) -> bool:
        """Say whether as many witnesses cosigned as are needed."""
        return len(punt.medeondertekend) >= self.nodig


def _boomkop(tekst: str, herkomst: str) -> tuple[int, bytes]:
    regels = tekst.removesuffix("\n").split("\n")
    if len(regels) < 3 or not all(regels):  # noqa: PLR2004  # origin, size and root
        raise KloptNietError("een controlepunt telt ten minste drie regels, geen daarvan leeg")
    if regels[0] != herkomst:
        raise KloptNietError(f"het controlepunt is van een ander log dan {herkomst}")
    return _getal(regels[1], "de omvang"), _hash(regels[2], "de wortel")


def _getal(tekst: str, wat: str) -> int:
    if not (tekst.isascii() and tekst.isdigit()) or (tekst[0] == "0" and tekst != "0"):
        raise KloptNietError(f"{wat} is geen geheel getal zonder voorloopnullen")
    if len(tekst) > 19:  # noqa: PLR2004  # digits of 2^63
        raise KloptNietError(f"{wat} is te groot")
    return int(tekst)


def _hash(tekst: str, wat: str) -> bytes:
    try:
        gelezen = _base64(tekst, wat)
    except NietTeLezenError as reden:
        raise KloptNietError(str(reden)) from None
    if len(gelezen) != HASH:
        raise KloptNietError(f"{wat} is geen SHA-256-hash")
    return gelezen


def _base64(tekst: str, wat: str) -> bytes:
    """Read base64 that has one way to be written (RFC 4648 section 3.5), so that no bit is free."""
    try:
        gelezen = base64.b64decode(tekst, validate=True)
    except (binascii.Error, ValueError):
        raise NietTeLezenError(f"{wat} is geen base64") from None
    if base64.b64encode(gelezen).decode() != tekst:
        raise NietTeLezenError(f"{wat} is geen zuivere base64")
    return gelezen


# --- Canonical JSON: RFC 8785 -------------------------------------------------------------------


def _geen_getal(_: str) -> NoReturn:
    raise ValueError("only whole numbers have a place in the log")


def _geen_dubbele(paren: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({naam for naam, _ in paren}) != len(paren):
        raise ValueError("a name stands twice in one object")
    return dict(paren)


#: Quick: the comparison with its own canonical form catches a doubled name.
_SNEL: Final = json.JSONDecoder(parse_float=_geen_getal, parse_constant=_geen_getal).decode
_STRENG: Final = json.JSONDecoder(
    parse_float=_geen_getal, parse_constant=_geen_getal, object_pairs_hook=_geen_dubbele
).decode
_SCHRIJF: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode


def canoniek(waarde: object) -> bytes:
    """Give the bytes that were hashed: names sorted, nothing between, text as UTF-8.

    The log has whole numbers only and names in ASCII, so that sorting by code point is sorting
    by UTF-16 unit.
    """
    return _SCHRIJF(waarde).encode()


def lees_json(bestand: Path) -> Any:
    """Read one JSON value; refuse a doubled name or a number that is not whole."""
    try:
        return _STRENG(bestand.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as reden:
        raise NietTeLezenError(f"{bestand.name} is niet te lezen: {_waarom(reden)}") from None


_SCHIJF: Final = {
    errno.EACCES: "u mag dit niet lezen",
    errno.EISDIR: "dit is een map, geen bestand",
    errno.ENOENT: "dit bestand is er niet",
}


def _waarom(reden: BaseException) -> str:
    """Say why without repeating what stands in the file: that can be of a person."""
    if isinstance(reden, OSError):
        return _SCHIJF.get(reden.errno or 0, "het bestand gaat niet open")
    return "het is geen zuivere JSON in UTF-8"


# --- An export of the log -----------------------------------------------------------------------


@dataclass
class Export:
    """What stands in an export: the leaf hash of each entry, and the checkpoints as text."""

    bladen: bytearray = field(default_factory=bytearray)
    reeksen: list[tuple[int, int]] = field(default_factory=list)
    controlepunten: list[str] = field(default_factory=list)
    fouten: list[str] = field(default_factory=list)
    aantal_fouten: int = 0

    @property
    def omvang(self) -> int:
        """Count the entries."""
        return len(self.bladen) // HASH

    def neem(self, blok: "Export") -> None:
        """Add what a later stretch of the file holds."""
        self.bladen += blok.bladen
        self.reeksen += blok.reeksen
        self.controlepunten += blok.controlepunten
        self.fout(*blok.fouten)
        self.aantal_fouten += blok.aantal_fouten - len(blok.fouten)

    def fout(self, *teksten: str) -> None:
        """Note faults: the first ones in words, all of them in the count."""
        self.fouten += teksten[: max(0, _MEESTE_FOUTEN - len(self.fouten))]
        self.aantal_fouten += len(teksten)

    def regel(self, nummer: object, regel: object, blad: object) -> None:
        """Take an entry; it is canonical, and the leaf hash that is told with it is its own."""
        if not isinstance(nummer, int) or isinstance(nummer, bool) or nummer < 0:
            raise ValueError("nummer")
        if not isinstance(regel, str):
            raise ValueError("regel")  # noqa: TRY004  # one kind for what is unreadable
        bytes_ = regel.encode()
        eigen = bladhash(bytes_)
        self.bladen += eigen
        self._telt(nummer)
        try:
            if canoniek(_SNEL(regel)) != bytes_:
                self.fout(f"regel {nummer} is niet in canonieke vorm")
        except (ValueError, RecursionError):
            self.fout(f"regel {nummer} is geen zuivere JSON")
        if blad is not None and blad != base64.b64encode(eigen).decode():
            self.fout(f"regel {nummer} hoort niet bij het blad dat het log ervan bewaart")

    def _telt(self, nummer: int) -> None:
        if self.reeksen and self.reeksen[-1][1] == nummer:
            self.reeksen[-1] = (self.reeksen[-1][0], nummer + 1)
        else:
            self.reeksen.append((nummer, nummer + 1))


def lees_export(bestand: Path, voortgang: Callable[[int], None]) -> Export:
    """Read an export in stretches, on every processor; `voortgang` hears how many entries."""
    try:
        stukken = list(_stukken(bestand))
    except OSError as reden:
        raise NietTeLezenError(f"{bestand}: {_waarom(reden)}") from None
    export = Export()
    for blok in _gelezen(stukken):
        export.neem(blok)
        voortgang(export.omvang)
    if not export.omvang and not export.controlepunten:
        raise NietTeLezenError(f"{bestand.name} is geen export van het log")
    _aaneen(export)
    return export


def _gelezen(stukken: list[tuple[Path, int, int]]) -> Iterator[Export]:
    helpers = min(os.cpu_count() or 1, len(stukken))
    if helpers < 2:  # noqa: PLR2004  # one stretch, or one processor
        yield from map(_lees_stuk, stukken)
        return
    with Pool(helpers) as ploeg:
        yield from ploeg.imap(_lees_stuk, stukken)


def _stukken(bestand: Path) -> Iterator[tuple[Path, int, int]]:
    einde = bestand.stat().st_size
    with bestand.open("rb") as stroom:
        begin = 0
        while begin < einde:
            stroom.seek(min(begin + _BLOK, einde))
            stroom.readline()
            yield bestand, begin, stroom.tell()
            begin = stroom.tell()


def _lees_stuk(stuk: tuple[Path, int, int]) -> Export:
    bestand, begin, einde = stuk
    with bestand.open("rb") as stroom:
        stroom.seek(begin)
        regels = stroom.read(einde - begin).split(b"\n")
    blok = Export()
    for regel in regels:
        if regel.strip():
            _lees_regel(blok, regel)
    return blok


def _lees_regel(blok: Export, regel: bytes) -> None:
    try:
        gelezen = _SNEL(regel.decode())
        if "controlepunt" in gelezen:
            blok.controlepunten.append(str(gelezen["controlepunt"]))
        else:
            blok.regel(gelezen["nummer"], gelezen["regel"], gelezen.get("blad"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        na = blok.reeksen[-1][1] if blok.reeksen else None
        plaats = "aan het begin van een stuk" if na is None else f"na regel {na - 1}"
        blok.fout(f"{plaats} staat iets dat niet te lezen is")


def _aaneen(export: Export) -> None:
    """Note where the numbers do not follow on each other: dropped, doubled or swapped."""
    volgende = 0
    for eerste, na in export.reeksen:
        if eerste > volgende:
            export.fout(f"regel {volgende} ontbreekt: er staat {eerste}")
        elif eerste < volgende:
            export.fout(f"regel {eerste} staat niet op zijn plaats: er hoort {volgende}")
        volgende = na


def toets_export(export: Export, punten: Iterable[Controlepunt]) -> list[str]:
    """Give what does not fit: each checkpoint against the root of the entries it counts."""
    fouten, boom, passend = [], Boom(), 0
    bladen = memoryview(export.bladen)
    for punt in sorted(punten, key=lambda een: een.omvang):
        if punt.omvang > export.omvang:
            fouten.append(
                f"het controlepunt over {punt.omvang} regels telt meer dan de {export.omvang} die"
                " er zijn: de staart is afgeknipt, of het is van na de export"
            )
            continue
        while boom.omvang < punt.omvang:
            plaats = boom.omvang * HASH
            boom.groei(bytes(bladen[plaats : plaats + HASH]))
        if boom.wortel() != punt.wortel:
            fouten.append(
                f"het controlepunt over {punt.omvang} regels past niet: tussen regel {passend} en"
                f" {punt.omvang - 1} is iets veranderd"
            )
        elif not fouten:
            passend = punt.omvang
    return fouten


# --- The three questions ------------------------------------------------------------------------


def controleer_log(bestand: Path, vertrouwen: Vertrouwen, kopieen: list[Path]) -> list[str]:
    """Check an export against its own checkpoints and copies from elsewhere; say what holds.

    Only a copy from elsewhere (a witness, a receipt) shows that the tail was cut together with
    the newest checkpoints, or that a whole database of yesterday was put back.
    """
    export = lees_export(bestand, _voortgang)
    fouten = list(export.fouten)
    teksten = [*export.controlepunten, *(_notitie_uit(kopie) for kopie in kopieen)]
    punten, vreemd = [], []
    for tekst in teksten:
        try:
            punten.append(vertrouwen.controlepunt(tekst))
        except KloptNietError as reden:
            vreemd.append(f"{_welk(tekst)}: {reden}")
    fouten += _de_eerste(vreemd) + _de_eerste(toets_export(export, punten))
    if vreemd and not punten:
        fouten.append("geen enkel controlepunt is te geloven: is --sleutel wel die van dit log?")
    if not teksten:
        fouten.append("er is geen controlepunt: niets bewijst dat dit het log is")
    if export.aantal_fouten > len(export.fouten):
        fouten.append(f"en nog {export.aantal_fouten - len(export.fouten)} fouten in regels")
    fouten += _te_weinig_getuigen(punten, vertrouwen)
    if fouten:
        raise KloptNietError("\n".join(fouten))
    nieuwste = max(punten, key=lambda punt: punt.omvang)
    return [
        f"{export.omvang} regels, {len(punten)} controlepunten",
        (
            f"ondertekend tot en met {nieuwste.omvang} regels; {export.omvang - nieuwste.omvang}"
            " wachten op een controlepunt"
        ),
        *_getuigd(punten, vertrouwen),
    ]


def controleer_bewijs(bewijs: Path, antwoord: Path, vertrouwen: Vertrouwen) -> list[str]:
    """Check a receipt: the answer as it came, its entry, and the proof that the log holds it."""
    regel, index, inhoud_klopt = _bewijs_van(antwoord)
    genoemd, pad, tekst = _lees_tlog_proof(_bewijstekst(bewijs))
    if genoemd != index:
        raise KloptNietError(f"het bewijs is van regel {genoemd}, het antwoord van regel {index}")
    punt = vertrouwen.controlepunt(tekst)
    controleer_opname(bladhash(regel), index, punt.omvang, pad, punt.wortel)
    if not vertrouwen.genoeg(punt):
        raise KloptNietError(
            f"{len(punt.medeondertekend)} van {vertrouwen.nodig} getuigen ondertekenden mee"
        )
    return [
        f"regel {index} staat in het log van {vertrouwen.herkomst}, tussen {punt.omvang} regels",
        "de inhoud is die van het antwoord" if inhoud_klopt else "zonder inhoud: alleen de regel",
        *_getuigd([punt], vertrouwen),
    ]


def controleer_keten(
    bestand: Path, vertrouwen: Vertrouwen, export_bestand: Path | None
) -> list[str]:
    """Check that each checkpoint goes on from the one before; name the first that does not.

    By the consistency proof that stands with it, or by an export, which needs none.
    """
    schakels = _lees_keten(bestand)
    export = lees_export(export_bestand, _voortgang) if export_bestand else None
    punten: list[Controlepunt] = []
    for plaats, (tekst, pad) in enumerate(schakels, start=1):
        try:
            punt = vertrouwen.controlepunt(tekst)
            if punten:
                _gaat_verder(punten[-1], punt, pad, zonder_pad=export is not None)
        except KloptNietError as reden:
            raise KloptNietError(f"{plaats}e controlepunt ({_welk(tekst)}): {reden}") from None
        punten.append(punt)
    fouten = _te_weinig_getuigen(punten, vertrouwen)
    if export:
        fouten = [*export.fouten, *_de_eerste(toets_export(export, punten)), *fouten]
    if fouten:
        raise KloptNietError("\n".join(fouten))
    return [
        f"{len(punten)} controlepunten, van {punten[0].omvang} tot {punten[-1].omvang} regels",
        *_getuigd(punten, vertrouwen),
    ]


def _gaat_verder(
    oud: Controlepunt, nieuw: Controlepunt, pad: list[bytes] | None, *, zonder_pad: bool
) -> None:
    if nieuw.omvang < oud.omvang:
        raise KloptNietError(f"het log is korter geworden: eerst {oud.omvang} regels")
    if pad is None and zonder_pad:
        return  # the export says whether both fit
    if pad is None and 0 < oud.omvang < nieuw.omvang:
        raise KloptNietError("er staat geen groeibewijs bij")
    controleer_groei(oud.stand, nieuw.stand, pad or [])


def _de_eerste(fouten: list[str]) -> list[str]:
    """Leave out what says the same of every checkpoint after."""
    meer = len(fouten) - _MEESTE_CONTROLEPUNTEN
    if meer <= 0:
        return fouten
    return [*fouten[:_MEESTE_CONTROLEPUNTEN], f"en nog {meer} fouten in controlepunten"]


def _te_weinig_getuigen(punten: list[Controlepunt], vertrouwen: Vertrouwen) -> list[str]:
    if not punten or any(map(vertrouwen.genoeg, punten)):
        return []
    return [f"geen controlepunt is door {vertrouwen.nodig} getuigen medeondertekend"]


def _getuigd(punten: list[Controlepunt], vertrouwen: Vertrouwen) -> list[str]:
    if not vertrouwen.getuigen:
        return ["zonder getuige: u gelooft de ondertekenaar van het log zelf"]
    punt = max(filter(vertrouwen.genoeg, punten), key=lambda een: een.omvang)
    wie = ", ".join(f"{naam} op {_moment(tijd)}" for naam, tijd in punt.medeondertekend.items())
    return [f"medeondertekend tot en met {punt.omvang} regels door {wie}"]


def _moment(tijd: int) -> str:
    try:
        return datetime.fromtimestamp(tijd, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return f"tijd {tijd}"


def _welk(tekst: str) -> str:
    regels = tekst.split("\n")
    leesbaar = len(regels) > 1 and regels[1].isascii() and regels[1].isdigit()
    return f"over {regels[1][:20]} regels" if leesbaar else "onleesbaar"


# --- Files of a receipt -------------------------------------------------------------------------


def afdruk(inhoud: bytes, zout: bytes) -> str:
    """Give the salted digest that an entry holds: SHA-256(domain || salt || content), in hex."""
    if len(zout) != _ZOUT:
        raise KloptNietError("het zout heeft niet de goede lengte")
    return hashlib.sha256(_AFDRUK + zout + inhoud).hexdigest()


def _bewijs_van(antwoord: Path) -> tuple[bytes, int, bool]:
    """Give the canonical entry and its number; refuse content that its digest does not open on."""
    gelezen = lees_json(antwoord)
    try:
        bewijs = gelezen.get("bewijs", gelezen)
        delen = [naam for naam in gelezen if naam != "bewijs"] if "bewijs" in gelezen else []
        regel, index, zout = bewijs["regel"], bewijs["index"], bytes.fromhex(bewijs["zout"])
        afdruk_regel = regel.get("afdruk")
        kaal = canoniek(regel)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise NietTeLezenError(f"{antwoord.name} heeft geen bewijs van een regel") from None
    if not isinstance(index, int) or isinstance(index, bool) or len(delen) > 1:
        raise NietTeLezenError(f"{antwoord.name} is geen antwoord van de gateway")
    if delen and afdruk(canoniek(gelezen[delen[0]]), zout) != afdruk_regel:
        raise KloptNietError("de inhoud is niet die waarvan het log de afdruk heeft")
    return kaal, index, bool(delen)


def _bewijstekst(bestand: Path) -> str:
    """Read a tlog-proof, bare or in the answer that the gateway gave it in."""
    try:
        tekst = bestand.read_text("utf-8")
    except (OSError, ValueError) as reden:
        raise NietTeLezenError(f"{bestand.name} is niet te lezen: {_waarom(reden)}") from None
    if tekst.lstrip().startswith("{"):
        gelezen = lees_json(bestand)
        tekst = gelezen.get("bewijs")
    if not isinstance(tekst, str):
        raise NietTeLezenError(f"{bestand.name} heeft geen bewijs")
    return tekst


def _lees_tlog_proof(tekst: str) -> tuple[int, list[bytes], str]:
    """Split a C2SP tlog-proof v1 in index, path and checkpoint; extra data is passed over."""
    boven, leeg, punt = tekst.partition("\n\n")
    regels = boven.split("\n")
    if not leeg or regels.pop(0) != "c2sp.org/tlog-proof@v1":
        raise NietTeLezenError("het bewijs begint niet als een tlog-proof@v1")
    if regels and regels[0].startswith("extra "):
        _base64(regels.pop(0).removeprefix("extra "), "de extra regel")
    if not regels or not regels[0].startswith("index "):
        raise NietTeLezenError("het bewijs noemt geen index")
    index = _getal(regels.pop(0).removeprefix("index "), "de index")
    if len(regels) > _LANGSTE_PAD:
        raise KloptNietError("het opnamebewijs is te lang")
    return index, [_hash(regel, "een stap van het bewijs") for regel in regels], punt


def _notitie_uit(bestand: Path) -> str:
    """Read a checkpoint from elsewhere: the note alone, in an answer, or in a receipt."""
    try:
        tekst = bestand.read_text("utf-8")
    except (OSError, ValueError) as reden:
        raise NietTeLezenError(f"{bestand.name} is niet te lezen: {_waarom(reden)}") from None
    if tekst.lstrip().startswith("{"):
        gelezen = lees_json(bestand)
        tekst = str(gelezen.get("controlepunt") or gelezen.get("bewijs"))
    if tekst.startswith("c2sp.org/tlog-proof@v1\n"):
        return _lees_tlog_proof(tekst)[2]
    return tekst


def _lees_keten(bestand: Path) -> list[tuple[str, list[bytes] | None]]:
    """Read checkpoints, one JSON object a line, each with its proof from the one before."""
    schakels = []
    try:
        for regel in bestand.read_text("utf-8-sig").splitlines():
            gelezen = _STRENG(regel) if regel.strip() else {}
            if "controlepunt" in gelezen:
                pad = gelezen.get("bewijs")
                stappen = None if pad is None else [_hash(stap, "een stap") for stap in pad]
                schakels.append((str(gelezen["controlepunt"]), stappen))
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as reden:
        raise NietTeLezenError(f"{bestand.name} is niet te lezen: {_waarom(reden)}") from None
    if not schakels:
        raise NietTeLezenError(f"{bestand.name} heeft geen controlepunten")
    return schakels


#: What the library says of a command line.
_ENGELS: Final = (
    ("^the following arguments are required: ", "er ontbreekt: "),
    ("^unrecognized arguments: ", "dit is hier onbekend: "),
    ("^argument ", ""),
    (r"invalid choice: (\S+) \(choose from (.*)\)", r"\1 bestaat niet; kies uit \2"),
    (r"invalid int value: (\S+)", r"\1 is geen getal"),
    ("expected one argument", "hier hoort een waarde bij"),
)


# --- The command --------------------------------------------------------------------------------


def _voortgang(aantal: int | None) -> None:
    """Say on a terminal how far it is; wipe that out with None."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K" if aantal is None else f"\r{aantal} regels gelezen ")
        sys.stderr.flush()


def _vertrouwen(gevraagd: argparse.Namespace) -> Vertrouwen:
    log = Sleutel.lees(gevraagd.sleutel, ED25519)
    getuigen = tuple(Sleutel.lees(tekst, MEDEONDERTEKENING) for tekst in gevraagd.getuige)
    if len({getuige.openbaar.public_bytes_raw() for getuige in getuigen}) != len(getuigen):
        raise NietTeLezenError("een getuige is twee keer genoemd")
    nodig = len(getuigen) if gevraagd.nodig is None else gevraagd.nodig
    if not 0 <= nodig <= len(getuigen):
        raise NietTeLezenError("--nodig is meer dan het aantal getuigen")
    eerdere = tuple(Sleutel.lees(tekst, ED25519) for tekst in gevraagd.eerdere)
    return Vertrouwen(log, gevraagd.herkomst or log.naam, getuigen, nodig, eerdere)


class Ontleder(argparse.ArgumentParser):
    """Reads the command line, and says in Dutch what is wrong with it."""

    def __init__(self, **meer: Any) -> None:
        super().__init__(**{**meer, "add_help": False})
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
        for engels, nederlands in _ENGELS:
            message = re.sub(engels, nederlands, message)
        uitleg = f"Uitleg: {self.prog} --help\n"
        self.exit(NIET_TE_LEZEN, f"{self.format_usage()}Fout: {message}.\n{uitleg}")


def _argumenten() -> argparse.ArgumentParser:
    ontleder = Ontleder(
        prog="controleer.py", description="Controleert het auditlog van een LSO-gateway."
    )
    samen = argparse.ArgumentParser(add_help=False)
    samen.add_argument("--sleutel", required=True, help="openbare sleutel van het log")
    samen.add_argument(
        "--eerdere", action="append", default=[], help="sleutel die het log vroeger had"
    )
    samen.add_argument("--herkomst", help="naam van het log (anders die van de sleutel)")
    samen.add_argument("--getuige", action="append", default=[], help="sleutel van een getuige")
    samen.add_argument("--nodig", type=int, help="zoveel getuigen (anders alle die u noemt)")
    vragen = ontleder.add_subparsers(
        dest="vraag", required=True, metavar="log|bewijs|controlepunten"
    )
    log = vragen.add_parser("log", parents=[samen], help="een export van het log")
    log.add_argument("bestand", type=Path, help="de export")
    log.add_argument(
        "--kopie", type=Path, action="append", default=[], help="controlepunt dat elders lag"
    )
    bewijs = vragen.add_parser("bewijs", parents=[samen], help="een ontvangstbewijs")
    bewijs.add_argument("bestand", type=Path, help="het bewijs dat de gateway gaf")
    bewijs.add_argument("antwoord", type=Path, help="het antwoord zelf, zoals u het kreeg")
    keten = vragen.add_parser("controlepunten", parents=[samen], help="een reeks controlepunten")
    keten.add_argument("bestand", type=Path, help="de controlepunten, een per regel")
    keten.add_argument("--export", type=Path, help="dan mogen de bewijzen ertussen ontbreken")
    return ontleder


def _beantwoord(gevraagd: argparse.Namespace) -> list[str]:
    vertrouwen = _vertrouwen(gevraagd)
    if gevraagd.vraag == "log":
        return controleer_log(gevraagd.bestand, vertrouwen, gevraagd.kopie)
    if gevraagd.vraag == "bewijs":
        return controleer_bewijs(gevraagd.bestand, gevraagd.antwoord, vertrouwen)
    return controleer_keten(gevraagd.bestand, vertrouwen, gevraagd.export)


def main(argumenten: list[str] | None = None) -> int:
    """Answer one question; the outcome is the exit code."""
    gevraagd = _argumenten().parse_args(argumenten)
    try:
        regels, uitkomst = _beantwoord(gevraagd), KLOPT
    except KloptNietError as reden:
        regels, uitkomst = ["KLOPT NIET", *str(reden).split("\n")], KLOPT_NIET
    except NietTeLezenError as reden:
        regels, uitkomst = [f"niet te lezen: {reden}"], NIET_TE_LEZEN
    else:
        regels.insert(0, "Alles klopt.")
    _voortgang(None)
    sys.stdout.write("\n".join(regels) + "\n")
    return uitkomst


if __name__ == "__main__":
    sys.exit(main())
