"""`lso-gateway console uitloggen`."""

import click

from gateway.commands.help_in_dutch import Commandos
from gateway.commands.settings import database_of, settings_from
from gateway.store.sessions import end_every_session
from privacy.store.engine import writing


@click.group("console", cls=Commandos)
def console() -> None:
    """De console, voor mensen."""


@console.command("uitloggen")
def log_everyone_out() -> None:
    """Beëindig elke sessie, nu: wie verder wil, meldt zich opnieuw aan.

    Voor als iemand zijn rol bij de aanbieder is kwijtgeraakt, of een cookie is gestolen.
    """
    with database_of(settings_from()) as engine, writing(engine) as connection:
        ended = end_every_session(connection)
    click.echo(f"{ended} sessies beëindigd.")
