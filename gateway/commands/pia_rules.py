"""`lso-gateway pia opnemen | vastleggen | activeer | intrekken | tonen`: the life of a policy.

Approving is not here: two officers do that in the console, each under a name of their own.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from gateway.commands.rule_files import FILES, SHORT, named, opened, texts_of, told
from gateway.services import regels
from gateway.services.beleid import WARN_DAYS
from gateway.services.regels import Checked, Taken
from gateway.wiring import Parts
from privacy.dpia.answers import Dpia, load_dpia
from privacy.policy import Policy
from privacy.rule_life import Levensloop, Regelstand, missing

_DPIA = click.Path(exists=True, dir_okay=False, path_type=Path)
_AGAINST = "De DPIA waartegen wordt gecontroleerd: de uitvoer van het nationale formulier."


@click.command("opnemen")
@click.argument("bestanden", nargs=-1, type=FILES)
@click.option("--dpia", "dpia_file", type=_DPIA, help=f"{_AGAINST} Zonder: alleen opnemen.")
def take_in(bestanden: tuple[Path, ...], dpia_file: Path | None) -> None:
    """Neem beleid op als concept; zonder bestanden dat uit de map `beleid` van de instellingen."""
    with opened() as parts:
        dpia = None if dpia_file is None else load_dpia(dpia_file)
        taken = regels.take_in_policies(parts, texts_of(bestanden, parts.settings.beleid))
        click.echo("\n".join([*told(taken), *_strangers(parts, taken)]))
        if dpia is not None:
            _check(parts, [each.life for each in taken], dpia)


@click.command("vastleggen")
@click.argument("versies", nargs=-1)
@click.option("--dpia", "dpia_file", type=_DPIA, required=True, help=_AGAINST)
def record(versies: tuple[str, ...], dpia_file: Path) -> None:
    """Controleer opgenomen beleid tegen de DPIA en leg vast wat geen fouten heeft.

    Zonder VERSIES alles wat nog concept is. Eerdere goedkeuringen van een versie vervallen.
    """
    with opened() as parts:
        dpia, known = load_dpia(dpia_file), regels.all_lives(parts)
        wanted = [regels.find(known, each) for each in versies] or [
            life for life, _ in regels.policies_of(known) if life.stand is Regelstand.CONCEPT
        ]
        if not wanted:
            raise click.ClickException(
                "Er is geen concept om te controleren: neem eerst beleid op (pia opnemen)."
            )
        _check(parts, wanted, dpia)


@click.command("activeer")
@click.argument("versie")
def activate(versie: str) -> None:
    """Zet een versie aan (digest of ontvanger); twee officers keurden haar goed."""
    with opened() as parts:
        life = regels.activate(parts, versie)
        click.echo(f"Actief: {named(life)}. Elke replica volgt bij het volgende verzoek.")


@click.command("intrekken")
@click.argument("ontvanger")
def withdraw(ontvanger: str) -> None:
    """Verstrek niets meer aan deze ontvanger; wat hij al kreeg wordt teruggeroepen."""
    with opened() as parts:
        life = regels.withdraw_policy(parts, ontvanger)
        click.echo(f"Ingetrokken: {named(life)}. Wat {ontvanger} al kreeg is teruggeroepen.")


@click.command("tonen")
@click.option("--json", "for_machines", is_flag=True, help="Voor machines.")
def show(*, for_machines: bool) -> None:
    """Toon elke versie: hoe zij ervoor staat, wie er nog nodig is, en wanneer zij herzien moet."""
    with opened() as parts:
        today = parts.clock.now().date()
        found = regels.policies_of(regels.all_lives(parts))
    rows = [_row(life, policy) for life, policy in found]
    if for_machines:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        click.echo("Er is nog geen beleid opgenomen (pia opnemen).")
    for (life, policy), row in zip(found, rows, strict=True):
        click.echo(f"{life.versie.naam}  {life.versie.digest[:SHORT]}  {row['stand']}")
        for line in _about(life, policy, today.toordinal()):
            click.echo(f"    {line}")


def _strangers(parts: Parts, taken: Sequence[Taken]) -> list[str]:
    """A recipient that does not take part may come later; a slip of the pen is told now."""
    known = {each.code for each in parts.settings.ketenpartners}
    names = sorted({each.life.versie.naam for each in taken} - known)
    return [f"LET OP {name} is geen ketenpartner in de instellingen." for name in names]


def _check(parts: Parts, lives: Sequence[Levensloop], dpia: Dpia) -> None:
    digests = [each.versie.digest for each in lives if each.stand is not Regelstand.ACTIEF]
    checked = regels.record_checks(parts, digests, dpia)
    for each in checked:
        _tell(each)
    if not all(each.found.akkoord for each in checked):
        raise click.exceptions.Exit(1)


def _tell(each: Checked) -> None:
    good = each.found.akkoord
    click.echo(f"{'Gecontroleerd' if good else 'Niet vastgelegd'}: {named(each.life)}.")
    for finding in each.found.fouten:
        click.echo(f"  FOUT   {regels.sentence(finding)}")
    for finding in each.found.waarschuwingen:
        click.echo(f"  LET OP {regels.sentence(finding)}")


def _row(life: Levensloop, policy: Policy | None) -> dict[str, Any]:
    return {
        "ontvanger": life.versie.naam,
        "digest": life.versie.digest,
        "stand": life.stand.value,
        "goedkeuringen": len(life.approvers),
        "nodig": list(missing(life)),
        "herzienVoor": None if policy is None else policy.herzien_voor.isoformat(),
        "dpia": None if life.controle is None else life.controle.bijzonderheden.get("dpia"),
        "onleesbaar": policy is None,
    }


def _about(life: Levensloop, policy: Policy | None, today: int) -> list[str]:
    if policy is None:
        return ["LET OP: de tekst is niet meer wat de digest noemt; zo gaat er niets uit."]
    if life.stand in {Regelstand.VERVANGEN, Regelstand.INGETROKKEN}:
        return []
    left = policy.herzien_voor.toordinal() - today
    lines = [f"herzien vóór {policy.herzien_voor.isoformat()} (nog {left} dagen)"]
    if left < 0:
        lines = [f"LET OP: moest vóór {policy.herzien_voor.isoformat()} herzien zijn."]
    elif left < WARN_DAYS:
        lines[0] = f"LET OP: {lines[0]}; daarna wordt aan niemand meer verstrekt."
    return [*lines, *(f"nodig: {each}" for each in missing(life))]
