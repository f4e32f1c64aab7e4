"""`lso-gateway demo`: the whole exchange on this machine, with invented people."""

import signal
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from gateway.demo.stage import Stage

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("demo")
@click.option("--eenmalig", "once", is_flag=True, help="Stop vanzelf als alles is gespeeld.")
@click.option("--json", "out", type=_FILE, help="Schrijf hierin wat de ketenpartners ontvingen.")
@click.option(
    "--registers", type=_FOLDER, help="Andere registers: een map per dag, als in de demo."
)
@click.option("--map", "folder", type=_FOLDER, help="Werk in deze lege map, en laat hem staan.")
@click.option("--beleid", type=_FOLDER, help="Andere beleidsbestanden dan de meegeleverde.")
@click.option("--poort", "port", type=click.IntRange(1, 65_535), help="Poort van de gateway.")
def demo(
    *,
    once: bool,
    out: Path | None,
    registers: Path | None,
    folder: Path | None,
    beleid: Path | None,
    port: int | None,
) -> None:
    """Speel de uitwisseling na: vijf organisaties, drie ketenpartners, twee dagen."""
    from connectors.errors import ConnectorError
    from gateway.demo.errors import DemoError
    from gateway.demo.installation import STANDARD_BELEID
    from gateway.demo.performance import Wish, perform
    from gateway.demo.registers import STANDARD
    from gateway.demo.story import make_console
    from privacy.errors import PrivacyError

    if out is not None and not out.resolve().parent.is_dir():
        raise click.BadParameter("de map van dit bestand is er niet", param_hint="--json")
    wish = Wish(
        registers=registers or STANDARD,
        beleid=(beleid or STANDARD_BELEID).resolve(),
        folder=folder,
        out=out,
        port=port,
    )
    console = make_console()
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        perform(wish, console, None if once else lambda stage: _stay(console, stage))
    except DemoError as error:
        raise click.ClickException(str(error)) from None
    except (ConnectorError, PrivacyError) as error:
        raise click.ClickException(f"De demo kon niet verder: {error}") from None
    except KeyboardInterrupt:
        raise click.ClickException("Onderbroken. Er draait niets meer.") from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(_signal: int, _frame: object) -> None:
    """Asked to end is ended in order: every process first, then the folder with its keys."""
    raise SystemExit(128 + signal.SIGTERM)


def _stay(console: "Console", stage: "Stage") -> None:
    """Until someone says it is enough; that is not a failure."""
    from gateway.demo.invitation import invite

    invite(console, stage.installation)
    try:
        while True:
            stage.require()
            Event().wait(1.0)
    except KeyboardInterrupt:
        console.print("\nDe demo stopt.")
