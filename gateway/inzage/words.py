"""What each line of a report says to the person it is about, in plain Dutch (B1).

Every kind of entry about a casus has a sentence; one of a later version is named by its code, so
that no line is left out for want of words. Fields and purposes are said as on the receipt of a
consent (`gateway.receipt.words`).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from privacy.consent import Weigering
from privacy.log.entries import Auditsoort
from schemas.terms import Beperkingsgrond, Grondslag, Kennisgevingssoort

_A: Final = Auditsoort
#: What a disclosure was part of, by ground; {wie} is who got it.
_GOT: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        (Grondslag.TOESTEMMING, _A.PAKKET): "{wie} kreeg gegevens van u voor een overleg.",
        # What a page tells, a change or the casus as a whole, is said by its purpose.
        (Grondslag.TOESTEMMING, _A.PAGINA): "{wie} kreeg gegevens van u.",
        (Grondslag.TOESTEMMING, _A.BEWARINGSTOETS): (
            "{wie} vroeg of u begeleiding krijgt, en kreeg als antwoord: ja."
        ),
        (Grondslag.EIGEN, _A.CASUS_INGEZIEN): (
            "{wie} bekeek uw gegevens. Dat is de organisatie die ze bewaart."
        ),
        (Grondslag.EIGEN, _A.ONTVANGSTBEWIJS): "{wie} maakte een bewijs van uw toestemming.",
        (Grondslag.EIGEN, _A.TOESTEMMINGSBEWIJS): "{wie} bekeek het bewijs van uw toestemming.",
        (Grondslag.EIGEN, _A.VERSTREKKINGEN_INGEZIEN): (
            "{wie} bekeek wie uw gegevens heeft gekregen."
        ),
        (Grondslag.WETTELIJK, _A.INZAGE): "Er is een overzicht zoals dit gemaakt, op verzoek.",
        (Grondslag.WETTELIJK, _A.PAGINA): (
            "{wie} kreeg bericht over gegevens die het al van u had."
        ),
    }
)
#: Of such a message the log does not say which of the three it was.
_NOTICE: Final = (
    "Zo'n bericht zegt: dit moet weg, dit klopt niet, of dit mag nu niet worden gebruikt. Er ging"
    " geen gegeven mee."
)
_GOT_ANYHOW: Final[Mapping[str, str]] = MappingProxyType(
    {
        Grondslag.TOESTEMMING: "{wie} kreeg gegevens van u.",
        Grondslag.EIGEN: "{wie} bekeek uw gegevens.",
        Grondslag.WETTELIJK: "{wie} kreeg bericht, zoals de wet dat vraagt.",
    }
)
#: The other kinds; {door} is who acted, {wie} who it is about, if anyone.
_DONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        _A.CASUS_AANGENOMEN: "{door} gaf gegevens over u door aan de LSO-gateway.",
        _A.TOESTEMMING_GEWIJZIGD: "{door} gaf door wat u over toestemming hebt gezegd.",
        _A.TOESTEMMING_INGETROKKEN: "{door} gaf door dat u uw toestemming hebt ingetrokken.",
        _A.GRONDSLAG_VERVALLEN: "Een toestemming van u gold niet meer.",
        _A.AGENDAPUNT: "{door} zette u op de agenda van een overleg.",
        _A.TERUGROEPING_BEVESTIGD: "{wie} bevestigde dat het uw gegevens niet meer gebruikt.",
        _A.RECTIFICATIE: "{door} meldde dat iets niet klopte. Wie dat kreeg, krijgt bericht.",
        _A.VERWERKING_BEPERKT: "{door} zette het delen van uw gegevens stil.",
        _A.BEPERKING_OPGEHEVEN: "{door} nam een reden weg om het delen stil te zetten.",
        _A.INHOUD_VERNIETIGD: (
            "Uw gegevens zijn vernietigd: er was geen toestemming meer. Wie iets van u kreeg, en"
            " welke toestemming u gaf, blijft nog bewaard."
        ),
        _A.CASUS_GEWIST: "Alles over u is gewist, op verzoek. Alleen het logboek is er nog.",
        _A.BEWAARTERMIJN_VERSTREKEN: (
            "Alles over u is gewist: de bewaartijd was om. Alleen het logboek is er nog."
        ),
    }
)
#: What a recipient confirmed, where it was another notice than a recall.
_CONFIRMED: Final[Mapping[str, str]] = MappingProxyType(
    {
        Kennisgevingssoort.RECTIFICATIE: (
            "{wie} bevestigde dat het de gegevens die niet klopten, heeft verbeterd of gewist."
        ),
        Kennisgevingssoort.BEPERKING: (
            "{wie} bevestigde dat het uw gegevens alleen bewaart, en niet gebruikt."
        ),
    }
)
#: Why processing is restricted, or was (AVG 18 and 21).
_GRONDEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        Beperkingsgrond.JUISTHEID: "u zei dat iets niet klopt",
        Beperkingsgrond.ONRECHTMATIG: "het delen mocht niet, en u wilde niet dat er werd gewist",
        Beperkingsgrond.RECHTSVORDERING: "u hebt de gegevens nodig voor een rechtszaak",
        Beperkingsgrond.BEZWAAR: "u maakte bezwaar",
    }
)
_RESTRICTIONS: Final = frozenset({_A.VERWERKING_BEPERKT, _A.BEPERKING_OPGEHEVEN})
_REFUSED: Final = "{wie} vroeg naar u, en kreeg niets."
_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        Weigering.GEEN_TOESTEMMING: "u had geen toestemming gegeven",
        Weigering.NOG_NIET: "uw toestemming was nog niet begonnen",
        Weigering.VERLOPEN: "uw toestemming was verlopen",
        Weigering.INGETROKKEN: "u had uw toestemming ingetrokken",
        Weigering.GEWEIGERD: "u had nee gezegd",
        Weigering.TOLK_ONTBREEKT: "er was geen tolk toen u toestemming gaf",
        Weigering.VERTEGENWOORDIGER_ONTBREEKT: "er besliste niemand met u mee, en dat moest wel",
        Weigering.ANDERE_ONTVANGER: "uw toestemming was niet voor deze organisatie",
        Weigering.ANDER_DOEL: "uw toestemming was niet hiervoor",
        Weigering.VERKLARING_ONBEKEND: "de uitleg die u kreeg, was niet meer te vinden",
        Weigering.VERKLARING_TERUGGEROEPEN: "de uitleg die u kreeg, klopte niet meer",
        Weigering.GEEN_VELD: "de regels staan hiervoor geen enkel gegeven toe",
        Weigering.ANDERE_STAND: "u kreeg op dat moment geen begeleiding",
        Weigering.GEWIST: "uw gegevens waren gewist",
        Weigering.BEPERKT: "het delen van uw gegevens stond stil",
    }
)


def sentence(line: Mapping[str, Any]) -> str:
    """What happened."""
    regel, part = line["regel"], (line["deelVan"] or {}).get("soort", "")
    soort, grondslag = regel["soort"], regel.get("grondslag", "")
    if soort == _A.VERSTREKKING:
        said = _GOT.get((grondslag, part)) or _GOT_ANYHOW.get(grondslag, _GOT_ANYHOW["eigen"])
    elif soort == _A.WEIGERING:
        said = _REFUSED
    elif soort == _A.TERUGROEPING_BEVESTIGD and "reden" in regel:
        said = _CONFIRMED.get(regel["reden"], "{wie} bevestigde een bericht over uw gegevens.")
    else:
        said = _DONE.get(soort, f"In het logboek staat: {soort.replace('_', ' ')}.")
    return said.format(wie=name_of(line["ontvanger"]), door=name_of(line["organisatie"]))


def reason(line: Mapping[str, Any]) -> str | None:
    """Why: of a question refused, a restriction or a message; None of what needs no reason."""
    regel, part = line["regel"], (line["deelVan"] or {}).get("soort")
    code = regel.get("reden")
    if code is None:
        told = (regel.get("grondslag"), part) == (Grondslag.WETTELIJK, _A.PAGINA)
        return _NOTICE if told else None
    if regel["soort"] == _A.WEIGERING:
        return f"Waarom niet: {_in_words(_REASONS, code)}."
    if regel["soort"] in _RESTRICTIONS:
        return f"Reden: {_in_words(_GRONDEN, code)}."
    return None


def _in_words(words: Mapping[str, str], code: str) -> str:
    return words.get(code, code.replace("_", " "))


def name_of(party: Mapping[str, Any] | None) -> str:
    """Written out, and beside it the letters by which people know it: a code in capitals."""
    if party is None:
        return "Een organisatie"
    code, naam = str(party["code"]), str(party["naam"])
    return f"{naam} ({code})" if code.isupper() and code not in naam else naam
