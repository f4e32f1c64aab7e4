"""What commands over the database share: parts opened, files of rules in, a line a version."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from gateway.commands.settings import parts_from, settings_from
from gateway.database import is_current
from gateway.services.regels import Taken, Text
from gateway.wiring import Parts
from privacy.errors import PolicyFaultError, PrivacyError
from privacy.policy_file import read_text
from privacy.rule_life import Levensloop

SHORT: Final = len("sha256:") + 12
FILES: Final = click.Path(exists=True, path_type=Path)


@contextmanager
def opened() -> Iterator[Parts]:
    """The parts over a database that is up to date; whatever is refused is said in one sentence."""
    parts = parts_from(settings_from())
    try:
        if not is_current(parts.engine):
            raise click.ClickException("De database is niet bij: voer eerst uit: db upgrade.")
        yield parts
    except PolicyFaultError as error:
        faults = "\n".join(f"  - {fault}" for fault in error.faults)
        told = f"{error.source} is niet te gebruiken; er is niets opgenomen:\n{faults}"
        raise click.ClickException(told) from None
    except PrivacyError as error:
        raise click.ClickException(str(error)) from None
    finally:
        parts.engine.dispose()


def texts_of(given: Sequence[Path], otherwise: Path) -> list[Text]:
    """The files, or every file of a folder; without any, those of the settings' own folder."""
    files: list[Path] = []
    for path in given or (otherwise,):
        found = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        if not found:
            raise click.ClickException(f"In {path} staat geen bestand dat op .toml eindigt.")
        files += found
    return [Text(each.name, read_text(each)) for each in files]


def told(taken: Sequence[Taken]) -> Iterator[str]:
    """One line for each file that was given."""
    for each in taken:
        what = "Opgenomen" if each.new else "Was al opgenomen"
        yield f"{what}: {named(each.life)}."


def named(life: Levensloop) -> str:
    """A version as people name it."""
    return f"{life.versie.soort} {life.versie.naam}, versie {life.versie.digest[:SHORT]}"
