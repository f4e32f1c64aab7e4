"""What a draft may hold for one recipient and one processing: no more than the DPIA supports."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from privacy.dpia.answers import Dpia
from privacy.dpia.fields import alike, field_of, purpose_of
from privacy.dpia.limits import Grenzen
from privacy.dpia.retention import term_in
from privacy.dpia.sensitive import protected_classes
from privacy.dpia.support import CONSENT, Support, data_for, processing
from privacy.dpia.terms import Termijn
from privacy.precision import SUPPORTED, coarser
from schemas.terms import Doel, Precisie


@dataclass(frozen=True, slots=True)
class Deel:
    """One purpose of a draft: what it holds, and what it leaves out and why."""

    doel: Doel
    verwerking: str
    termijn: Termijn
    velden: Mapping[str, Precisie]
    weggelaten: tuple[str, ...]


def part(dpia: Dpia, recipient: str, name: str, limits: Grenzen) -> Deel | str:
    """One purpose, or the reason why the draft does not have it."""
    found, doel = processing(dpia, name), purpose_of(name)
    if found is None or doel is None:
        return "de gateway kent geen doel voor deze verwerking"
    support = Support(dpia, found)
    if not support.is_a_purpose:
        return "het doel staat niet bij de doeleinden (5.1.1)"
    if not any(alike(each.grond) == alike(CONSENT) for each in support.grounds):
        return "de DPIA noemt toestemming niet als grond (11.1.1)"
    fields: dict[str, Precisie] = {}
    left: list[str] = []
    for datum in data_for(dpia, recipient, name):
        allowed = _allowed(support, recipient, datum, limits)
        if isinstance(allowed, Precisie):
            fields[field_of(datum) or ""] = allowed
        else:
            left.append(f"{datum}: {allowed}")
    term = _shortest_term(support, fields)
    if term is None:
        return "; ".join(left) or "de DPIA geeft geen termijn die te lezen is (10.1.1)"
    return Deel(doel, found.naam, term, fields, tuple(left))


def _allowed(support: Support, recipient: str, datum: str, limits: Grenzen) -> Precisie | str:
    """How a datum may leave, or the reason why it may not."""
    field = field_of(datum)
    if field is None:
        return "de gateway kent dit gegeven niet"
    answers = {
        "2.1": support.named,
        "3.1.3": support.used,
        "10.1.1.3": support.kept or frozenset(),
        "13.1.1.2": support.bound or frozenset(),
    }
    lacking = [question for question, fields in answers.items() if field not in fields]
    if lacking:
        return f"staat niet in {', '.join(lacking)}"
    precision = _coarsest(field, recipient, limits)
    if precision is None:
        return "gaat volgens de DPIA naar niemand (14.2)"
    if not _is_excepted(support, field, precision):
        return "de DPIA noemt geen uitzonderingsgrond (12)"
    return precision


def _coarsest(field: str, recipient: str, limits: Grenzen) -> Precisie | None:
    """The coarsest precision that the DPIA names, else the finest that the field can have."""
    named = [each.precisie for each in limits.of(recipient, field)]
    if None in named:
        return None
    finest = next(each for each in Precisie if each in SUPPORTED[field])
    precision = reduce(coarser, [each for each in named if each], finest)
    return precision if precision in SUPPORTED[field] else Precisie.JA_NEE


def _is_excepted(support: Support, field: str, precision: Precisie) -> bool:
    return all(
        support.dpia.verwerkt[soort] and support.exceptions(soort, field)
        for soort in protected_classes(support, field, precision)
    )


def _shortest_term(support: Support, fields: Mapping[str, Precisie]) -> Termijn | None:
    """None where a term cannot be read, and where anchors differ or lengths cannot be compared."""
    terms = {term_in(row) for row in support.terms_of(fields)}
    readable = [each for each in terms if each is not None]
    if len(readable) < len(terms):
        return None
    for term in readable:
        if all(o.anker == term.anker and term.duur.is_within(o.duur) for o in readable):
            return term
    return None
