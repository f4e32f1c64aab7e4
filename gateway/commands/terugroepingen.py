"""`lso-gateway terugroepingen`: which recalls are overdue and open, also of who left."""

import json
from typing import Any

import click

from gateway.commands.rule_files import opened
from gateway.services.recall_state import Regel, Stand, list_recalls
from privacy.clock import utc_text


@click.command("terugroepingen")
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
def terugroepingen(*, as_json: bool) -> None:
    """Toon welke terugroepingen te laat, open of bevestigd zijn; er verandert niets.

    Ook de kennisgevingen van een beperking of rectificatie staan erbij (AVG 19).

    Exitcode 1 als er een te laat is.
    """
    with opened() as parts:
        found = list_recalls(parts)
    if as_json:
        click.echo(json.dumps([_wire(each) for each in found]))
    else:
        click.echo("\n".join([*map(_line, found), _sum(found)]))
    if any(each.stand is Stand.TE_LAAT for each in found):
        raise click.exceptions.Exit(1)


def _wire(each: Regel) -> dict[str, Any]:
    return {
        "terugroepingId": str(each.terugroeping_id),
        "casusreferentie": str(each.referentie),
        "ontvanger": each.ontvanger,
        "deelnemer": each.deelnemer,
        "soort": each.soort.value,
        "doelen": list(each.doelen),
        "velden": list(each.velden),
        "uiterlijk": each.uiterlijk.isoformat(),
        "bevestigdOp": None if each.bevestigd_op is None else utc_text(each.bevestigd_op),
        "stand": each.stand.value,
    }


def _line(each: Regel) -> str:
    gone = "" if each.deelnemer else "  (doet niet meer mee)"
    stand = each.stand.value.replace("_", " ")
    what = f"{each.terugroeping_id}  {each.ontvanger}{gone}  {each.waarover}"
    return f"{stand:<9}  uiterlijk {each.uiterlijk.isoformat()}  {what}"


def _sum(found: list[Regel]) -> str:
    counts = {stand: sum(each.stand is stand for each in found) for stand in Stand}
    told = ", ".join(f"{n} {stand.value.replace('_', ' ')}" for stand, n in counts.items())
    return f"Terugroepingen: {told}."
