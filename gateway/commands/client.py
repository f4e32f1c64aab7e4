"""`lso-gateway client`: the machines that may ask for a token, and an end to that."""

from dataclasses import replace

import click

from gateway.commands.client_add import add
from gateway.commands.client_change import alter, rotate
from gateway.commands.client_options import UNKNOWN, change, withdrawn_from
from gateway.commands.client_show import show
from gateway.commands.help_in_dutch import Commandos
from gateway.commands.settings import database_of, settings_from
from gateway.services.machines import note_client
from gateway.store.clients import Client, freeze_client
from privacy.clock import real_clock
from privacy.log.terms import Auditsoort
from privacy.store.engine import writing


@click.group("client", cls=Commandos)
def client() -> None:
    """Machines die met deze gateway mogen praten."""


for _each in (add, alter, rotate, show):
    client.add_command(_each)


@client.command("bevriezen")
@click.argument("client_id")
def freeze(client_id: str) -> None:
    """Weiger een client vanaf de volgende aanroep, ook met een token dat nog loopt."""
    with database_of(settings_from()) as engine, writing(engine) as connection:
        known = freeze_client(connection, client_id)
        if known:
            now = real_clock().now()
            note_client(connection, Auditsoort.CLIENT_BEVROREN, client_id, now)
    if not known:
        raise click.ClickException(UNKNOWN)
    click.echo(f"Client {client_id} is bevroren.")


@client.command("ontdooien")
@click.argument("client_id")
def thaw(client_id: str) -> None:
    """Laat een bevroren client weer toe; tokens van eerder zijn ingetrokken."""
    thawed = Auditsoort.CLIENT_ONTDOOID
    change(
        settings_from(),
        client_id,
        lambda known: replace(_emptied(known), bevroren=False),
        soort=thawed,
    )
    click.echo(f"Client {client_id} is weer actief.")


@client.command("intrekken")
@click.argument("client_id")
def withdraw(client_id: str) -> None:
    """Trek alle tokens van een client in; nieuwe mag hij vragen."""
    change(settings_from(), client_id, _emptied)
    click.echo(f"Alle toegangsbewijzen van client {client_id} zijn ingetrokken.")


def _emptied(known: Client) -> Client:
    """No token of before holds any more."""
    return replace(known, tokens_vanaf=withdrawn_from(known))
