"""The burgerservicenummer, which must not be exchanged here (Wabb 10; checklist ID-04)."""

import re
from typing import Final

from stdnum.nl import bsn

_ALONE: Final = re.compile(r"(?<!\w)[0-9]{9}(?!\w)")


def holds_bsn(text: str) -> bool:
    """Whether a nine-digit number that stands alone in the text passes the BSN test.

    Nine digits inside a longer number or word are not looked at: a V-nummer holds such.
    """
    return any(bsn.is_valid(number) for number in _ALONE.findall(text))
