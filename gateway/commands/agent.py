"""`lso-gateway agent aanleveren | volgen | voordragen | sleutels`: the node of an organisation.

Exit codes: 0 all was taken (refused rows of the register are no failure), 1 a run is under way
already or something broke, 2 bron.toml or the register is at fault, 3 too many records vanished,
4 the gateway did not answer or refused, 5 its policies are not the approved ones, 6 it refused
items.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn
from uuid import UUID

import click
from rich.console import Console
from sqlalchemy.engine import make_url

from connectors.errors import ConnectorError
from gateway.commands.help_in_dutch import Commandos
from gateway.database import is_current, upgrade
from gateway.node.bron import Bron, load_bron
from gateway.node.delivery import Wijze, aanleveren
from gateway.node.errors import BronError
from gateway.node.keys import make_node_keys, public_jwks, registration, signing_registration
from gateway.node.nomination import voordragen
from gateway.node.outcome import Afloop
from gateway.node.parts import Node, open_node
from gateway.node.report import progress, show
from privacy.errors import PrivacyError
from privacy.store.engine import make_engine
from schemas.terms import Itemresultaat

_BRON: Final = click.option(
    "--bron",
    "path",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Het bestand bron.toml van deze organisatie.",
)
_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Voor machines.")


@click.group("agent", cls=Commandos)
def agent() -> None:
    """De node van een organisatie: leest het eigen register en levert aan."""


@agent.command("aanleveren")
@_BRON
@click.option("--proef", is_flag=True, help="Lees en controleer alleen; verstuur niets.")
@click.option("--alles", is_flag=True, help="Verstuur alles opnieuw, ook wat niet is gewijzigd.")
@_JSON
@click.pass_context
def deliver(context: click.Context, *, path: Path, proef: bool, alles: bool, as_json: bool) -> None:
    """Lees het register en verstuur wat is gewijzigd."""
    with _opened(path) as node:
        naam = node.bron.naam
        with progress(Console(stderr=True), naam) as begin:
            found = aanleveren(node, Wijze(proef=proef, alles=alles, begin=begin))
    if as_json:
        click.echo(json.dumps(found.to_wire(), ensure_ascii=False))
        if found.melding:
            click.echo(found.melding, err=True)
    else:
        show(Console(), found, naam=naam, proef=proef)
    context.exit(found.afloop.value)


@agent.command("volgen")
@_BRON
def follow(*, path: Path) -> None:
    """Lever aan volgens [rooster], tot dit programma wordt gestopt."""
    from gateway.node.schedule import run
    from gateway.telemetry import start_logging

    start_logging()
    with _opened(path):
        pass  # whatever is at fault shows now, and not at the first run
    with _faults_told():
        run(path)


@agent.command("voordragen")
@_BRON
@click.option("--overleg", required=True, type=click.UUID, help="Het id van het overleg.")
@_JSON
@click.pass_context
def nominate(context: click.Context, *, path: Path, overleg: UUID, as_json: bool) -> None:
    """Draag iedereen in begeleiding voor die toestemming gaf voor het overleg."""
    with _opened(path) as node:
        try:
            found = voordragen(node, overleg)
        except ConnectorError as error:
            failed = f"Niet alles is voorgedragen ({error}). Probeer het later nog eens."
            _end(Afloop.GATEWAY, failed)
    if as_json:
        click.echo(json.dumps(found.to_wire()))
    else:
        click.echo(
            f"Op de agenda gezet: {found.counted[Itemresultaat.AANGENOMEN]}; stond er al: "
            f"{found.counted[Itemresultaat.ONGEWIJZIGD]}; geweigerd: "
            f"{found.counted[Itemresultaat.GEWEIGERD]}."
        )
    refused = found.counted[Itemresultaat.GEWEIGERD] > 0
    context.exit((Afloop.GEWEIGERD if refused else Afloop.GOED).value)


@agent.command("sleutels")
@_BRON
def keys(*, path: Path) -> None:
    """Maak sleutels en database van deze node, en toon de publieke sleutel en de aanmelding.

    Wat er al is blijft zoals het is.
    """
    with _faults_told():
        bron = load_bron(path)
        make_node_keys(bron)
        shown = public_jwks(bron)
        _upgrade(bron)
    click.echo(shown)
    click.echo(
        f"Geef deze publieke sleutel, als {bron.client_id}.json, aan de beheerder van de gateway. "
        f"Die meldt de node aan met:\n\n  {registration(bron)}\n\n"
        f"Geef ook {bron.ondertekening.with_suffix('.jwk')}, waarmee de gateway de handtekening "
        "van uw organisatie onder elke toestemming controleert. De beheerder legt die vast met:"
        f"\n\n  {signing_registration(bron)}\n\n"
        "Bewaar een kopie van de map met sleutels op een veilige plek, los van de database.",
        err=True,
    )


@contextmanager
def _opened(path: Path) -> Iterator[Node]:
    """The node, ready to run; what is at fault ends the command."""
    with _faults_told():
        bron = load_bron(path)
        with open_node(bron) as node:
            _require_database(node)
            yield node


def _require_database(node: Node) -> None:
    # Looked at before connecting: SQLite makes a file that is not there, and an empty memory
    # knows of nobody who vanished.
    file = make_url(node.bron.database).database
    missing = node.engine.dialect.name == "sqlite" and not Path(file or "").is_file()
    if missing or not is_current(node.engine):
        raise BronError(("[opslag] database: is er niet of is niet bij; voer uit: agent sleutels",))


def _upgrade(bron: Bron) -> None:
    engine = make_engine(bron.database)
    try:
        upgrade(engine)
    finally:
        engine.dispose()


@contextmanager
def _faults_told() -> Iterator[None]:
    try:
        yield
    except BronError as error:
        _end(Afloop.BRON, "\n".join(("De node kan niet beginnen:", *_listed(error.faults))))
    except PrivacyError as error:
        raise click.ClickException(str(error)) from None


def _listed(faults: tuple[str, ...]) -> list[str]:
    return [f"  - {fault}" for fault in faults]


def _end(afloop: Afloop, told: str) -> NoReturn:
    click.echo(told, err=True)
    raise click.exceptions.Exit(afloop.value)
