"""`lso-gateway db upgrade`."""

import click

from gateway.commands.settings import settings_from
from gateway.database import upgrade
from privacy.store.engine import make_engine


@click.group("db")
def database() -> None:
    """De database."""


@database.command("upgrade")
def upgrade_database() -> None:
    """Breng de database naar het nieuwste schema; nog eens doen kan geen kwaad."""
    settings = settings_from()
    engine = make_engine(settings.database)
    try:
        upgrade(engine)
    finally:
        engine.dispose()
    click.echo("De database is bij.")
