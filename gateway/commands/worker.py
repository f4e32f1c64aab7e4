"""`lso-gateway worker`: the schedule in a process of its own; or one delivery, at once."""

import click

from gateway.commands.settings import parts_from, settings_from
from gateway.database import is_current
from gateway.parties import Ketenpartner, Levering
from gateway.wiring import Parts

#: How long `--nu` waits for a worker that is delivering to this recipient.
_WAIT_SECONDS = 60.0


@click.command("worker")
@click.option("--nu", "now", metavar="ONTVANGER", help="Bezorg één keer, nu, aan deze ontvanger.")
def worker(*, now: str | None) -> None:
    """Bezorg volgens rooster aan ketenpartners die niet ophalen."""
    from gateway.telemetry import start_logging

    start_logging()
    parts = parts_from(settings_from())
    try:
        if not is_current(parts.engine):
            raise click.ClickException("De database is niet bij: voer eerst uit: db upgrade.")
        if now is None:
            _by_schedule(parts)
        else:
            _at_once(parts, now)
    finally:
        parts.engine.dispose()


def _by_schedule(parts: Parts) -> None:
    from gateway.worker import run

    run(parts)


def _at_once(parts: Parts, code: str) -> None:
    from gateway.services.bezorging import Afloop, Way, deliver

    report = deliver(parts, _partner(parts, code), Way(wait_seconds=_WAIT_SECONDS))
    match report.afloop:
        case Afloop.BEZORGD:
            click.echo(f"{code} heeft alles ontvangen; nu bezorgd: {report.items} items.")
        case Afloop.BEZET:
            raise click.ClickException(f"Een andere worker bezorgt al aan {code}.")
        case Afloop.MISLUKT | Afloop.GESTOPT:
            reden = report.uitleg or report.fout or report.afloop
            raise click.ClickException(f"Niet alles is bezorgd aan {code}: {reden}.")


def _partner(parts: Parts, code: str) -> Ketenpartner:
    for partner in parts.settings.ketenpartners:
        if partner.code == code and partner.levering is Levering.BEZORGEN:
            return partner
        if partner.code == code:
            raise click.UsageError("Deze ontvanger haalt zelf op; er wordt niet bezorgd.")
    raise click.UsageError("Deze ontvanger staat niet in de instellingen.")
