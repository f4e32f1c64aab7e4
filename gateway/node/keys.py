"""The keys of a node: those of its own store, and two pairs that the gateway knows it by.

One proves who the node is; with the other the organisation signs consents.
"""

import json
import shlex
import shutil
from pathlib import Path

from joserfc.jwk import ECKey

from connectors.jwk import key_id, new_key, private_key, to_jwks, to_pem
from gateway.node.bron import Bron
from gateway.node.errors import BronError
from gateway.parties import Soort
from privacy.durable import replace_file
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
        for file in (bron.sleutel, bron.ondertekening):
            if not file.exists():
                file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                replace_file(file, to_pem(new_key()))
        replace_file(bron.ondertekening.with_suffix(".jwk"), signing_jwk(bron).encode())
    except KeysUnavailableError as error:
        raise BronError((str(error),)) from None
    except OSError:
        raise BronError(("de sleutels kunnen hier niet worden geschreven",)) from None


def public_jwks(bron: Bron) -> str:
    """The public half, as `lso-gateway client toevoegen --jwks` reads it."""
    key = _read(bron.sleutel, "[gateway] sleutel")
    return json.dumps(to_jwks({key_id(key): key}), indent=2)


def signing_jwk(bron: Bron) -> str:
    """The public half of what signs, as `lso-gateway ondertekenaar toevoegen --jwk` reads it."""
    key = _read(bron.ondertekening, "[opslag] sleutels")
    [shown] = to_jwks({key_id(key): key})["keys"]
    return json.dumps(shown, indent=2)


def signing_registration(bron: Bron) -> str:
    """The command by which the gateway's operator adds what signs."""
    words = ["lso-gateway", "ondertekenaar", "toevoegen", bron.bronhouder]
    return shlex.join([*words, "--jwk", bron.ondertekening.with_suffix(".jwk").name])


def _read(file: Path, where: str) -> ECKey:
    try:
        return private_key(file.read_bytes())
    except (OSError, ValueError):
        fault = f"{where}: {file.name} is geen geheime sleutel van P-256"
        raise BronError((fault,)) from None


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
