"""Whoever uses the command line leaves two rows in the access log: begun, and how it ended.

Known is the account of this machine, not the person: who may use it is for its owner to arrange.
A command that cannot be noted is not begun. Not noted: what runs by itself (services, a node),
and what is done before there is a database to note it in.
"""

import os
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final

import click
from sqlalchemy import Engine

from gateway.config import Settings, SettingsError, read_settings_without_keys
from gateway.copy_place import look_at_start
from gateway.database import is_current
from privacy.clock import real_clock
from privacy.errors import PrivacyError
from privacy.keys import KeyRing
from privacy.log.access import Toegang, Uitkomst, note_access
from privacy.restore import GATEWAY
from privacy.store.engine import make_engine, writing
from privacy.store.key_proof import is_there

#: Run by the machine itself, or by a partner on its own machine; and what must be able to say of
#: a log that it is broken.
NOT_NOTED: Final = frozenset(
    {
        ("agent",),
        ("audit", "bewijs"),
        ("audit", "controleer"),
        ("db",),
        ("demo",),
        ("logtekenaar",),
        ("ontvangstboek",),
        ("serve",),
        ("worker",),
    }
)
_HELP: Final = frozenset({"-h", "--help"})
_ODD: Final = re.compile(r"[^A-Za-z0-9._-]")


@contextmanager
def attended(command: click.Command, words: Sequence[str]) -> Iterator[None]:
    """Note the command before it begins, and its outcome after. `words` is what was typed."""
    path = path_of(command, words)
    engine = _engine() if _is_of_a_person(path) and not _HELP & {*words} else None
    if engine is None:
        yield
        return
    try:
        _note(engine, path, Uitkomst.BEGONNEN)
        try:
            yield
        except BaseException as error:
            good = isinstance(error, click.exceptions.Exit) and error.exit_code == 0
            _note(engine, path, Uitkomst.GELUKT if good else Uitkomst.MISLUKT)
            raise
        _note(engine, path, Uitkomst.GELUKT)
    finally:
        engine.dispose()


def path_of(command: click.Command, words: Sequence[str]) -> tuple[str, ...]:
    """The names of the command; no option and no argument, which may hold anything."""
    path: list[str] = []
    for word in words:
        if not isinstance(command, click.Group):
            break
        found = command.get_command(click.Context(command), word)
        if found is None:
            break
        path, command = [*path, word], found
    return tuple(path)


def _is_of_a_person(path: tuple[str, ...]) -> bool:
    return bool(path) and not any(path[: len(each)] == each for each in NOT_NOTED)


def _engine() -> Engine | None:
    """The database to note it in; None where it is not there, or is not up to date."""
    try:
        settings = read_settings_without_keys(os.environ)
    except SettingsError:
        return None
    engine = make_engine(settings.database)
    if not is_there(engine) or not is_current(engine):
        engine.dispose()
        return None
    _look_first(settings, engine)
    return engine


def _look_first(settings: Settings, engine: Engine) -> None:
    """A database that was put back gets back what it lost before anything is added to its log.

    Else the row of this very command would make two logs of one (design 2.10). What cannot be
    looked at, without keys or with a copy of no use, the command itself says.
    """
    with suppress(PrivacyError, SettingsError):
        look_at_start(settings, engine, KeyRing.open(settings.sleutels), real_clock())


def _note(engine: Engine, path: Sequence[str], uitkomst: Uitkomst) -> None:
    toegang = Toegang(
        wie=f"account:{_account()}",
        handeling="opdracht",
        object="/".join(path),
        uitkomst=uitkomst,
        herkomst=f"machine:{_ODD.sub('-', socket.gethostname())[:100]}",
    )
    try:
        with writing(engine) as tx:
            note_access(tx, toegang, {"organisatie": GATEWAY}, real_clock().now())
    except PrivacyError:
        raise click.ClickException(
            "Deze opdracht is niet te noteren in het toegangslog, en wordt daarom niet uitgevoerd."
        ) from None


def _account() -> str:
    """By number: a name on the machine may be that of a person."""
    return str(os.getuid())
