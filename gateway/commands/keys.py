"""`lso-gateway sleutels aanmaken`."""

import click

from gateway.commands.settings import settings_from
from gateway.config import read_settings_without_keys
from gateway.signer import Signer
from privacy.errors import KeysUnavailableError
from privacy.keys import KeyRing


@click.group("sleutels")
def keys() -> None:
    """De sleutels van deze gateway."""


@keys.command("aanmaken")
def make_keys() -> None:
    """Maak de sleutels, eenmalig; wat bestaat wordt nooit overschreven."""
    folder = settings_from(read_settings_without_keys).sleutels
    try:
        KeyRing.create(folder)
        Signer.create(folder)
    except KeysUnavailableError as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        "De sleutels zijn gemaakt. Bewaar een kopie op een veilige plek, los van de database."
    )
