"""Where the copy of the log is, by the settings; and the first look at it of every process."""

from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from gateway.config import Settings, SettingsError
from privacy.clock import Clock
from privacy.errors import RestoredError
from privacy.keys import KeyRing
from privacy.log.copy import FILE, LogCopy
from privacy.log.errors import CopyError, LogUnavailableError
from privacy.restore import look
from privacy.store.key_proof import is_there

_PURPOSE: Final = "logkopie"


def copy_of(settings: Settings, keys: KeyRing, path: Path | None = None) -> LogCopy | None:
    """The copy at `path`, or the installation's own; None where the settings name no folder."""
    if path is None and settings.logkopie is None:
        return None
    place = path or (settings.logkopie or Path()) / FILE
    return LogCopy(place, keys.system_key(_PURPOSE))


def look_at_start(settings: Settings, engine: Engine, keys: KeyRing, clock: Clock) -> None:
    """Before this process appends anything: see whether the copy is of this database as it is.

    SettingsError for a copy of another installation, or one that is of no use: it is neither
    merged nor passed over. A database that is away, or not made yet, is asked later.
    """
    if not is_there(engine):
        return
    try:
        look(engine, copy_of(settings, keys), clock.now())
    except CopyError as error:
        engine.dispose()
        raise SettingsError((f"logkopie: {error}",)) from None
    except (DBAPIError, LogUnavailableError, RestoredError):
        return
