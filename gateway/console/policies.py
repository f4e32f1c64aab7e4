"""For the officers: what policy and which notices are in force, and for how long yet."""

from datetime import date
from typing import Final

from gateway.console.table import Cel, Tabel, Toon, code, day_text
from gateway.wiring import Parts
from privacy.policy import Policy

#: Long enough for a DPIA to be looked at again before the exchange stops.
_WARN_DAYS: Final = 60
_SHORT: Final = len("sha256:") + 12


def policies(parts: Parts) -> Tabel:
    """One row per recipient; one that is past its date stops all disclosure (design 2.5)."""
    today = parts.clock.now().date()
    found = [parts.policies.of(each) for each in sorted(parts.policies.recipients)]
    return Tabel(
        naam="beleid",
        titel="Beleid per ontvanger",
        kop=("Ontvanger", "Naam", "DPIA", "Versie", "Herzien vóór", "Stand"),
        rijen=tuple(_row(each, today) for each in found),
        leeg="Er is geen beleid van kracht.",
        uitleg="Na de herzieningsdatum van één beleid verstrekt de gateway niets meer.",
    )


def notices(parts: Parts) -> Tabel:
    """What people were told before they agreed."""
    found = sorted(parts.notices.by_version.values(), key=lambda each: each.versie)
    return Tabel(
        naam="verklaringen",
        titel="Toestemmingsverklaringen",
        kop=("Versie", "Titel", "Inhoud"),
        rijen=tuple(
            (code(each.versie), Cel(each.titel), code(each.digest[:_SHORT])) for each in found
        ),
        leeg="Er is geen verklaring.",
    )


def _row(policy: Policy, today: date) -> tuple[Cel, ...]:
    return (
        code(policy.ontvanger),
        Cel(policy.naam),
        Cel(policy.dpia),
        code(policy.digest[:_SHORT]),
        Cel(day_text(policy.herzien_voor)),
        _state((policy.herzien_voor - today).days),
    )


def _state(days: int) -> Cel:
    if days < 0:
        return Cel("verlopen: er wordt niets verstrekt", Toon.FOUT)
    left = "nog 1 dag" if days == 1 else f"nog {days} dagen"
    if days < _WARN_DAYS:
        return Cel(f"{left}: plan de herziening", Toon.LET_OP)
    return Cel(f"van kracht, {left}", Toon.GOED)
