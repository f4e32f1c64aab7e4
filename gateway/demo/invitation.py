"""What a visitor can try while the demo stays up."""

import shlex
import sys
from typing import Final

from rich.console import Console

from gateway.demo.cast import client_id
from gateway.demo.installation import Installation

_OPEN: Final = (
    ("staat hij klaar?", "/health/ready"),
    ("de API, als OpenAPI 3.1", "/v1/openapi.json"),
    ("de openbare sleutels waarmee pakket en mutaties zijn ondertekend", "/oauth/jwks"),
)
_EXAMPLE: Final = "IND"


def invite(console: Console, installation: Installation) -> None:
    """Print the address, and commands that work as they stand."""

    def line(text: str = "") -> None:
        # Never wrapped: a command must survive being copied.
        console.print(text, markup=False, soft_wrap=True)

    url, program = installation.url, shlex.quote(sys.argv[0])
    key = shlex.quote(str(installation.key_file(_EXAMPLE)))
    line(f"\nDe gateway staat op {url} en blijft daar tot Ctrl-C. Probeer bijvoorbeeld:\n")
    line(f"  # de console, voor mensen: kies in uw browser wie u bent\n  {url}/console")
    for what, path in _OPEN:
        line(f"  # {what}\n  curl -s {url}{path}")
    line(f"  # wat {_EXAMPLE} ontvangt, zoals {_EXAMPLE} het zelf zou ophalen")
    asks = f"{program} client token {client_id(_EXAMPLE)} --url {url} --sleutel {key}"
    line(f'  {asks} \\\n    | curl -si -H @- "{url}/v1/mutaties?limiet=2"')
    line("  # en wat er gebeurt zonder toegangsbewijs")
    line(f"  curl -si {url}/v1/mutaties")
    line(f"\nSleutels, databases en logs staan in {installation.folder}.")
