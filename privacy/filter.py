"""The filter: a record and what may leave of it. Pure; what is not named is dropped."""

from collections.abc import Mapping

from privacy.precision import Viewer, coarsen
from schemas.terms import Precisie


def filter_fields(
    inhoud: Mapping[str, str | None], allowed: Mapping[str, Precisie], viewer: Viewer
) -> dict[str, str | None]:
    """The named fields of a record, each in its precision.

    A field that the record does not have stays absent, but for `ja_nee`, absent as well: the
    filter never makes a field. An empty field that is named is None.
    """
    return {
        name: coarsen(precisie, inhoud[name], viewer)
        for name, precisie in allowed.items()
        if name in inhoud
    }
