"""What a consent record is made of, gathered; nothing here knows JSON-LD, a database or the web."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from privacy.consent import Pair, Statement
from privacy.consent_events import Event
from privacy.notice import Notice
from privacy.policy import PurposeRule


class Partijsoort(StrEnum):
    """What kind of organisation a party is, as the DPV has it."""

    BRONHOUDER = "NonGovernmentalOrganisation"
    KETENPARTNER = "NationalAuthority"


@dataclass(frozen=True, slots=True)
class Partij:
    """An organisation in full: whoever reads the record must be able to reach it (AVG 13)."""

    code: str
    naam: str
    adres: str
    contact: str
    soort: Partijsoort
    oin: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One statement with its whole history, and the rules and parties that it is about.

    `moments` says when each event was recorded, `teruggeroepen` when which notice was recalled.
    `regels` has the policy's rule of each pair, and `dpia` the assessments that those rest on.
    """

    casus: UUID
    statement: Statement
    events: tuple[Event, ...]
    moments: Mapping[int, datetime]
    details: Mapping[str, Any] = field(repr=False)
    notice: Notice
    teruggeroepen: Mapping[str, datetime]
    bronhouder: Partij
    ontvangers: Mapping[str, Partij]
    regels: Mapping[Pair, PurposeRule]
    dpia: Collection[str]
    dag: date
