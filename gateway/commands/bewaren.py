"""`lso-gateway bewaren`: let go now of everything whose term is over; the worker does it daily."""

import click

from gateway.commands.rule_files import opened
from gateway.services.bewaren import keep_terms
from gateway.trace import begin_trace


@click.command("bewaren")
@click.option("--klok-klopt", "is_sure", is_flag=True, help="De klok van deze machine staat goed.")
def retention(*, is_sure: bool) -> None:
    """Vernietig wat niet langer bewaard mag worden.

    De inhoud van een casus als er geen toestemming meer is, en de rest aan het eind van de
    bewaartermijn. De worker doet dit elke dag. Exitcode 1 als van een casus niet vaststaat hoe
    lang hij mag blijven, of als hij niet te lezen is.

    Een dag telt hoogstens drie dagen verder dan de vorige, want een klok die vooruitspringt zou
    alles vernietigen. Heeft de gateway lang stilgestaan, kijk dan eerst of de klok goed staat en
    geef --klok-klopt.
    """
    with opened() as parts:
        done = keep_terms(parts, begin_trace(None).trace_id, is_sure=is_sure)
        today = parts.clock.day()
    if done is None:
        raise click.ClickException("Een ander is hier op dit moment mee bezig.")
    click.echo(f"Inhoud vernietigd: {done.inhoud}. Bewaartermijn verstreken: {done.gewist}.")
    if done.dag < today:
        click.echo(
            f"LET OP nagegaan tot en met {done.dag:%d-%m-%Y}, en de klok staat op "
            f"{today:%d-%m-%Y}. Staat die goed: lso-gateway bewaren --klok-klopt."
        )
    if done.zonder_termijn:
        click.echo(f"LET OP zonder bewaartermijn in een beleid: {done.zonder_termijn}.")
    if done.onleesbaar:
        click.echo(f"LET OP onleesbaar, en dus niet nagegaan: {done.onleesbaar}.")
    if done.zonder_termijn or done.onleesbaar or done.dag < today:
        raise click.exceptions.Exit(1)
