"""What the commands of `client` have in common: options, the rules, and the change itself.

A message names an option and a rule, never a value.
"""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final

import click

from gateway.auth.permission_map import ALL_SCOPES
from gateway.commands.client_rules import objections
from gateway.commands.settings import database_of
from gateway.config import Settings
from gateway.parties import Soort
from gateway.services.machines import note_client
from gateway.store.clients import Client, lock_client, replace_client
from privacy.clock import real_clock
from privacy.log.terms import Auditsoort
from privacy.store.engine import writing
from schemas.terms import Doel

UNKNOWN: Final = "Deze client bestaat niet."
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
#: Seconds; what a token may be dated ahead (FAPI 2.0, 5.3.2.1) and no more.
_CLOCKS_APART: Final = 10


def one_of(kind: type[StrEnum]) -> click.Choice[str]:
    """By value: click itself would ask for the names in capitals."""
    return click.Choice([each.value for each in kind])


soort_option: Final = click.option(
    "--soort", required=True, type=one_of(Soort), help="Wat voor organisatie het is."
)
scope_option: Final = click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(sorted(ALL_SCOPES)),
    help="Elke die geldt.",
)
doel_option: Final = click.option(
    "--doel", "doelen", multiple=True, type=one_of(Doel), help="Elk dat geldt."
)
PROFIEL: Final = "Volgens welke afspraken hij een toegangsbewijs vraagt."
BINDING: Final = "Waaraan een toegangsbewijs vastzit (docs/aansluiten.md)."
jwks_option: Final = click.option("--jwks", type=FILE, help="Bestand met publieke sleutels.")
jwks_uri_option: Final = click.option("--jwks-uri", help="Adres met publieke sleutels (https).")
certificate_option: Final = click.option(
    "--certificaat",
    "certificaten",
    type=FILE,
    multiple=True,
    help="Clientcertificaat (PEM of DER), zo nodig meermaals.",
)


def refuse_objections(client: Client, settings: Settings) -> None:
    """Every rule that the registration breaks, in one message."""
    found = objections(client, settings)
    if found:
        lines = "\n".join(f"  - {each.optie}: {each.regel}" for each in found)
        raise click.UsageError(f"Deze registratie kan niet:\n{lines}")


def change(
    settings: Settings,
    client_id: str,
    edit: Callable[[Client], Client],
    *,
    soort: Auditsoort = Auditsoort.CLIENT_GEWIJZIGD,
    reden: str | None = None,
) -> Client:
    """Change a registration; what `edit` raises changes nothing. It holds from the next call.

    The log says so in the same commit, by `soort` and `reden`.
    """
    with database_of(settings) as engine, writing(engine) as connection:
        known = lock_client(connection, client_id)
        if known is None:
            raise click.ClickException(UNKNOWN)
        changed = edit(known)
        replace_client(connection, changed)
        note_client(connection, soort, client_id, real_clock().now(), reden)
    return changed


def withdrawn_from(known: Client) -> int:
    """The moment from which tokens count, if all that there are now are withdrawn.

    A little later than now: the clock of a replica that gave one may be ahead of this machine's,
    and a token of this very second is of before too. One that is asked for from now on is dated
    no earlier than this moment, so it counts at once.
    """
    return max(known.tokens_vanaf, int(real_clock().now().timestamp()) + _CLOCKS_APART)
