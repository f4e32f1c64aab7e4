"""PIA policy: one TOML file per recipient, a table that a lawyer can check.

Per purpose: ground, the processing and paragraphs of the DPIA that it stands on, retention with
its anchor, per field its precision, and why each sensitive field is needed. What is not named
does not leave (design 2.3). A policy is named by the digest of its meaning, so a changed comment
is the same policy and a changed field or reason is another. Not checked here: whether the DPIA
supports it (`privacy.dpia.check`).
After its review date a policy discloses nothing: the system then answers 503 (design 2.5).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from privacy.errors import PolicyFaultError, PolicyUnavailableError
from privacy.policy_file import (
    RECIPIENT,
    parse_toml,
    read_doel,
    read_fields,
    read_sentence,
    read_text,
)
from schemas.canonical import canonical
from schemas.terms import Doel, Grondslag, Precisie

#: ISO 8601 duration in days or longer, each unit at most once and in its order.
_TERM: Final = re.compile(
    r"P(?=[0-9])(?:[0-9]{1,4}Y)?(?:[0-9]{1,4}M)?(?:[0-9]{1,4}W)?(?:[0-9]{1,4}D)?", re.ASCII
)
_ANCHORS: Final = ("uitstroom", "laatste_bespreking", "verstrekking")
_TEXTS: Final = ("verwerking", "bron", "bewaartermijn", "anker")
_RULE_KEYS: Final = {"grondslag", *_TEXTS, "velden", "motivering"}


@dataclass(frozen=True, slots=True)
class PurposeRule:
    """What one recipient may have for one purpose, on what ground, for how long, and why.

    `verwerking` is the name of the processing in the DPIA (3.1.1), `bron` its paragraphs,
    `motivering` the reason per field. A policy file must name the first.
    """

    doel: Doel
    grondslag: Grondslag
    bron: str
    bewaartermijn: str
    anker: str
    velden: Mapping[str, Precisie]
    verwerking: str = ""
    motivering: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


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
    """The policies in force, one per recipient: a recipient is known because it has one.

    `ever` had a policy once, and stays a known word: a withdrawal can name it. `broken` have one
    that is not what was approved. As long as there are `faults` (names of recipients and notices)
    nothing is in force. `former` is the last one of who has none in force now: nothing leaves by
    it, and what was agreed to under it can still be told.
    """

    def __init__(
        self,
        policies: Mapping[str, Policy],
        *,
        ever: frozenset[str] = frozenset(),
        broken: frozenset[str] = frozenset(),
        faults: tuple[str, ...] = (),
        former: Mapping[str, Policy] = MappingProxyType({}),
    ) -> None:
        self._policies = dict(policies)
        self._known = {**former, **policies}
        self.recipients = frozenset(policies) | broken
        self.ever = self.recipients | ever
        self.faults = faults

    def of(self, recipient: str) -> Policy:
        """The policy for a recipient; PolicyUnavailableError where there is none."""
        try:
            return self._policies[recipient]
        except KeyError:
            raise PolicyUnavailableError("Voor deze ontvanger is geen beleid van kracht.") from None

    def latest(self, recipient: str) -> Policy | None:
        """The policy in force, or else the last that was; None where no text of one is known."""
        return self._known.get(recipient)

    def require_in_force(self, now: datetime, recipient: str = "") -> None:
        """Refuse everything once any policy is past its review date: alike for every question.

        A `recipient` that had a policy and has none is refused, whatever it asks, and nobody else.
        """
        late = sorted(p.ontvanger for p in self._policies.values() if now.date() > p.herzien_voor)
        if late or self.faults or not self._policies:
            names = ", ".join([*late, *self.faults]) or "geen"
            raise PolicyUnavailableError(f"Beleid is niet van kracht: {names}.")
        if recipient in self.ever:
            self.of(recipient)  # raises where it was withdrawn

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
    return parse_policy(path.name, read_text(path))


def parse_policy(source_name: str, text: str) -> Policy:
    """Check the text of one policy; PolicyFaultError names every fault, and `source_name`."""
    raw = parse_toml(source_name, text)
    faults: list[str] = []
    head = {name: read_sentence(raw, name, faults) for name in ("ontvanger", "naam", "dpia")}
    if head["ontvanger"] and not RECIPIENT.fullmatch(head["ontvanger"]):
        faults.append("ontvanger: letters, cijfers, &, _ en -, hoogstens 32 tekens")
    review = raw.get("herzien_voor")
    if not isinstance(review, date) or isinstance(review, datetime):
        faults.append("herzien_voor: een datum ontbreekt")
    rules = _rules(raw.get("doelen"), faults)
    unknown = set(raw) - {"ontvanger", "naam", "dpia", "herzien_voor", "doelen"}
    faults.extend(f"{name}: deze sleutel bestaat niet" for name in sorted(unknown))
    if faults or not isinstance(review, date):
        raise PolicyFaultError(source_name, tuple(faults))
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
    words = {name: read_sentence(table, name, local) for name in _TEXTS}
    if not _TERM.fullmatch(words["bewaartermijn"]):
        local.append("bewaartermijn: geen termijn volgens ISO 8601")
    if words["anker"] not in _ANCHORS:
        local.append("anker: dit ijkpunt bestaat niet")
    if table.get("grondslag") != Grondslag.TOESTEMMING:
        local.append("grondslag: alleen toestemming kan in een beleid staan")
    local.extend(f"{name}: deze sleutel bestaat niet" for name in sorted(set(table) - _RULE_KEYS))
    faults.extend(f"[{where}] {fault}" for fault in local)
    fields = read_fields(f"{where}.velden", table.get("velden"), faults)
    reasons = _reasons(f"{where}.motivering", table, faults)
    return PurposeRule(
        doel=doel,
        grondslag=Grondslag.TOESTEMMING,
        velden=MappingProxyType(fields),
        motivering=MappingProxyType(reasons),
        **words,
    )


def _reasons(where: str, rule: Mapping[str, Any], faults: list[str]) -> dict[str, str]:
    """Why a field is needed; which fields need a reason is for the check against the DPIA."""
    table, fields = rule.get("motivering", {}), rule.get("velden")
    if not isinstance(table, Mapping):
        faults.append(f"[{where}] is geen tabel van redenen")
        return {}
    if not isinstance(fields, Mapping):
        return {}  # named already: there are no fields to give a reason for
    local = [f"{name}: dit veld staat niet bij velden" for name in table if name not in fields]
    reasons = {name: read_sentence(table, name, local) for name in table}
    faults.extend(f"[{where}] {fault}" for fault in local)
    return reasons


def _digest(head: Mapping[str, str], review: date, rules: Mapping[Doel, PurposeRule]) -> str:
    meaning = {
        **head,
        "herzien_voor": review.isoformat(),
        "doelen": {
            rule.doel.value: {
                "grondslag": rule.grondslag.value,
                "verwerking": rule.verwerking,
                "bron": rule.bron,
                "bewaartermijn": rule.bewaartermijn,
                "anker": rule.anker,
                "velden": {name: p.value for name, p in rule.velden.items()},
                "motivering": dict(rule.motivering),
            }
            for rule in rules.values()
        },
    }
    return f"sha256:{sha256(canonical(meaning)).hexdigest()}"
