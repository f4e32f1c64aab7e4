"""`lso-gateway client toevoegen | tonen | bevriezen`."""

import json
from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError

from gateway.auth.permission_map import ALL_SCOPES, scopes_for
from gateway.auth.public_keys import PublicKeyFaultError, read_public_jwks
from gateway.commands.settings import settings_from
from gateway.parties import Soort
from gateway.store.clients import LONGEST_ID, Client, add_client, all_clients, freeze_client
from privacy.store.engine import make_engine, reading, writing
from schemas.terms import Doel


@click.group("client")
def client() -> None:
    """Machines die met deze gateway mogen praten."""


@client.command("toevoegen")
@click.argument("client_id")
@click.option("--organisatie", required=True, help="Code uit de instellingen.")
@click.option("--soort", required=True, type=click.Choice([each.value for each in Soort]))
@click.option("--jwks", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--scope", "scopes", multiple=True, type=click.Choice(sorted(ALL_SCOPES)))
@click.option("--doel", "doelen", multiple=True, type=click.Choice([each.value for each in Doel]))
def add(
    *,
    client_id: str,
    organisatie: str,
    soort: str,
    jwks: Path,
    scopes: tuple[str, ...],
    doelen: tuple[str, ...],
) -> None:
    """Meld een client aan. Zonder --scope krijgt hij alles wat bij zijn soort hoort."""
    settings = settings_from()
    kind = Soort(soort)
    if not 0 < len(client_id) <= LONGEST_ID or not client_id.isascii() or " " in client_id:
        raise click.BadParameter(f"1 tot {LONGEST_ID} tekens ASCII zonder spatie", param_hint="id")
    if not settings.takes_part(kind, organisatie):
        raise click.BadParameter("staat niet in de instellingen", param_hint="--organisatie")
    if not set(scopes) <= scopes_for(kind):
        raise click.BadParameter("een scope hoort niet bij deze soort", param_hint="--scope")
    try:
        public = read_public_jwks(jwks.read_bytes())
    except PublicKeyFaultError as error:
        raise click.BadParameter(str(error), param_hint="--jwks") from None
    added = Client(
        client_id=client_id,
        organisatie=organisatie,
        soort=kind,
        jwks=public,
        scopes=frozenset(scopes) or scopes_for(kind),
        doelen=frozenset(Doel(doel) for doel in doelen),
    )
    try:
        with writing(make_engine(settings.database)) as connection:
            add_client(connection, added)
    except IntegrityError:
        raise click.ClickException("Deze client bestaat al.") from None
    click.echo(f"Client {client_id} is aangemeld.")


@client.command("tonen")
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
def show(*, as_json: bool) -> None:
    """Toon alle clients."""
    settings = settings_from()
    with reading(make_engine(settings.database)) as connection:
        found = all_clients(connection)
    rows = [
        {
            "clientId": each.client_id,
            "organisatie": each.organisatie,
            "soort": each.soort.value,
            "scopes": sorted(each.scopes),
            "doelen": sorted(each.doelen),
            "bevroren": each.bevroren,
        }
        for each in found
    ]
    if as_json:
        click.echo(json.dumps({"clients": rows}, ensure_ascii=False))
        return
    for each in found:
        state = "bevroren" if each.bevroren else "actief"
        click.echo(f"{each.client_id}  {each.organisatie}  {each.soort}  {state}")
        click.echo(f"    {' '.join(sorted(each.scopes))}")


@client.command("bevriezen")
@click.argument("client_id")
def freeze(client_id: str) -> None:
    """Weiger een client vanaf de volgende aanroep, ook met een token dat nog loopt."""
    settings = settings_from()
    with writing(make_engine(settings.database)) as connection:
        known = freeze_client(connection, client_id)
    if not known:
        raise click.ClickException("Deze client bestaat niet.")
    click.echo(f"Client {client_id} is bevroren.")
