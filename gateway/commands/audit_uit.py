"""`lso-gateway audit exporteer` and `audit bewijs`: the log, and a proof of it, for elsewhere."""

import json
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy import Connection

from gateway.commands.new_file import text_written
from gateway.commands.rule_files import opened
from gateway.commands.work_shown import work_shown
from gateway.refusals import NotFoundError, ProofNotYetError
from gateway.services.bewijzen import show_bewijs
from gateway.services.verificatie import note_export
from privacy.log.export import export_checkpoints, export_entries
from privacy.log.head import read_head
from privacy.store.engine import reading

_TOLD_EVERY = 1_000


@click.command("exporteer")
@click.option(
    "--uit",
    "out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Een nieuw bestand, alleen voor u leesbaar. Zonder: naar de standaarduitvoer.",
)
def export(*, out: Path | None) -> None:
    """Schrijf alle regels en controlepunten, een per regel; dat het gebeurt staat in het log."""
    with opened() as parts, text_written(out) as stream:
        note_export(parts.engine, parts.clock.now())
        with reading(parts.engine) as tx:
            entries = _write(tx, stream)
    click.echo(f"{entries} regels geschreven.", err=True)


@click.command("bewijs")
@click.argument("index", type=click.IntRange(0))
@click.option("--json", "as_json", is_flag=True, help="Zoals GET /v1/audit/bewijzen het geeft.")
def prove(*, index: int, as_json: bool) -> None:
    """Toon het bewijs dat een regel in het log staat (tlog-proof)."""
    with opened() as parts:
        try:
            found = show_bewijs(parts, index)
        except ProofNotYetError:
            raise click.ClickException(
                "Nog geen controlepunt bevat deze regel; probeer het over een halve minuut weer."
            ) from None
        except NotFoundError:
            raise click.ClickException("Zover is het log niet.") from None
    click.echo(json.dumps(found) if as_json else found["bewijs"], nl=as_json)


def _write(tx: Connection, stream: TextIO) -> int:
    size, done = read_head(tx).omvang, 0
    with work_shown("regels schrijven", shown=True) as told:
        for done, line in enumerate(export_entries(tx), 1):
            stream.write(f"{line}\n")
            if done % _TOLD_EVERY == 0:
                told(done, size)
        for line in export_checkpoints(tx):
            stream.write(f"{line}\n")
    return done
