"""`lso-gateway pia simuleer`: what new policy files would change for the people known today.

Nothing is written but that it was run, and nothing leaves: counts, field names and precisions.
What opens the database is loaded when it is run: the other commands about policy need none.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.commands.pia import policy_files
from gateway.commands.pia_told import as_json, lines
from privacy.errors import PolicyFaultError, PrivacyError
from privacy.policy import Policy, load_policy

if TYPE_CHECKING:
    from gateway.wiring import Parts

_FILE = click.Path(exists=True, path_type=Path)


@click.command("simuleer")
@click.argument("beleid", nargs=-1, required=True, type=_FILE)
@click.option("--json", "for_machines", is_flag=True, help="Voor machines.")
def simulate(beleid: tuple[Path, ...], *, for_machines: bool) -> None:
    """Wat zou nieuw beleid veranderen, en voor hoeveel mensen? Er gaat niets over.

    Elk bestand, of elk bestand van een map, komt in de plaats van het beleid van zijn ontvanger.
    Dat de simulatie is uitgevoerd, staat in het auditlog.
    """
    policies = _read(policy_files(beleid))
    from gateway.commands.settings import parts_from, settings_from
    from gateway.database import is_current
    from gateway.services.simulatie import simulate as run

    parts = parts_from(settings_from())
    try:
        if not is_current(parts.engine):
            raise click.ClickException("De database is niet bij: voer eerst uit: db upgrade.")
        with _progress(shown=not for_machines) as progress:
            found = run(parts, policies, progress)
        late = _late(parts, policies)
    except PrivacyError as error:
        raise click.ClickException(str(error)) from None
    finally:
        parts.engine.dispose()
    if for_machines:
        click.echo(json.dumps(as_json(found, policies, late), ensure_ascii=False))
    else:
        click.echo("\n".join(lines(found, policies, late)))


def _read(files: list[Path]) -> list[Policy]:
    """Every file, or every fault of every file."""
    policies: dict[str, Policy] = {}
    faults: list[str] = []
    for file in files:
        try:
            policy = load_policy(file)
        except PolicyFaultError as error:
            faults += [f"  {error.source}: {each}" for each in error.faults]
            continue
        if policies.setdefault(policy.ontvanger, policy) is not policy:
            faults.append(f"  {file.name}: voor deze ontvanger is al een bestand genoemd")
    if faults:
        told = "\n".join(["Dit beleid is niet te gebruiken:", *map(_shown, faults)])
        raise click.ClickException(told)
    return list(policies.values())


def _late(parts: "Parts", policies: list[Policy]) -> list[Policy]:
    """Those that would let nothing leave, since their review date has passed."""
    today = parts.clock.now().date()
    return [each for each in policies if each.herzien_voor < today]


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not shown) as bar:
        task = bar.add_task("casussen bekijken", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _shown(line: str) -> str:
    """What a file holds must not move the cursor of whoever reads about it."""
    return "".join(each if each.isprintable() else "?" for each in line)
