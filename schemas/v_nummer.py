"""The V-nummer as registers write it: ten digits, text, no check digit (ID-01, ID-02)."""

import re
from typing import Final

from schemas.terms import V_NUMMER

_FILLER: Final = re.compile(r"[\s.]+")
_SPREADSHEET: Final = re.compile(r'="(.*)"')
_PREFIX: Final = re.compile(r"v-?nr:?", re.IGNORECASE)


def normalise_v_nummer(text: str) -> str | None:
    """The ten digits in `text`, or None where it holds anything else.

    Blanks, dots, a "V-nr" prefix and the spreadsheet form `="…"` are stripped. Nothing is
    padded: nine digits are no V-nummer, and may be a BSN.
    """
    bare = _FILLER.sub("", text)
    if wrapped := _SPREADSHEET.fullmatch(bare):
        bare = wrapped[1]
    if prefix := _PREFIX.match(bare):
        bare = bare[prefix.end() :]
    return bare if V_NUMMER.fullmatch(bare) else None
