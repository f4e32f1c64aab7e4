"""`lso-gateway db upgrade`."""

import click

from gateway.commands.help_in_dutch import Commandos
from gateway.commands.settings import database_of, settings_from
from gateway.database import upgrade


@click.group("db", cls=Commandos)
def database() -> None:
    """De database."""


@database.command("upgrade")
def upgrade_database() -> None:
    """Breng de database naar het nieuwste schema; nog eens doen kan geen kwaad."""
    with database_of(settings_from()) as engine:
        upgrade(engine)
    click.echo("De database is bij.")
