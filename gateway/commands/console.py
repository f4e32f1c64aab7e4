"""`lso-gateway console uitloggen`."""

import click

from gateway.commands.settings import settings_from
from gateway.store.sessions import end_every_session
from privacy.store.engine import make_engine, writing


@click.group("console")
def console() -> None:
    """De console, voor mensen."""


@console.command("uitloggen")
def log_everyone_out() -> None:
    """Beëindig elke sessie, nu: wie verder wil, meldt zich opnieuw aan.

    Voor als iemand zijn rol bij de aanbieder is kwijtgeraakt, of een cookie is gestolen.
    """
    settings = settings_from()
    with writing(make_engine(settings.database)) as connection:
        ended = end_every_session(connection)
    click.echo(f"{ended} sessies beëindigd.")
