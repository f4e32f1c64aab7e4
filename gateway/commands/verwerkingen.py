"""`lso-gateway verwerkingen ldv|adl|register`: the log and the rules in the forms of others."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import click

from connectors.errors import ConnectorError
from connectors.otlp import Collector
from connectors.transport import Transport, Transportsettings
from gateway.commands.help_in_dutch import Commandos
from gateway.commands.new_file import text_written
from gateway.commands.rule_files import opened
from gateway.exports.otlp import Vorm
from gateway.services.register import read_register
from gateway.services.register_tekst import as_markdown
from gateway.services.uitvoer import Verslag, bring, tell
from gateway.settings_values import web_address
from gateway.wiring import Parts

_FILE = click.Path(path_type=Path, dir_okay=False)
_READ = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group("verwerkingen", cls=Commandos)
def verwerkingen() -> None:
    """Het logboek dataverwerkingen, het beslislogboek en het register (AVG 30)."""


def _options(command: Any) -> Any:
    """What both logs are asked with."""
    for option in (
        click.option("--sleutel", type=_READ, help="De sleutel van dat certificaat."),
        click.option("--certificaat", type=_READ, help="Ons certificaat voor de verzamelaar."),
        click.option("--ca", type=_READ, help="De uitgevers die de verzamelaar vertrouwd maken."),
        click.option("--vanaf", type=click.IntRange(0), help="Het nummer van de eerste logregel."),
        click.option("--naar", help="Het adres van een verzamelaar (OTLP over HTTP)."),
        click.option("--bestand", type=_FILE, help="Een nieuw bestand; anders het scherm."),
    ):
        command = option(command)
    return command


@verwerkingen.command("ldv")
@_options
def ldv(**options: Any) -> None:
    """Een record per handeling en per mens, volgens Logboek Dataverwerkingen."""
    _export(Vorm.LDV, **options)


@verwerkingen.command("adl")
@_options
def adl(**options: Any) -> None:
    """Een record per beslissing, volgens Authorization Decision Log."""
    _export(Vorm.ADL, **options)


@verwerkingen.command("register")
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
@click.option("--bestand", type=_FILE, help="Een nieuw bestand; anders het scherm.")
def register(*, as_json: bool, bestand: Path | None) -> None:
    """Het register van verwerkingen, gemaakt van beleid en instellingen.

    Exitcode 1 als er iets in ontbreekt dat AVG 30 vraagt; wat, staat erin.
    """
    with opened() as parts:
        found = read_register(parts)
    text = json.dumps(found, ensure_ascii=False, indent=2) if as_json else as_markdown(found)
    with text_written(bestand) as file:
        file.write(f"{text}\n")
    if found["ontbreekt"]:
        click.echo(f"Er ontbreekt: {'; '.join(found['ontbreekt'])}.", err=True)
        raise click.exceptions.Exit(1)


def _export(vorm: Vorm, *, bestand: Path | None, naar: str | None, **more: Any) -> None:
    if bestand and naar:
        raise click.UsageError("Geef --bestand of --naar, niet allebei.")
    vanaf: int | None = more.pop("vanaf")
    way = _way(naar, **more) if naar else None
    with opened() as parts:
        if way is None:
            done = _to_lines(parts, vorm, bestand, vanaf or 0)
        else:
            done = _to_collector(parts, vorm, way, vanaf)
    if done.bezet:
        raise click.ClickException("Er loopt al een uitvoer; deze is niet begonnen.")
    click.echo(f"{done.records} records; verder bij logregel {done.volgende}.", err=True)


def _to_lines(parts: Parts, vorm: Vorm, bestand: Path | None, vanaf: int) -> Verslag:
    with text_written(bestand) as file:

        def write(record: dict[str, Any]) -> None:
            file.write(_line(record))

        return tell(parts, vorm, write, vanaf)


def _to_collector(parts: Parts, vorm: Vorm, way: "_Way", vanaf: int | None) -> Verslag:
    with closing(Transport(way.settings)) as transport:
        try:
            return bring(parts, vorm, Collector(transport, way.url), way.url, vanaf)
        except ConnectorError as error:
            raise click.ClickException(f"{error} Een volgende keer gaat het verder.") from None


class _Way(NamedTuple):
    """Where a collector is, and how it and we know each other."""

    url: str
    settings: Transportsettings


def _way(naar: str, *, ca: Path | None, certificaat: Path | None, sleutel: Path | None) -> _Way:
    if (certificaat is None) != (sleutel is None):
        raise click.UsageError("--certificaat en --sleutel horen bij elkaar.")
    pair = None if certificaat is None or sleutel is None else (certificaat, sleutel)
    try:
        url = web_address(naar)
    except ValueError as error:
        raise click.UsageError(f"--naar: {error}") from None
    return _Way(url, Transportsettings(ca_bundle=ca, client_certificate=pair))


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
