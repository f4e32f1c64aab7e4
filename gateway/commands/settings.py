"""What every command begins with: the settings, the parts; faults listed, then exit code 2."""

import os
from collections.abc import Callable, Mapping

import click

from gateway.config import Settings, SettingsError, read_settings
from gateway.wiring import Parts, build
from privacy.errors import PrivacyError


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


def _listed(title: str, faults: tuple[str, ...]) -> str:
    return "\n".join([title, *(f"  - {fault}" for fault in faults)])
