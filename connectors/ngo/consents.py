"""From what was stated to the statements that count: the consent state of one record.

Who got totals only is gone by now, and a statement that named nobody else with it. Left out
here, while the record stays: a statement without a representative of someone who was under
curatele, or may have been under sixteen that day (UAVG 5), and one in a language that neither
staff nor an interpreter spoke (AVG 7 asks that the person understood). Expired and withdrawn
ones stay: they tell what no longer holds.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from uuid import UUID

from connectors.ngo.mapping_values import Toestemmingsvorm
from connectors.ngo.statements import Verklaard
from schemas.canonical import canonical
from schemas.dates import could_be_under
from schemas.records import Toestemming

#: V-nummer and canonical text of a statement to its id; the same text always gives the same id.
ToestemmingId = Callable[[str, str], UUID]

_SIXTEEN = 16


def consents_of(
    verklaard: Iterable[Verklaard],
    v_nummer: str,
    geboortedatum: str | None,
    vorm: Toestemmingsvorm,
    *,
    toestemming_id: ToestemmingId,
) -> tuple[Toestemming, ...]:
    """The statements that count, each once, with an id that a later run gives again."""
    seen: Counter[str] = Counter()
    found = []
    for each in sorted(set(verklaard), key=_order):
        minor = could_be_under(geboortedatum, _SIXTEEN, each.eerste_dag)
        alone = each.vertegenwoordiger is None
        if (alone and (minor or each.curatele)) or not _understood(each, vorm):
            continue
        text = identity_of(each, vorm)
        seen[text] += 1
        # Two statements that differ in their last day only: the second is numbered.
        name = text if seen[text] == 1 else f"{text}#{seen[text]}"
        found.append(_consent(each, vorm, toestemming_id(v_nummer, name), minor=minor))
    return tuple(found)


def identity_of(verklaard: Verklaard, vorm: Toestemmingsvorm) -> str:
    """What makes a statement this one: all but how long it lasts, which may be changed later."""
    said: dict[str, object] = {
        "ontvangers": list(verklaard.ontvangers),
        "doelen": sorted(doel.value for doel in vorm.doelen),
        "eersteDag": verklaard.eerste_dag.isoformat(),
        "verklaring": vorm.verklaring,
        "vorm": vorm.vorm.value,
        "taal": verklaard.taal,
        "tolk": verklaard.tolk,
        "vertegenwoordiger": verklaard.vertegenwoordiger,
    }
    if verklaard.curatele:
        said["curatele"] = True  # a name without it is what it was before registers had it
    return canonical(said).decode()


def _understood(verklaard: Verklaard, vorm: Toestemmingsvorm) -> bool:
    return verklaard.tolk or verklaard.taal in vorm.talen


def _order(verklaard: Verklaard) -> tuple[str, ...]:
    return tuple(
        "" if part is None else str(part)
        for part in (
            verklaard.eerste_dag,
            verklaard.laatste_dag,
            verklaard.ingetrokken_op,
            verklaard.ontvangers,
            verklaard.taal,
            verklaard.tolk,
            verklaard.vertegenwoordiger,
            verklaard.curatele,
        )
    )


def _consent(
    verklaard: Verklaard, vorm: Toestemmingsvorm, toestemming_id: UUID, *, minor: bool
) -> Toestemming:
    return Toestemming(
        toestemming_id=toestemming_id,
        ontvangers=verklaard.ontvangers,
        doelen=vorm.doelen,
        eerste_dag=verklaard.eerste_dag,
        laatste_dag=verklaard.laatste_dag,
        verklaring=vorm.verklaring,
        vorm=vorm.vorm,
        taal=verklaard.taal,
        tolk=verklaard.tolk,
        ingetrokken_op=verklaard.ingetrokken_op,
        vertegenwoordiger=verklaard.vertegenwoordiger,
        vertegenwoordiger_vereist=minor,
        curatele=verklaard.curatele,
    )
