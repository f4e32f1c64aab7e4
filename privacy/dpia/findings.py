"""What a check of a policy against a DPIA finds: faults, which keep it off, and warnings."""

from dataclasses import dataclass
from enum import StrEnum


class Regel(StrEnum):
    """The rule that a finding is about."""

    VORM = "vorm"
    PARTIJ = "partij"
    DOEL = "doel"
    GRONDSLAG = "grondslag"
    GEGEVEN = "gegeven"
    PRECISIE = "precisie"
    UITZONDERING = "uitzondering"
    TERMIJN = "termijn"
    ANKER = "anker"
    MOTIVERING = "motivering"
    # What no machine decides: warnings only.
    OPEN_RECHTSVRAAG = "open rechtsvraag"
    VASTSTELLING = "vaststelling"
    SAMENVOEGEN = "samenvoegen"
    TEGENSTRIJDIG = "tegenstrijdig"
    NIET_GECONTROLEERD = "niet door de machine gecontroleerd"


@dataclass(frozen=True, slots=True)
class Bevinding:
    """One finding: where in the policy, which field or key, which rule, which DPIA question.

    `plaats` is the table, without brackets; empty for the head of the file, and where a finding
    is about the DPIA alone. `paragraaf` is one number, or several parted by a comma.
    """

    plaats: str
    veld: str
    regel: Regel
    paragraaf: str
    tekst: str


@dataclass(frozen=True, slots=True)
class Bevindingen:
    """All that was found. A policy with faults is not supported; warnings are for a person."""

    fouten: tuple[Bevinding, ...]
    waarschuwingen: tuple[Bevinding, ...]

    @property
    def akkoord(self) -> bool:
        """No fault."""
        return not self.fouten
