"""Opening a seal. Importing this is a decision that the import contract guards.

`privacy.gate` opens to filter and disclose, `privacy.comparison` to find what changed,
`privacy.vault` to encrypt. Nobody else.
"""

from collections.abc import Mapping

from privacy.sealed import Sealed
from schemas.canonical import canonical


def text_of(sealed: Sealed) -> bytes:
    """The record inside in canonical text; made once, since neither ever changes."""
    if sealed._text is None:  # noqa: SLF001  the other half of that door
        sealed._text = canonical(dict(sealed._inhoud))  # noqa: SLF001
    return sealed._text  # noqa: SLF001


def open_sealed(sealed: Sealed) -> Mapping[str, str | None]:
    """The record inside, read-only."""
    return sealed._inhoud  # noqa: SLF001  this is the one door
