"""The register of processing (AVG 30 lid 1 and 2), made of policies, settings and nothing else.

Nobody writes it: what the gate goes by is what stands here. Each recipient and purpose is a
processing, with every version of it that was ever switched on and from when until when; beside
them stand the gateway's own. Roles after AVG 4(7), 26 and 28: each organisation is controller of
its own casussen, a recipient of what it received, the gateway is processor of the organisations.
No policy can be switched on for a party that the DPIA gives no role (6.1.1): AVG-01.

Not checked here: whether the DPIA supports a policy; that was checked before it was switched on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection

from gateway.exports.vaste import Vast, fixed, measures
from gateway.exports.verwerkingen import Verwerkingen, name_of
from gateway.parties import Bronhouder, Gemeente, Ketenpartner, Verwerker
from gateway.wiring import Parts
from privacy.clock import utc_text
from privacy.policy import Policy, PurposeRule
from privacy.rule_life import Levensloop, Regelsoort, Regelstap
from privacy.store.engine import reading
from privacy.store.rulebooks import policy_of, read_lives
from schemas.canonical import canonical
from schemas.records import Casussamenvatting, wire_names
from schemas.sensitivity import classes_of

_CLASSES: Final = {
    wire_names(Casussamenvatting)[name]: klasse.value
    for name, klasse in classes_of(Casussamenvatting).items()
}
_PEOPLE: Final = "Mensen die door een organisatie worden begeleid en hier toestemming voor gaven"
_ROLES: Final = {
    "verstrekker": "verwerkingsverantwoordelijke voor de eigen casussen (AVG 4 onder 7)",
    "ontvanger": "zelfstandig verwerkingsverantwoordelijke na ontvangst (AVG 4 onder 7)",
    "gateway": "verwerker in opdracht van de verstrekkers (AVG 28)",
    "regievoerder": "voert de regie; krijgt geen casus",
}
_CONSENT: Final = "Toestemming (AVG 6 lid 1 a, en 9 lid 2 a)"
_NOWHERE: Final = "Geen doorgifte buiten de Europese Economische Ruimte (AVG 44)"


def read_register(parts: Parts) -> dict[str, Any]:
    """All of it; `versie` names what it says, without the moment. `ontbreekt` what AVG 30 wants."""
    with reading(parts.engine) as tx:
        told = _register(parts, tx)
    versie = f"sha256:{sha256(canonical(told)).hexdigest()}"
    return {"versie": versie, "gemaaktOp": utc_text(parts.clock.now()), **told}


def find_verwerking(parts: Parts, name: str, versie: str) -> dict[str, Any] | None:
    """One version of one processing, as an address in a log record names it (LDV-03)."""
    with reading(parts.engine) as tx:
        every = _verwerkingen(parts, tx)
        return next((e for e in every if (e["id"], e["versie"]) == (name, versie)), None)


def _register(parts: Parts, tx: Connection) -> dict[str, Any]:
    settings = parts.settings
    gemeente = [] if settings.gemeente is None else [settings.gemeente]
    return {
        "rollen": dict(_ROLES),
        "verstrekkers": [_party(each) for each in settings.bronhouders],
        "ontvangers": [_party(each) for each in settings.ketenpartners],
        "regievoerder": [_party(each) for each in gemeente],
        "verwerker": None if settings.verwerker is None else _party(settings.verwerker),
        "verwerkingen": list(_verwerkingen(parts, tx)),
        "maatregelen": [asdict(each) for each in measures()],
        "ontbreekt": list(_missing(parts)),
    }


def _party(party: Bronhouder | Ketenpartner | Gemeente | Verwerker) -> dict[str, str]:
    told = {name: getattr(party, name, None) for name in ("code", "naam", "oin", "adres")}
    told |= {name: getattr(party, name, None) for name in ("contact", "fg")}
    return {name: value for name, value in told.items() if value is not None}


def _missing(parts: Parts) -> Iterator[str]:
    """Names and how to be reached of everybody that has a role (AVG 30 lid 1 a and d)."""
    settings = parts.settings
    told: list[tuple[str, Bronhouder | Ketenpartner | Verwerker]] = [
        *((f"bronhouder {each.code}", each) for each in settings.bronhouders),
        *((f"ketenpartner {each.code}", each) for each in settings.ketenpartners),
    ]
    if settings.verwerker is None:
        yield "verwerker: naam, adres en contact"
    else:
        told.append(("verwerker", settings.verwerker))
    for where, party in told:
        for key in ("adres", "contact"):
            if getattr(party, key) is None:
                yield f"{where}: {key}"
    known = {each.code for each in settings.ketenpartners}
    for code in sorted(parts.rules_now().policies.recipients - known):
        yield f"ketenpartner {code}: staat niet in de instellingen, en krijgt dus niets"


def _verwerkingen(parts: Parts, tx: Connection) -> Iterator[dict[str, Any]]:
    at = Verwerkingen(parts.settings.uitgever, {})
    lives = [each for each in read_lives(tx).values() if each.versie.soort is Regelsoort.BELEID]
    for life in sorted(lives, key=lambda each: each.versie.naam):
        policy, periods = policy_of(life.versie), _periods(life, lives)
        if policy is not None and periods:
            yield from _of_policy(at, policy, periods, _dpia(life))
    for vast in fixed():
        yield _of_fixed(at, vast)


def _periods(life: Levensloop, lives: Iterable[Levensloop]) -> list[dict[str, str | None]]:
    """From when until when a version was in force; each step ends what was before it."""
    steps = sorted(
        (event.nummer, event.opgenomen, event.digest, event.stap)
        for each in lives
        if each.versie.naam == life.versie.naam
        for event in each.gebeurtenissen
        if event.stap in {Regelstap.ACTIEF, Regelstap.INGETROKKEN}
    )
    ends: list[datetime | None] = [*(moment for _, moment, _, _ in steps[1:]), None]
    return [
        {"van": utc_text(moment), "tot": None if end is None else utc_text(end)}
        for (_, moment, digest, step), end in zip(steps, ends, strict=True)
        if digest == life.versie.digest and step is Regelstap.ACTIEF
    ]


def _dpia(life: Levensloop) -> dict[str, Any]:
    """What the check before switching on said of the DPIA; empty where none is kept."""
    found = {} if life.controle is None else life.controle.bijzonderheden
    names = {"dpia": "digest", "dpiaVan": "van", "dpiaVersie": "versie", "dpiaStatus": "status"}
    return {new: found[old] for old, new in names.items() if found.get(old) is not None}


def _of_policy(
    at: Verwerkingen,
    policy: Policy,
    periods: list[dict[str, str | None]],
    dpia: Mapping[str, Any],
) -> Iterator[dict[str, Any]]:
    """Disclosing to one recipient as a whole, and for each of its purposes."""
    versie = policy.digest.removeprefix("sha256:")
    common = {
        "versie": versie,
        "geldig": periods,
        "ontvanger": policy.ontvanger,
        "betrokkenen": _PEOPLE,
        "grondslag": _CONSENT,
        "doorgifte": _NOWHERE,
        "dpia": {"naam": policy.dpia, **dpia},
    }
    whole = name_of(policy.ontvanger)
    yield {
        "id": whole,
        "adres": at.address(whole, versie),
        "naam": f"Verstrekken aan {policy.naam}",
        **common,
        "doelen": [name_of(policy.ontvanger, doel) for doel in policy.doelen],
    }
    for doel, rule in policy.doelen.items():
        name = name_of(policy.ontvanger, doel)
        yield {"id": name, "adres": at.address(name, versie), **common, **_purpose(policy, rule)}


def _purpose(policy: Policy, rule: PurposeRule) -> dict[str, Any]:
    return {
        "naam": f"{rule.verwerking}: verstrekken aan {policy.naam}",
        "doel": rule.doel.value,
        "bron": rule.bron,
        "bewaartermijn": {"termijn": rule.bewaartermijn, "vanaf": rule.anker},
        "gegevens": [
            {
                "veld": veld,
                "precisie": precisie.value,
                "soort": _CLASSES[veld],
                **({"motivering": rule.motivering[veld]} if veld in rule.motivering else {}),
            }
            for veld, precisie in rule.velden.items()
        ],
    }


def _of_fixed(at: Verwerkingen, vast: Vast) -> dict[str, Any]:
    told = asdict(vast)
    del told["soorten"]
    return {
        **told,
        "versie": str(vast.versie),
        "vanaf": vast.vanaf.isoformat(),
        "adres": at.address(vast.id, str(vast.versie)),
        "doorgifte": _NOWHERE,
    }
