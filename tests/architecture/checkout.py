"""The files of the project as they are committed, or about to be."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("gateway", "connectors", "privacy", "schemas")
# Only for a copy without git: what .gitignore names, by its first part.
IGNORED = {".git", ".venv", "build", "htmlcov", "node_modules", "var", "__pycache__"}


def committed_files() -> list[Path]:
    """Every file that git keeps or would keep, relative to the root."""
    asked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode == 0:
        found = [Path(name) for name in asked.stdout.split("\0") if name]
    else:
        found = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
    return sorted(path for path in found if (ROOT / path).is_file() and not _is_ignored(path))


def modules() -> list[Path]:
    """The Python files of the four packages."""
    return [
        path for path in committed_files() if path.suffix == ".py" and path.parts[0] in PACKAGES
    ]


def text_of(path: Path) -> str:
    """The text of a file, or nothing where it is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def _is_ignored(path: Path) -> bool:
    return any(part in IGNORED or part.endswith("_cache") for part in path.parts)
