"""For the officers: every version of policy, how it stands and for how long; and the notices."""

from datetime import date
from typing import Final

from gateway.console.table import Cel, Tabel, Toon, code, day_text
from gateway.services.beleid import WARN_DAYS, notes_on
from gateway.services.regels import all_lives, policies_of
from gateway.wiring import Parts
from privacy.policy import Policy
from privacy.rule_life import Levensloop, Regelsoort, Regelstand
from privacy.store.rulebooks import notice_of

#: Where the page of one version is.
PATH: Final = "/console/beleid"
_ALGORITHM: Final = "sha256:"
_SHORT: Final = len(_ALGORITHM) + 12
#: In the order in which somebody has work on it.
_ORDER: Final = (
    Regelstand.ACTIEF,
    Regelstand.GOEDGEKEURD,
    Regelstand.GECONTROLEERD,
    Regelstand.CONCEPT,
    Regelstand.VERVANGEN,
    Regelstand.INGETROKKEN,
)
_DONE: Final = frozenset({Regelstand.VERVANGEN, Regelstand.INGETROKKEN})


def policies(parts: Parts) -> Tabel:
    """One row per version; an active one past its date stops all disclosure (design 2.5)."""
    today = parts.clock.now().date()
    found = sorted(policies_of(all_lives(parts)), key=_place)
    return Tabel(
        naam="beleid",
        titel="Beleid per ontvanger",
        kop=("Ontvanger", "Stand", "Versie", "Opgenomen", "Herzien vóór", "Let op"),
        rijen=tuple(_row(life, policy, today) for life, policy in found),
        leeg="Er is nog geen beleid opgenomen. Tot dat actief is wordt er niets verstrekt.",
        uitleg="Na de herzieningsdatum van één actief beleid verstrekt de gateway niets meer.",
    )


def attention(parts: Parts) -> Tabel:
    """What must be done about a policy, so that nobody finds out when the exchange has stopped."""
    today = parts.clock.now().date()
    found = notes_on(parts.rules_now().policies, today)
    return Tabel(
        naam="aandacht",
        titel="Wat nu aandacht vraagt",
        kop=("Ontvanger of verklaring", "Wat er is"),
        rijen=tuple((code(each.naam), Cel(each.tekst, Toon.LET_OP)) for each in found),
        leeg="Niets: al het beleid is van kracht, en geen herziening is binnen zes weken nodig.",
    )


def notices(parts: Parts) -> Tabel:
    """What people were told before they agreed."""
    found = [each for each in all_lives(parts) if each.versie.soort is Regelsoort.VERKLARING]
    return Tabel(
        naam="verklaringen",
        titel="Toestemmingsverklaringen",
        kop=("Versie", "Titel", "Talen", "Inhoud", "Stand"),
        rijen=tuple(_notice_row(each) for each in sorted(found, key=lambda e: e.versie.naam)),
        leeg="Er is geen verklaring.",
        uitleg="Op een teruggeroepen verklaring geldt geen enkele toestemming meer.",
    )


def address_of(life: Levensloop) -> str:
    """The page of a version."""
    return f"{PATH}/{life.versie.digest.removeprefix(_ALGORITHM)}"


def digest_of(part: str) -> str:
    """The digest that a path names."""
    return f"{_ALGORITHM}{part}"


def short(digest: str) -> str:
    """Enough of a digest to tell it from another."""
    return digest[:_SHORT]


def review(policy: Policy, today: date) -> Cel:
    """How long a policy still holds, with a clear warning from six weeks before."""
    days = (policy.herzien_voor - today).days
    if days < 0:
        return Cel("verlopen: er wordt niets verstrekt", Toon.FOUT)
    left = "nog 1 dag" if days == 1 else f"nog {days} dagen"
    if days < WARN_DAYS:
        return Cel(f"{left}: plan de herziening", Toon.LET_OP)
    return Cel(left, Toon.GOED)


def stand_of(life: Levensloop) -> Cel:
    """How a version stands, in a word or two."""
    if life.stand is Regelstand.GECONTROLEERD and life.approvers:
        return Cel("gecontroleerd, eenmaal goedgekeurd")
    toon = Toon.GOED if life.stand is Regelstand.ACTIEF else Toon.GEWOON
    return Cel(life.stand.value, toon)


def _row(life: Levensloop, policy: Policy | None, today: date) -> tuple[Cel, ...]:
    head = (
        Cel(life.versie.naam, naar=address_of(life)),
        stand_of(life),
        code(short(life.versie.digest)),
        Cel(day_text(life.versie.opgenomen.date())),
    )
    if policy is None:
        return (*head, Cel("onbekend"), Cel("tekst gewijzigd sinds het opnemen", Toon.FOUT))
    still = Cel("") if life.stand in _DONE else review(policy, today)
    return (*head, Cel(day_text(policy.herzien_voor)), still)


def _notice_row(life: Levensloop) -> tuple[Cel, ...]:
    notice = notice_of(life.versie)
    toon = Toon.GOED if life.stand is Regelstand.OPGENOMEN else Toon.LET_OP
    return (
        code(life.versie.naam),
        Cel(notice.titel) if notice else Cel("tekst gewijzigd sinds het opnemen", Toon.FOUT),
        Cel(", ".join(notice.talen) if notice else ""),
        code(short(life.versie.digest)),
        Cel(life.stand.value, toon),
    )


def _place(found: tuple[Levensloop, Policy | None]) -> tuple[int, str]:
    life, _policy = found
    return _ORDER.index(life.stand), life.versie.naam
