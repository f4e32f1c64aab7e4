"""`lso-gateway client tonen`: what is registered, without any key in full."""

import json
from datetime import UTC, datetime
from typing import Any

import click

from gateway.commands.client_options import UNKNOWN
from gateway.commands.settings import database_of, settings_from
from gateway.config import Settings
from gateway.store.clients import Client, all_clients, find_client
from privacy.clock import utc_text
from privacy.store.engine import reading


@click.command("tonen")
@click.argument("client_id", required=False)
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
def show(client_id: str | None, *, as_json: bool) -> None:
    """Toon één client, of alle."""
    settings = settings_from()
    rows = [_row(each, settings) for each in _found(settings, client_id)]
    if as_json:
        click.echo(json.dumps({"clients": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(_told(row))


def _found(settings: Settings, client_id: str | None) -> list[Client]:
    with database_of(settings) as engine, reading(engine) as connection:
        if client_id is None:
            return all_clients(connection)
        known = find_client(connection, client_id)
    if known is None:
        raise click.ClickException(UNKNOWN)
    return [known]


def _row(known: Client, settings: Settings) -> dict[str, Any]:
    withdrawn = datetime.fromtimestamp(known.tokens_vanaf, UTC)
    return {
        "clientId": known.client_id,
        "organisatie": known.organisatie,
        "oin": settings.oin_of(known.soort, known.organisatie),
        "soort": known.soort.value,
        "bevroren": known.bevroren,
        "profiel": known.profiel.value,
        "binding": known.binding.value,
        "scopes": sorted(known.scopes),
        "doelen": sorted(known.doelen),
        "sleutels": [_named(key) for key in json.loads(known.jwks)["keys"]],
        "jwksUri": known.jwks_uri,
        "certificaten": sorted(known.certificaten),
        "ingetrokkenVoor": utc_text(withdrawn) if known.tokens_vanaf else None,
    }


def _named(key: dict[str, Any]) -> dict[str, str]:
    """A key by its kid, and the algorithm it is for; the key itself stays in the database."""
    usual = "ES256" if key["kty"] == "EC" else "PS256 of RS256"
    return {"kid": key["kid"], "alg": key.get("alg", usual)}


def _told(row: dict[str, Any]) -> str:
    state = "bevroren" if row["bevroren"] else "actief"
    head = f"{row['clientId']}  {row['organisatie']}  {row['soort']}  {state}"
    lines = {
        "OIN": row["oin"] or "niet in de instellingen",
        "profiel": row["profiel"],
        "binding": row["binding"],
        "scopes": " ".join(row["scopes"]),
        "doelen": " ".join(row["doelen"]) or "geen",
        "sleutels": ", ".join(f"{key['kid']} ({key['alg']})" for key in row["sleutels"]),
        "sleutels van": row["jwksUri"],
        "certificaten": ", ".join(f"{each} (einddatum onbekend)" for each in row["certificaten"]),
        "tokens ingetrokken van voor": row["ingetrokkenVoor"],
    }
    return "\n".join([head, *(f"    {name}: {told}" for name, told in lines.items() if told)])
