"""A report as it is read: headings and sentences, made of what the gate let out.

Nothing is added that is not in the report; codes of the log become the words of the receipt.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from gateway.inzage.words import name_of, reason, sentence
from gateway.receipt.words import Woorden
from privacy.clock import AMSTERDAM
from privacy.log.entries import Auditsoort
from privacy.precision import SUPPORTED
from schemas.terms import Doel, Grondslag, Precisie

#: Of a digest so much as tells versions apart.
_SHORT: Final = len("sha256:") + 16
#: In full to the organisation itself alone.
_OWN: Final = {"uitstroomreden": "waarom de hulp stopte"}
_TITLE: Final = "Wie heeft uw gegevens gezien?"
_FOR_YOU: Final = (
    "Dit overzicht is voor u. U hebt er recht op (AVG, artikel 15). Het komt uit het logboek van"
    " de LSO-gateway: het systeem waarmee uw organisatie gegevens over u deelt. Daarin staat elke"
    " keer dat iemand iets over u vroeg, kreeg of bekeek."
)
_NOTHING: Final = (
    "Er staat niets over u in het logboek. Of uw gegevens zijn gewist: dan kan dit overzicht"
    " alleen worden gemaakt met het wisbewijs dat u of uw organisatie kreeg."
)
#: What is still kept of one casus, and why (AVG 5 lid 1 e, 17 lid 3).
_REMAINS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "inhoud": (
            "Uw gegevens zijn er nog. De gateway bewaart ze zolang u toestemming geeft, en zolang"
            " het delen stilstaat."
        ),
        "spoor": (
            "Uw gegevens zelf zijn vernietigd. Er is nog bewaard welke toestemming u gaf, en wie"
            " iets van u kreeg. Dat blijft tot de bewaartijd om is, zodat u het kunt nagaan."
        ),
        "logboek": (
            "Deze gegevens zijn gewist. Alleen de regels van het logboek zijn er nog. Daarin staat"
            " geen naam, geen V-nummer en geen gegeven. Zij blijven om te bewijzen wat er is"
            " gebeurd."
        ),
    }
)
_ON_CONSENT: Final = (Auditsoort.VERSTREKKING, Grondslag.TOESTEMMING)
_NOBODY: Final = "In het kort. Geen andere organisatie kreeg gegevens van u."
_RESTRICTED: Final = "Het delen van deze gegevens staat nu stil."
_CHECK: Final = (
    "De kleine letters zijn om na te gaan of dit klopt. Een deskundige kan dat voor u doen. Bewaar"
    " dit goed: wie het leest, weet wie uw gegevens kreeg."
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
    until = (
        f"Gemaakt op {_moment(made, words)}. Daarvoor is het hele logboek gelezen:"
        f" {report['omvang']} regels."
    )
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
        uitleg=(*_kept(casus), *_in_short(casus["regels"], words)),
        meldingen=tuple(_melding(line, words) for line in casus["regels"]),
    )


def _kept(casus: Mapping[str, Any]) -> Iterator[str]:
    """The most that is left says it all."""
    yield _REMAINS[casus["blijft"][0]]
    if casus["beperkt"]:
        yield _RESTRICTED


def _in_short(lines: Iterable[Mapping[str, Any]], words: Woorden) -> Iterator[str]:
    """Who got something on consent, how often and when last: what follows may be long."""
    moments: dict[str, list[str]] = {}
    for line in lines:
        regel = line["regel"]
        if (regel["soort"], regel.get("grondslag")) == _ON_CONSENT:
            moments.setdefault(name_of(line["ontvanger"]), []).append(regel["tijd"])
    told = [
        f"– {naam}: {len(all_of)} keer, het laatst op {_day(max(all_of), words)}."
        for naam, all_of in sorted(moments.items())
    ]
    yield "\n".join(["In het kort. Gegevens van u kregen:", *told]) if told else _NOBODY
    yield "Hierna staat alles, het oudste eerst."


def _day(tijd: str, words: Woorden) -> str:
    return words.day(datetime.fromisoformat(tijd).astimezone(AMSTERDAM).date())


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
        yield why
    if "doel" in regel:
        yield f"Waarvoor: {words.purpose(Doel(regel['doel']))}."
    fields = regel.get("velden", {})
    if fields and regel["soort"] == Auditsoort.RECTIFICATIE:
        wrong = [_field(name, Precisie.VOLLEDIG, words) for name in _in_order(fields)]
        yield f"Wat niet klopte: {words.listed(wrong)}."
    elif fields:
        said = [_field(name, Precisie(fields[name]), words) for name in _in_order(fields)]
        yield f"Welke gegevens: {words.listed(said)}."
    agreed = regel.get("grondslag") == Grondslag.TOESTEMMING and why is None
    if agreed and "verklaringen" in regel:
        uitleg = words.listed(regel["verklaringen"])
        yield f"Dat mocht van u. De uitleg die u kreeg, heet: verklaring {uitleg}."


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
