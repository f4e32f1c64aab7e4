"""For the officers: which recalls are overdue, open and confirmed. A reference, no person."""

from typing import Final

from gateway.console.table import Cel, Tabel, Toon, code, day_text, moment_text
from gateway.services.recall_state import MOST, Regel, Stand, list_recalls
from gateway.wiring import Parts

_TITLES: Final = {
    Stand.TE_LAAT: "Te laat",
    Stand.OPEN: "Open",
    Stand.BEVESTIGD: "Bevestigd",
}
_EMPTY: Final = {
    Stand.TE_LAAT: "Geen enkele terugroeping is te laat.",
    Stand.OPEN: "Er staat geen terugroeping open.",
    Stand.BEVESTIGD: "Er is nog geen terugroeping bevestigd.",
}
_KOP: Final = ("Terugroeping", "Casusreferentie", "Ontvanger", "Voor", "Uiterlijk", "Stand")


def recall_tables(parts: Parts) -> list[Tabel]:
    """One table per state, the most urgent first."""
    found = list_recalls(parts)
    return [
        Tabel(
            naam=stand.value.replace("_", "-"),
            titel=_TITLES[stand],
            kop=_KOP,
            rijen=tuple(_row(each) for each in found if each.stand is stand),
            leeg=_EMPTY[stand],
        )
        for stand in Stand
    ]


def explanation() -> str:
    """What the page shows, and how much of it."""
    return (
        "Een ontvanger die eerder iets van een casus kreeg, mag dat na het eind van de toestemming"
        " niet meer gebruiken en bevestigt dat. Ook een beperking en een rectificatie bevestigt"
        f" hij. Hoogstens {MOST} open en {MOST} bevestigde. Over wie het gaat, is hier niet te"
        " zien."
    )


def _row(each: Regel) -> tuple[Cel, ...]:
    return (
        code(str(each.terugroeping_id)),
        code(str(each.referentie)),
        Cel(each.ontvanger) if each.deelnemer else _gone(each.ontvanger),
        Cel(each.waarover),
        Cel(day_text(each.uiterlijk)),
        _stand(each),
    )


def _gone(ontvanger: str) -> Cel:
    return Cel(f"{ontvanger}: doet niet meer mee, benader zelf", Toon.LET_OP)


def _stand(each: Regel) -> Cel:
    if each.bevestigd_op is not None:
        return Cel(f"bevestigd op {moment_text(each.bevestigd_op)}", Toon.GOED)
    if each.stand is Stand.TE_LAAT:
        return Cel("te laat", Toon.FOUT)
    return Cel("open", Toon.LET_OP)
