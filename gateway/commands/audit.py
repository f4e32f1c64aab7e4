"""`lso-gateway audit controleer`: whether the log is what its head and its signers say it is."""

import json
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from gateway.commands.help_in_dutch import Commandos
from gateway.commands.settings import settings_from
from gateway.commands.work_shown import work_shown
from gateway.config import Settings, SettingsError
from gateway.copy_place import look_at_start
from gateway.log_trust import trust_of
from gateway.services.verificatie import note_outcome
from privacy.clock import real_clock
from privacy.errors import PrivacyError
from privacy.keys import KeyRing
from privacy.log.errors import LogUnavailableError
from privacy.log.head import read_head
from privacy.log.verify import Reden, Verification, verify
from privacy.store.engine import make_engine, reading

_WAT: Final = {
    Reden.GEWIJZIGD: "deze regel is gewijzigd",
    Reden.VORM: "deze regel heeft een vorm die de gateway nooit schrijft",
    Reden.ONTBREEKT: "deze regel ontbreekt",
    Reden.TE_VEEL: "deze regel hoort er niet te zijn",
    Reden.WORTEL: "de regels passen niet bij de wortel van de boom",
    Reden.RAND: "de rand van de boom klopt niet: de volgende regel zou verkeerd aansluiten",
    Reden.KORTER: "een controlepunt telt meer regels dan er zijn: de staart is afgeknipt",
    Reden.CONTROLEPUNT: "een controlepunt past niet op de regels: er is iets herschreven",
    Reden.HANDTEKENING: "een controlepunt is niet wat de ondertekenaar van het log ondertekende",
    Reden.MEDEONDERTEKENING: "een medeondertekening is niet van de getuige die er staat",
    Reden.TEGEL: "een bewaarde tegel van de boom past niet op zijn regels, of is er te veel",
    Reden.TOEGANG: "de handeling die erbij hoort is in het toegangslog gewijzigd of weg",
}


@click.group("audit", cls=Commandos)
def audit() -> None:
    """Het auditlog."""


@audit.command("controleer")
@click.option("--json", "as_json", is_flag=True, help="Voor machines.")
def check(*, as_json: bool) -> None:
    """Lees het hele log na, en zet de uitkomst erin. Exitcode 0 alleen als alles klopt."""
    settings = settings_from()
    engine = open_log(settings)
    try:
        whole = _put_right(settings, engine)
        found = _verify(engine, settings, shown=not as_json)
        click.echo(json.dumps(_wire(found)) if as_json else _sentence(found, settings))
        noted = whole and _note(engine, found)
    except LogUnavailableError:
        raise click.ClickException("Er is geen log om te controleren.") from None
    except DBAPIError:
        raise click.ClickException(
            "De database is niet te lezen, of is niet bij (voer dan uit: db upgrade)."
        ) from None
    finally:
        engine.dispose()
    if not noted:
        raise click.ClickException("De uitkomst is niet in het log te zetten.")
    if not found.sound:
        raise click.exceptions.Exit(1)


def open_log(settings: Settings) -> Engine:
    """Looking must not make an empty database where there is none."""
    file = make_url(settings.database).database if settings.sqlite else None
    if file is not None and not Path(file).is_file():
        raise click.ClickException("De database is er niet.")
    return make_engine(settings.database)


def _put_right(settings: Settings, engine: Engine) -> bool:
    """Whether the log may be added to: one that was put back first gets back what it lost.

    Else the outcome would be where the log and what was signed of it part (design 2.10).
    """
    try:
        look_at_start(settings, engine, KeyRing.open(settings.sleutels), real_clock())
    except (PrivacyError, SettingsError):
        return False
    return True


def _verify(engine: Engine, settings: Settings, *, shown: bool) -> Verification:
    with reading(engine) as tx, work_shown("regels nalezen", shown=shown) as told:
        size = read_head(tx).omvang
        return verify(tx, trust_of(settings), told=lambda done: told(done, size))


def _note(engine: Engine, found: Verification) -> bool:
    try:
        note_outcome(engine, found, real_clock().now())
    except (PrivacyError, DBAPIError):
        return False
    return True


def _wire(found: Verification) -> dict[str, object]:
    return {
        "regels": found.size,
        "wortel": found.root.hex(),
        "gecontroleerd": found.sound,
        "reden": found.reason,
        "eersteFout": found.first_bad,
        "tussen": found.between,
        "controlepunten": found.checkpoints,
        "ondertekendTot": found.attested,
        "toegangsregels": found.access,
    }


def _sentence(found: Verification, settings: Settings) -> str:
    if found.reason is not None:
        where = "" if found.first_bad is None else f" bij regel {found.first_bad}"
        if found.between is not None:
            where = f" tussen regel {found.between[0]} en {found.between[1] - 1}"
        return f"Het log klopt niet{where}: {_WAT[found.reason]}.{_rest(found)}"
    told = f"Het log klopt: {found.size} regels, wortel {found.root.hex()}."
    if found.checkpoints:
        told += f" {found.checkpoints} controlepunten passen, het laatste op {found.attested}."
        if settings.logsleutel is None:
            told += " Zonder logsleutel in de instellingen zijn hun handtekeningen niet bekeken."
    return told


def _rest(found: Verification) -> str:
    rows = ", ".join(map(str, found.access))
    changed = f" Gewijzigd of weg in het toegangslog: regels {rows}." if rows else ""
    return f"{changed} De boom klopt tot {found.size} regels."
