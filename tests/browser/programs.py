"""Where node and a browser are found; a machine without them is told what to do."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
_LEAST_NODE = 20
_BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_UNPACKED = HERE / "chromium" / "node_modules" / ".uitgepakt"
_MEND = "Run `make test`, or `make browser` alone: it installs what is missing, without root."


class NotInstalledError(Exception):
    """Node, its packages or a browser is not there."""


@dataclass(frozen=True)
class Browser:
    """A program, and the environment that it needs beside our own."""

    program: Path
    environment: dict[str, str] = field(default_factory=dict)


def find_node() -> str:
    """The machine's own node if it is new enough, else that of the locked Python package."""
    ours = Path(sys.executable).with_name("node")
    for candidate in (shutil.which("node"), str(ours) if ours.exists() else None):
        if candidate is not None and _version(candidate) >= _LEAST_NODE:
            break
    else:
        raise NotInstalledError(f"There is no node of version {_LEAST_NODE} or newer. {_MEND}")
    if not (HERE / "node_modules" / "oidc-provider").is_dir():
        raise NotInstalledError(f"The OpenID provider for the tests is not installed. {_MEND}")
    return candidate


def find_browser() -> Browser:
    """Of this machine, or the one that came with the packages; $TEST_BROWSER goes first."""
    for name in filter(None, (os.environ.get("TEST_BROWSER"), *_BROWSERS)):
        found = shutil.which(name)
        if found is not None and name != "packaged":
            return Browser(Path(found))
        if name == "packaged":
            break
    program = _UNPACKED / "chromium"
    if not program.exists():
        raise NotInstalledError(f"There is no Chromium. {_MEND}")
    return Browser(
        program, {"LD_LIBRARY_PATH": str(_UNPACKED / "lib"), "FONTCONFIG_PATH": str(_UNPACKED)}
    )


def _version(node: str) -> int:
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    number = asked.stdout.strip().removeprefix("v").partition(".")[0]
    return int(number) if asked.returncode == 0 and number.isdigit() else 0
