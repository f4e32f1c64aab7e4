"""Opening a seal. Importing this is a decision that the import contract guards.

`privacy.gate` opens to filter and disclose, `privacy.comparison` to find what changed,
`privacy.vault` to encrypt. Nobody else.
"""

from collections.abc import Mapping

from privacy.sealed import Sealed


def open_sealed(sealed: Sealed) -> Mapping[str, str | None]:
    """The record inside, read-only."""
    return sealed._inhoud  # noqa: SLF001  this is the one door
