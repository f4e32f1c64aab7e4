"""`lso-gateway herstel`: what an operator does after a backup was restored (docs/herstel.md)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click

from gateway.commands.help_in_dutch import Commandos
from gateway.commands.rule_files import opened
from gateway.services.herstel import proceed, reconcile, report_restored
from gateway.services.herstelmelding import give_up
from gateway.services.herstelstand import Toestand, state
from gateway.services.lost_machines import VerlorenMachines
from gateway.services.lost_rules import VerlorenRegels

_OORZAAK: Final = {
    "kopie_langer": "de kopie van het log heeft regels die de database mist",
    "kopie_anders": "de kopie van het log heeft andere regels dan de database",
    "log_korter": "een draaiend proces kende een langer log",
    "stand_van_node": "een node toonde een stand van het log die de database niet kent",
    "melding": "de beheerder heeft het gemeld",
}


@click.group("herstel", cls=Commandos)
def restored() -> None:
    """Na een teruggezette back-up: zien, verzoenen en afsluiten."""


@restored.command("tonen")
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
def show(*, as_json: bool) -> None:
    """Toon wie nog moet spreken, en of het log verzoend is."""
    with opened() as parts:
        _tell(state(parts), as_json=as_json)


@restored.command("melden")
def report() -> None:
    """Meld dat de database uit een back-up komt: vanaf nu wordt niets verstrekt."""
    with opened() as parts:
        report_restored(parts)
        _tell(state(parts), as_json=False)


@restored.command("verzoenen")
@click.option(
    "--kopie",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Een kopie van het log; zonder: die uit de instellingen.",
)
@click.option(
    "--zonder-rest",
    "give_up_rest",
    is_flag=True,
    help="Er is geen nieuwere kopie: wat nog ontbreekt is verloren.",
)
def reconcile_log(*, kopie: Path | None, give_up_rest: bool) -> None:
    """Zet terug wat de database mist, en trek opnieuw in wat ingetrokken was."""
    with opened() as parts:
        missing = reconcile(parts, kopie, give_up_rest=give_up_rest)
        proceed(parts)
        _tell(state(parts), as_json=False)
    if missing:
        raise click.ClickException(
            f"Van {missing} regels is geen kopie. Is er geen nieuwere, geef dan --zonder-rest."
        )


@restored.command("afsluiten")
@click.option("--zonder", "code", required=True, help="Een organisatie die niet meer zal spreken.")
def close(*, code: str) -> None:
    """Wacht niet langer op een organisatie: al haar toestemmingen eindigen."""
    with opened() as parts:
        ended = give_up(parts, code)
        if ended is None:
            raise click.UsageError("Deze organisatie is hier niet, of heeft al gesproken.")
        click.echo(f"Bij {ended} casussen is de toestemming beëindigd.")
        proceed(parts)
        _tell(state(parts), as_json=False)


def _tell(found: Toestand | None, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(None if found is None else _wire(found)))
    elif found is None:
        click.echo("Er is geen herstel open.")
    else:
        click.echo("\n".join(_lines(found)))


def _wire(found: Toestand) -> dict[str, Any]:
    return {
        "herstelId": str(found.herstel.id),
        "oorzaak": found.herstel.oorzaak.value,
        "verzoend": found.herstel.reconciled,
        "ontbrekendeRegels": found.missing,
        "nietGesproken": list(found.silent),
        "regelsInVork": found.forked,
        "onbekendeCasussen": found.unknown,
        "verlorenBeperkingen": found.unrestricted,
        "verlorenRegelsOverBeleid": found.regels.aantal,
        "teruggeroepenVerklaringen": list(found.regels.teruggeroepen),
        "ontvangersZonderBeleid": dict(found.regels.zonder_beleid),
        "bevrorenClients": list(found.machines.bevroren),
        "gewijzigdeClients": list(found.machines.gewijzigd),
        "ingetrokkenSleutels": list(found.machines.sleutels),
    }


def _lines(found: Toestand) -> list[str]:
    lines = [
        f"Hersteld uit een back-up: {_OORZAAK[found.herstel.oorzaak.value]}.",
        "Er wordt niets verstrekt. Aanleveren, intrekken en terugroepen gaan door.",
        "Het log is verzoend."
        if found.herstel.reconciled
        else f"Het log is nog niet verzoend; er ontbreken minstens {found.missing} regels.",
        f"Nog niet gesproken: {', '.join(found.silent) or 'niemand'}.",
    ]
    if found.forked:
        lines.append(f"Naast het log staan {found.forked} regels van voor het herstel (logvork).")
    if found.unknown:
        lines.append(
            f"Van {found.unknown} casussen die verstrekt waren zijn de sleutels verloren: meld de"
            " ontvangers dat zij vervallen; de nodes leveren ze opnieuw aan."
        )
    if found.unrestricted:
        lines.append(
            f"Van {found.unrestricted} casussen waarvan de verwerking beperkt was zijn de sleutels"
            " verloren: laat de organisaties die beperkingen opnieuw opgeven, voordat de laatste"
            " zich meldt."
        )
    return [*lines, *_about_rules(found.regels), *_about_machines(found.machines)]


def _about_rules(lost: VerlorenRegels) -> Iterator[str]:
    """What officers have to look at, before the last organisation speaks."""
    if lost.aantal:
        yield (
            f"In het verloren stuk staan {lost.aantal} regels over beleid of verklaringen:"
            " laat de privacy officers nagaan wat nu geldt, voordat de laatste organisatie spreekt."
        )
    if lost.teruggeroepen:
        yield f"Teruggeroepen blijven de verklaringen: {', '.join(lost.teruggeroepen)}."
    for naam, digest in lost.zonder_beleid.items():
        was = "was zijn beleid ingetrokken" if digest is None else f"gold voor hem {digest}"
        yield (
            f"{naam} krijgt niets: na de back-up {was}. Het beleid van de back-up is ingetrokken,"
            " tot de officers een versie aanzetten (pia activeer)."
        )


def _about_machines(lost: VerlorenMachines) -> Iterator[str]:
    """What the operator has to do to clients and signing keys."""
    if lost.bevroren:
        yield (
            f"Bevroren zijn de clients: {', '.join(lost.bevroren)}."
            " Na de back-up zijn zij bevroren, of hun sleutels vervangen. Vervang de sleutels"
            " opnieuw (client roteren) en laat pas dan weer toe (client ontdooien)."
        )
    if lost.gewijzigd:
        yield (
            f"Na de back-up gewijzigd, en nu weer als vanouds: {', '.join(lost.gewijzigd)}."
            " Wijzig deze clients opnieuw, voordat de laatste organisatie zich meldt."
        )
    if lost.sleutels:
        yield f"Ingetrokken blijven de ondertekensleutels: {', '.join(lost.sleutels)}."
