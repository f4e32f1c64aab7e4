"""`lso-gateway client toevoegen`: register a client, or say every reason why not."""

from pathlib import Path
from typing import TypedDict, Unpack

import click
from sqlalchemy.exc import IntegrityError

from gateway.auth.permission_map import scopes_for
from gateway.commands.client_files import read_certificates, read_jwks
from gateway.commands.client_options import (
    BINDING,
    PROFIEL,
    certificate_option,
    doel_option,
    jwks_option,
    jwks_uri_option,
    one_of,
    refuse_objections,
    scope_option,
    soort_option,
)
from gateway.commands.settings import database_of, settings_from
from gateway.config import Settings
from gateway.parties import Soort
from gateway.store.clients import Binding, Client, Profiel, add_client
from privacy.store.engine import writing
from schemas.terms import Doel


class _Given(TypedDict):
    organisatie: str
    soort: str
    jwks: Path | None
    jwks_uri: str | None
    certificaten: tuple[Path, ...]
    scopes: tuple[str, ...]
    doelen: tuple[str, ...]
    profiel: str
    binding: str


@click.command("toevoegen")
@click.argument("client_id")
@click.option("--organisatie", required=True, help="Code uit de instellingen.")
@soort_option
@jwks_option
@jwks_uri_option
@certificate_option
@scope_option
@doel_option
@click.option(
    "--profiel", type=one_of(Profiel), default=Profiel.NLGOV.value, show_default=True, help=PROFIEL
)
@click.option(
    "--binding", type=one_of(Binding), default=Binding.DPOP.value, show_default=True, help=BINDING
)
def add(client_id: str, **given: Unpack[_Given]) -> None:
    """Meld een client aan. Zonder --scope krijgt hij alles wat bij zijn soort hoort."""
    settings = settings_from()
    added = _registration(client_id, given, settings)
    refuse_objections(added, settings)
    try:
        with database_of(settings) as engine, writing(engine) as connection:
            add_client(connection, added)
    except IntegrityError:
        raise click.ClickException("Deze client bestaat al.") from None
    click.echo(f"Client {client_id} is aangemeld.")


def _registration(client_id: str, given: _Given, settings: Settings) -> Client:
    soort, organisatie = Soort(given["soort"]), given["organisatie"]
    return Client(
        client_id=client_id,
        organisatie=organisatie,
        soort=soort,
        jwks=read_jwks(given["jwks"]),
        scopes=frozenset(given["scopes"]) or scopes_for(soort),
        doelen=frozenset(map(Doel, given["doelen"])),
        profiel=Profiel(given["profiel"]),
        binding=Binding(given["binding"]),
        jwks_uri=given["jwks_uri"],
        certificaten=read_certificates(given["certificaten"], settings.oin_of(soort, organisatie)),
    )
