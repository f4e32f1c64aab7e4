"""`lso-gateway pia concept | controleer`: a policy from a DPIA, and a policy against one.

Both only read; `concept` writes no file that is there already. Neither needs settings, keys or a
database: a lawyer runs them on a machine of their own.
"""

import json
from pathlib import Path

import click

from gateway.commands.help_in_dutch import Commandos
from gateway.commands.pia_report import Report, as_json, lines
from privacy.dpia.answers import Dpia, load_dpia
from privacy.dpia.check import check_text
from privacy.dpia.draft import Concept, drafts
from privacy.dpia.errors import DpiaFaultError
from privacy.dpia.findings import Bevinding, Bevindingen, Regel
from privacy.errors import PolicyFaultError
from privacy.policy_file import read_text

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DPIA = click.option(
    "--dpia", "dpia_file", required=True, type=_FILE, help="Uitvoer van het nationale formulier."
)


@click.group("pia", cls=Commandos)
def pia() -> None:
    """Beleid: wat elke ontvanger per doel mag krijgen, en waarom (docs/beleid.md)."""


@pia.command("controleer")
@click.argument("beleid", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_DPIA
@click.option("--json", "for_machines", is_flag=True, help="Voor machines.")
def check(beleid: tuple[Path, ...], dpia_file: Path, *, for_machines: bool) -> None:
    """Vergelijk beleid (bestanden of mappen) met de DPIA. Exitcode 0 alleen zonder fouten."""
    dpia = _read(dpia_file)
    reports = [_checked(file, dpia) for file in policy_files(beleid)]
    if for_machines:
        click.echo(json.dumps(as_json(dpia, dpia_file.name, reports), ensure_ascii=False))
    else:
        click.echo("\n".join(lines(dpia_file.name, reports)))
    if not all(each.found.akkoord for each in reports):
        raise click.exceptions.Exit(1)


@pia.command("concept")
@_DPIA
@click.option(
    "--uit",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Map voor de bestanden; zonder map komen ze op het scherm.",
)
def draft(dpia_file: Path, folder: Path | None) -> None:
    """Schrijf per ontvanger een eerste beleid dat op de DPIA steunt."""
    made = drafts(_read(dpia_file), _source_name(dpia_file))
    written = [each for each in made if each.tekst is not None]
    if folder is None:
        for each in written:
            click.echo(f"# Bestand: {each.bestand}\n{each.tekst}")
    else:
        _write(folder, written)
    for each in made:
        if each.tekst is None:
            click.echo(f"Geen beleid voor {each.ontvanger}: {each.reden}.", err=True)
    if not written:
        raise click.ClickException("Uit deze DPIA volgt voor niemand een beleid.")


def _read(file: Path) -> Dpia:
    try:
        return load_dpia(file)
    except DpiaFaultError as error:
        faults = "\n".join(f"  {each}" for each in error.faults)
        raise click.ClickException(f"{error.source} is niet te gebruiken:\n{faults}") from None


def policy_files(given: tuple[Path, ...]) -> list[Path]:
    """The files, and every policy in a folder; a folder without any is a fault."""
    files: list[Path] = []
    for path in given:
        found = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if not found:
            raise click.BadParameter(f"in {path} staat geen beleid", param_hint="BELEID")
        files += found
    return files


def _checked(file: Path, dpia: Dpia) -> Report:
    try:
        text = read_text(file)
    except PolicyFaultError as error:
        unread = tuple(Bevinding("", "", Regel.VORM, "", each) for each in error.faults)
        return Report(file.name, "", None, Bevindingen(unread, ()))
    policy, found = check_text(file.name, text, dpia)
    return Report(file.name, text, policy, found)


def _source_name(file: Path) -> str:
    """The name that a policy gives its DPIA; a name that could not stand there is left out."""
    return file.stem if file.stem.isprintable() else "DPIA"


def _write(folder: Path, written: list[Concept]) -> None:
    """All or none: somebody's work may stand under one of the names."""
    there = [each.bestand for each in written if (folder / each.bestand).exists()]
    if there:
        raise click.ClickException(f"Bestaat al, en blijft zoals het is: {', '.join(there)}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in written:
            with (folder / each.bestand).open("x", encoding="utf-8") as file:
                file.write(each.tekst or "")
            click.echo(f"Geschreven: {folder / each.bestand}")
    except OSError as error:
        raise click.ClickException(f"Schrijven mislukt: {error.strerror}.") from None
