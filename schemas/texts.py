"""Free text and short codes: what no text that crosses may hold."""

import re
from typing import Final

from schemas.bsn import holds_bsn
from schemas.faults import Foutcode

TEXT_LIMIT: Final = 200
#: Control characters, line separators, halves of characters. The joiners that Persian and
#: Arabic names need are none of these, nor is the mark of a letter that an encoding lost.
_UNWRITTEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
CODE: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def text_fault(text: str, limit: int = TEXT_LIMIT) -> Foutcode | None:
    """What is wrong with a free text; a blank one is no text."""
    if not text or text.isspace():
        return Foutcode.ONTBREEKT
    if len(text) > limit:
        return Foutcode.TE_LANG
    if _UNWRITTEN.search(text):
        return Foutcode.ONBEKENDE_WAARDE
    return Foutcode.BSN if holds_bsn(text) else None


def code_fault(text: str) -> Foutcode | None:
    """What is wrong with the code of an organisation; whether it exists is configuration."""
    if not text:
        return Foutcode.ONTBREEKT
    return None if CODE.fullmatch(text) else Foutcode.ONBEKENDE_WAARDE
