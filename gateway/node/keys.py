"""The keys of a node: those of its own store, and the pair by which the gateway knows it."""

import json
import os
import shlex
import shutil
from pathlib import Path

from connectors.jwk import key_id, new_key, private_key, to_jwks, to_pem
from gateway.node.bron import Bron
from gateway.node.errors import BronError
from gateway.parties import Soort
from privacy.errors import KeysUnavailableError
from privacy.keys import KeyRing


def make_node_keys(bron: Bron) -> None:
    """Make what is not there yet; what exists is never overwritten. BronError where it cannot.

    Each is made aside and then put in its place whole, so that who is killed can begin again.
    """
    try:
        if not any(bron.sleutels.glob("*.key")):
            aside = _aside(bron.sleutels)
            shutil.rmtree(aside, ignore_errors=True)
            KeyRing.create(aside)
            aside.replace(bron.sleutels)
        if not bron.sleutel.exists():
            bron.sleutel.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside = _aside(bron.sleutel)
            _write(aside)
            aside.replace(bron.sleutel)
    except KeysUnavailableError as error:
        raise BronError((str(error),)) from None
    except OSError:
        raise BronError(("de sleutels kunnen hier niet worden geschreven",)) from None


def public_jwks(bron: Bron) -> str:
    """The public half, as `lso-gateway client toevoegen --jwks` reads it."""
    try:
        key = private_key(bron.sleutel.read_bytes())
    except (OSError, ValueError):
        fault = f"[gateway] sleutel: {bron.sleutel.name} is geen geheime sleutel van P-256"
        raise BronError((fault,)) from None
    return json.dumps(to_jwks({key_id(key): key}), indent=2)


def registration(bron: Bron) -> str:
    """The command by which the gateway's operator lets this node in, as it stands."""
    words = ["lso-gateway", "client", "toevoegen", bron.client_id]
    words += ["--organisatie", bron.bronhouder, "--soort", Soort.BRONHOUDER]
    words += ["--jwks", f"{bron.client_id}.json", "--binding", bron.binding]
    if bron.certificaat is not None:
        words += ["--certificaat", bron.certificaat.name]
    return shlex.join(words)


def _aside(path: Path) -> Path:
    return path.with_name(f"{path.name}.nieuw")


def _write(path: Path) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(to_pem(new_key()))
        file.flush()
        os.fsync(file.fileno())
