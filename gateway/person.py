"""Who sits at the console, as the provider and the session say; never as the request says."""

from dataclasses import dataclass, field
from datetime import datetime

from gateway.settings_console import Rol


@dataclass(frozen=True, slots=True)
class Person:
    """`persoon` is a keyed digest: the same person again, but nobody can tell who.

    `rust` is when the session ends without a click, `tot` when it ends at the latest. `formulier`
    must come back with every form (against forged ones).
    """

    persoon: str
    rollen: frozenset[Rol]
    acr: str
    rust: datetime
    tot: datetime
    formulier: str = field(repr=False)
