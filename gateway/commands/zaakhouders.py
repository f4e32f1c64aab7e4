"""`lso-gateway zaakhouders`: who of several organisations leads one casus; for the officer."""

import json
from collections.abc import Iterator
from typing import Any

import click

from gateway.commands.rule_files import opened
from gateway.services.zaakhouders import Bevinding, Zaakhouder, find_zaakhouders
from privacy.clock import utc_text


@click.command("zaakhouders")
@click.option("--json", "for_machines", is_flag=True, help="Voor machines.")
def zaakhouders(*, for_machines: bool) -> None:
    """Van wie zeggen meer organisaties dat zij zaakhouder zijn? Voor de privacyofficer.

    De eerste telt. Een casus staat hier met zijn nummer in de gateway, nooit met een V-nummer.
    Dat er is gekeken, staat in het auditlog.
    """
    with opened() as parts:
        found = find_zaakhouders(parts)
    if for_machines:
        click.echo(json.dumps(_wire(found), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(found)))


def _lines(found: Bevinding) -> Iterator[str]:
    for number, group in enumerate(found.personen, start=1):
        yield f"Persoon {number}"
        for each in group:
            counts = "telt" if each is group[0] else "telt niet"
            yield f"  {each.casus}  {each.bronhouder}  sinds {utc_text(each.sinds)}  {counts}"
    people = len(found.personen)
    yield f"Personen met meer dan één zaakhouder: {people}. Casussen bekeken: {found.casussen}."
    if found.onleesbaar:
        yield f"LET OP onleesbaar, en dus niet bekeken: {found.onleesbaar}."


def _wire(found: Bevinding) -> dict[str, Any]:
    return {
        "personen": [
            {"zaakhouders": [_zaakhouder(each, telt=each is group[0]) for each in group]}
            for group in found.personen
        ],
        "casussen": found.casussen,
        "onleesbaar": found.onleesbaar,
    }


def _zaakhouder(each: Zaakhouder, *, telt: bool) -> dict[str, Any]:
    return {
        "casusId": str(each.casus),
        "bronhouder": each.bronhouder,
        "sinds": utc_text(each.sinds),
        "telt": telt,
    }
