"""The copy of the log as the settings say it: opened, kept up, and looked at for a restore."""

import logging
from contextlib import suppress
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from gateway.copy_place import copy_of
from gateway.telemetry import log_event, log_failure
from gateway.wiring import Parts
from privacy.errors import PrivacyError
from privacy.log.copy import LogCopy
from privacy.log.copying import copy_on
from privacy.log.errors import CopyDiffersError
from privacy.log.high_water import mark_of
from privacy.restore import Looked, Sign, look

#: Lines that somebody waits for; where the copy is further behind, the rest is the worker's.
_SOON: Final = 2_000


def look_for_restore(parts: Parts, sign: Sign | None = None) -> Looked:
    """Look at the copy and at what this process knows; CopyError where the copy is of no use."""
    return _look(parts, copy_of(parts.settings, parts.keys), sign)


def keep_copy(parts: Parts) -> Looked:
    """Add to the copy what the log has more. Where they differ, that is a restore."""
    copy = copy_of(parts.settings, parts.keys)
    looked = _look(parts, copy)
    if copy is None:
        return looked
    try:
        copy_on(parts.engine, copy)
    except CopyDiffersError:
        # Put back between the look and the addition, or set aside by another process.
        return _look(parts, copy)
    return looked


def _look(parts: Parts, copy: LogCopy | None, sign: Sign | None = None) -> Looked:
    looked = look(parts.engine, copy, parts.clock.now(), sign)
    if looked.found:
        log_event("herstel_ontdekt", level=logging.ERROR)
    return looked


def copy_soon(parts: Parts) -> None:
    """Copy at once what must not be lost, as far as it can be done: never fails."""
    copy = copy_of(parts.settings, parts.keys)
    if copy is None or mark_of(parts.engine) is None:
        return
    with suppress(CopyDiffersError):  # the worker finds that too, and shuts the door
        try:
            copy_on(parts.engine, copy, most=_SOON)
        except (PrivacyError, SQLAlchemyError, ValueError) as error:
            if isinstance(error, CopyDiffersError):
                raise
            log_failure(error, stap="logkopie")
