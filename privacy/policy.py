"""PIA policy: one TOML file per recipient, a table that a lawyer can check.

Per purpose: ground, source in the DPIA, retention with its anchor, and per field its
precision. What is not named does not leave (design 2.3). A policy is named by the digest of
its meaning, so a changed comment is the same policy and a changed field is another.
After its review date a policy discloses nothing: the system then answers 503 (design 2.5).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from privacy.errors import PolicyFaultError, PolicyUnavailableError
from privacy.policy_file import read_doel, read_fields, read_toml
from schemas.canonical import canonical
from schemas.terms import Doel, Grondslag, Precisie

_TERM: Final = re.compile(r"P(?:\d+[YMWD])+")
_ANCHORS: Final = ("uitstroom", "laatste_bespreking", "verstrekking")
_RULE_KEYS: Final = {"grondslag", "bron", "bewaartermijn", "anker", "velden"}


@dataclass(frozen=True, slots=True)
class PurposeRule:
    """What one recipient may have for one purpose, on what ground, for how long."""

    doel: Doel
    grondslag: Grondslag
    bron: str
    bewaartermijn: str
    anker: str
    velden: Mapping[str, Precisie]


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy for one recipient; immutable, named by `digest`."""

    ontvanger: str
    naam: str
    dpia: str
    herzien_voor: date
    doelen: Mapping[Doel, PurposeRule]
    digest: str

    def fields(self, purpose: Doel) -> Mapping[str, Precisie]:
        """Fields for a purpose; none for a purpose that the policy does not name."""
        rule = self.doelen.get(purpose)
        return rule.velden if rule else MappingProxyType({})


class Policies:
    """The policies in force, one per recipient: a recipient is known because it has one."""

    def __init__(self, policies: Mapping[str, Policy]) -> None:
        self._policies = dict(policies)

    @property
    def recipients(self) -> frozenset[str]:
        """Every known recipient."""
        return frozenset(self._policies)

    def of(self, recipient: str) -> Policy:
        """The policy for a recipient; PolicyUnavailableError where there is none."""
        try:
            return self._policies[recipient]
        except KeyError:
            raise PolicyUnavailableError("Voor deze ontvanger is geen beleid van kracht.") from None

    def require_in_force(self, now: datetime) -> None:
        """Refuse everything once any policy is past its review date: alike for every question."""
        late = sorted(p.ontvanger for p in self._policies.values() if now.date() > p.herzien_voor)
        if late or not self._policies:
            raise PolicyUnavailableError(f"Beleid is niet van kracht: {', '.join(late) or 'geen'}.")

    def digests(self) -> dict[str, str]:
        """Recipient to digest, for nodes that pin what their organisation approved."""
        return {name: policy.digest for name, policy in sorted(self._policies.items())}


def load_policies(folder: Path) -> Policies:
    """Load every policy of a folder; PolicyFaultError names each fault of the first bad file."""
    policies: dict[str, Policy] = {}
    for path in sorted(folder.glob("*.toml")):
        policy = load_policy(path)
        if policy.ontvanger in policies:
            raise PolicyFaultError(path.name, ("deze ontvanger heeft al een beleid",))
        policies[policy.ontvanger] = policy
    if not policies:
        raise PolicyFaultError(folder.name, ("in deze map staat geen beleid",))
    return Policies(policies)


def load_policy(path: Path) -> Policy:
    """Load and check one policy file."""
    raw = read_toml(path)
    faults: list[str] = []
    head = {name: _text(raw, name, faults) for name in ("ontvanger", "naam", "dpia")}
    review = raw.get("herzien_voor")
    if not isinstance(review, date) or isinstance(review, datetime):
        faults.append("herzien_voor: een datum ontbreekt")
    rules = _rules(raw.get("doelen"), faults)
    unknown = set(raw) - {"ontvanger", "naam", "dpia", "herzien_voor", "doelen"}
    faults.extend(f"{name}: deze sleutel bestaat niet" for name in sorted(unknown))
    if faults or not isinstance(review, date):
        raise PolicyFaultError(path.name, tuple(faults))
    return Policy(
        **head,
        herzien_voor=review,
        doelen=MappingProxyType(rules),
        digest=_digest(head, review, rules),
    )


def _rules(tables: object, faults: list[str]) -> dict[Doel, PurposeRule]:
    if not isinstance(tables, Mapping) or not tables:
        faults.append("[doelen] ontbreekt")
        return {}
    rules = {}
    for word, table in tables.items():
        doel = read_doel("doelen", word, faults)
        if doel is not None:
            rules[doel] = _rule(doel, table, faults)
    return rules


def _rule(doel: Doel, given: object, faults: list[str]) -> PurposeRule:
    where = f"doelen.{doel}"
    local: list[str] = []
    table: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    words = {name: _text(table, name, local) for name in ("bron", "bewaartermijn", "anker")}
    if not _TERM.fullmatch(words["bewaartermijn"]):
        local.append("bewaartermijn: geen termijn volgens ISO 8601")
    if words["anker"] not in _ANCHORS:
        local.append("anker: dit ijkpunt bestaat niet")
    if table.get("grondslag") != Grondslag.TOESTEMMING:
        local.append("grondslag: alleen toestemming kan in een beleid staan")
    local.extend(f"{name}: deze sleutel bestaat niet" for name in sorted(set(table) - _RULE_KEYS))
    faults.extend(f"[{where}] {fault}" for fault in local)
    fields = read_fields(f"{where}.velden", table.get("velden"), faults)
    return PurposeRule(
        doel=doel,
        grondslag=Grondslag.TOESTEMMING,
        velden=MappingProxyType(fields),
        **words,
    )


def _text(table: Mapping[str, Any], name: str, faults: list[str]) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        faults.append(f"{name}: ontbreekt")
        return ""
    return value


def _digest(head: Mapping[str, str], review: date, rules: Mapping[Doel, PurposeRule]) -> str:
    meaning = {
        **head,
        "herzien_voor": review.isoformat(),
        "doelen": {
            rule.doel.value: {
                "grondslag": rule.grondslag.value,
                "bron": rule.bron,
                "bewaartermijn": rule.bewaartermijn,
                "anker": rule.anker,
                "velden": {name: p.value for name, p in rule.velden.items()},
            }
            for rule in rules.values()
        },
    }
    return f"sha256:{sha256(canonical(meaning)).hexdigest()}"
