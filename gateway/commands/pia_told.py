"""How the outcome of `pia simuleer` is told: in sentences to people, in JSON to machines."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from privacy.policy import Policy
from privacy.simulation import Doelgevolg, Gevolg, Stap, Telling, Verschil, Voorbeeld
from schemas.terms import Precisie

if TYPE_CHECKING:
    from gateway.services.simulatie import Uitkomst

_WAT = {
    Gevolg.NIEUW: "gaat voor het eerst over",
    Gevolg.VERVALT: "gaat niet meer over",
    Gevolg.FIJNER: "gaat preciezer over",
    Gevolg.GROVER: "gaat minder precies over",
}


def lines(found: "Uitkomst", policies: Iterable[Policy], late: Iterable[Policy]) -> Iterator[str]:
    """Per recipient and purpose what would change, and for how many people."""
    for each in policies:
        yield f"Nieuw beleid voor {each.ontvanger}: {each.digest}"
    for each in late:
        yield f"LET OP {each.ontvanger}: de herzieningsdatum is voorbij; zo gaat er niets over."
    yield f"Bekeken: {_count(found.casussen, 'casus', 'casussen')}. Er is niets veranderd."
    if found.onleesbaar:
        yield f"LET OP {_count(found.onleesbaar, 'casus', 'casussen')} onleesbaar, niet meegeteld."
    if found.zonder_samenvatting:
        without = _count(found.zonder_samenvatting, "casus", "casussen")
        yield f"LET OP {without} met toestemming en zonder samenvatting, niet meegeteld."
    if not found.gevolgen:
        yield "Het nieuwe beleid noemt dezelfde velden in dezelfde precisie: er verandert niets."
    for gevolg in found.gevolgen:
        yield ""
        yield from _pair(gevolg)


def _pair(gevolg: Doelgevolg) -> Iterator[str]:
    agreed = _people(gevolg.mensen)
    yield f"{gevolg.ontvanger}, {gevolg.doel} (toestemming hiervoor: {agreed})"
    for verschil, telling in gevolg.verschillen.items():
        covered = _people(telling.gedekt)
        step = _step((verschil.van, verschil.naar))
        yield f"  {verschil.veld} {_WAT[verschil.gevolg]} ({step})"
        yield f"    volgens het beleid: {agreed}; ook volgens hun verklaring: {covered}"
        for stap, mensen in telling.stappen.items():
            yield f"      {_step(stap)}: {_people(mensen)}"
        if telling.nog_te_sturen:
            later = _people(telling.nog_te_sturen)
            yield f"    waarvan pas nadat de organisatie opnieuw aanlevert: {later}"
    for each in gevolg.voorbeelden:
        yield f"  voorbeeld {each.naam}: " + ", ".join(
            f"{name} ({_step(stap)})" for name, stap in each.velden.items()
        )


def as_json(
    found: "Uitkomst", policies: Iterable[Policy], late: Sequence[Policy]
) -> dict[str, Any]:
    """All of it, for machines."""
    return {
        "beleid": [
            {
                "ontvanger": each.ontvanger,
                "digest": each.digest,
                "herzieningVoorbij": each in late,
            }
            for each in policies
        ],
        "casussen": found.casussen,
        "onleesbaar": found.onleesbaar,
        "zonderSamenvatting": found.zonder_samenvatting,
        "gevolgen": [_gevolg(each) for each in found.gevolgen],
    }


def _gevolg(each: Doelgevolg) -> dict[str, Any]:
    return {
        "ontvanger": each.ontvanger,
        "doel": each.doel.value,
        "mensen": len(each.mensen),
        "velden": [_veld(verschil, telling) for verschil, telling in each.verschillen.items()],
        "voorbeelden": [_voorbeeld(example) for example in each.voorbeelden],
    }


def _veld(verschil: Verschil, telling: Telling) -> dict[str, Any]:
    return {
        "veld": verschil.veld,
        "gevolg": verschil.gevolg.value,
        **_wire((verschil.van, verschil.naar)),
        "gedekt": len(telling.gedekt),
        "nogTeSturen": len(telling.nog_te_sturen),
        "stappen": [
            {**_wire(stap), "mensen": len(mensen)} for stap, mensen in telling.stappen.items()
        ],
    }


def _voorbeeld(example: Voorbeeld) -> dict[str, Any]:
    return {
        "casus": example.naam,
        "velden": [{"veld": name, **_wire(stap)} for name, stap in example.velden.items()],
    }


def _wire(stap: Stap) -> dict[str, str | None]:
    van, naar = (None if each is None else each.value for each in stap)
    return {"van": van, "naar": naar}


def _step(stap: Stap) -> str:
    return " → ".join(_word(each) for each in stap)


def _word(precisie: Precisie | None) -> str:
    return "niet" if precisie is None else precisie.value


def _people(mensen: set[bytes]) -> str:
    return _count(len(mensen), "mens", "mensen")


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
