"""Starts the real provider of `provider.mjs`, and stops it."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from joserfc.jwk import ECKey

from connectors.jwk import to_jwks
from tests.browser.programs import HERE, find_node

LOW, HIGH = "laag", "http://eidas.europa.eu/LoA/substantial"
#: Each person by the roles in the claim.
PEOPLE = {
    "femke": ["lso-fg"],
    "tariq": ["lso-fg-tweede"],
    "bea": ["lso-beheer"],
    "vera": ["lso-voorzitter"],
    "dubbel": ["lso-fg", "lso-fg-tweede"],
    "niemand": ["iets-anders"],
}


@dataclass
class Provider:
    """`stop` takes it off the air, as an outage would."""

    issuer: str
    process: "subprocess.Popen[str]"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def running(client_id: str, key: ECKey, gateway: str) -> Iterator[Provider]:
    """A provider that knows one client: the console of the gateway at this address."""
    told = {
        "client_id": client_id,
        "redirect_uri": f"{gateway}/console/terugkeer",
        "after_logout": f"{gateway}/console",
        "jwks": to_jwks({key.thumbprint(): key}),
        "levels": [LOW, HIGH],
        "people": PEOPLE,
    }
    command = [find_node(), str(HERE / "provider.mjs"), json.dumps(told)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with process:
        try:
            issuer = process.stdout.readline().strip()
            assert issuer, "the provider did not start"
            yield Provider(issuer, process)
        finally:
            process.kill()
