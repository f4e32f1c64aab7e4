"""Which tables a person gets: those of each role, once."""

from collections.abc import Callable, Mapping
from typing import Final

from gateway.console.clients import clients, signing_keys
from gateway.console.conferences import conferences
from gateway.console.log_state import log_state, refusals, restored
from gateway.console.policies import attention, notices, policies
from gateway.console.table import Tabel
from gateway.settings_console import Rol
from gateway.wiring import Parts

_OFFICER: Final = (attention, restored, policies, notices, log_state, refusals)
#: What a role's work needs. Nothing here tells of a casus or of a person.
SHOWN: Final[Mapping[Rol, tuple[Callable[[Parts], Tabel], ...]]] = {
    Rol.PRIVACY_OFFICER: _OFFICER,
    Rol.TWEEDE_OFFICER: _OFFICER,
    Rol.VOORZITTER: (conferences,),
    Rol.BEHEERDER: (restored, clients, signing_keys),
}

#: What is on a page of its own, since looking takes work: it is done when someone asks.
_OFFICER_PAGES: Final = (
    ("/console/terugroepingen", "Terugroepingen"),
    ("/console/zaakhouders", "Meer dan één zaakhouder"),
)
_PAGES: Final[Mapping[Rol, tuple[tuple[str, str], ...]]] = {
    Rol.PRIVACY_OFFICER: _OFFICER_PAGES,
    Rol.TWEEDE_OFFICER: _OFFICER_PAGES,
}


def pages_for(rollen: frozenset[Rol]) -> tuple[tuple[str, str], ...]:
    """Path and name of the other pages that someone with these roles may see."""
    return tuple(dict.fromkeys(page for rol in sorted(rollen) for page in _PAGES.get(rol, ())))


def overview(parts: Parts, rollen: frozenset[Rol]) -> list[Tabel]:
    """The tables in a fixed order, for the roles that someone has."""
    wanted = dict.fromkeys(
        table for rol, tables in SHOWN.items() if rol in rollen for table in tables
    )
    return [table(parts) for table in wanted]
