"""Whether a policy keeps data no longer than the DPIA, from the same anchor (AVG 5 lid 1 e)."""

from collections.abc import Iterator
from typing import Final

from privacy.dpia.findings import Bevinding, Regel
from privacy.dpia.place import Place
from privacy.dpia.rows import Bewaartermijn
from privacy.dpia.support import Support
from privacy.dpia.terms import Termijn, iso_duration, read_term

PARAGRAPH: Final = "10.1.1"


def term_in(row: Bewaartermijn) -> Termijn | None:
    """The one term that a row gives; None where none can be read, or two that differ."""
    read = {term for words in row.woorden if (term := read_term(words))}
    return read.pop() if len(read) == 1 else None


def retention_faults(place: Place, support: Support) -> Iterator[Bevinding]:
    """Compare the term of a purpose with every term of the DPIA that touches one of its fields."""
    if support.kept is None:
        yield place.on_key(
            "bewaartermijn",
            Regel.TERMIJN,
            PARAGRAPH,
            f"De DPIA heeft geen bewaartermijn voor het doel van «{support.verwerking.naam}».",
        )
        return
    for row in support.terms_of(place.rule.velden):
        term = term_in(row)
        if term is None:
            yield place.on_key(
                "bewaartermijn",
                Regel.TERMIJN,
                PARAGRAPH,
                f"De bewaartermijn in de DPIA is niet als termijn te lezen ({row.plaats});"
                " schrijf bijvoorbeeld «1 jaar na uitstroom».",
            )
        else:
            yield from _compared(place, term)


def _compared(place: Place, allowed: Termijn) -> Iterator[Bevinding]:
    rule = place.rule
    if rule.anker != allowed.anker:
        yield place.on_key(
            "anker",
            Regel.ANKER,
            PARAGRAPH,
            f"De termijn loopt hier vanaf {rule.anker}; in de DPIA vanaf {allowed.anker}.",
        )
        return
    asked = iso_duration(rule.bewaartermijn)
    if asked is None or not asked.is_within(allowed.duur):
        yield place.on_key(
            "bewaartermijn",
            Regel.TERMIJN,
            PARAGRAPH,
            f"{rule.bewaartermijn} is langer dan {allowed.duur.iso}, de termijn in de DPIA,"
            " of niet zeker korter.",
        )
