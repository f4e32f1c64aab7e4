"""`lso-gateway client token`: for a person who wants to look with curl.

What is printed are headers, for `curl -H @-`: a bound token alone is worth nothing.
"""

from pathlib import Path

import click

from connectors.errors import ConnectorError
from connectors.jwk import private_key
from connectors.tokens import Binding, Client, TokenSource
from connectors.transport import Transport, Transportsettings
from privacy.clock import real_clock

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("token")
@click.argument("client_id")
@click.option("--url", required=True, help="Adres van de gateway, zoals hij zichzelf noemt.")
@click.option(
    "--sleutel", required=True, type=_FILE, help="De geheime sleutel van deze client (PEM)."
)
@click.option(
    "--binding",
    default=Binding.DPOP.value,
    show_default=True,
    type=click.Choice([each.value for each in Binding]),
    help="Zoals de client is aangemeld.",
)
@click.option(
    "--certificaat",
    type=(_FILE, _FILE),
    help="Bij mtls: certificaat en sleutel van het certificaat (PEM).",
)
@click.option(
    "--voor",
    type=(str, str),
    default=("GET", "/v1/mutaties"),
    show_default=True,
    help="De ene aanroep waarvoor een DPoP-bewijs geldt: methode en pad.",
)
def token(
    *,
    client_id: str,
    url: str,
    sleutel: Path,
    binding: str,
    certificaat: tuple[Path, Path] | None,
    voor: tuple[str, str],
) -> None:
    """Vraag een toegangsbewijs, en schrijf de headers voor één aanroep op de uitvoer.

    Wie ze binnen een minuut leest, kan die ene aanroep doen. Bijvoorbeeld: lso-gateway client
    token ... --voor GET /v1/mutaties | curl -H @- .../v1/mutaties
    """
    base = url.rstrip("/")
    try:
        key = private_key(sleutel.read_bytes())
    except ValueError:
        raise click.BadParameter("geen geheime sleutel van P-256", param_hint="--sleutel") from None
    asker = Client(
        token_url=f"{base}/oauth/token",
        audience=base,
        client_id=client_id,
        key=key,
        binding=Binding(binding),
    )
    transport = Transport(Transportsettings(client_certificate=certificaat))
    try:
        tokens = TokenSource(asker, transport, real_clock().now)
        method, path = voor
        shown = tokens.credentials(tokens.token()).headers(method, f"{base}{path}")
    except ConnectorError as error:
        raise click.ClickException(str(error)) from None
    finally:
        transport.close()
    for name, value in shown.items():
        click.echo(f"{name}: {value}")
