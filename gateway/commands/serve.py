"""`lso-gateway serve`: the web server, and on SQLite the worker inside it."""

import click

from gateway.commands.settings import parts_from, settings_from
from gateway.database import is_current


@click.command("serve")
@click.option(
    "--met-worker/--zonder-worker",
    "with_worker",
    default=None,
    help="Met de bezorging erbij; standaard alleen op SQLite.",
)
def serve(*, with_worker: bool | None) -> None:
    """Start de gateway."""
    from gateway.server import LockedError, Server, hold_database, require_free

    settings = settings_from()
    parts = parts_from(settings)
    try:
        if not is_current(parts.engine):
            raise click.ClickException("De database is niet bij: voer eerst uit: db upgrade.")
    finally:
        # Each worker process opens its own; a connection does not survive a fork.
        parts.engine.dispose()
    wanted = settings.sqlite if with_worker is None else with_worker
    if wanted and settings.werkprocessen > 1:
        raise click.UsageError("--met-worker gaat met één werkproces; start anders: worker.")
    try:
        with hold_database(settings):
            require_free(settings.luister)
            Server(settings, with_worker=wanted).run()
    except LockedError as error:
        raise click.ClickException(str(error)) from None
