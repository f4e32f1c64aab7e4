"""On whose behalf a token is used: `act.sub` of a delegated grant, or a reference in `prp`.

A small organisation without a Manager is named by an external contract reference (FSC External
Contract Reference 1.0); FSC itself cannot check that one, which is why our register must hold it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

_WAY: Final = ("delegation", "connection", "external_contract_reference")
_OIN: Final = re.compile(r"[0-9]{20}", re.ASCII)
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Delegation:
    """`referentie` is None where FSC itself proves the delegation (`act`)."""

    delegator: str
    referentie: str | None


def delegation_of(claims: Mapping[str, Any]) -> Delegation | None:
    """None where a peer calls for itself. ValueError where it is told half, or in two ways."""
    acting, external = _of_act(claims), _of_properties(claims)
    if acting and external and acting.delegator != external.delegator:
        raise ValueError("two delegators")
    return external or acting


def _of_act(claims: Mapping[str, Any]) -> Delegation | None:
    if "act" not in claims:
        return None
    acting = claims["act"]
    if not isinstance(acting, dict):
        raise ValueError("act")  # noqa: TRY004  one error for all that is told half
    return Delegation(_oin(acting.get("sub")), None)


def _of_properties(claims: Mapping[str, Any]) -> Delegation | None:
    told: Any = claims.get("prp")
    for step in _WAY:
        if told is None:
            return None
        if not isinstance(told, dict):
            raise ValueError("prp")  # noqa: TRY004
        told = told.get(step)
    if told is None:
        return None
    if not isinstance(told, dict):
        raise ValueError("prp")  # noqa: TRY004
    reference = told.get("reference")
    if not isinstance(reference, str) or not 0 < len(reference) <= _LONGEST:
        raise ValueError("reference")
    return Delegation(_oin(told.get("delegator_id")), reference)


def is_oin(told: Any) -> TypeGuard[str]:
    """Whether this is how FSC names a peer."""
    return isinstance(told, str) and _OIN.fullmatch(told) is not None


def _oin(told: Any) -> str:
    if not is_oin(told):
        raise ValueError("oin")
    return told
