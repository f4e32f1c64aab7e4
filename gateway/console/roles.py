"""From values of the provider's claim to roles here; the settings say which value is which."""

from collections.abc import Mapping
from typing import Final

from gateway.console.errors import BothOfficersError, NoRoleError
from gateway.settings_console import Rol

_OFFICERS: Final = frozenset({Rol.PRIVACY_OFFICER, Rol.TWEEDE_OFFICER})
NAMES: Final[Mapping[Rol, str]] = {
    Rol.PRIVACY_OFFICER: "Privacyofficer",
    Rol.TWEEDE_OFFICER: "Tweede officer",
    Rol.BEHEERDER: "Beheerder",
    Rol.VOORZITTER: "Voorzitter LSO",
}
EVERYONE: Final = frozenset(Rol)


def roles_of(values: frozenset[str], known: Mapping[str, Rol]) -> frozenset[Rol]:
    """The roles; NoRoleError without any, BothOfficersError for one who would be both."""
    roles = frozenset(known[value] for value in values if value in known)
    if not roles:
        raise NoRoleError
    if roles >= _OFFICERS:
        raise BothOfficersError
    return roles
