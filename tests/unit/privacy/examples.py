"""Statements, policies and records for the tests of this package; one keyword to differ."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from privacy.consent import Statement
from privacy.consent_events import Event, Gebeurtenis
from privacy.entitlement import Rulebook
from privacy.notice import Notice, Notices
from privacy.policy import Policies, Policy, PurposeRule
from privacy.precision import Viewer
from privacy.sealed import Label, Sealed, seal
from schemas.terms import Doel, Grondslag, Precisie

DAY = date(2020, 4, 1)
CASUS = UUID("01900000-0000-7000-8000-000000000001")
STATEMENT = UUID("01900000-0000-7000-8000-000000000002")
VIEWER = Viewer("IND", DAY, b"sleutel")

Table = Mapping[tuple[str, Doel], Mapping[str, Precisie]]


def a_statement(**other: Any) -> Statement:
    given: dict[str, Any] = {
        "toestemming_id": STATEMENT,
        "versie": 1,
        "ontvangers": frozenset({"IND"}),
        "doelen": frozenset({Doel.CASUSOVERLEG}),
        "eerste_dag": date(2020, 3, 1),
        "laatste_dag": date(2020, 4, 30),
        "verklaring": "2019-1",
    }
    return Statement(**{**given, **other})


def an_event(nummer: int, soort: Gebeurtenis = Gebeurtenis.GEGEVEN, **statement: Any) -> Event:
    return Event(soort, nummer, a_statement(versie=nummer, **statement))


def a_label(**other: Any) -> Label:
    given: dict[str, Any] = {"casus": CASUS, "bronhouder": "sndvu", "kenmerk": b"k", "versie": 1}
    return Label(**{**given, **other})


def a_record(**inhoud: str | None) -> Sealed:
    return seal(a_label(), {"vNummer": "0902224584", **inhoud})


def a_policy(
    recipient: str,
    fields: Mapping[Doel, Mapping[str, Precisie]],
    review: date = date(2027, 1, 1),
) -> Policy:
    rules = {
        doel: PurposeRule(doel, Grondslag.TOESTEMMING, "DPIA", "P1Y", "uitstroom", named)
        for doel, named in fields.items()
    }
    return Policy(
        recipient, recipient, "dpia", review, MappingProxyType(rules), "sha256:" + "0" * 64
    )


def a_rulebook(
    allowed: Table, explained: Table | None = None, *, versie: str = "2019-1"
) -> Rulebook:
    """Policies from a table of recipient and purpose; the notice explains the same by default."""
    recipients = {recipient for recipient, _ in allowed}
    policies = {
        recipient: a_policy(
            recipient,
            {doel: named for (whose, doel), named in allowed.items() if whose == recipient},
        )
        for recipient in recipients
    }
    notice = Notice(versie, "titel", allowed if explained is None else explained, "sha256:1")
    return Rulebook(Policies(policies), Notices({versie: notice}))


def new_id() -> UUID:
    return uuid4()
