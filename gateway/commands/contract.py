"""`lso-gateway contract toevoegen | tonen | intrekken`: the register of FSC contracts."""

import json
from datetime import date, datetime, time
from typing import Any

import click
from sqlalchemy.exc import IntegrityError

from gateway.commands.help_in_dutch import Commandos
from gateway.commands.settings import database_of, settings_from
from gateway.config import Settings
from gateway.fsc.contract import holds_at
from gateway.settings_values import oin
from gateway.store.clients import Binding, find_client
from gateway.store.contracten import (
    LONGEST_HASH,
    Contract,
    add_contract,
    all_contracts,
    withdraw_contract,
)
from privacy.clock import AMSTERDAM, real_clock, utc_text
from privacy.store.engine import reading, writing

_DAY = click.DateTime(["%Y-%m-%d"])
_LONGEST_REFERENCE = 100


def _checked_oin(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    try:
        return None if value is None else oin(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.group("contract", cls=Commandos)
def contract() -> None:
    """Contracten waarmee andere partijen via FSC bij deze gateway mogen."""


@contract.command("toevoegen")
@click.argument("grant_hash")
@click.option("--peer", required=True, callback=_checked_oin, help="OIN van wie via FSC aanroept.")
@click.option("--client", "client_id", required=True, help="Client met binding fsc.")
@click.option("--dienst", help="Naam van de dienst; standaard die uit de instellingen.")
@click.option("--van", required=True, type=_DAY, help="Eerste dag.")
@click.option("--tot", required=True, type=_DAY, help="Eerste dag waarop het niet meer geldt.")
@click.option("--delegator", callback=_checked_oin, help="OIN van de organisatie namens wie.")
@click.option("--referentie", help="Kenmerk van de overeenkomst met de delegator.")
@click.option("--geverifieerd-op", type=_DAY, help="Dag waarop die overeenkomst is nagekeken.")
def add(*, grant_hash: str, van: datetime, tot: datetime, **told: Any) -> None:
    """Leg een contract vast, nadat u het zelf heeft nagekeken."""
    settings = settings_from()
    if settings.fsc is None:
        raise click.UsageError("De instellingen hebben geen tabel [fsc].")
    looked_into = told.pop("geverifieerd_op")
    added = Contract(
        grant_hash=grant_hash,
        geldig_van=_begin(van),
        geldig_tot=_begin(tot),
        geverifieerd_op=looked_into.date() if looked_into else None,
        **{**told, "dienst": told["dienst"] or settings.fsc.dienst},
    )
    _check(settings, added)
    try:
        with database_of(settings) as engine, writing(engine) as connection:
            add_contract(connection, added)
    except IntegrityError:
        raise click.ClickException("Dit contract bestaat al.") from None
    click.echo("Het contract is vastgelegd.")


@contract.command("tonen")
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
def show(*, as_json: bool) -> None:
    """Toon alle contracten, ook die niet meer gelden."""
    settings = settings_from()
    with database_of(settings) as engine, reading(engine) as connection:
        found = all_contracts(connection)
    if as_json:
        rows = [_shown(each) for each in found]
        click.echo(json.dumps({"contracten": rows}, ensure_ascii=False))
        return
    for each in found:
        state = "geldt" if holds_at(each, real_clock().now()) else "geldt niet"
        behalf = f" namens {each.delegator}" if each.delegator else ""
        click.echo(f"{each.grant_hash}  {state}")
        click.echo(f"    {each.peer}{behalf} als {each.client_id}, dienst {each.dienst}")


@contract.command("intrekken")
@click.argument("grant_hash")
def withdraw(grant_hash: str) -> None:
    """Weiger een contract vanaf de volgende aanroep; dit is niet terug te draaien."""
    settings = settings_from()
    with database_of(settings) as engine, writing(engine) as connection:
        done = withdraw_contract(connection, grant_hash, real_clock().now())
    if not done:
        raise click.ClickException("Dit contract bestaat niet, of is al ingetrokken.")
    click.echo("Het contract is ingetrokken.")


def _check(settings: Settings, added: Contract) -> None:
    """Refuse what would never carry a call, or would carry it for the wrong organisation."""
    if not 0 < len(added.grant_hash) <= LONGEST_HASH or not added.grant_hash.isascii():
        raise click.BadParameter(f"1 tot {LONGEST_HASH} tekens ASCII", param_hint="GRANT_HASH")
    if settings.fsc is None or added.dienst != settings.fsc.dienst:
        raise click.BadParameter("is niet de dienst uit de instellingen", param_hint="--dienst")
    if added.geldig_tot <= added.geldig_van:
        raise click.BadParameter("ligt niet na --van", param_hint="--tot")
    _check_delegation(added)
    _check_client(settings, added)


def _check_delegation(added: Contract) -> None:
    given = (added.delegator, added.referentie, added.geverifieerd_op)
    if any(given) and not all(given):
        raise click.UsageError(
            "--delegator, --referentie en --geverifieerd-op horen bij elkaar: alle drie of geen."
        )
    if added.referentie is not None and len(added.referentie) > _LONGEST_REFERENCE:
        raise click.BadParameter(
            f"hoogstens {_LONGEST_REFERENCE} tekens", param_hint="--referentie"
        )
    if added.geverifieerd_op is not None and added.geverifieerd_op > _today():
        raise click.BadParameter("ligt in de toekomst", param_hint="--geverifieerd-op")


def _check_client(settings: Settings, added: Contract) -> None:
    with database_of(settings) as engine, reading(engine) as connection:
        client = find_client(connection, added.client_id)
    if client is None or client.binding is not Binding.FSC:
        raise click.BadParameter("is geen client met binding fsc", param_hint="--client")
    if settings.oin_of(client.soort, client.organisatie) != added.acts_for:
        which = "--peer" if added.delegator is None else "--delegator"
        raise click.BadParameter("is niet de OIN van de organisatie van --client", param_hint=which)


def _begin(day: datetime) -> datetime:
    return datetime.combine(day.date(), time(), AMSTERDAM)


def _today() -> date:
    return real_clock().now().astimezone(AMSTERDAM).date()


def _shown(each: Contract) -> dict[str, Any]:
    return {
        "grantHash": each.grant_hash,
        "peer": each.peer,
        "client": each.client_id,
        "dienst": each.dienst,
        "geldigVan": utc_text(each.geldig_van),
        "geldigTot": utc_text(each.geldig_tot),
        "ingetrokkenOp": utc_text(each.ingetrokken_op) if each.ingetrokken_op else None,
        "delegator": each.delegator,
        "referentie": each.referentie,
        "geverifieerdOp": each.geverifieerd_op.isoformat() if each.geverifieerd_op else None,
    }
