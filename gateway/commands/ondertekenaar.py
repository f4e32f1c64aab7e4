"""`lso-gateway ondertekenaar toevoegen | tonen | intrekken | nagaan`: who signs consents.

Exit code of `nagaan`: 0 only where every signature holds.
"""

import json
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy.exc import IntegrityError

from gateway.auth.public_keys import PublicKeyFaultError, read_signing_jwk
from gateway.commands.client_options import FILE
from gateway.commands.help_in_dutch import Commandos
from gateway.commands.settings import database_of, parts_from, settings_from
from gateway.config import Settings
from gateway.parties import Soort
from gateway.services.handtekeningcontrole import Bevinding, Gebrekkig, check_stored
from gateway.services.machines import note_withdrawn, was_withdrawn
from gateway.store.ondertekenaars import (
    Ondertekenaar,
    add_ondertekenaar,
    all_ondertekenaars,
    withdraw_ondertekenaar,
)
from privacy.clock import real_clock, utc_text
from privacy.errors import PrivacyError
from privacy.store.engine import reading, writing

_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Voor machines.")
_WAT: Final = {
    Bevinding.ONTBREEKT: "heeft geen handtekening",
    Bevinding.ONLEESBAAR: "is niet te ontsleutelen: hoort niet bij deze casus",
    Bevinding.KLOPT_NIET: "de handtekening klopt niet",
    Bevinding.SLEUTEL_INGETROKKEN: "getekend met een sleutel die al was ingetrokken",
}


@click.group("ondertekenaar", cls=Commandos)
def ondertekenaar() -> None:
    """Sleutels waarmee organisaties toestemmingen ondertekenen."""


@ondertekenaar.command("toevoegen")
@click.argument("code")
@click.option("--jwk", "file", required=True, type=FILE, help="Bestand met één publieke sleutel.")
def add(*, code: str, file: Path) -> None:
    """Leg de sleutel van organisatie CODE vast, nadat u weet dat die van haar is."""
    settings = settings_from()
    if not settings.takes_part(Soort.BRONHOUDER, code):
        raise click.BadParameter("geen bronhouder in de instellingen", param_hint="CODE")
    kid, jwk = _read(file)
    added = Ondertekenaar(kid, code, jwk, real_clock().now())
    try:
        with database_of(settings) as engine, writing(engine) as connection:
            # Withdrawn, and then lost with a restore.
            if was_withdrawn(connection, kid):
                raise click.ClickException("Deze sleutel is ooit ingetrokken.")
            add_ondertekenaar(connection, added)
    except IntegrityError:
        raise click.ClickException("Deze sleutel is al eens vastgelegd.") from None
    click.echo(f"De sleutel van {code} is vastgelegd. Zijn kid is {kid}.")


@ondertekenaar.command("tonen")
@_JSON
def show(*, as_json: bool) -> None:
    """Toon welke sleutels er zijn, ook de ingetrokken."""
    rows = [_row(each) for each in _all(settings_from())]
    if as_json:
        click.echo(json.dumps({"ondertekenaars": rows}))
        return
    if not rows:
        click.echo("Er is nog geen sleutel vastgelegd (ondertekenaar toevoegen).")
    for row in rows:
        withdrawn = row["ingetrokkenOp"]
        state = f"ingetrokken op {withdrawn}" if withdrawn else "geldig"
        click.echo(f"{row['bronhouder']}  {row['kid']}  vanaf {row['vanaf']}  {state}")


@ondertekenaar.command("intrekken")
@click.argument("code")
@click.argument("kid")
def withdraw(*, code: str, kid: str) -> None:
    """Aanvaard vanaf nu niets meer van deze sleutel. Wat er al is, blijft gelden."""
    with database_of(settings_from()) as engine, writing(engine) as connection:
        now = real_clock().now()
        done = withdraw_ondertekenaar(connection, code, kid, now)
        if done:
            note_withdrawn(connection, kid, now)
    if not done:
        raise click.ClickException("Deze sleutel is er niet, of is al ingetrokken.")
    click.echo("De sleutel is ingetrokken.")


@ondertekenaar.command("nagaan")
@_JSON
@click.pass_context
def check(context: click.Context, *, as_json: bool) -> None:
    """Reken elke handtekening na van een toestemming die nu of later een grond is."""
    parts = parts_from(settings_from())
    try:
        found = check_stored(parts)
    except PrivacyError as error:
        raise click.ClickException(str(error)) from None
    finally:
        parts.engine.dispose()
    if as_json:
        told = [_found(each) for each in found.gebrekkig]
        click.echo(json.dumps({"nagekeken": found.aantal, "gebrekkig": told}))
    else:
        for each in found.gebrekkig:
            click.echo(f"{each.bronhouder}  {each.toestemming_id}  {_WAT[each.bevinding]}")
        click.echo(f"Nagekeken: {found.aantal}; klopt niet: {len(found.gebrekkig)}.")
    context.exit(1 if found.gebrekkig else 0)


def _read(file: Path) -> tuple[str, str]:
    try:
        return read_signing_jwk(file.read_bytes())
    except PublicKeyFaultError as error:
        raise click.BadParameter(str(error), param_hint="--jwk") from None


def _all(settings: Settings) -> list[Ondertekenaar]:
    with database_of(settings) as engine, reading(engine) as connection:
        return all_ondertekenaars(connection)


def _row(known: Ondertekenaar) -> dict[str, Any]:
    withdrawn = known.ingetrokken_op
    return {
        "bronhouder": known.bronhouder,
        "kid": known.kid,
        "vanaf": utc_text(known.vanaf),
        "ingetrokkenOp": None if withdrawn is None else utc_text(withdrawn),
    }


def _found(each: Gebrekkig) -> dict[str, str]:
    return {
        "bronhouder": each.bronhouder,
        "toestemmingId": str(each.toestemming_id),
        "bevinding": each.bevinding.value,
    }
