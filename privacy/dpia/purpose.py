"""Whether a DPIA supports one purpose of a policy: processing, party, ground, and every field.

From the broad to the narrow: where the DPIA does not know the processing at all, nothing beneath
it is said; where it has no row for the recipient, that is said once and not once per field.
"""

from collections.abc import Iterator, Mapping

from privacy.dpia.answers import Dpia
from privacy.dpia.fields import alike, name_of, purpose_of
from privacy.dpia.findings import Bevinding, Regel
from privacy.dpia.limits import PARAGRAPH, Grens, Grenzen
from privacy.dpia.place import Place
from privacy.dpia.retention import retention_faults
from privacy.dpia.sensitive import sensitive_faults
from privacy.dpia.support import CONSENT, Support, processing
from privacy.precision import coarser
from schemas.terms import Precisie


def purpose_faults(
    place: Place, dpia: Dpia, limits: Grenzen, *, known_party: bool
) -> Iterator[Bevinding]:
    """Every fault of one purpose; `known_party` is False where that has been said already."""
    found = processing(dpia, place.rule.verwerking)
    if found is None:
        yield _on_processing(place, "3.1.1", "De DPIA kent geen verwerking met deze naam.")
        return
    stands_for = purpose_of(found.naam)
    if stands_for not in (None, place.rule.doel):
        yield _on_processing(
            place, "3.1.1", f"Deze verwerking hoort bij het doel {stands_for}, niet bij dit doel."
        )
        return
    support = Support(dpia, found)
    if not support.is_a_purpose:
        yield _on_processing(
            place, "5.1.1", "Het doel van deze verwerking staat niet bij de doeleinden."
        )
    yield from _ground_faults(place, support)
    yield from _field_faults(place, support, known_party=known_party)
    yield from sensitive_faults(place, support)
    yield from retention_faults(place, support)
    yield from _precision_faults(place, limits)


def _on_processing(place: Place, paragraph: str, text: str) -> Bevinding:
    return place.on_key("verwerking", Regel.DOEL, paragraph, text)


def _ground_faults(place: Place, support: Support) -> Iterator[Bevinding]:
    grounds = [each.grond for each in support.grounds]
    if any(alike(each) == alike(CONSENT) for each in grounds):
        return
    instead = f"; zij noemt «{'», «'.join(grounds)}»" if grounds else ""
    yield place.on_key(
        "grondslag",
        Regel.GRONDSLAG,
        "11.1.1",
        f"De DPIA noemt toestemming niet als grond voor deze verwerking{instead}.",
    )


def _field_faults(place: Place, support: Support, *, known_party: bool) -> Iterator[Bevinding]:
    """One fault per field, which names each question that does not have the field."""
    received = support.received_by(place.recipient)
    if received is None and known_party:
        yield place.on_key(
            "verwerking",
            Regel.PARTIJ,
            "6.1.1",
            f"De DPIA noemt {place.recipient} niet als ontvanger bij deze verwerking.",
        )
    if support.bound is None:
        yield _on_processing(
            place,
            "13.1.1",
            "Deze verwerking is volgens de DPIA niet met het oorspronkelijke doel te verenigen.",
        )
    answers = {
        "2.1": support.named,
        "3.1.3": support.used,
        "6.1.1.4": received,
        "10.1.1.3": support.kept,
        "13.1.1.2": support.bound,
    }
    yield from _unsupported(place, answers)


def _unsupported(place: Place, answers: Mapping[str, frozenset[str] | None]) -> Iterator[Bevinding]:
    for field in place.rule.velden:
        lacking = [
            question
            for question, fields in answers.items()
            if fields is not None and field not in fields
        ]
        if lacking:
            yield place.on_field(
                field,
                Regel.GEGEVEN,
                ", ".join(lacking),
                f"De DPIA noemt {name_of(field)} hier niet voor {place.recipient}"
                f" bij «{place.rule.verwerking}».",
            )


def _precision_faults(place: Place, limits: Grenzen) -> Iterator[Bevinding]:
    for field, precision in place.rule.velden.items():
        for limit in limits.of(place.recipient, field):
            if not _keeps(limit, precision):
                allowed = limit.precisie or "niet"
                yield place.on_field(
                    field,
                    Regel.PRECISIE,
                    PARAGRAPH,
                    f"{name_of(field)} gaat hier {precision}; volgens de DPIA voor"
                    f" {place.recipient} hoogstens {allowed}.",
                )


def _keeps(limit: Grens, precision: Precisie) -> bool:
    return limit.precisie is not None and coarser(precision, limit.precisie) is precision
