"""`lso-gateway toegang`: what people did, for the officer; that it was read is noted as well."""

import json
from itertools import islice

import click

from gateway.commands.help_in_dutch import Commandos
from gateway.commands.rule_files import opened
from gateway.services.toegang import person_digest
from privacy.clock import utc_text
from privacy.log.access import Regel, altered, read_access
from privacy.log.head import read_head
from privacy.store.engine import reading

_MOST_ALTERED = 20


@click.group("toegang", cls=Commandos)
def toegang() -> None:
    """Het toegangslog: wie van de medewerkers wat deed."""


@toegang.command("tonen")
@click.option(
    "--aantal",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="Zoveel handelingen, en niet meer.",
)
@click.option("--voor", "before", type=click.IntRange(0), help="Alleen regels voor dit nummer.")
@click.option("--wie", "subject", help="Alleen deze persoon, zoals de aanmelddienst hem kent.")
@click.option("--json", "for_machines", is_flag=True, help="Voor machines.")
def show(*, aantal: int, before: int | None, subject: str | None, for_machines: bool) -> None:
    """Toon de nieuwste handelingen, de laatste eerst."""
    with opened() as parts:
        who = None
        if subject is not None:
            if parts.settings.console is None:
                raise click.ClickException("Deze installatie heeft geen console.")
            who = person_digest(parts, parts.settings.console, subject)
        with reading(parts.engine) as tx:
            since = read_head(tx).omvang if before is None else before
            found = read_access(tx, since, aantal, who)
    if for_machines:
        click.echo(json.dumps([_wire(each) for each in found]))
    else:
        click.echo("\n".join(map(_line, found)) or "Er zijn geen handelingen.")


@toegang.command("controleer")
def check() -> None:
    """Ga na of elke regel is zoals hij werd geschreven. Exitcode 0 alleen als dat zo is."""
    with opened() as parts, reading(parts.engine) as tx:
        found = list(islice(altered(tx), _MOST_ALTERED))
    if found:
        numbers = ", ".join(map(str, found))
        raise click.ClickException(
            f"Gewijzigd of weg sinds ze werden geschreven: regels {numbers}."
        )
    click.echo("Elke regel van het toegangslog is zoals hij werd geschreven.")


def _line(each: Regel) -> str:
    what = each.toegang
    return (
        f"{utc_text(each.tijd)}  {each.nummer}  {what.wie}  {what.handeling}  {what.object}  "
        f"{what.uitkomst}  {what.herkomst}"
    )


def _wire(each: Regel) -> dict[str, str | int]:
    what = each.toegang
    return {
        "nummer": each.nummer,
        "tijd": utc_text(each.tijd),
        "wie": what.wie,
        "handeling": what.handeling,
        "object": what.object,
        "uitkomst": what.uitkomst.value,
        "herkomst": what.herkomst,
    }
