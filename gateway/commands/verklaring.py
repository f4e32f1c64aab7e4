"""`lso-gateway verklaring opnemen | terugroepen | tonen`: what people are told beforehand."""

from pathlib import Path

import click

from gateway.commands.help_in_dutch import Commandos
from gateway.commands.rule_files import FILES, SHORT, opened, texts_of, told
from gateway.services import regels
from privacy.rule_life import Regelsoort
from privacy.store.rulebooks import notice_of


@click.group("verklaring", cls=Commandos)
def verklaring() -> None:
    """Wat mensen wordt uitgelegd voor zij toestemming geven."""


@verklaring.command("opnemen")
@click.argument("bestanden", nargs=-1, type=FILES)
def take_in(bestanden: tuple[Path, ...]) -> None:
    """Neem verklaringen op; zonder bestanden die uit de map `verklaringen` van de instellingen.

    Een versie verandert nooit: een andere tekst krijgt een andere naam.
    """
    with opened() as parts:
        texts = texts_of(bestanden, parts.settings.verklaringen)
        click.echo("\n".join(told(regels.take_in_notices(parts, texts))))


@verklaring.command("terugroepen")
@click.argument("versie")
def recall(versie: str) -> None:
    """Laat elke toestemming op deze verklaring vervallen; wie iets kreeg, krijgt bericht.

    Dat is niet terug te draaien: wie het nog eens is, tekent op een andere verklaring.
    """
    with opened() as parts:
        regels.recall_notice(parts, versie)
        click.echo(f"Teruggeroepen: verklaring {versie}. Toestemmingen daarop gelden niet meer.")


@verklaring.command("tonen")
def show() -> None:
    """Toon elke verklaring, haar talen, en of zij nog geldt."""
    with opened() as parts:
        found = [e for e in regels.all_lives(parts) if e.versie.soort is Regelsoort.VERKLARING]
    if not found:
        click.echo("Er is nog geen verklaring opgenomen (verklaring opnemen).")
    for life in found:
        notice = notice_of(life.versie)
        talen = ", ".join(notice.talen) if notice else "de tekst is niet meer wat de digest noemt"
        click.echo(f"{life.versie.naam}  {life.versie.digest[:SHORT]}  {life.stand}  {talen}")
