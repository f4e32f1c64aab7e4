"""Which tables a person gets: those of each role, once."""

from collections.abc import Callable, Mapping
from typing import Final

from gateway.console.clients import clients, signing_keys
from gateway.console.conferences import conferences
from gateway.console.log_state import log_state, refusals
from gateway.console.policies import notices, policies
from gateway.console.table import Tabel
from gateway.settings_console import Rol
from gateway.wiring import Parts

_OFFICER: Final = (policies, notices, log_state, refusals)
#: What a role's work needs. Nothing here tells of a casus or of a person.
SHOWN: Final[Mapping[Rol, tuple[Callable[[Parts], Tabel], ...]]] = {
    Rol.PRIVACY_OFFICER: _OFFICER,
    Rol.TWEEDE_OFFICER: _OFFICER,
    Rol.VOORZITTER: (conferences,),
    Rol.BEHEERDER: (clients, signing_keys),
}


def overview(parts: Parts, rollen: frozenset[Rol]) -> list[Tabel]:
    """The tables in a fixed order, for the roles that someone has."""
    wanted = dict.fromkeys(
        table for rol, tables in SHOWN.items() if rol in rollen for table in tables
    )
    return [table(parts) for table in wanted]
