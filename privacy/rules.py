"""Which policies and notices are in force, asked anew in every transaction that discloses.

A node goes by the files that its organisation approved, for as long as it runs; the gateway by
what its officers switched on (`privacy.store.rulebooks`).
"""

from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Connection

from privacy.entitlement import Rulebook
from privacy.store.door import Door


class Rules(Protocol):
    """The rules in force. `rulebook` is as last read; `at` is for the moment of a transaction."""

    @property
    def rulebook(self) -> Rulebook: ...

    def at(self, tx: Connection, door: Door) -> Rulebook: ...


@dataclass(frozen=True, slots=True)
class FixedRules:
    """Rules that do not change while the program runs."""

    rulebook: Rulebook = field(repr=False)

    def at(self, tx: Connection, door: Door) -> Rulebook:
        """The same at every moment."""
        return self.rulebook
