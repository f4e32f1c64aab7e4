"""Which policies and notices are in force, asked anew in every transaction that discloses.

A node goes by the files that its organisation approved, for as long as it runs; the gateway by
what its officers switched on (`privacy.store.rulebooks`).
"""

from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType
from typing import Final, Protocol

from sqlalchemy import Connection

from privacy.entitlement import Rulebook
from privacy.notice import Notices
from privacy.policy import Policies
from privacy.store.door import Door
from privacy.store.rulebooks import read_rulebook

#: No rules have this number.
_UNREAD: Final = -1


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


class StoredRules:
    """What officers switched on, read anew as soon as the door says that there is something new.

    `partners` are who must have been given a policy once before anything is in force.
    """

    def __init__(self, partners: frozenset[str] = frozenset()) -> None:
        self._partners = partners
        self._lock = Lock()
        nothing = Policies({}, faults=tuple(sorted(partners)))
        self._loaded = (_UNREAD, Rulebook(nothing, Notices(MappingProxyType({}))))

    @property
    def rulebook(self) -> Rulebook:
        """As last read; before that nothing is known, and nothing in force."""
        return self._loaded[1]

    def at(self, tx: Connection, door: Door) -> Rulebook:
        """As they stand in this transaction, which read the door. Mostly nothing is read."""
        number, rulebook = self._loaded
        if number == door.regels:
            return rulebook
        if not door.held and door.regels < number:
            # A moment ago: right for who looks at that moment, and news for nobody else.
            return read_rulebook(tx, self._partners)
        with self._lock:
            if self._loaded[0] != door.regels:
                self._loaded = (door.regels, read_rulebook(tx, self._partners))
            return self._loaded[1]
