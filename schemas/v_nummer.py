"""The V-nummer as registers write it: ten digits, text, no check digit (ID-01, ID-02)."""

import re
from typing import Final

from schemas.terms import V_NUMMER

_BLANKS: Final = re.compile(r"\s+")
_FILLER: Final = re.compile(r"[\s.]+")
_SPREADSHEET: Final = re.compile(r'="(.*)"')
_PREFIX: Final = re.compile(r"v-?nr:?", re.IGNORECASE)

#: A whole number that a program wrote with a fraction of zeros: its zeros are no digits.
_EXPORTED: Final = re.compile(r"[^0-9]*[0-9]+\.0+[^0-9]*", re.ASCII)


def normalise_v_nummer(text: str) -> str | None:
    """The ten digits in `text`, or None where it holds anything else.

    Blanks, dots, a "V-nr" prefix and the spreadsheet form `="…"` are stripped. Nothing is
    padded: nine digits are no V-nummer, and may be a BSN.

    A number exported as text, `123456789.0`, is refused: without its dot its zero would make it
    ten digits, and name someone else. With ten digits before the dot it is refused as well, since
    a number that went through such an export may have lost more than it shows.
    """
    if _EXPORTED.fullmatch(_BLANKS.sub("", text)):
        return None
    bare = _FILLER.sub("", text)
    if wrapped := _SPREADSHEET.fullmatch(bare):
        bare = wrapped[1]
    if prefix := _PREFIX.match(bare):
        bare = bare[prefix.end() :]
    return bare if V_NUMMER.fullmatch(bare) else None
