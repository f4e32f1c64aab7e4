"""`lso-gateway inzage`: the report of one person, for the officer to hand over (AVG 15).

A V-nummer is never an argument: arguments stand in the history of the shell and in every list of
processes. It is asked, without showing it, or read from the input.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

import click
from marshmallow import ValidationError

from gateway.commands.new_file import written
from gateway.commands.officer import officer
from gateway.commands.rule_files import opened
from gateway.inzage.paper import report_paper
from gateway.services.inzage import disclose_report
from gateway.wiring import Parts
from schemas.faults import faults_of
from schemas.inzage import Rapportvorm

_PDF: Final = "pdf"
_JSON: Final = "json"
_OF_RECEIPT: Final = ("pseudoniem", "logposities")


@click.command("inzage")
@click.argument("bestand", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--vorm",
    default=_PDF,
    show_default=True,
    type=click.Choice([_PDF, _JSON]),
    help="PDF om af te drukken, of JSON voor machines.",
)
@click.option(
    "--wisbewijs",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Het wisbewijs (JSON), van een casus die gewist is.",
)
def inzage(*, bestand: Path, vorm: str, wisbewijs: Path | None) -> None:
    """Maak het inzageverslag van één persoon, in een nieuw BESTAND dat alleen u kunt lezen.

    Het V-nummer wordt gevraagd, of gelezen van de invoer; nooit als argument. Het verslag is voor
    de persoon zelf, en voor niemand anders. Dat het is gemaakt, staat in het auditlog.
    """
    asked: dict[str, Any] = {"vorm": Rapportvorm.GEZAMENLIJK.value}
    asked |= {"vNummer": _number()} if wisbewijs is None else {"wisbewijs": _receipt(wisbewijs)}
    with opened() as parts, written(bestand) as file:
        body, found = _report(parts, asked)
        file.write(report_paper(body, parts.woorden) if vorm == _PDF else body)
    click.echo(f"Geschreven: {bestand}. Casussen in het verslag: {found}.")


def _report(parts: Parts, asked: dict[str, Any]) -> tuple[bytes, int]:
    try:
        disclosure = disclose_report(parts, officer(parts.settings), asked)
    except ValidationError as error:
        fields = sorted({fault.veld for fault in faults_of(error)})
        hint = " Een V-nummer heeft tien cijfers." if "vNummer" in fields else ""
        raise click.ClickException(f"Dit is niet te lezen: {', '.join(fields)}.{hint}") from None
    return disclosure.body, disclosure.onderdelen


def _number() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("V-nummer", hide_input=True)).strip()
    return sys.stdin.readline().strip()


def _receipt(path: Path) -> dict[str, Any]:
    """Of the receipt what is asked by; the rest of it is for people."""
    try:
        told = json.loads(path.read_bytes())
        return {name: told[name] for name in _OF_RECEIPT}
    except (ValueError, KeyError, TypeError):
        raise click.ClickException("Dit bestand is geen wisbewijs.") from None
