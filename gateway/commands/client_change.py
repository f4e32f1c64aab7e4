"""`lso-gateway client roteren | wijzigen`: other keys, or other rights, from the next call on."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict, Unpack

import click

from gateway.auth.public_keys import as_stored
from gateway.commands.client_files import NO_KEYS, read_certificates, read_jwks
from gateway.commands.client_options import (
    BINDING,
    PROFIEL,
    certificate_option,
    change,
    doel_option,
    jwks_option,
    jwks_uri_option,
    one_of,
    refuse_objections,
    scope_option,
    withdrawn_from,
)
from gateway.commands.settings import settings_from
from gateway.config import Settings
from gateway.services.machines import SLEUTELS
from gateway.store.clients import Binding, Client, Profiel
from schemas.terms import Doel


class _Keys(TypedDict):
    jwks: Path | None
    jwks_uri: str | None
    certificaten: tuple[Path, ...]


class _Rights(TypedDict):
    scopes: tuple[str, ...]
    doelen: tuple[str, ...]
    profiel: str | None
    binding: str | None


@click.command("roteren")
@click.argument("client_id")
@jwks_option
@jwks_uri_option
@certificate_option
@click.option("--erbij", "beside", is_flag=True, help="Naast wat er is: beide gelden.")
def rotate(client_id: str, *, beside: bool, **given: Unpack[_Keys]) -> None:
    """Vervang sleutels of certificaten. Zonder --erbij vervallen de oude, en alle tokens."""
    settings = settings_from()
    if not any(given.values()):
        raise click.UsageError("Geef --jwks, --jwks-uri of --certificaat.")
    if given["jwks"] and given["jwks_uri"]:
        raise click.UsageError("Geef --jwks of --jwks-uri, en niet allebei.")

    def edit(known: Client) -> Client:
        fresh = _fresh(known, given, settings)
        changed = _beside(known, fresh) if beside else _instead(known, fresh)
        refuse_objections(changed, settings)
        return changed

    change(settings, client_id, edit, reden=None if beside else SLEUTELS)
    ending = "" if beside else " De oude gelden niet meer; alle toegangsbewijzen zijn ingetrokken."
    click.echo(f"Client {client_id} heeft nieuwe sleutels of certificaten.{ending}")


@click.command("wijzigen")
@click.argument("client_id")
@scope_option
@doel_option
@click.option("--profiel", type=one_of(Profiel), help=PROFIEL)
@click.option("--binding", type=one_of(Binding), help=BINDING)
def alter(client_id: str, **given: Unpack[_Rights]) -> None:
    """Wijzig scopes, doelen, profiel of binding; wat niet genoemd is blijft."""
    settings = settings_from()
    if not any(given.values()):
        raise click.UsageError("Geef --scope, --doel, --profiel of --binding.")

    def edit(known: Client) -> Client:
        changed = replace(
            known,
            scopes=frozenset(given["scopes"]) or known.scopes,
            doelen=frozenset(map(Doel, given["doelen"])) or known.doelen,
            profiel=Profiel(given["profiel"] or known.profiel),
            binding=Binding(given["binding"] or known.binding),
        )
        if changed.binding is Binding.FSC:
            changed = replace(changed, jwks=NO_KEYS, jwks_uri=None)
        refuse_objections(changed, settings)
        return changed

    change(settings, client_id, edit)
    click.echo(f"Client {client_id} is gewijzigd.")


def _fresh(known: Client, given: _Keys, settings: Settings) -> Client:
    """The registration with only what was given as keys and certificates."""
    oin = settings.oin_of(known.soort, known.organisatie)
    return replace(
        known,
        jwks=read_jwks(given["jwks"]),
        jwks_uri=given["jwks_uri"],
        certificaten=read_certificates(given["certificaten"], oin),
    )


def _instead(known: Client, fresh: Client) -> Client:
    """The new for the old, of the kind that was given; every token goes with the old."""
    renewed = fresh.jwks_uri is not None or fresh.jwks != NO_KEYS
    return replace(
        fresh,
        jwks=fresh.jwks if renewed else known.jwks,
        jwks_uri=fresh.jwks_uri if renewed else known.jwks_uri,
        certificaten=fresh.certificaten or known.certificaten,
        tokens_vanaf=withdrawn_from(known),
    )


def _beside(known: Client, fresh: Client) -> Client:
    """Old and new together, so that both work during a change."""
    if fresh.jwks_uri is not None or (fresh.jwks != NO_KEYS and known.jwks_uri is not None):
        rule = "bij een jwks_uri zet de organisatie zelf oude en nieuwe sleutel naast elkaar"
        raise click.BadParameter(rule, param_hint="--erbij")
    keys = {**_by_kid(known.jwks)}
    for kid, key in _by_kid(fresh.jwks).items():
        if keys.setdefault(kid, key) != key:
            raise click.BadParameter(
                "een kid bestaat al, met een andere sleutel", param_hint="--jwks"
            )
    together = fresh.certificaten | known.certificaten
    return replace(known, jwks=as_stored(list(keys.values())), certificaten=together)


def _by_kid(jwks: str) -> dict[str, dict[str, Any]]:
    return {key["kid"]: key for key in json.loads(jwks)["keys"]}
