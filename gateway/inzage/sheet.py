"""A report as it is read: headings and sentences, made of what the gate let out.

Nothing is added that is not in the report; codes of the log become the words of the receipt.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.inzage.words import reason, sentence
from gateway.receipt.words import Woorden
from privacy.clock import AMSTERDAM
from privacy.precision import SUPPORTED
from schemas.terms import Doel, Grondslag, Precisie

#: Of a digest so much as tells versions apart.
_SHORT: Final = len("sha256:") + 16
#: In full to the organisation itself alone.
_OWN: Final = {"uitstroomreden": "waarom de hulp stopte"}
_TITLE: Final = "Wie heeft uw gegevens gezien?"
_FOR_YOU: Final = (
    "Dit overzicht is voor u. U hebt er recht op (AVG, artikel 15). Het komt uit het logboek van"
    " de LSO-gateway. Daarin staat elke keer dat iemand iets over u vroeg, kreeg of bekeek."
)
_NOTHING: Final = (
    "Er staat niets over u in het logboek. Of uw gegevens zijn gewist: dan kan dit overzicht"
    " alleen worden gemaakt met het wisbewijs dat u of uw organisatie kreeg."
)
_ERASED: Final = (
    "Deze gegevens zijn gewist. Alleen de regels van het logboek zijn er nog. Daarin staat geen"
    " naam, geen V-nummer en geen gegeven. Zij blijven om te bewijzen wat er is gebeurd."
)
_CHECK: Final = (
    "Zelf nagaan: met het nummer en de sleutel bij een regel kan een deskundige nagaan dat het"
    " logboek klopt. Bewaar dit blad goed: wie het leest, weet wie uw gegevens kreeg."
)
_WRONG: Final = (
    "Klopt er iets niet? Vraag uw organisatie om het te verbeteren of te wissen. U kunt ook"
    " klagen bij de Autoriteit Persoonsgegevens."
)


@dataclass(frozen=True, slots=True)
class Melding:
    """One line: what happened, the particulars, and by which it is found in the log."""

    kop: str
    tekst: tuple[str, ...]
    bewijs: str


@dataclass(frozen=True, slots=True)
class Deel:
    """One casus: whose it is, and all that the log says of it, the oldest first."""

    kop: str
    uitleg: tuple[str, ...]
    meldingen: tuple[Melding, ...]


@dataclass(frozen=True, slots=True)
class Overzicht:
    """Every text of one report, in the order in which it is read."""

    titel: str
    gemaakt: datetime
    inleiding: tuple[str, ...]
    delen: tuple[Deel, ...]
    slot: tuple[str, ...]


def make_overzicht(body: bytes, words: Woorden) -> Overzicht:
    """The report in words."""
    report = json.loads(body)["inzage"]
    made = datetime.fromisoformat(report["gemaaktOp"])
    until = f"Gemaakt op {_moment(made, words)}. Nagelezen zijn {report['omvang']} regels."
    parts = tuple(_part(each, words) for each in report["casussen"])
    return Overzicht(
        titel=_TITLE,
        gemaakt=made,
        inleiding=(_FOR_YOU, until) if parts else (_FOR_YOU, until, _NOTHING),
        delen=parts,
        slot=(_CHECK, _WRONG) if parts else (_WRONG,),
    )


def _part(casus: Mapping[str, Any], words: Woorden) -> Deel:
    return Deel(
        kop=f"Wat {casus['bronhouder']['naam']} over u bewaarde",
        uitleg=(_ERASED,) if casus["gewist"] else (),
        meldingen=tuple(_melding(line, words) for line in casus["regels"]),
    )


def _melding(line: Mapping[str, Any], words: Woorden) -> Melding:
    moment = _moment(datetime.fromisoformat(line["regel"]["tijd"]), words)
    return Melding(
        kop=f"{moment}. {sentence(line)}",
        tekst=tuple(_particulars(line, words)),
        bewijs=f"{', '.join(_proof(line))}.",
    )


def _particulars(line: Mapping[str, Any], words: Woorden) -> Iterator[str]:
    regel, why = line["regel"], reason(line)
    if why is not None:
        yield f"Waarom niet: {why}."
    if "doel" in regel:
        yield f"Waarvoor: {words.purpose(Doel(regel['doel']))}."
    fields = regel.get("velden", {})
    if fields:
        said = [_field(name, Precisie(fields[name]), words) for name in _in_order(fields)]
        yield f"Welke gegevens: {words.listed(said)}."
    agreed = regel.get("grondslag") == Grondslag.TOESTEMMING and why is None
    if agreed and "verklaringen" in regel:
        yield f"Dat mocht van u. U kreeg deze uitleg: {words.listed(regel['verklaringen'])}."


def _proof(line: Mapping[str, Any]) -> Iterator[str]:
    """By which an expert finds it all again."""
    regel, part = line["regel"], line["deelVan"]
    yield f"Regel {line['index']} van het logboek"
    if part is not None:
        yield f"deel van regel {part['index']}"
    for each in regel.get("toestemmingen", ()):
        number, _, version = each.partition(":")
        yield f"toestemming {number} versie {version}"
    if "beleid" in regel:
        yield f"regels {regel['beleid'][:_SHORT]}"
    if "zout" in line:
        yield f"sleutel {line['zout']}"


def _in_order(fields: Mapping[str, str]) -> list[str]:
    return [*(name for name in SUPPORTED if name in fields), *sorted(set(fields) - set(SUPPORTED))]


def _field(name: str, precisie: Precisie, words: Woorden) -> str:
    """As the receipt of a consent says it; what no partner may have has words of its own."""
    if precisie in SUPPORTED.get(name, ()):
        return words.field(name, precisie)
    return _OWN.get(name, name)


def _moment(moment: datetime, words: Woorden) -> str:
    local = moment.astimezone(AMSTERDAM)
    return f"{words.day(local.date())}, {local:%H:%M} uur"
