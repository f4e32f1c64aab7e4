"""The page of one version of policy: what it lets out and why, what it stands on, who approved."""

from collections.abc import Mapping
from typing import Any, Final

from gateway.console.pages import render
from gateway.console.policies import address_of, digest_of, review, stand_of
from gateway.console.table import Cel, Tabel, Toon, code, day_text, moment_text
from gateway.person import Person
from gateway.refusals import NotFoundError
from gateway.services.regels import all_lives
from gateway.wiring import Parts
from privacy.errors import RuleStepError
from privacy.policy import Policy, PurposeRule
from privacy.rule_life import (
    Levensloop,
    Regelgebeurtenis,
    Regelsoort,
    Regelstand,
    missing,
    require_approvable,
)
from privacy.store.rulebooks import policy_of

#: What is kept of the DPIA (18 to 20 of the form), as people read it.
_DPIA: Final[Mapping[str, str]] = {
    "dpia": "Digest",
    "dpiaVan": "Gemaakt op",
    "dpiaVersie": "Versie",
    "dpiaStatus": "Status",
    "adviesOp": "Advies van de FG op",
    "advies": "Advies van de FG",
    "ondertekendOp": "Ondertekend op",
}
_OVER: Final = frozenset({Regelstand.ACTIEF, Regelstand.VERVANGEN, Regelstand.INGETROKKEN})


def policy_page(parts: Parts, person: Person, part: str, melding: str = "") -> str:
    """The page; NotFoundError for a digest that no policy has. `melding` says what went wrong."""
    life = find_policy(parts, part)
    policy = policy_of(life.versie)
    details = _details(life)
    return render(
        "beleid.html",
        titel=f"Beleid voor {life.versie.naam}",
        person=person,
        melding=melding,
        adres=address_of(life),
        feiten=_facts(parts, life, policy),
        stand_van_zaken=_sentences(life, person),
        mag=_may(life, person),
        gecontroleerd=life.controle is not None,
        controle="" if life.controle is None else life.controle.nummer,
        waarschuwingen=warnings_of(life),
        tabellen=[*_purposes(policy), _dpia(details), _events(life)],
    )


def find_policy(parts: Parts, part: str) -> Levensloop:
    """A version by the digest in a path."""
    digest = digest_of(part)
    for life in all_lives(parts):
        if life.versie.digest == digest and life.versie.soort is Regelsoort.BELEID:
            return life
    raise NotFoundError


def warnings_of(life: Levensloop) -> list[str]:
    """What the last check warned of, that an officer takes on by approving."""
    found: list[str] = _details(life).get("waarschuwingen", [])
    return found


def _details(life: Levensloop) -> Mapping[str, Any]:
    return {} if life.controle is None else life.controle.bijzonderheden


def _facts(parts: Parts, life: Levensloop, policy: Policy | None) -> list[tuple[str, Cel]]:
    facts = [("Stand", stand_of(life)), ("Versie", code(life.versie.digest))]
    if policy is None:
        return [*facts, ("Let op", Cel("tekst gewijzigd sinds het opnemen", Toon.FOUT))]
    facts += [
        ("Ontvanger", Cel(policy.naam)),
        ("Steunt op", Cel(policy.dpia)),
        ("Herzien vóór", Cel(day_text(policy.herzien_voor))),
    ]
    if life.stand in {Regelstand.VERVANGEN, Regelstand.INGETROKKEN}:
        return facts
    return [*facts, ("Nog van kracht", review(policy, parts.clock.now().date()))]


def _sentences(life: Levensloop, person: Person) -> list[str]:
    """Who approved and who is still needed; nobody is named."""
    told = [
        f"{'U keurde' if each.door == person.persoon else 'Een andere officer keurde'} dit beleid"
        f" goed op {moment_text(each.opgenomen)}."
        for each in life.goedkeuringen
    ]
    told += [f"Nog nodig: {each}" for each in missing(life) if life.stand not in _OVER]
    if life.stand is Regelstand.GOEDGEKEURD:
        told.append("Twee officers keurden dit goed. Een beheerder kan het nu activeren.")
    if life.stand is Regelstand.ACTIEF:
        told.append("Dit beleid is actief.")
    if life.stand in {Regelstand.VERVANGEN, Regelstand.INGETROKKEN}:
        told.append(f"Dit beleid is {life.stand}.")
    if person.persoon in life.approvers and life.stand is Regelstand.GECONTROLEERD:
        told.append("De tweede goedkeuring is van iemand anders dan u.")
    return told


def _may(life: Levensloop, person: Person) -> bool:
    try:
        require_approvable(life, person.persoon)
    except RuleStepError:
        return False
    return True


def _purposes(policy: Policy | None) -> list[Tabel]:
    return [] if policy is None else [_purpose(rule) for rule in policy.doelen.values()]


def _purpose(rule: PurposeRule) -> Tabel:
    return Tabel(
        naam=f"doel-{rule.doel}",
        titel=f"Doel: {rule.doel}",
        kop=("Gegeven", "Hoe precies", "Waarom nodig"),
        rijen=tuple(
            (code(name), Cel(precisie.value), Cel(rule.motivering.get(name, "")))
            for name, precisie in rule.velden.items()
        ),
        leeg="Voor dit doel gaat er niets over.",
        uitleg=f"Verwerking in de DPIA: {rule.verwerking or 'niet genoemd'}. Grondslag:"
        f" {rule.grondslag}. Bron: {rule.bron}. Bewaren: {rule.bewaartermijn} na {rule.anker}.",
    )


def _dpia(details: Mapping[str, Any]) -> Tabel:
    known = [
        (words, code(details[name]) if name == "dpia" else Cel(_words(details[name])))
        for name, words in _DPIA.items()
        if details.get(name)
    ]
    return Tabel(
        naam="dpia",
        titel="De DPIA waartegen is gecontroleerd",
        kop=("Wat", "Vastgelegd"),
        rijen=tuple((Cel(words), cel) for words, cel in known),
        leeg="Er is geen DPIA vastgelegd.",
    )


def _words(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _events(life: Levensloop) -> Tabel:
    return Tabel(
        naam="gebeurtenissen",
        titel="Wat er met deze versie gebeurde",
        kop=("Wanneer", "Wat", "Regel in het log"),
        rijen=tuple(_event(each) for each in life.gebeurtenissen),
        leeg="",
    )


def _event(event: Regelgebeurtenis) -> tuple[Cel, ...]:
    return Cel(moment_text(event.opgenomen)), Cel(event.stap.value), code(str(event.nummer))
