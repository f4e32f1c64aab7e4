"""Whether each protected field has its exception in the DPIA, and each sensitive one its reason.

Protected: special categories (AVG 9), criminal data (AVG 10, UAVG 31-33), national numbers
(UAVG 46). The stricter of the DPIA's class (2.1.4) and ours counts; but a special field that
leaves coarsened to what is not special counts as what the DPIA calls it.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from privacy.dpia.answers import EXCEPTIONS
from privacy.dpia.fields import name_of
from privacy.dpia.findings import Bevinding, Regel
from privacy.dpia.place import Place
from privacy.dpia.support import Support, classes
from schemas.records import Casussamenvatting, wire_names
from schemas.sensitivity import Gevoeligheid, classes_of
from schemas.terms import Precisie

#: A motivation that begins so has yet to be written by a person.
TO_WRITE: Final = "NOG TE SCHRIJVEN"
_PROPORTIONALITY: Final = "14.2"
#: `groep` takes the values that tell of health away; `ja_nee` tells only that there is a value.
_CLEANSED: Final = frozenset({Precisie.GROEP, Precisie.JA_NEE})
CLASS_OF: Final = MappingProxyType(
    {
        wire_names(Casussamenvatting)[name]: soort
        for name, soort in classes_of(Casussamenvatting).items()
    }
)


def sensitive_faults(place: Place, support: Support) -> Iterator[Bevinding]:
    """What is missing for the sensitive fields of one purpose."""
    for field in place.rule.velden:
        for soort in protected_classes(support, field, place.rule.velden[field]):
            yield from _exception_faults(place, support, field, soort)
        if CLASS_OF[field] is not Gevoeligheid.GEWOON and not _is_written(place, field):
            yield place.on_reason(
                field,
                Regel.MOTIVERING,
                _PROPORTIONALITY,
                f"{name_of(field)} is van de soort «{CLASS_OF[field]}»: schrijf waarom"
                f" {place.recipient} het voor dit doel nodig heeft.",
            )


def protected_classes(
    support: Support, field: str, precision: Precisie
) -> tuple[Gevoeligheid, ...]:
    """The classes of a field that need an exception, as it leaves."""
    found = set(classes(support.dpia, field))
    own = CLASS_OF[field]
    if own is not Gevoeligheid.BIJZONDER or precision not in _CLEANSED:
        found.add(own)
    return tuple(soort for soort in EXCEPTIONS if soort in found)


def _exception_faults(
    place: Place, support: Support, field: str, soort: Gevoeligheid
) -> Iterator[Bevinding]:
    question = EXCEPTIONS[soort]
    if not support.dpia.verwerkt[soort]:
        yield place.on_field(
            field,
            Regel.UITZONDERING,
            f"{question}.1",
            f"{name_of(field)} is van de soort «{soort}», en de DPIA zegt dat die niet wordt"
            " verwerkt.",
        )
    elif not support.exceptions(soort, field):
        yield place.on_field(
            field,
            Regel.UITZONDERING,
            f"{question}.2",
            f"{name_of(field)} is van de soort «{soort}», en de DPIA noemt voor"
            f" «{support.verwerking.naam}» geen uitzonderingsgrond.",
        )


def _is_written(place: Place, field: str) -> bool:
    reason = place.rule.motivering.get(field, "")
    return bool(reason.strip()) and not reason.strip().startswith(TO_WRITE)
