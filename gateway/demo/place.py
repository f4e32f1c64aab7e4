"""Where the demo works: a folder of its own, and a port on this machine."""

import random
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gateway.demo.errors import DemoError

HOST: Final = "127.0.0.1"
#: Below what systems give to outgoing calls: the gateway must get it back after each restart.
_PORTS: Final = range(20_000, 30_000)
_TRIES: Final = 50


@contextmanager
def working_folder(chosen: Path | None) -> Iterator[Path]:
    """The chosen folder, which stays; or one that is gone afterwards, keys and all.

    DemoError where the chosen one holds something: the demo never continues what another began.
    """
    if chosen is None:
        folder = Path(tempfile.mkdtemp(prefix="lso-gateway-demo-"))
        try:
            yield folder.resolve()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return
    try:
        chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(chosen.iterdir()):
            raise DemoError(f"De map {chosen} is niet leeg: kies een andere.")
    except OSError as error:
        raise DemoError(
            f"De map {chosen} is niet te maken of te lezen: {error.strerror}."
        ) from None
    yield chosen.resolve()


def choose_address(port: int | None) -> str:
    """Where the gateway will listen; DemoError where the port that was asked for is taken."""
    if port is not None:
        if not _is_free(port):
            raise DemoError(f"Poort {port} is bezet of niet toegestaan: kies een andere.")
        return f"{HOST}:{port}"
    for each in random.SystemRandom().sample(_PORTS, _TRIES):
        if _is_free(each):
            return f"{HOST}:{each}"
    raise DemoError("Er is op deze machine geen poort vrij.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the web server does it: what an earlier one left behind is no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
        return True
