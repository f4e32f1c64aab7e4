"""`lso-gateway client token`: a token for a person who wants to look with curl."""

from pathlib import Path

import click

from connectors.errors import ConnectorError
from connectors.jwk import private_key
from connectors.tokens import Client, TokenSource
from connectors.transport import Transport
from privacy.clock import real_clock


@click.command("token")
@click.argument("client_id")
@click.option("--url", required=True, help="Adres van de gateway.")
@click.option("--uitgever", help="Hoe de gateway zichzelf noemt; standaard zijn adres.")
@click.option(
    "--sleutel",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="De geheime sleutel van deze client (PEM).",
)
def token(*, client_id: str, url: str, uitgever: str | None, sleutel: Path) -> None:
    """Vraag een toegangsbewijs en schrijf het op de uitvoer: wie het leest, kan het gebruiken."""
    base = url.rstrip("/")
    try:
        key = private_key(sleutel.read_bytes())
    except ValueError:
        raise click.BadParameter("geen geheime sleutel van P-256", param_hint="--sleutel") from None
    asker = Client(
        token_url=f"{base}/oauth/token", audience=uitgever or base, client_id=client_id, key=key
    )
    transport = Transport()
    try:
        click.echo(TokenSource(asker, transport, real_clock().now).token())
    except ConnectorError as error:
        raise click.ClickException(str(error)) from None
    finally:
        transport.close()
