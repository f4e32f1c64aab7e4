"""`lso-gateway audit controleer`: whether the log is what its head says it is."""

import json
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from gateway.commands.settings import settings_from
from gateway.config import Settings
from privacy.log.errors import LogUnavailableError
from privacy.log.verify import Reden, Verification, verify
from privacy.store.engine import make_engine, reading

_WAT: Final = {
    Reden.GEWIJZIGD: "deze regel is gewijzigd",
    Reden.VORM: "deze regel heeft een vorm die de gateway nooit schrijft",
    Reden.ONTBREEKT: "deze regel ontbreekt",
    Reden.TE_VEEL: "deze regel hoort er niet te zijn",
    Reden.WORTEL: "de regels passen niet bij de wortel van de boom",
    Reden.RAND: "de rand van de boom klopt niet: de volgende regel zou verkeerd aansluiten",
}


@click.group("audit")
def audit() -> None:
    """Het auditlog."""


@audit.command("controleer")
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
def check(*, as_json: bool) -> None:
    """Lees het hele log na. Exitcode 0 alleen als alles klopt; er verandert niets."""
    settings = settings_from()
    engine = _open(settings)
    try:
        with reading(engine) as connection:
            found = verify(connection)
    except LogUnavailableError:
        raise click.ClickException("Er is geen log om te controleren.") from None
    except DBAPIError:
        raise click.ClickException("De database is niet te lezen.") from None
    finally:
        engine.dispose()
    click.echo(json.dumps(_wire(found)) if as_json else _sentence(found))
    if not found.sound:
        raise click.exceptions.Exit(1)


def _open(settings: Settings) -> Engine:
    """Looking must not make an empty database where there is none."""
    file = make_url(settings.database).database if settings.sqlite else None
    if file is not None and not Path(file).is_file():
        raise click.ClickException("De database is er niet.")
    return make_engine(settings.database)


def _wire(found: Verification) -> dict[str, object]:
    return {
        "regels": found.size,
        "wortel": found.root.hex(),
        "gecontroleerd": found.sound,
        "reden": found.reason,
        "eersteFout": found.first_bad,
    }


def _sentence(found: Verification) -> str:
    if found.reason is None:
        return f"Het log klopt: {found.size} regels, wortel {found.root.hex()}."
    where = "" if found.first_bad is None else f" bij regel {found.first_bad}"
    return f"Het log klopt niet{where}: {_WAT[found.reason]}. Klopt tot {found.size} regels."
