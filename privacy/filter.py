"""The filter: a record and what may leave of it. Pure; what is not named is dropped."""

from collections.abc import Mapping
from uuid import UUID

from privacy.precision import Viewer, coarsen_field
from schemas.terms import Precisie


def filter_fields(
    inhoud: Mapping[str, str | None],
    allowed: Mapping[str, Precisie],
    viewer: Viewer,
    casus: UUID | None,
) -> dict[str, str | None]:
    """The named fields of a record of a casus, each in its precision.

    A field that the record does not have stays absent, in `ja_nee` too: the filter never makes
    a field. An empty field that is named is None, and `nee` in `ja_nee`.
    """
    return {
        name: coarsen_field(name, precisie, inhoud[name], viewer, casus)
        for name, precisie in allowed.items()
        if name in inhoud
    }
