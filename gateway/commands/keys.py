"""`lso-gateway sleutels`: make them once, and let the signing keys take turns."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gateway.commands.epochs import roll_over, show_epochs
from gateway.commands.help_in_dutch import Commandos
from gateway.commands.settings import settings_from
from gateway.config import read_settings_without_keys
from gateway.key_rotation import Rotated, overview, remove, rotate
from gateway.signer import PERIOD_SECONDS, Signer
from gateway.signing_keys import Gebruik
from privacy.clock import real_clock
from privacy.errors import KeysUnavailableError
from privacy.keys import KeyRing


@click.group("sleutels", cls=Commandos)
def keys() -> None:
    """De sleutels van deze gateway."""


keys.add_command(roll_over)
keys.add_command(show_epochs)


@keys.command("aanmaken")
def make_keys() -> None:
    """Maak de sleutels, eenmalig; wat bestaat wordt nooit overschreven."""
    folder = settings_from(read_settings_without_keys).sleutels
    with _said_in_dutch():
        KeyRing.create(folder)
        Signer.create(folder)
    click.echo(
        "De sleutels zijn gemaakt. Bewaar een kopie op een veilige plek, los van de database."
    )


@keys.command("roteren")
@click.option("--soort", type=click.Choice([each.value for each in Gebruik]), help="Alleen deze.")
@click.option("--nu", "at_once", is_flag=True, help="Onderteken er meteen mee (na een lek).")
def rotate_keys(*, soort: str | None, at_once: bool) -> None:
    """Maak de volgende ondertekensleutel, en verwijder wat is vervallen."""
    kinds = tuple(Gebruik) if soort is None else (Gebruik(soort),)
    with _said_in_dutch():
        done = rotate(_folder(), real_clock().now(), kinds, at_once=at_once)
    for line in _told(done):
        click.echo(line)


@keys.command("tonen")
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
def show_keys(*, as_json: bool) -> None:
    """Toon de ondertekensleutels; niets geheims."""
    with _said_in_dutch():
        found = overview(_folder(), real_clock().now())
    if as_json:
        click.echo(json.dumps(found))
        return
    for key in found:
        vanaf = key["vanaf"] or "het begin"
        click.echo(f"{key['soort']:<10}  {key['stand']:<9}  {key['kid']}  vanaf {vanaf}")


# A thumbprint may begin with a dash.
@keys.command("verwijderen", context_settings={"ignore_unknown_options": True})
@click.argument("kid")
@click.option(
    "--bewijs-vervalt",
    "with_evidence",
    is_flag=True,
    help="Ook een sleutel waarmee antwoorden zijn ondertekend.",
)
def remove_key(*, kid: str, with_evidence: bool) -> None:
    """Verwijder een ondertekensleutel waarmee niet meer wordt ondertekend."""
    with _said_in_dutch():
        remove(_folder(), kid, real_clock().now(), with_evidence=with_evidence)
    click.echo(
        f"De sleutel is verwijderd; binnen {PERIOD_SECONDS:.0f} seconden weigert elk proces "
        "wat ermee is ondertekend."
    )


def _folder() -> Path:
    return settings_from().sleutels


def _told(done: Rotated) -> Iterator[str]:
    for key in done.gemaakt:
        yield f"Gemaakt voor {key.gebruik}: {key.kid}, ondertekent vanaf {key.vanaf.isoformat()}."
    for key in done.verwijderd:
        yield f"Vervallen en verwijderd: {key.kid} ({key.gebruik})."
    if not done.gemaakt:
        yield "De volgende sleutel staat er al; er is niets gemaakt."


@contextmanager
def _said_in_dutch() -> Iterator[None]:
    try:
        yield
    except KeysUnavailableError as error:
        raise click.ClickException(str(error)) from None
    except OSError:
        raise click.ClickException("In de map met sleutels is niet te schrijven.") from None
