"""`lso-gateway sleutels tijdvak` and `tijdvakken`: a new epoch now, and what became of each."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

import click

from gateway.commands.rule_files import opened
from gateway.refusals import ConflictError
from gateway.services.tijdvakken import begin_epoch, overview, prepare_epoch
from privacy.clock import utc_text
from privacy.store.epochs import Tijdvak

_AFTERWARDS: Final = (
    "Maak nu een back-up van de database en een kopie van de map met sleutels. Wat een back-up van "
    "hiervoor bevat, is niet meer te lezen; vernietig elke kopie van een oude sleutel."
)


@click.command("tijdvak")
@click.option(
    "--voorbereiden",
    "only_prepare",
    is_flag=True,
    help="Maak alleen de sleutel, om hem eerst naar andere machines te brengen.",
)
def roll_over(*, only_prepare: bool) -> None:
    """Begin nu een nieuw tijdvak, en vernietig de sleutel van het vorige."""
    with opened() as parts:
        try:
            if only_prepare:
                click.echo(f"De sleutel van tijdvak {prepare_epoch(parts)} staat klaar.")
                return
            done = begin_epoch(parts)
        except ConflictError as error:
            raise click.ClickException(error.detail) from None
        except OSError:
            raise click.ClickException("In de map met sleutels is niet te schrijven.") from None
    click.echo(f"Tijdvak {done.tijdvak} is begonnen; er gingen {done.omgezet} casussen mee.")
    for number in done.vernietigd:
        click.echo(f"De sleutel van tijdvak {number} is vernietigd.")
    click.echo(_AFTERWARDS)


@click.command("tijdvakken")
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
def show_epochs(*, as_json: bool) -> None:
    """Toon wanneer elk tijdvak begon, en of zijn sleutel is vernietigd."""
    with opened() as parts:
        found, here = overview(parts), parts.keys.epochs
    if as_json:
        click.echo(json.dumps([_wire(each, here) for each in found]))
        return
    for each in found:
        click.echo(_line(each, here))


def _wire(each: Tijdvak, here: Collection[int]) -> dict[str, Any]:
    return {
        "nummer": each.nummer,
        "begonnen": _moment(each.begonnen),
        "vernietigd": _moment(each.vernietigd),
        "casussen": each.casussen,
        "sleutelAanwezig": each.nummer in here,
    }


def _line(each: Tijdvak, here: Collection[int]) -> str:
    key = "aanwezig" if each.nummer in here else "weg"
    begun, gone = _moment(each.begonnen) or "onbekend", _moment(each.vernietigd)
    told = f"tijdvak {each.nummer}: begonnen {begun}, {each.casussen} casussen, sleutel {key}"
    return told if gone is None else f"{told}, vernietigd {gone}"


def _moment(when: datetime | None) -> str | None:
    return None if when is None else utc_text(when)
