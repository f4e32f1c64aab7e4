"""Which processing an entry of the log belongs to, as an address in our own register (LDV-03).

`<uitgever>/v1/verwerkingen/<id>/versies/<versie>`: of a disclosure the id is recipient and
purpose and the version the digest of the policy that it was made under, so that the address leads
to the rules of that moment. Of all else it is a fixed processing of the gateway itself.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final
from urllib.parse import quote

from sqlalchemy import Connection

from gateway.exports.reading import Logregel
from gateway.exports.vaste import Vast, fixed, valid_on
from privacy.clock import AMSTERDAM
from privacy.errors import PrivacyError
from privacy.log.entries import Auditsoort
from privacy.policy import Policy
from privacy.rule_life import Regelsoort
from privacy.store.rulebooks import policy_of, read_lives
from schemas.terms import Doel, Grondslag

#: Stands between recipient and purpose; no recipient's code holds it.
SEPARATOR: Final = "."
_DIGEST: Final = "sha256:"
#: What the law orders is told on a feed page; where it is told otherwise, that says what it is.
_FEED: Final = frozenset({Auditsoort.PAGINA, Auditsoort.PAKKET})


class UnknownVerwerkingError(PrivacyError):
    """The register has no processing for an entry: then it is not told as if it had (LDV-03)."""

    def __init__(self, nummer: int) -> None:
        super().__init__(f"Logregel {nummer}: het register heeft er geen verwerking voor.")
        self.nummer = nummer


@dataclass(frozen=True, slots=True)
class Verwerkingen:
    """The register as addresses: every policy that was ever taken in, by digest."""

    basis: str
    beleid: dict[str, Policy]

    def of(self, regel: Logregel) -> str:
        """The processing that an entry tells of; UnknownVerwerkingError where there is none."""
        policy = self._policy(regel)
        if policy is not None:
            return self.address(_name(policy, regel), policy.digest.removeprefix(_DIGEST))
        vast = _fixed_of(_tells(regel))
        if vast is None:
            raise UnknownVerwerkingError(regel.nummer)
        found = valid_on(vast, _day(regel))
        return self.address(found.id, str(found.versie))

    def policy_of(self, regel: Logregel) -> Policy | None:
        """The policy that a disclosure on consent was decided by."""
        return self._policy(regel)

    def address(self, name: str, versie: str) -> str:
        """Where the register tells of one version."""
        return f"{self.basis}/v1/verwerkingen/{quote(name, safe='')}/versies/{versie}"

    def _policy(self, regel: Logregel) -> Policy | None:
        told = regel.told
        digest = told.get("beleid")
        if digest is None or told.get("grondslag", Grondslag.TOESTEMMING) != Grondslag.TOESTEMMING:
            return None
        if _kind_of_fixed(regel.soort) is not None:
            return None
        policy = self.beleid.get(digest)
        if policy is None or policy.ontvanger != told.get("ontvanger"):
            raise UnknownVerwerkingError(regel.nummer)
        return policy


def read_verwerkingen(tx: Connection, basis: str) -> Verwerkingen:
    """With every policy that was ever taken in and still is what its digest names."""
    lives = read_lives(tx).values()
    policies = (policy_of(each.versie) for each in lives if each.versie.soort is Regelsoort.BELEID)
    return Verwerkingen(basis, {each.digest: each for each in policies if each is not None})


def name_of(ontvanger: str, doel: Doel | None = None) -> str:
    """The id of disclosing to a recipient, for a purpose or as a whole."""
    return ontvanger if doel is None else f"{ontvanger}{SEPARATOR}{doel}"


def _name(policy: Policy, regel: Logregel) -> str:
    """A purpose that the policy does not know was refused, under the policy as a whole."""
    told = regel.told.get("doel")
    return name_of(policy.ontvanger, next((doel for doel in policy.doelen if doel == told), None))


def _tells(regel: Logregel) -> Auditsoort:
    """The kind that says what it was: of a part, that of what closes over it."""
    whole = regel if regel.ouder is None else regel.ouder
    if whole.soort in _FEED:
        return Auditsoort.TERUGROEPING_BEVESTIGD
    if _kind_of_fixed(regel.soort) is not None:
        return regel.soort
    return whole.soort


def _fixed_of(soort: Auditsoort) -> tuple[Vast, ...] | None:
    name = _kind_of_fixed(soort)
    return None if name is None else _versions(name)


@cache
def _kind_of_fixed(soort: Auditsoort) -> str | None:
    return next((each.id for each in fixed() if soort in each.soorten), None)


@cache
def _versions(name: str) -> tuple[Vast, ...]:
    return tuple(each for each in fixed() if each.id == name)


def _day(regel: Logregel) -> date:
    return datetime.fromisoformat(regel.told["tijd"]).astimezone(AMSTERDAM).date()
