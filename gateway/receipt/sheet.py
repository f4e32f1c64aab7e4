"""The sheet: what the receipt says, in one language, before it is a page or a paper.

Who may see what is made from the record's fields, so it cannot differ from what may leave; how to
stop and where to complain are the words of the notice that was read.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from gateway.receipt.record import STANDING, Stand
from gateway.receipt.words import Woorden
from privacy.notice_texts import Richting, Verklaringstekst
from privacy.precision import SUPPORTED, finer
from schemas.canonical import canonical
from schemas.terms import Doel, Precisie

_GROUP: Final = 4
_SEVERAL: Final = 2


@dataclass(frozen=True, slots=True)
class Inzage:
    """Recipients who may see the same for the same: who, what beside what all see, what for."""

    wie: str
    zien: str
    waarvoor: str


@dataclass(frozen=True, slots=True)
class _Alike:
    """Recipients with the same purposes and fields; `velden` in the finest precision of any."""

    namen: list[str]
    doelen: list[Doel]
    velden: Mapping[str, Precisie]


@dataclass(frozen=True, slots=True)
class Blad:
    """Every text of one receipt, in the order in which it is read. No name of a person.

    `dag` is the day that the file is dated by: that of the consent, not of the printing.
    """

    taal: str
    richting: Richting
    dag: date
    titel: str
    organisatie: str
    kop: str
    tekst: str
    inzagekop: str
    allen: str
    inzage: tuple[Inzage, ...]
    overig: tuple[str, ...]
    hoe: tuple[tuple[str, str], ...]
    code: str
    groepen: tuple[str, ...]
    qr: str
    naam: str
    vouwen: str
    herkomst: str


def digest_of(record: Mapping[str, Any]) -> str:
    """The digest of a record: what stands on the paper, and in its QR code."""
    return sha256(canonical(dict(record))).hexdigest()


def make_sheet(
    record: Mapping[str, Any], digest: str, words: Woorden, told: Verklaringstekst, naam: str
) -> Blad:
    """The receipt of a record in one language. `naam` is that of the organisation."""
    stand = Stand(record["stand"])
    days = {
        "eerste": words.day(date.fromisoformat(record["eersteDag"])),
        "laatste": words.day(date.fromisoformat(record["laatsteDag"])),
        "sinds": words.day(date.fromisoformat(record["sinds"] or record["eersteDag"])),
    }
    alike = _alike(record["ontvangers"], told) if stand in STANDING else []
    shared = _shared(alike)
    return Blad(
        taal=told.taal,
        richting=told.richting,
        dag=date.fromisoformat(record["eersteDag"]),
        titel=words.say("blad.titel_nee" if stand is Stand.GEWEIGERD else "blad.titel"),
        organisatie=words.say("blad.organisatie", naam=naam),
        kop=words.say(f"stand.{stand}.kop", **days),
        tekst=words.say(f"stand.{stand}.tekst", **days),
        inzagekop=words.say("blad.wie"),
        allen=_line("blad.allen", _said(shared, words), words),
        inzage=tuple(_inzage(each, shared, words) for each in alike),
        overig=tuple(_besides(record, stand, words, told)),
        hoe=_how(stand, words, told),
        code=words.say("blad.code"),
        groepen=tuple(digest[at : at + _GROUP] for at in range(0, len(digest), _GROUP)),
        qr=f"sha256:{digest}",
        naam=words.say("blad.naam"),
        vouwen=words.say("blad.vouwen"),
        herkomst=words.say(
            "blad.herkomst",
            verklaring=_left_to_right(record["verklaring"], told.richting),
            versie=str(record["versie"]),
        ),
    )


def _alike(recipients: Iterable[Mapping[str, Any]], told: Verklaringstekst) -> list[_Alike]:
    """Recipients to be told together; one who may see nothing is not among them."""
    found: dict[str, _Alike] = {}
    for each in recipients:
        purposes = [purpose for purpose in each["doelen"] if purpose["velden"]]
        if purposes:
            doelen = [Doel(purpose["doel"]) for purpose in purposes]
            known = found.setdefault(repr(purposes), _Alike([], doelen, _finest(purposes)))
            known.namen.append(_name(each["ontvanger"], told))
    return list(found.values())


def _finest(purposes: Iterable[Mapping[str, Any]]) -> Mapping[str, Precisie]:
    """Over all purposes the finest precision of each field: no less than may be seen."""
    seen: dict[str, Precisie] = {}
    for purpose in purposes:
        for name, word in purpose["velden"].items():
            seen[name] = finer(seen.get(name, Precisie(word)), Precisie(word))
    return seen


def _shared(alike: list[_Alike]) -> Mapping[str, Precisie]:
    """What all of several see in one precision, told once so that it fits on one page."""
    if len(alike) < _SEVERAL:
        return {}
    first, *rest = (each.velden for each in alike)
    return {
        name: precisie
        for name, precisie in first.items()
        if all(other.get(name) is precisie for other in rest)
    }


def _inzage(group: _Alike, shared: Mapping[str, Precisie], words: Woorden) -> Inzage:
    own = {name: precisie for name, precisie in group.velden.items() if name not in shared}
    return Inzage(
        wie=words.listed(group.namen),
        zien=_line("blad.ook" if shared else "blad.zien", _said(own, words), words),
        waarvoor=_line("blad.waarvoor", [words.purpose(doel) for doel in group.doelen], words),
    )


def _said(fields: Mapping[str, Precisie], words: Woorden) -> list[str]:
    return [words.field(name, fields[name]) for name in SUPPORTED if name in fields]


def _line(label: str, parts: list[str], words: Woorden) -> str:
    return f"{words.say(label)} {words.listed(parts)}." if parts else ""


def _besides(
    record: Mapping[str, Any], stand: Stand, words: Woorden, told: Verklaringstekst
) -> Iterable[str]:
    left = [each["ontvanger"] for each in record["ontvangers"]]
    if stand not in STANDING:
        yield words.say("blad.ging_over", ontvangers=words.listed([_name(c, told) for c in left]))
        return
    if not any(purpose["velden"] for each in record["ontvangers"] for purpose in each["doelen"]):
        yield words.say("blad.niemand")
    if record["gestopt"]:
        gone = [_gone(each, left, words, told) for each in record["gestopt"]]
        yield words.say("blad.gestopt", wat="; ".join(gone))


def _gone(
    each: Mapping[str, Any], left: Collection[str], words: Woorden, told: Verklaringstekst
) -> str:
    """A recipient of whom nothing is left; or, of another, what was withdrawn."""
    code = each["ontvanger"]
    if code not in left:
        return _name(code, told)
    wanted = [words.purpose(Doel(purpose["doel"])) for purpose in each["doelen"]]
    return f"{code}: {words.listed(wanted)}"


def _left_to_right(text: str, richting: Richting) -> str:
    """A version as it is written: among letters that run the other way its parts would turn."""
    return f"\u200e{text}\u200e" if richting is Richting.RTL else text


def _name(code: str, told: Verklaringstekst) -> str:
    known = told.ontvangers.get(code)
    return code if known is None else known.naam


def _how(stand: Stand, words: Woorden, told: Verklaringstekst) -> tuple[tuple[str, str], ...]:
    stop = ((words.say("blad.stoppen"), told.stoppen),) if stand in STANDING else ()
    return (*stop, (words.say("blad.klagen"), told.klagen))
