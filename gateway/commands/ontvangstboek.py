"""`lso-gateway ontvangstboek controleer`: a partner checks its book of receipts, by itself."""

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path

import click

from connectors.bewijscontrole import BewijsError
from connectors.ontvangstboek import Boekstand, Ontvangstboek
from gateway.commands.help_in_dutch import Commandos
from privacy.log.errors import NoteError
from privacy.log.notes import VerifierKey
from privacy.log.trust import Trust


class _Vkey(click.ParamType[VerifierKey]):
    """A public key as a signed note names it."""

    name = "vkey"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> VerifierKey:
        try:
            return VerifierKey.parse(value)
        except NoteError:
            self.fail("dit is geen vkey (naam+merk+base64), of niet helemaal", param, ctx)


@click.group("ontvangstboek", cls=Commandos)
def ontvangstboek() -> None:
    """Het ontvangstboek van een ketenpartner."""


@ontvangstboek.command("controleer")
@click.argument(
    "file", metavar="BOEK", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--logsleutel", "log", required=True, type=_Vkey(), help="De vkey van het log.")
@click.option("--herkomst", "origin", help="Hoe het log heet, als dat anders is dan zijn sleutel.")
@click.option(
    "--getuige", "witnesses", multiple=True, type=_Vkey(), help="De vkey van een getuige."
)
@click.option(
    "--nodig",
    "enough",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Hoeveel van deze getuigen elk controlepunt moeten hebben medeondertekend.",
)
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
def check(
    *,
    file: Path,
    log: VerifierKey,
    origin: str | None,
    witnesses: tuple[VerifierKey, ...],
    enough: int,
    as_json: bool,
) -> None:
    """Controleer alles wat in het boek staat, zonder iemand iets te vragen.

    Exitcode 0 alleen als alles klopt. Wat niet klopt wordt genoemd; het boek blijft zoals het is.
    """
    if enough > len(witnesses):
        raise click.BadParameter("er zijn minder getuigen dan nodig", param_hint="--nodig")
    try:
        trust = Trust(origin or log.name, log, witnesses, enough)
        book = Ontvangstboek(file, trust, read_only=True)
        stand, wrong = book.verify(), book.contradictions()
    except sqlite3.Error:
        raise click.ClickException("Dit bestand is geen ontvangstboek, of niet te lezen.") from None
    except BewijsError as error:
        raise click.ClickException(f"Het boek klopt niet: {error.reden}.") from None
    click.echo(json.dumps(asdict(stand)) if as_json else _sentence(stand))
    for text in wrong:
        click.echo(f"Het log ondertekende ook wat hier niet bij past:\n{text}", err=True)
    if wrong:
        raise click.exceptions.Exit(1)


def _sentence(stand: Boekstand) -> str:
    return (
        f"{stand.bewezen} van {stand.ontvangen} ontvangstbewijzen gecontroleerd; "
        f"het log was het laatst {stand.omvang} regels lang."
    )
