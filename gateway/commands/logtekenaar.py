"""`lso-gateway logtekenaar`: signs what the log is, in a process and with a key of its own.

It reads the settings without the keys of the gateway: on a machine or under an account of its own
these need not be there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from threading import Event, Thread
from typing import Final

import click

from gateway.commands.help_in_dutch import Commandos
from gateway.commands.settings import settings_from
from gateway.config import Settings, read_settings_without_keys
from gateway.database import is_current
from gateway.logtekenaar import SignerFolder, SignerFolderError
from gateway.services.controlepunten import Logtekenaar
from gateway.services.getuigen import Offering, renewal
from gateway.services.logopruiming import Logopruiming
from gateway.settings_log import log_origin
from gateway.telemetry import start_logging
from privacy.clock import real_clock
from privacy.errors import PrivacyError
from privacy.store.engine import make_engine

_FOLDER: Final = click.Path(file_okay=False, path_type=Path)
#: How often the log is looked at; what did not grow costs a few reads.
_SECONDS: Final = 10.0


@click.group("logtekenaar", cls=Commandos, invoke_without_command=True)
@click.option("--eenmalig", "once", is_flag=True, help="Onderteken één keer, en stop.")
@click.option(
    "--elke",
    "seconds",
    type=click.FloatRange(0.2, 60),
    default=_SECONDS,
    show_default=True,
    help="Om de hoeveel seconden er naar het log wordt gekeken.",
)
@click.pass_context
def logtekenaar(context: click.Context, *, once: bool, seconds: float) -> None:
    """Onderteken wat het auditlog is, en laat dat medeondertekenen door de getuigen."""
    if context.invoked_subcommand is not None:
        return
    start_logging()
    settings = settings_from(read_settings_without_keys)
    with _said_in_dutch(), _opened(settings) as tekenaar:
        tidy = Logopruiming(tekenaar.engine, tekenaar.clock, settings)
        if once:
            _sign_once(tekenaar)
            tidy.attempt()
        else:
            _keep_signing(_Round(tekenaar, tidy), seconds)


@logtekenaar.command("aanmaken")
@click.option("--map", "folder", type=_FOLDER, required=True, help="De map van de logtekenaar.")
@click.option("--herkomst", "origin", required=True, help="Hoe het log heet: gateway.example.")
def make(*, folder: Path, origin: str) -> None:
    """Maak de sleutel van het log, eenmalig, en toon wat er in de instellingen hoort."""
    try:
        named = log_origin(origin)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--herkomst") from None
    with _said_in_dutch():
        vkey = SignerFolder.create(folder).vkey(named).encode()
    click.echo(f'logherkomst = "{named}"\nlogsleutel = "{vkey}"')


def _sign_once(tekenaar: Logtekenaar) -> None:
    told = tekenaar.round()
    if told is None:
        click.echo("Het log is leeg: er is niets ondertekend.")
    else:
        click.echo(f"Ondertekend: {told.size} regels, wortel {told.root.hex()}.")


def _keep_signing(each: Callable[[], None], seconds: float) -> None:
    from gateway.until_told import run_until_told

    run_until_told(lambda: _Rounds(each, seconds))


@dataclass(slots=True)
class _Round:
    """Sign; and once a day, when that went well, take away what may go."""

    tekenaar: Logtekenaar
    tidy: Logopruiming
    tidied: date | None = field(default=None)

    def __call__(self) -> None:
        today = self.tekenaar.clock.day()
        if self.tekenaar.attempt() and today != self.tidied:
            self.tidied = today
            self.tidy.attempt()


class _Rounds:
    """One round after another in a thread, until `stop`; the round under way is finished."""

    def __init__(self, each: Callable[[], None], seconds: float) -> None:
        self._each = each
        self._seconds = seconds
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="logtekenaar")
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._each()
            self._stopping.wait(self._seconds)


@contextmanager
def _opened(settings: Settings) -> Iterator[Logtekenaar]:
    """The signer that the settings describe, the only one with its key."""
    if settings.logtekenaar is None:
        raise click.UsageError("De instelling logtekenaar (een map) ontbreekt.")
    folder = SignerFolder.open(settings.logtekenaar)
    if settings.logsleutel not in (None, folder.vkey(settings.herkomst)):
        raise click.UsageError("logsleutel of logherkomst hoort niet bij deze logtekenaar.")
    clock, engine = real_clock(), make_engine(settings.database)
    again = renewal(settings.getuige_waarschuwing)
    try:
        if not is_current(engine):
            raise click.ClickException("De database is niet bij: voer eerst uit: db upgrade.")
        with folder.held():
            offering = Offering(engine, clock, settings.getuigen, again)
            yield Logtekenaar(engine, clock, folder, settings.herkomst, offering)
    finally:
        engine.dispose()


@contextmanager
def _said_in_dutch() -> Iterator[None]:
    try:
        yield
    except (PrivacyError, SignerFolderError) as error:
        raise click.ClickException(str(error)) from None
