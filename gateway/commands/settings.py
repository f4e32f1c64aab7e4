"""What every command begins with: the settings, the parts; faults listed, then exit code 2."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import click
from sqlalchemy import Engine

from gateway.config import Settings, SettingsError, read_settings
from gateway.wiring import Parts, build
from privacy.errors import PrivacyError
from privacy.store.engine import make_engine


def settings_from(
    read: Callable[[Mapping[str, str]], Settings] = read_settings,
) -> Settings:
    """The settings of this process; every fault on a line of its own."""
    try:
        return read(os.environ)
    except SettingsError as error:
        raise click.UsageError(_listed("De instellingen deugen niet:", error.faults)) from None


def parts_from(settings: Settings) -> Parts:
    """The parts; a missing policy, notice or key is named."""
    try:
        return build(settings)
    except SettingsError as error:
        raise click.UsageError(_listed("De instellingen deugen niet:", error.faults)) from None
    except PrivacyError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def database_of(settings: Settings) -> Iterator[Engine]:
    """The database alone, for as long as a command needs it; not asked whether it is up to date."""
    engine = make_engine(settings.database)
    try:
        yield engine
    finally:
        engine.dispose()


def _listed(title: str, faults: tuple[str, ...]) -> str:
    return "\n".join([title, *(f"  - {fault}" for fault in faults)])
