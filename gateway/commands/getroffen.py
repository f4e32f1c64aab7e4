"""`lso-gateway audit getroffen`: whom a breach at a recipient concerns (AVG 33 and 34)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from gateway.commands.officer import officer
from gateway.commands.rule_files import opened
from gateway.services.getroffen import (
    Getroffenen,
    UnknownRecipientError,
    Verstrekt,
    find_affected,
)
from privacy.clock import AMSTERDAM
from privacy.log.questions import Question

_MOMENTS = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])

_SINCE = "Vanaf deze dag, of dit moment (JJJJ-MM-DDTUU:MM), in Nederlandse tijd."
_UNTIL = "Tot deze dag of dit moment, dat zelf niet meetelt."


@click.command("getroffen")
@click.option("--ontvanger", required=True, help="De code van de organisatie waar het misging.")
@click.option("--van", required=True, type=_MOMENTS, metavar="MOMENT", help=_SINCE)
@click.option("--tot", required=True, type=_MOMENTS, metavar="MOMENT", help=_UNTIL)
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
def affected(*, ontvanger: str, van: datetime, tot: datetime, as_json: bool) -> None:
    """Toon van wie een ontvanger tussen twee momenten iets kreeg, en welke gegevens.

    Een casus staat hier met zijn nummer, zijn organisatie en de referentie waaronder de ontvanger
    hem kent; nooit met een V-nummer. Dat er is gezocht, staat in het auditlog.
    """
    if tot <= van:
        raise click.BadParameter("dit ligt niet na --van", param_hint="--tot")
    try:
        question = Question(ontvanger=ontvanger, van=_utc(van), tot=_utc(tot))
    except ValueError:
        raise click.BadParameter("dit is geen code", param_hint="--ontvanger") from None
    with opened() as parts:
        try:
            found = find_affected(parts, officer(parts.settings).herkomst, question)
        except UnknownRecipientError as error:
            raise click.BadParameter(str(error), param_hint="--ontvanger") from None
    if as_json:
        click.echo(json.dumps(found.wire(), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found)))


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=AMSTERDAM).astimezone(UTC)


def _lines(found: Getroffenen) -> Iterator[str]:
    for each in found.personen:
        yield f"{each.casus}  {each.bronhouder}  referentie {each.referentie}"
        yield f"  {_told(each.kreeg)}"
    for name, kreeg in sorted(found.gewist.items()):
        yield f"gewist  pseudoniem {name}"
        yield f"  {_told(kreeg)}"
    yield f"Casussen: {len(found.personen)}. Gewist: {len(found.gewist)}."
    if found.onleesbaar:
        yield f"LET OP onleesbaar, en dus niet bekeken: {found.onleesbaar}."


def _told(kreeg: Verstrekt) -> str:
    fields = ", ".join(f"{name} ({each})" for name, each in sorted(kreeg.velden.items()))
    what = fields or "alleen een bericht, geen gegeven"
    return f"{kreeg.aantal} keer, {kreeg.eerste} tot en met {kreeg.laatste}: {what}"
